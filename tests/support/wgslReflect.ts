// The package's Node entry is CommonJS marked as a module and cannot be loaded; its browser build can, and has the same types.
// @ts-expect-error the build has no declaration file of its own
import * as build from '../../node_modules/wgsl_reflect/wgsl_reflect.module.js';

const typed = build as typeof import('wgsl_reflect');

export const { WgslReflect, ResourceType } = typed;

/**
 * The only file that reaches into three's internals (three has no public way to wrap a GPUBuffer: mrdoob/three.js #33280).
 * It relies on two facts of three 0.187, both tested (threeSeam.test.ts and e2e/viewport.spec.ts):
 * `WebGPUAttributeUtils.createAttribute` keeps `backend.get(attribute).buffer` when it is set before the first render,
 * and `WebGPUBackend` with a `device` parameter neither creates nor destroys a device.
 */
import {
  type BufferAttribute,
  DirectionalLight,
  DirectionalLightNode,
  HemisphereLight,
  HemisphereLightNode,
  IndirectStorageBufferAttribute,
  Renderer,
  WebGLBackend,
  WebGPUBackend,
  type WebGPURenderer,
} from 'three/webgpu';

interface BackendInternals {
  readonly isWebGPUBackend?: boolean;
  readonly device?: GPUDevice;
  get(key: object): { buffer?: GPUBuffer };
}

function getBackend(renderer: WebGPURenderer): BackendInternals {
  const backend = renderer.backend as unknown as BackendInternals | undefined;
  if (typeof backend?.get !== 'function') throw seamBroken('renderer.backend.get is gone');
  return backend;
}

function seamBroken(what: string): Error {
  return new Error(`three.js changed under the viewport's seam (${what}); see src/viewport/threeSeam.ts.`);
}

/** Options that R3F's renderer factory passes on. */
export interface RendererOptions {
  readonly canvas: HTMLCanvasElement | OffscreenCanvas;
  readonly antialias: boolean;
  readonly alpha?: boolean;
  readonly trackTimestamp?: boolean;
}

/**
 * three's WebGPURenderer without the parts that the viewport never draws with (other lights and materials, tone mapping):
 * those would be a tenth of the page's JavaScript. A light that is missing here is reported by three on the console.
 */
function assembleRenderer(options: RendererOptions, device: GPUDevice | null): WebGPURenderer {
  const parameters = { ...options, canvas: options.canvas as HTMLCanvasElement };
  const backend = device ? new WebGPUBackend({ ...parameters, device }) : new WebGLBackend(parameters);
  DirectionalLight.registerNode(DirectionalLightNode);
  HemisphereLight.registerNode(HemisphereLightNode);
  return new Renderer(backend, parameters) as WebGPURenderer;
}

/**
 * A renderer on our own device, or three's WebGL2 backend when `device` is null. Initialised when it resolves.
 * Disposing of it leaves the device alone.
 */
export async function createRenderer(options: RendererOptions, device: GPUDevice | null): Promise<WebGPURenderer> {
  const renderer = assembleRenderer(options, device);
  await renderer.init();
  const backend = getBackend(renderer);
  if (device && !(backend.isWebGPUBackend && backend.device === device)) throw seamBroken('the device was not taken');
  return renderer;
}

/** Whether WebGL2 runs on the processor here: the renderer's name says so where the browser tells it. */
export function isSoftwareWebGl(): boolean {
  const gl = document.createElement('canvas').getContext('webgl2');
  const info = gl?.getExtension('WEBGL_debug_renderer_info');
  const name = info ? String(gl?.getParameter(info.UNMASKED_RENDERER_WEBGL)) : '';
  gl?.getExtension('WEBGL_lose_context')?.loseContext();
  return /swiftshader|llvmpipe|softpipe|basic render/i.test(name);
}

/** Let `attribute` draw straight from `buffer`. Call before the attribute's first render; its CPU array is a dummy. */
export function adoptBuffer(renderer: WebGPURenderer, attribute: BufferAttribute, buffer: GPUBuffer): void {
  getBackend(renderer).get(attribute).buffer = buffer;
}

/**
 * An indexed draw whose arguments live in `buffer`: assign it with `geometry.setIndirect`.
 * three destroys adopted buffers together with the geometry, which for GPUBuffer is harmless to repeat.
 */
export function createIndirectArguments(renderer: WebGPURenderer, buffer: GPUBuffer): IndirectStorageBufferAttribute {
  const attribute = new IndirectStorageBufferAttribute(new Uint32Array(5), 5);
  adoptBuffer(renderer, attribute, buffer);
  return attribute;
}

/** Throws when three drew `attribute` from a buffer other than `buffer`. Call after the first render. */
export function assertAdopted(renderer: WebGPURenderer, attribute: BufferAttribute, buffer: GPUBuffer): void {
  if (getBackend(renderer).get(attribute).buffer !== buffer) throw seamBroken('an adopted buffer was replaced');
}

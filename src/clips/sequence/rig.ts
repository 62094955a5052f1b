import type { Matrix3, Matrix4 } from '../../domain/geometry.ts';
import type { Distortion } from './distortion.ts';

/** One mounted camera as its calibration describes it. Integer coordinates are pixel centres of the stored image. */
export interface RigCamera {
  readonly name: string;
  /** Size of the images that the intrinsics speak of; null where the calibration does not say it. */
  readonly size: { readonly width: number; readonly height: number } | null;
  readonly intrinsics: Matrix3;
  readonly distortion: Distortion | null;
  /** Camera axes: x right, y down, z forward. Without ego motion: camera and ego at one time. */
  readonly egoFromCamera: Matrix4;
}

/** All cameras of a calibration. */
export interface Rig {
  /** What kind of file it was, for people. */
  readonly format: string;
  readonly cameras: readonly RigCamera[];
  readonly egoFromLidar: Matrix4 | null;
  /** Everything that was assumed because the file does not say it, one sentence each. */
  readonly notes: readonly string[];
}

/** Where cameras are taken to sit when nothing says it, metres above the ground under the ego. */
export const assumedCameraHeight = 1.65;

/** Camera looking straight ahead from (x, y, z) of the ego. */
export function lookAhead(x: number, y: number, z: number): Float64Array {
  return Float64Array.of(0, 0, 1, x, -1, 0, 0, y, 0, -1, 0, z, 0, 0, 0, 1);
}

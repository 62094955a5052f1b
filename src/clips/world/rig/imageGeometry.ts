import type { Matrix3 } from '../../../domain/geometry.ts';
import { NATIVE_HEIGHT, NATIVE_WIDTH } from './rigs.ts';

/**
 * Intrinsics of a native 1600x900 camera for an image of `width` x `height` made by scaling to the width and cropping rows from the top.
 * Pixel centres are integers: u' = (u + 0.5) * s - 0.5, and v' likewise minus the cropped rows.
 */
export function fitIntrinsics(native: Matrix3, width: number, height: number): Float64Array {
  const scale = width / NATIVE_WIDTH;
  const crop = Math.round(NATIVE_HEIGHT * scale) - height;
  return Float64Array.of(
    native[0]! * scale,
    0,
    (native[2]! + 0.5) * scale - 0.5,
    0,
    native[4]! * scale,
    (native[5]! + 0.5) * scale - 0.5 - crop,
    0,
    0,
    1,
  );
}

import type { Matrix3, Matrix4 } from '../domain/geometry.ts';
import type { NetworkCamera } from './stage.ts';

/** Far below every grid, metres: whatever depth a network gives such a camera, no point of it comes near a cell. */
const depthBelowGround = 100_000;

/**
 * The camera that fills a place of a network for which a clip has none: it hangs deep in the ground and looks down.
 * Its image tensor is all zeros (the mean colour), every ray of it ends at once for `camera-rays`, and no depth bin falls into a cell,
 * so that nothing it says is pooled. What is left is what the network itself mixes between cameras before the pooling, if it does.
 */
export function createBlindCamera(width: number, height: number): NetworkCamera {
  // The principal point lies beside the image, so that no ray is exactly vertical and without an azimuth.
  const intrinsics: Matrix3 = Float64Array.of(width, 0, -width, 0, width, -height, 0, 0, 1);
  // Camera x to the right (-y), camera y backwards (-x), camera z down (-z).
  const egoFromCamera: Matrix4 = Float64Array.of(
    ...[0, -1, 0, 0],
    ...[-1, 0, 0, 0],
    ...[0, 0, -1, -depthBelowGround],
    ...[0, 0, 0, 1],
  );
  return { intrinsics, egoFromCamera };
}

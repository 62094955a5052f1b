import type { FrameGeometry, NetworkCamera } from '../../src/pipeline/stage.ts';

/** A repeatable stream of numbers in [0, 1): Park and Miller's generator. */
export function createRandom(seed: number): () => number {
  let state = (seed % 2147483646) + 1;
  return () => {
    state = (state * 16807) % 2147483647;
    return (state - 1) / 2147483646;
  };
}

/** Random values in [-1, 1). */
export function createValues(count: number, seed: number): Float32Array {
  const random = createRandom(seed);
  return Float32Array.from({ length: count }, () => random() * 2 - 1);
}

/** A camera at (x, y, z) metres in ego axes that looks along `yaw` (radians from x toward y) and horizontally. */
export function createCamera(
  yaw: number,
  position: readonly number[],
  focal: number,
  size: readonly number[],
): NetworkCamera {
  const [sin, cos] = [Math.sin(yaw), Math.cos(yaw)];
  const [x, y, z] = position as [number, number, number];
  return {
    intrinsics: Float64Array.of(focal, 0, (size[0]! - 1) / 2, 0, focal, (size[1]! - 1) / 2, 0, 0, 1),
    // Columns: camera x (right), y (down), z (forward) in ego axes.
    egoFromCamera: Float64Array.of(sin, 0, cos, x, -cos, 0, sin, y, 0, -1, 0, z, 0, 0, 0, 1),
  };
}

/** Cameras all round at 1.6 m height, 0.5 m from the centre. */
export function createRig(cameras: number, width: number, height: number, turn = 0.05): FrameGeometry {
  return {
    width,
    height,
    cameras: Array.from({ length: cameras }, (_, index) => {
      const yaw = (index * 2 * Math.PI) / cameras + turn;
      return createCamera(yaw, [0.5 * Math.cos(yaw), 0.5 * Math.sin(yaw), 1.6], width * 0.8, [width, height]);
    }),
    previousEgoFromEgo: null,
    previousCameras: null,
  };
}

/** Row-major rigid transform: turn by `yaw` and `pitch` radians, then move. */
export function createMotionMatrix(yaw: number, pitch: number, translation: readonly number[]): Float64Array {
  const [sy, cy, sp, cp] = [Math.sin(yaw), Math.cos(yaw), Math.sin(pitch), Math.cos(pitch)];
  const [x, y, z] = translation as [number, number, number];
  return Float64Array.of(cy * cp, -sy, cy * sp, x, sy * cp, cy, sy * sp, y, -sp, 0, cp, z, 0, 0, 0, 1);
}

import type { Matrix4, Vector3 } from '../../../domain/geometry.ts';

/** Unit quaternion (w, x, y, z), w >= 0, of the rotation part of a rigid transform. */
export function quaternionFromTransform(matrix: Matrix4): [number, number, number, number] {
  const m = matrix;
  const [a, b, c] = [m[0]!, m[5]!, m[10]!];
  const squares = [1 + a + b + c, 1 + a - b - c, 1 - a + b - c, 1 - a - b + c];
  const largest = squares.indexOf(Math.max(...squares));
  const root = Math.sqrt(squares[largest]!);
  const s = 0.5 / root;
  const [zy, xz, yx] = [m[9]! - m[6]!, m[2]! - m[8]!, m[4]! - m[1]!];
  const [xy, zx, yz] = [m[1]! + m[4]!, m[8]! + m[2]!, m[6]! + m[9]!];
  const candidates = [
    [root / 2, zy * s, xz * s, yx * s],
    [zy * s, root / 2, xy * s, zx * s],
    [xz * s, xy * s, root / 2, yz * s],
    [yx * s, zx * s, yz * s, root / 2],
  ];
  const chosen = candidates[largest]!;
  const sign = chosen[0]! < 0 ? -1 : 1;
  return chosen.map((value) => value * sign) as [number, number, number, number];
}

/** Pose whose x axis points along `yaw`, leaning with the ground slope (dz/dx, dz/dy in world axes). */
export function poseOnSlope(
  x: number,
  y: number,
  z: number,
  yaw: number,
  slopeX: number,
  slopeY: number,
): Float64Array {
  const cos = Math.cos(yaw);
  const sin = Math.sin(yaw);
  const length = Math.hypot(1, slopeX, slopeY);
  const up: Vector3 = [-slopeX / length, -slopeY / length, 1 / length];
  const rise = slopeX * cos + slopeY * sin;
  const forwardLength = Math.hypot(1, rise);
  const forward: Vector3 = [cos / forwardLength, sin / forwardLength, rise / forwardLength];
  const left: Vector3 = [
    up[1] * forward[2] - up[2] * forward[1],
    up[2] * forward[0] - up[0] * forward[2],
    up[0] * forward[1] - up[1] * forward[0],
  ];
  return Float64Array.of(
    forward[0],
    left[0],
    up[0],
    x,
    forward[1],
    left[1],
    up[1],
    y,
    forward[2],
    left[2],
    up[2],
    z,
    0,
    0,
    0,
    1,
  );
}

import type { Matrix4, Vector3 } from '../../../domain/geometry.ts';

/** Product a * b of two row-major 4x4 matrices. */
export function multiplyTransforms(a: Matrix4, b: Matrix4): Float64Array {
  const out = new Float64Array(16);
  for (let row = 0; row < 4; row++) {
    for (let column = 0; column < 4; column++) {
      let sum = 0;
      for (let k = 0; k < 4; k++) sum += a[row * 4 + k]! * b[k * 4 + column]!;
      out[row * 4 + column] = sum;
    }
  }
  return out;
}

/** Inverse of a rigid row-major 4x4 transform. */
export function invertRigid(matrix: Matrix4): Float64Array {
  const m = matrix;
  const out = new Float64Array(16);
  for (let row = 0; row < 3; row++) {
    for (let column = 0; column < 3; column++) out[row * 4 + column] = m[column * 4 + row]!;
    out[row * 4 + 3] = -(m[row]! * m[3]! + m[4 + row]! * m[7]! + m[8 + row]! * m[11]!);
  }
  out[15] = 1;
  return out;
}

/** The point `matrix * (x, y, z, 1)`. */
export function transformPoint(matrix: Matrix4, point: Vector3): [number, number, number] {
  const [x, y, z] = point;
  const m = matrix;
  return [
    m[0]! * x + m[1]! * y + m[2]! * z + m[3]!,
    m[4]! * x + m[5]! * y + m[6]! * z + m[7]!,
    m[8]! * x + m[9]! * y + m[10]! * z + m[11]!,
  ];
}

/** Rigid transform from a unit quaternion (w, x, y, z) and a translation. */
export function transformFromQuaternion(rotation: readonly number[], translation: readonly number[]): Float64Array {
  const length = Math.hypot(...rotation);
  const [w, x, y, z] = rotation.map((value) => value / length) as [number, number, number, number];
  const [tx, ty, tz] = translation as [number, number, number];
  return Float64Array.of(
    1 - 2 * (y * y + z * z),
    2 * (x * y - w * z),
    2 * (x * z + w * y),
    tx,
    2 * (x * y + w * z),
    1 - 2 * (x * x + z * z),
    2 * (y * z - w * x),
    ty,
    2 * (x * z - w * y),
    2 * (y * z + w * x),
    1 - 2 * (x * x + y * y),
    tz,
    0,
    0,
    0,
    1,
  );
}

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

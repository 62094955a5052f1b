import type { Matrix4, Vector3 } from '../domain/geometry.ts';

/** A pose as nuScenes tables store it: rotation (w, x, y, z) of any sign and length, translation in metres. */
export interface StoredPose {
  readonly rotation: readonly number[];
  readonly translation: readonly number[];
}

/** Product of two row-major 4x4 matrices. */
export function multiplyMatrix4(left: Matrix4, right: Matrix4): Float64Array {
  const product = new Float64Array(16);
  for (let row = 0; row < 4; row++) {
    for (let column = 0; column < 4; column++) {
      let sum = 0;
      for (let k = 0; k < 4; k++) sum += left[row * 4 + k]! * right[k * 4 + column]!;
      product[row * 4 + column] = sum;
    }
  }
  return product;
}

/** Inverse of a row-major rigid transform: the transposed rotation and the translation moved back. */
export function invertRigid(matrix: Matrix4): Float64Array {
  const inverse = new Float64Array(16);
  for (let row = 0; row < 3; row++) {
    for (let column = 0; column < 3; column++) {
      inverse[row * 4 + column] = matrix[column * 4 + row]!;
      inverse[row * 4 + 3]! -= matrix[column * 4 + row]! * matrix[column * 4 + 3]!;
    }
  }
  inverse[15] = 1;
  return inverse;
}

/** The point `matrix * (x, y, z, 1)`. */
export function transformPoint(matrix: Matrix4, [x, y, z]: Vector3): [number, number, number] {
  const m = matrix;
  return [
    m[0]! * x + m[1]! * y + m[2]! * z + m[3]!,
    m[4]! * x + m[5]! * y + m[6]! * z + m[7]!,
    m[8]! * x + m[9]! * y + m[10]! * z + m[11]!,
  ];
}

/** Row-major 4x4 matrix of a stored pose. The quaternion is normalised first. */
export function composePose({ rotation, translation }: StoredPose): Float64Array {
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

/**
 * Camera to key ego through the world, for a camera that fired while the ego stood elsewhere:
 * inverse(worldFromKeyEgo) * worldFromEgoAtCamera * egoFromCamera. Rigid transforms, metres.
 * Source: nuScenes devkit; BEVDet's `get_sensor2ego_transformation`.
 */
export function chainCameraToKeyEgo(
  worldFromKeyEgo: Matrix4,
  worldFromEgoAtCamera: Matrix4,
  egoFromCamera: Matrix4,
): Float64Array {
  return multiplyMatrix4(invertRigid(worldFromKeyEgo), multiplyMatrix4(worldFromEgoAtCamera, egoFromCamera));
}

/** Row-major 4x4 of a row-major rotation (9 numbers) and a translation. */
export function composeRigid(rotation: ArrayLike<number>, translation: ArrayLike<number>): Matrix4 {
  const matrix = new Float64Array(16);
  for (let row = 0; row < 3; row++) {
    for (let column = 0; column < 3; column++) matrix[row * 4 + column] = rotation[row * 3 + column]!;
    matrix[row * 4 + 3] = translation[row]!;
  }
  matrix[15] = 1;
  return matrix;
}

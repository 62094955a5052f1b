import type { Matrix4 } from '../domain/geometry.ts';
import type { Trajectory } from './types.ts';

/** Inverse of a rigid row-major transform. */
export function invertRigid(matrix: Matrix4): Float64Array {
  const inverse = new Float64Array(16);
  for (let row = 0; row < 3; row++) {
    let shift = 0;
    for (let column = 0; column < 3; column++) {
      inverse[4 * row + column] = matrix[4 * column + row]!;
      shift += matrix[4 * column + row]! * matrix[4 * column + 3]!;
    }
    inverse[4 * row + 3] = -shift;
  }
  inverse[15] = 1;
  return inverse;
}

/** Product of two row-major 4x4 matrices: `(a from b) * (b from c)`. */
export function multiplyMatrices(left: Matrix4, right: Matrix4): Float64Array {
  const product = new Float64Array(16);
  for (let row = 0; row < 4; row++) {
    for (let column = 0; column < 4; column++) {
      let sum = 0;
      for (let k = 0; k < 4; k++) sum += left[4 * row + k]! * right[4 * k + column]!;
      product[4 * row + column] = sum;
    }
  }
  return product;
}

/** Ego positions of all frames in the ego axes of frame `current`; `poses` are worldFromEgo in time order. */
export function computeTrajectory(poses: readonly Matrix4[], current: number): Trajectory {
  const now = poses[current];
  if (!now) throw new RangeError(`Frame ${current} is not one of the ${poses.length} poses.`);
  const egoFromWorld = invertRigid(now);
  const positions = new Float32Array(poses.length * 3);
  poses.forEach((pose, index) => {
    const egoFromThen = multiplyMatrices(egoFromWorld, pose);
    positions.set([egoFromThen[3]!, egoFromThen[7]!, egoFromThen[11]!], index * 3);
  });
  return { positions, current };
}

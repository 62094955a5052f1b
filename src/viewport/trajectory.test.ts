import { describe, expect, test } from 'vitest';
import { computeTrajectory, invertRigid, multiplyMatrices } from './trajectory.ts';

const yaw = 0.3;
const pose = new Float64Array([
  ...[Math.cos(yaw), -Math.sin(yaw), 0, 100],
  ...[Math.sin(yaw), Math.cos(yaw), 0, -20],
  ...[0, 0, 1, 3],
  ...[0, 0, 0, 1],
]);

describe('trajectory', () => {
  test('a pose times its inverse is the identity', () => {
    const product = multiplyMatrices(pose, invertRigid(pose));
    for (const [index, value] of product.entries()) expect(value).toBeCloseTo(index % 5 === 0 ? 1 : 0);
  });

  test('the current frame lies at the origin and what is ahead has positive x', () => {
    const ahead = multiplyMatrices(pose, new Float64Array([1, 0, 0, 5, 0, 1, 0, 1, 0, 0, 1, 0, 0, 0, 0, 1]));
    const { positions, current } = computeTrajectory([pose, ahead], 0);
    expect(current).toBe(0);
    for (const [index, value] of [0, 0, 0, 5, 1, 0].entries()) expect(positions[index]).toBeCloseTo(value, 5);
  });

  test('a frame outside the drive is refused', () => {
    expect(() => computeTrajectory([pose], 1)).toThrow(RangeError);
  });
});

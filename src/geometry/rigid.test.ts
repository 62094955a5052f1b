import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Vector3 } from '../domain/geometry.ts';
import { chainCameraToKeyEgo, composePose, invertRigid, multiplyMatrix4, transformPoint } from './rigid.ts';

const identity = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];
const coordinate = fc.double({ min: -100, max: 100, noNaN: true });
const turn = fc.double({ min: -1, max: 1, noNaN: true });
const pose = fc
  .record({
    rotation: fc.tuple(turn, turn, turn, turn).filter((values) => Math.hypot(...values) > 0.1),
    translation: fc.tuple(coordinate, coordinate, coordinate),
  })
  .map(composePose);

function expectClose(found: ArrayLike<number>, expected: ArrayLike<number>, tolerance = 1e-9): void {
  expect(found.length).toBe(expected.length);
  for (let i = 0; i < expected.length; i++) expect(Math.abs(found[i]! - expected[i]!)).toBeLessThan(tolerance);
}

describe('rigid transforms', () => {
  test('a quarter turn to the left about z, then a step: worked out by hand', () => {
    const half = Math.SQRT1_2;
    const matrix = composePose({ rotation: [half, 0, 0, half], translation: [10, 20, 30] });
    expectClose(matrix, [0, -1, 0, 10, 1, 0, 0, 20, 0, 0, 1, 30, 0, 0, 0, 1]);
    expectClose(transformPoint(matrix, [1, 2, 3]), [8, 21, 33]);
    expectClose(invertRigid(matrix), [0, 1, 0, -20, -1, 0, 0, 10, 0, 0, 1, -30, 0, 0, 0, 1]);
  });

  test('quaternions of other lengths and signs mean the same rotation', () => {
    const translation = [1, 2, 3];
    const once = composePose({ rotation: [0.5, -0.5, 0.5, 0.5], translation });
    expectClose(composePose({ rotation: [-2, 2, -2, -2], translation }), once);
    expectClose(
      once.filter((_, index) => index % 4 === 3),
      [1, 2, 3, 1],
    );
  });

  test('a transform and its inverse cancel on either side, and multiplication is composition', () => {
    const point = fc.tuple(coordinate, coordinate, coordinate);
    fc.assert(
      fc.property(pose, pose, point, (a, b, p) => {
        expectClose(multiplyMatrix4(a, invertRigid(a)), identity);
        expectClose(multiplyMatrix4(invertRigid(a), a), identity);
        expectClose(transformPoint(multiplyMatrix4(a, b), p as Vector3), transformPoint(a, transformPoint(b, p)), 1e-8);
      }),
    );
  });

  test('a camera that fired two metres before the key frame sits two metres behind', () => {
    const at = (x: number) => composePose({ rotation: [1, 0, 0, 0], translation: [x, 0, 0] });
    const mount = composePose({ rotation: [0.5, -0.5, 0.5, -0.5], translation: [1.5, 0, 1.6] });
    const chained = chainCameraToKeyEgo(at(102), at(100), mount);
    expectClose(transformPoint(chained, [0, 0, 0]), [-0.5, 0, 1.6]);
    expectClose(transformPoint(chained, [0, 0, 10]), [9.5, 0, 1.6]);
  });
});

import { expect, test } from 'vitest';
import type { CameraView } from '../domain/clip.ts';
import type { GridSpec } from '../domain/geometry.ts';
import { findSights } from './findSights.ts';

const grid: GridSpec = { lower: [-4, -4, 0], voxel: [1, 1, 1], size: [8, 8, 4] };
const free = 17;
/** Looks forward along ego x from the middle of the grid, 1.5 m up; the other one looks back. */
const front = {
  width: 100,
  height: 100,
  intrinsics: Float64Array.of(50, 0, 49.5, 0, 50, 49.5, 0, 0, 1),
  egoFromCamera: Float64Array.of(0, 0, 1, 0.1, -1, 0, 0, 0.5, 0, -1, 0, 1.5, 0, 0, 0, 1),
} as unknown as CameraView;
const back = {
  ...front,
  egoFromCamera: Float64Array.of(0, 0, -1, -0.1, 1, 0, 0, 0.5, 0, -1, 0, 1.5, 0, 0, 0, 1),
} as CameraView;
const indexOf = (x: number, y: number, z: number) => (x * 8 + y) * 4 + z;

test('a voxel ahead is seen by the front camera until another stands between', () => {
  const labels = new Uint8Array(8 * 8 * 4).fill(free);
  labels[indexOf(7, 4, 1)] = 4;
  expect(findSights(labels, grid, free, [back, front], [7, 4, 1])).toEqual([{ cameraIndex: 1, isHidden: false }]);
  labels[indexOf(6, 4, 1)] = 15;
  expect(findSights(labels, grid, free, [back, front], [7, 4, 1])).toEqual([{ cameraIndex: 1, isHidden: true }]);
  expect(findSights(labels, grid, free, [back, front], [6, 4, 1])).toEqual([{ cameraIndex: 1, isHidden: false }]);
});

import { expect, test } from 'vitest';
import { chooseSweep } from './lidarSweeps.ts';

test('the sweep nearest in time is found among more files than a call takes as arguments', () => {
  const start = 1_600_000_000_000_000;
  const paths = Array.from({ length: 200_000 }, (_, index) => `lidar/top/${start + index * 100_000}.bin`);
  expect(chooseSweep(paths, start + 7_000_030_000, 0, 10)).toBe(`lidar/top/${start + 7_000_000_000}.bin`);
  expect(chooseSweep(paths, start - 300_000, 0, 10)).toBeNull();
  expect(chooseSweep([], start, 0, 10)).toBeNull();
});

import { expect, test } from 'vitest';
import { treeFromPaths } from '../../opening/fileTrees.ts';
import { openLidarPoints } from './lidarPoints.ts';
import { chooseSweep } from './lidarSweeps.ts';

test('the sweep nearest in time is found among more files than a call takes as arguments', () => {
  const start = 1_600_000_000_000_000;
  const paths = Array.from({ length: 200_000 }, (_, index) => `lidar/top/${start + index * 100_000}.bin`);
  expect(chooseSweep(paths, start + 7_000_030_000, 0, 10)).toBe(`lidar/top/${start + 7_000_000_000}.bin`);
  expect(chooseSweep(paths, start - 300_000, 0, 10)).toBeNull();
  expect(chooseSweep([], start, 0, 10)).toBeNull();
});

test('a sweep is read from its folder, and named where it is gone by now', async () => {
  const file = new Blob([Float32Array.of(1, 2, 3, 0.5, Number.NaN, 0, 0, 0)]);
  const tree = treeFromPaths('drive', ['a.bin', 'b.bin'], async (path) => (path === 'a.bin' ? file : null));
  expect([...(await openLidarPoints(tree, 'a.bin'))]).toEqual([1, 2, 3]);
  await expect(openLidarPoints(tree, 'b.bin')).rejects.toMatchObject({
    code: 'clip-file-missing',
    detail: 'drive has no b.bin.',
  });
});

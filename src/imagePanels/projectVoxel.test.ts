import { describe, expect, test } from 'vitest';
import type { CameraView } from '../domain/clip.ts';
import { OCC3D_GRID } from '../domain/geometry.ts';
import { isInImage, projectVoxel, toCamera, toPixel } from './projectVoxel.ts';

/** Looks forward along ego x from 1.5 m above the ground: camera x is ego -y, camera y is ego -z. */
const front: CameraView = {
  name: 'CAM_FRONT',
  timestampMicroseconds: 0,
  width: 100,
  height: 50,
  intrinsics: Float64Array.of(50, 0, 49.5, 0, 50, 24.5, 0, 0, 1),
  egoFromCamera: Float64Array.of(0, 0, 1, 0, -1, 0, 0, 0, 0, -1, 0, 1.5, 0, 0, 0, 1),
};

describe('voxels in camera images', () => {
  test('a point straight ahead is the middle of the image', () => {
    expect([...toCamera(front, [10, 0, 1.5])].map(Math.abs)).toEqual([0, 0, 10]);
    expect(toPixel(front, toCamera(front, [10, 0, 1.5]))).toEqual([49.5, 24.5]);
    expect(toPixel(front, toCamera(front, [10, 2, 1.5]))[0]).toBeCloseTo(39.5);
    expect(isInImage(front, [10, 0, 1.5])).toBe(true);
    expect(isInImage(front, [-10, 0, 1.5])).toBe(false);
    expect(isInImage(front, [10, 11, 1.5])).toBe(false);
  });

  test('a voxel ahead has twelve edges around its centre, one behind has none', () => {
    const path = projectVoxel(front, OCC3D_GRID, [125, 100, 6]);
    expect(path.match(/M/g)).toHaveLength(12);
    const pixels = [...path.matchAll(/([-\d.]+) ([-\d.]+)/g)].map(([, u]) => Number(u));
    expect(Math.min(...pixels)).toBeGreaterThan(45);
    expect(Math.max(...pixels)).toBeLessThan(50);
    expect(projectVoxel(front, OCC3D_GRID, [75, 100, 6])).toBe('');
  });

  test('a voxel around the camera is cut at the near plane instead of turned inside out', () => {
    const path = projectVoxel(front, OCC3D_GRID, [100, 100, 6]);
    for (const [, u, v] of path.matchAll(/([-\d.]+) ([-\d.]+)/g)) {
      expect(Number.isFinite(Number(u)) && Number.isFinite(Number(v))).toBe(true);
    }
  });
});

import { describe, expect, it } from 'vitest';
import { OCC3D_CLASSES } from '../domain/classes.ts';
import { OCC3D_GRID } from '../domain/geometry.ts';
import { composePose } from '../geometry/rigid.ts';
import { computeCameraMask } from './cameraMask.ts';

const LABEL = { free: OCC3D_CLASSES.free, driveable: 11, manmade: 15, car: 4 };

// Camera at (0, 0, 1.5) looking along ego x: z forward = ego x, x right = ego -y, y down = ego -z.
const camera = {
  width: 1600,
  height: 900,
  intrinsics: Float64Array.of(1260, 0, 800, 0, 1260, 450, 0, 0, 1),
  egoFromCamera: composePose({ rotation: [0.5, -0.5, 0.5, -0.5], translation: [0, 0, 1.5] }),
};

const at = (i: number, j: number, k: number) => (i * 200 + j) * 16 + k;

function flatWorld(): Uint8Array {
  const labels = new Uint8Array(640000).fill(LABEL.free);
  for (let column = 0; column < 40000; column++) labels[column * 16 + 2] = LABEL.driveable;
  return labels;
}

describe('computeCameraMask', () => {
  it('sees all ground inside the view without stripes, and nothing behind the camera', () => {
    const mask = computeCameraMask(flatWorld(), [camera], OCC3D_GRID, LABEL.free);
    let missed = 0;
    let behind = 0;
    for (let i = 118; i < 199; i++) {
      const reach = Math.floor(((i - 100) * 790) / 1260) - 2;
      for (let j = Math.max(100 - reach, 0); j < Math.min(100 + reach, 200); j++) if (mask[at(i, j, 2)] !== 1) missed++;
    }
    for (let i = 0; i < 100; i++) for (let j = 0; j < 200; j++) behind += mask[at(i, j, 2)]!;
    expect([missed, behind]).toEqual([0, 0]);
  });

  it('sees free space in front of a wall, the wall, and nothing behind it', () => {
    const labels = flatWorld();
    for (let j = 60; j < 140; j++) for (let k = 3; k < 16; k++) labels[at(130, j, k)] = LABEL.manmade;
    const mask = computeCameraMask(labels, [camera], OCC3D_GRID, LABEL.free);
    for (let j = 95; j < 105; j++) {
      for (let k = 4; k < 9; k++) {
        expect(mask[at(125, j, k)]).toBe(1);
        expect(mask[at(130, j, k)]).toBe(1);
        for (let i = 131; i < 200; i++) expect(mask[at(i, j, k)]).toBe(0);
      }
      expect(mask[at(150, j, 2)]).toBe(0);
    }
  });

  it('stops at the first voxel: a buried one stays unseen', () => {
    const labels = flatWorld();
    for (const i of [130, 131, 132])
      for (let j = 98; j < 103; j++) for (let k = 3; k < 7; k++) labels[at(i, j, k)] = LABEL.car;
    const mask = computeCameraMask(labels, [camera], OCC3D_GRID, LABEL.free);
    expect(mask[at(130, 100, 5)]).toBe(1);
    expect(mask[at(131, 100, 5)]).toBe(0);
  });
});

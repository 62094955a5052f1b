import { expect, test } from 'vitest';
import { OCC3D_GRID } from '../domain/geometry.ts';
import { composePose, transformPoint } from '../geometry/rigid.ts';
import { OPENOCC_CLASSES } from './classTables.ts';
import { countVoxels, OPEN_OCCUPANCY_GRID, SURROUND_OCC_GRID } from './grids.ts';
import { moveToEgo } from './moveToEgo.ts';
import type { TruthVolume } from './truthVolume.ts';

// A nuScenes lidar: x right, y forward, 1.84 m above the ground and 0.94 m before the rear axle.
const egoFromLidar = composePose({ rotation: [Math.SQRT1_2, 0, 0, -Math.SQRT1_2], translation: [0.943713, 0, 1.84] });

function makeVolume(part: Partial<TruthVolume>): TruthVolume {
  return {
    grid: SURROUND_OCC_GRID,
    classes: OPENOCC_CLASSES,
    axes: 'lidar',
    labels: new Uint8Array(countVoxels(SURROUND_OCC_GRID)).fill(OPENOCC_CLASSES.free),
    ignored: null,
    cameraMask: null,
    lidarMask: null,
    flow: null,
    ...part,
  };
}

test('a car ahead of the lidar is ahead of the vehicle, and its velocity turns with it', () => {
  const labels = new Uint8Array(countVoxels(SURROUND_OCC_GRID)).fill(OPENOCC_CLASSES.free);
  const flow = new Float32Array(labels.length * 2);
  // Lidar (0.25, 20.25, -1.25): 20 m ahead, driving ahead at 3 m/s.
  const source = (100 * 200 + 140) * 16 + 7;
  labels[source] = 0;
  flow[source * 2 + 1] = 3;
  const moved = moveToEgo(makeVolume({ labels, flow }), egoFromLidar, OCC3D_GRID);
  const [x, y, z] = transformPoint(egoFromLidar, [0.25, 20.25, -1.25]);
  const cell = [x, y, z].map((value, axis) => Math.floor((value - OCC3D_GRID.lower[axis]!) / OCC3D_GRID.voxel[axis]!));
  const target = (cell[0]! * 200 + cell[1]!) * 16 + cell[2]!;
  expect(moved.labels[target]).toBe(0);
  expect(moved.flow![target * 2]).toBeCloseTo(3);
  expect(moved.flow![target * 2 + 1]).toBeCloseTo(0);
  expect(moved.labels.filter((label) => label === 0).length).toBeLessThan(9);
  expect(moved.axes).toBe('ego');
});

test('the top of the Occ3D grid lies above what SurroundOcc covers and is not judged', () => {
  const moved = moveToEgo(makeVolume({}), egoFromLidar, OCC3D_GRID);
  // 3 m above the lidar is 4.84 m above the ground: the layers from 4.6 m up have their centres outside.
  const column = (100 * 200 + 100) * 16;
  expect([...moved.ignored!.subarray(column, column + 16)]).toEqual([...Array(14).fill(0), 0, 1]);
});

test('of a source twice as fine nothing thin is lost, and the commonest label wins', () => {
  const labels = new Uint8Array(countVoxels(OPEN_OCCUPANCY_GRID)).fill(OPENOCC_CLASSES.free);
  const place = (x: number, y: number, z: number) => (x * 512 + y) * 40 + z;
  // A wall one voxel of 0.2 m thick, at both places that it can have within 0.4 m.
  for (const x of [300, 321]) for (let y = 200; y < 260; y++) for (let z = 20; z < 40; z++) labels[place(x, y, z)] = 14;
  labels[place(300, 200, 20)] = 3;
  const still = composePose({ rotation: [1, 0, 0, 0], translation: [0, 0, 0] });
  const moved = moveToEgo(makeVolume({ labels, grid: OPEN_OCCUPANCY_GRID }), still, OCC3D_GRID);
  const at = (x: number, y: number, z: number) =>
    moved.labels[(Math.floor((x + 40) / 0.4) * 200 + Math.floor((y + 40) / 0.4)) * 16 + Math.floor((z + 1) / 0.4)]!;
  for (const x of [300, 321]) for (let y = -10; y < 0; y += 0.7) expect(at(-51.2 + (x + 0.5) * 0.2, y, 0.3)).toBe(14);
  expect(at(-51.2 + 300.5 * 0.2, -51.2 + 200.5 * 0.2, -0.9)).toBe(14);
});

import { zipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { encodeNpy } from '../clips/npz/writeNpz.ts';
import type { Clip, Frame } from '../domain/clip.ts';
import { OCC3D_GRID } from '../domain/geometry.ts';
import { composeRigid } from '../geometry/rigid.ts';
import { treeFromPaths } from '../opening/fileTrees.ts';
import { guessLayout } from './guessLayout.ts';
import { guessPurpose } from './guessPurpose.ts';
import { openArrays } from './openArrays.ts';
import { type FileFinder, findByNumber, findByPath } from './openStored.ts';
import { openStoredTruth } from './openStoredTruth.ts';

const [nx, ny, nz] = OCC3D_GRID.size;
const total = nx * ny * nz;
const at = (x: number, y: number, z: number) => (x * ny + y) * nz + z;
const lidarToken = '9d9bf11fb0e144c8b446d54a8a00184f';
const lidarFile = 'n015-2018-07-24-11-22-45+0800__LIDAR_TOP__1532402927647951.pcd.bin';

function makeFrame(part: Partial<Frame>): Frame {
  const worldFromEgo = Float64Array.of(1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1);
  return { index: 0, token: 'token', timestampMicroseconds: 0, worldFromEgo, cameras: [], ...part };
}

const nuscenesFrame = makeFrame({ timestampMicroseconds: 1532402927647951, names: [lidarToken, lidarFile] });

/** The truth that a folder of files gives a clip of these frames, as the page would guess it. */
function open(
  files: Readonly<Record<string, Uint8Array>>,
  frames: readonly Frame[],
  find: (paths: readonly string[]) => FileFinder,
  egoFromLidar?: Clip['egoFromLidar'],
) {
  const paths = Object.keys(files);
  const tree = treeFromPaths('run', paths, async (path) => new Blob([files[path] as Uint8Array<ArrayBuffer>]));
  const [path] = paths as [string];
  const arrays = openArrays(files[path]!, path);
  const { layout } = guessLayout(arrays, path, OCC3D_GRID);
  const clip = { frames, grid: OCC3D_GRID, egoFromLidar };
  return {
    truth: openStoredTruth({ tree, layout, find: find(paths), clip }),
    purpose: guessPurpose(arrays, path, layout),
  };
}

const rows = (values: readonly number[]) =>
  encodeNpy({ name: 'rows', type: 'int32', shape: [values.length / 4, 4], data: Int32Array.from(values) });
const places = (labels: Uint8Array, wanted: number) => [...labels.keys()].filter((voxel) => labels[voxel] === wanted);
const metresOf = (voxel: number) => ({
  x: -40 + 0.4 * (Math.floor(voxel / (ny * nz)) + 0.5),
  y: -40 + 0.4 * ((Math.floor(voxel / nz) % ny) + 0.5),
  z: -1 + 0.4 * ((voxel % nz) + 0.5),
});

describe('files of ground truth become the truth of a clip', () => {
  test('Occ3D-Waymo: 23 is free, and what counts is seen by a camera inside the field of view', async () => {
    const labels = new Uint8Array(total).fill(23);
    labels[at(120, 100, 3)] = 1;
    labels[at(121, 100, 3)] = 255;
    const seen = new Uint8Array(total).fill(1);
    const inView = new Uint8Array(total).fill(1);
    seen[0] = 0;
    inView[1] = 0;
    const shape = [nx, ny, nz];
    const member = (data: Uint8Array) => encodeNpy({ name: 'x', type: 'uint8', shape, data });
    const bytes = zipSync(
      {
        'voxel_label.npy': member(labels),
        'final_voxel_state.npy': member(seen),
        'infov.npy': member(inView),
      },
      { level: 1 },
    );
    const frames = [makeFrame({ names: ['004'] }), makeFrame({ index: 1, names: ['005'] })];
    const { truth, purpose } = open({ '012/005_04.npz': bytes }, frames, findByNumber);
    expect(purpose).toMatch(/final_voxel_state/);
    expect(await truth.openTruth(0)).toBeNull();
    const read = (await truth.openTruth(1))!;
    expect(places(read.labels, 4)).toEqual([at(120, 100, 3)]);
    expect(read.labels.filter((label) => label !== 17).length).toBe(1);
    expect(read.ignored![at(121, 100, 3)]).toBe(1);
    expect([...read.cameraMask!.subarray(0, 3)]).toEqual([0, 0, 1]);
  });

  test('SemanticKITTI: numbered as the images, about the lidar above the ego, .invalid is not judged', async () => {
    const count = 256 * 256 * 32;
    const raw = new Uint16Array(count);
    // Velodyne (10.1, 0.1, -1.5): 0.23 m above the ground.
    const voxel = (50 * 256 + 128) * 32 + 2;
    raw[voxel] = 40;
    const invalid = new Uint8Array(count / 8);
    invalid[0] = 0xff;
    const files = {
      'sequences/00/voxels/000005.label': new Uint8Array(raw.buffer),
      'sequences/00/voxels/000005.invalid': invalid,
    };
    const frames = [makeFrame({ names: ['000000'] }), makeFrame({ index: 1, names: ['000005'] })];
    const labelsAlone = (paths: readonly string[]) => findByNumber(paths.filter((path) => path.endsWith('.label')));
    const { truth, purpose } = open(files, frames, labelsAlone);
    expect(purpose).toMatch(/voxels/);
    const read = (await truth.openTruth(1))!;
    const [road] = places(read.labels, 11).map(metresOf);
    expect(road!.x).toBeCloseTo(10.2, 1);
    expect(road!.z).toBeCloseTo(0.4, 1);
    // Behind the vehicle SemanticKITTI says nothing.
    expect(read.ignored![at(50, 100, 3)]).toBe(1);
    expect(read.ignored![at(150, 100, 3)]).toBe(0);
  });

  test('SurroundOcc by the name of the lidar file, by the lidar’s own pose; noise is not judged', async () => {
    // Lidar (0.25, 10.25, -0.75) and noise two metres further.
    const bytes = rows([100, 120, 8, 4, 100, 124, 8, 0]);
    const pose = composeRigid([0, 1, 0, -1, 0, 0, 0, 0, 1], [2, 0, 1.84]);
    const { truth, purpose } = open({ [`samples/${lidarFile}.npy`]: bytes }, [nuscenesFrame], findByPath, pose);
    expect(purpose).toMatch(/Rows/);
    const read = (await truth.openTruth(0))!;
    const cars = places(read.labels, 4).map(metresOf);
    expect(cars.length).toBeGreaterThan(0);
    for (const { x, y } of cars) {
      expect(Math.abs(x - 12.25)).toBeLessThan(0.3);
      expect(Math.abs(y + 0.25)).toBeLessThan(0.3);
    }
    expect(read.labels.filter((label) => label !== 17).length).toBe(cars.length);
    expect(read.ignored).not.toBeNull();
  });

  test('OpenOccupancy by the lidar’s token', async () => {
    // (z, y, x, class) on the 0.2 m grid: x = 1.1 m, y = 25.1 m.
    const bytes = rows([20, 381, 261, 16]);
    const file = { [`scene_x/occupancy/${lidarToken}.npy`]: bytes };
    const { truth, purpose } = open(file, [nuscenesFrame], findByPath);
    expect(purpose).toMatch(/occupancy/);
    const [tree] = places((await truth.openTruth(0))!.labels, 16).map(metresOf);
    expect(Math.abs(tree!.x - (25.1 + 0.94))).toBeLessThan(0.3);
    expect(Math.abs(tree!.y + 1.1)).toBeLessThan(0.3);
  });

  test('predictions do not look like ground truth', () => {
    const bytes = zipSync({
      'arr_0.npy': encodeNpy({ name: 'arr_0', type: 'uint8', shape: [nx, ny, nz], data: new Uint8Array(total) }),
    });
    const arrays = openArrays(bytes, 'occupancy_pred/scene/a.npz');
    expect(guessPurpose(arrays, 'occupancy_pred/scene/a.npz', guessLayout(arrays, 'a.npz').layout)).toBeNull();
  });
});

test('a frame is found by another of its names, and by the time in a name', () => {
  const find = findByPath([`a/${lidarFile}.npy`]);
  expect(find(nuscenesFrame)).toBe(`a/${lidarFile}.npy`);
  expect(find({ token: 'x', index: 0, timestampMicroseconds: 1532402927647951 })).toBe(`a/${lidarFile}.npy`);
  expect(find({ token: 'x', index: 0, timestampMicroseconds: 1532402927647952 })).toBeNull();
  expect(findByNumber(['b/0001.npz', 'b/0002.npz'])({ token: 'x', index: 2 })).toBe('b/0002.npz');
});

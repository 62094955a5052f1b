import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { encodeNpz, toHalfBits } from '../../../tools/world/npz.ts';
import { encodeNpy } from '../npz/writeNpz.ts';
import { readSceneTruth } from './readSceneTruth.ts';

const shape = [200, 200, 16];
const place = (x: number, y: number, z: number) => (x * 200 + y) * 16 + z;

function read(files: Record<string, Uint8Array>) {
  const blobs = new Map(
    Object.entries(files).map(([name, bytes]) => [name, new Blob([bytes as Uint8Array<ArrayBuffer>])]),
  );
  return (token = 't', lidar: Float64Array | null = null) =>
    readSceneTruth(async (name) => blobs.get(name) ?? null, 's', token, lidar);
}

function makeOcc3d(): Uint8Array {
  const labels = new Uint8Array(640_000).fill(17);
  labels[place(120, 100, 3)] = 4;
  const mask = new Uint8Array(640_000).fill(1);
  return encodeNpz([
    { name: 'semantics', type: 'uint8', shape, data: labels },
    { name: 'mask_camera', type: 'uint8', shape, data: mask },
  ]);
}

function makeOpenOcc(): Uint8Array {
  const labels = new Int32Array(640_000).fill(16);
  labels[place(120, 100, 3)] = 0;
  const flow = new Float32Array(1_280_000);
  flow[2 * place(120, 100, 3)] = 2.5;
  return encodeNpz([
    { name: 'semantics', type: 'int32', shape, data: labels },
    { name: 'flow', type: 'float16', shape: [...shape, 2], data: toHalfBits(flow) },
  ]);
}

test('Occ3D gives labels and mask, OpenOcc the flow', async () => {
  const truth = await read({ 'gts/s/t/labels.npz': makeOcc3d(), 'openocc_v2/s/t/labels.npz': makeOpenOcc() })();
  expect(truth!.labels[place(120, 100, 3)]).toBe(4);
  expect(truth!.cameraMask!.every((seen) => seen === 1)).toBe(true);
  expect(truth!.flow![2 * place(120, 100, 3)]).toBe(2.5);
});

test('OpenOcc alone is translated into Occ3D’s classes; without files there is no truth', async () => {
  const truth = await read({ 'openocc_v2/s/t/labels.npz': makeOpenOcc() })();
  expect(truth!.labels[place(120, 100, 3)]).toBe(4);
  expect(truth!.labels[0]).toBe(17);
  expect(truth!.cameraMask).toBeNull();
  expect(await read({ 'openocc_v2/s/t/labels.npz': makeOpenOcc() })('other')).toBeNull();
});

test('the sparse form is moved from the lidar’s axes into the ego’s', async () => {
  // One car voxel ahead of the lidar (its y axis): grid of 0.5 m from -50 m, so (100, 120) is x = 0.25 m, y = 10.25 m.
  const rows = Int32Array.of((10 * 200 + 120) * 200 + 100, 0);
  const occ = encodeNpy({ name: 'occ', type: 'int32', shape: [1, 2], data: rows });
  const flow = encodeNpy({ name: 'flow', type: 'float32', shape: [1, 2], data: Float32Array.of(0, 3) });
  // Ego x is lidar y, ego y is minus lidar x; the lidar stands 1 m ahead.
  const egoFromLidar = Float64Array.of(0, 1, 0, 1, -1, 0, 0, 0, 0, 0, 1, 1.8, 0, 0, 0, 1);
  const files = { 'openocc_v2/s/t/occ.npy': occ, 'openocc_v2/s/t/flow.npy': flow };
  const truth = await read(files)('t', egoFromLidar);
  const cars = [...truth!.labels.keys()].filter((voxel) => truth!.labels[voxel] === 4);
  expect(cars.length).toBeGreaterThan(0);
  for (const voxel of cars) {
    expect(-40 + 0.4 * (Math.floor(voxel / 3200) + 0.5)).toBeCloseTo(11.25, 0);
    expect(truth!.flow![2 * voxel]).toBe(3);
  }
  expect(await read(files)('t', null)).toBeNull();
});

const real = process.env['OCCUSCOPE_REAL_DATA'];
test.skipIf(!real)('real label files (OCCUSCOPE_REAL_DATA) are read as they are', async () => {
  const open = (name: string) => new Uint8Array(readFileSync(path.join(real!, 'annotations', name)));
  const truth = await read({
    'gts/s/t/labels.npz': open('occ3d-labels.npz'),
    'openocc_v2/s/t/labels.npz': open('openocc-v2-labels.npz'),
  })();
  expect(truth!.labels.reduce((count, label) => count + Number(label !== 17), 0)).toBe(31_107);
  expect(truth!.cameraMask).toHaveLength(640_000);
  expect(truth!.flow).toHaveLength(1_280_000);
});

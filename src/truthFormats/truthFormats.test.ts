import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { crc32, deflateRawSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { type ArrayToWrite, encodeNpy, encodeNpz } from '../clips/npz/writeNpz.ts';
import { OCC3D_CLASSES } from '../domain/classes.ts';
import { OccuscopeError } from '../errors/catalogue.ts';
import {
  listOcc3dLabels,
  OPENOCC_CLASSES,
  SEMANTIC_KITTI_CLASSES,
  toOcc3dLabels,
  WAYMO_CLASSES,
} from './classTables.ts';
import { readOcc3d } from './readOcc3d.ts';
import { readOcc3dWaymo } from './readOcc3dWaymo.ts';
import { readOpenOcc, readOpenOccSparse } from './readOpenOcc.ts';
import { readSemanticKittiBin, readSemanticKittiLabel } from './readSemanticKitti.ts';
import { readOpenOccupancy, readSurroundOcc } from './readSparseVoxels.ts';

const size = [200, 200, 16];
const total = 200 * 200 * 16;
const place = (x: number, y: number, z: number) => (x * 200 + y) * 16 + z;
const pack = (...arrays: ArrayToWrite[]) => encodeNpz(arrays, { deflateRaw: (bytes) => deflateRawSync(bytes), crc32 });
const rows = (values: number[][], type: 'int32' | 'float32' | 'uint8' = 'int32') =>
  encodeNpy({
    name: 'rows',
    type,
    shape: [values.length, values[0]!.length],
    data: { int32: Int32Array, float32: Float32Array, uint8: Uint8Array }[type].from(values.flat()),
  });

function findDetail(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    expect(error).toBeInstanceOf(OccuscopeError);
    return (error as OccuscopeError).detail!;
  }
  throw new Error('it was read');
}

describe('Occ3D-nuScenes', () => {
  const semantics = new Uint8Array(total).fill(17);
  semantics[place(150, 20, 3)] = 4;

  test('labels, masks and flow land at [x][y][z]', () => {
    const mask = new Uint8Array(total);
    mask[place(150, 20, 3)] = 1;
    const flow = new Float32Array(total * 2);
    flow[place(150, 20, 3) * 2 + 1] = -2.5;
    const volume = readOcc3d(
      pack(
        { name: 'semantics', type: 'uint8', shape: size, data: semantics },
        { name: 'mask_camera', type: 'uint8', shape: size, data: mask },
        { name: 'flow', type: 'float32', shape: [...size, 2], data: flow },
      ),
      'labels.npz',
    );
    expect(Buffer.compare(volume.labels, semantics)).toBe(0);
    expect(volume.cameraMask![place(150, 20, 3)]).toBe(1);
    expect(volume.lidarMask).toBeNull();
    expect(volume.flow![place(150, 20, 3) * 2 + 1]).toBe(-2.5);
    expect(volume).toMatchObject({ axes: 'ego', ignored: null, classes: { id: 'occ3d' } });
  });

  test('wide integers are labels too; 255 is not judged; 18 and 4.5 mean nothing', () => {
    const wide = Int32Array.from(semantics);
    wide[5] = 255;
    const read = (data: ArrayToWrite['data'], type: ArrayToWrite['type']) =>
      readOcc3d(pack({ name: 'semantics', type, shape: size, data }), 'a.npz');
    const volume = read(wide, 'int32');
    expect(volume.labels[5]).toBe(17);
    expect(volume.ignored![5]).toBe(1);
    wide[5] = 18;
    expect(findDetail(() => read(wide, 'int32'))).toBe(
      'a.npz: semantics holds the value 18, which is no label from 0 to 17.',
    );
    expect(findDetail(() => read(new Float32Array(total).fill(4.5), 'float32'))).toMatch(/holds the value 4.5/);
  });

  test('another grid is refused with both shapes', () => {
    const data = new Uint8Array(4 * 4 * 2);
    expect(
      findDetail(() => readOcc3d(pack({ name: 'semantics', type: 'uint8', shape: [4, 4, 2], data }), 'a.npz')),
    ).toBe('a.npz: semantics has shape [4, 4, 2] where [200, 200, 16] is needed.');
  });
});

describe('OpenOcc', () => {
  test('v2 has its own class order, int32 labels and flow', () => {
    const semantics = new Int32Array(total).fill(16);
    semantics[place(0, 199, 15)] = 7;
    const flow = new Float32Array(total * 2);
    flow[place(0, 199, 15) * 2] = 1.25;
    flow[0] = Number.NaN;
    const volume = readOpenOcc(
      pack(
        { name: 'semantics', type: 'int32', shape: size, data: semantics },
        { name: 'flow', type: 'float32', shape: [...size, 2], data: flow },
      ),
      'labels.npz',
    );
    expect(volume.classes.classes[volume.labels[place(0, 199, 15)]!]!.name).toBe('pedestrian');
    expect(volume.flow![place(0, 199, 15) * 2]).toBe(1.25);
    expect(volume.flow![0]).toBe(0);
    expect(toOcc3dLabels(volume.labels, volume.classes)[place(0, 199, 15)]).toBe(7);
    expect(toOcc3dLabels(volume.labels, volume.classes)[0]).toBe(17);
  });

  test('the order of classes is the reordering of the challenge', () => {
    const occ3dFromOpenOcc = [4, 10, 9, 3, 5, 2, 6, 7, 8, 1, 11, 12, 13, 14, 15, 16, 17];
    expect([...listOcc3dLabels(OPENOCC_CLASSES)]).toEqual(occ3dFromOpenOcc);
  });

  test.each([
    [
      'every voxel',
      [
        [1, 2],
        [3, 4],
        [5, 6],
      ],
    ],
    [
      'every thing',
      [
        [1, 2],
        [3, 4],
      ],
    ],
    ['what moves', [[1, 2]]],
  ])('the sparse form spreads rows by a flat index with x fastest; flow for %s', (_, flowRows) => {
    const flat = (x: number, y: number, z: number) => (z * 200 + y) * 200 + x;
    const occupied = rows([
      [flat(3, 5, 7), 0],
      [flat(199, 0, 15), 9],
      [flat(0, 199, 0), 15],
    ]);
    const volume = readOpenOccSparse(occupied, rows(flowRows, 'float32'), '000_occ.npy');
    expect(volume.labels[place(3, 5, 7)]).toBe(0);
    expect(volume.labels[place(199, 0, 15)]).toBe(9);
    expect(volume.labels[place(0, 199, 0)]).toBe(15);
    expect(volume.labels.filter((label) => label !== 16)).toHaveLength(3);
    expect([...volume.flow!.subarray(place(3, 5, 7) * 2, place(3, 5, 7) * 2 + 2)]).toEqual([1, 2]);
    expect(volume.flow![place(199, 0, 15) * 2]).toBe(flowRows.length > 1 ? 3 : 0);
    expect(volume.axes).toBe('lidar');
  });

  test('faults of the sparse form are named', () => {
    expect(findDetail(() => readOpenOccSparse(rows([[total, 1]]), null, 'a'))).toBe(
      `a holds the voxel index ${total} of ${total}.`,
    );
    expect(findDetail(() => readOpenOccSparse(rows([[0, 1, 2]]), null, 'a'))).toMatch(/\[1, 3\] where \[N, 2\]/);
    expect(
      findDetail(() =>
        readOpenOccSparse(
          rows([[0, 12]]),
          rows(
            [
              [1, 1],
              [2, 2],
            ],
            'float32',
          ),
          'a',
        ),
      ),
    ).toMatch(/a flow has shape \[2, 2\], which fits neither/);
  });
});

describe('sparse voxels around the lidar', () => {
  test('SurroundOcc has columns x, y, z', () => {
    const volume = readSurroundOcc(
      rows([
        [1, 2, 3, 16],
        [199, 0, 15, 0],
      ]),
      'a.npy',
    );
    expect(volume.labels[place(1, 2, 3)]).toBe(16);
    expect(volume.labels[place(199, 0, 15)]).toBe(17);
    expect(volume.ignored![place(199, 0, 15)]).toBe(1);
    expect(volume.grid.voxel[0]).toBe(0.5);
  });

  test('OpenOccupancy has columns z, y, x on 512 x 512 x 40', () => {
    const volume = readOpenOccupancy(rows([[39, 2, 511, 4]]), 'a.npy');
    expect(volume.labels[(511 * 512 + 2) * 40 + 39]).toBe(4);
    expect(volume.labels).toHaveLength(512 * 512 * 40);
    expect(findDetail(() => readOpenOccupancy(rows([[40, 2, 511, 4]]), 'a.npy'))).toBe(
      'a.npy holds the z index 40 where 0 to 39 fit.',
    );
  });
});

describe('Occ3D-Waymo', () => {
  test('23 is free; what counts is seen by a camera inside the field of view', () => {
    const labels = new Uint8Array(total).fill(23);
    labels[7] = 13;
    const seen = new Uint8Array(total);
    const inView = new Uint8Array(total);
    seen.set([1, 1, 0], 7);
    inView.set([1, 0, 1], 7);
    const volume = readOcc3dWaymo(
      pack(
        { name: 'voxel_label', type: 'uint8', shape: size, data: labels },
        { name: 'final_voxel_state', type: 'uint8', shape: size, data: seen },
        { name: 'infov', type: 'uint8', shape: size, data: inView },
      ),
      '000_04.npz',
    );
    expect(WAYMO_CLASSES.classes[volume.labels[7]!]!.name).toBe('road');
    expect(volume.labels[8]).toBe(15);
    expect([...volume.cameraMask!.subarray(7, 10)]).toEqual([1, 0, 0]);
  });

  test('the fine grid is refused before it is unpacked', () => {
    const fine = pack({ name: 'voxel_label', type: 'uint8', shape: [2, 2, 64], data: new Uint8Array(256) });
    expect(findDetail(() => readOcc3dWaymo(fine, '000.npz'))).toMatch(/only the 0.4 m files/);
  });
});

describe('SemanticKITTI', () => {
  const voxels = 256 * 256 * 32;
  const at = (x: number, y: number, z: number) => (x * 256 + y) * 32 + z;

  test('raw labels become the 19 classes; outliers and unlabelled kinds are not judged', () => {
    const raw = new Uint16Array(voxels);
    raw[at(255, 0, 31)] = 252;
    raw[at(0, 0, 1)] = 99;
    raw[at(0, 1, 0)] = 40;
    const invalid = new Uint8Array(voxels / 8);
    invalid[0] = 0b1000_0000;
    const volume = readSemanticKittiLabel(new Uint8Array(raw.buffer), '000.label', { invalid });
    const nameAt = (voxel: number) => SEMANTIC_KITTI_CLASSES.classes[volume.labels[voxel]!]!.name;
    expect(nameAt(at(255, 0, 31))).toBe('car');
    expect(nameAt(at(0, 1, 0))).toBe('road');
    expect(nameAt(5)).toBe('free');
    expect([...volume.ignored!.subarray(0, 3)]).toEqual([1, 1, 0]);
  });

  test('bits are read from the highest down', () => {
    const bits = new Uint8Array(voxels / 8);
    bits[1] = 0b0100_0001;
    const { labels } = readSemanticKittiBin(bits, '000.bin');
    expect([...labels.subarray(8, 16)]).toEqual([0, 1, 0, 0, 0, 0, 0, 1]);
  });

  test('wrong lengths and unknown labels are named', () => {
    expect(findDetail(() => readSemanticKittiLabel(new Uint8Array(10), 'a.label'))).toMatch(/has 10 bytes where/);
    expect(findDetail(() => readSemanticKittiBin(new Uint8Array(10), 'a.bin'))).toMatch(/one bit for each/);
    const raw = new Uint16Array(voxels);
    raw[9] = 77;
    expect(findDetail(() => readSemanticKittiLabel(new Uint8Array(raw.buffer), 'a.label'))).toMatch(/the value 77/);
  });
});

const real = path.join(process.env['OCCUSCOPE_REAL_DATA'] ?? '/nowhere', 'annotations');

describe.skipIf(!existsSync(real))('real label files (OCCUSCOPE_REAL_DATA)', () => {
  test('Occ3D: 31,107 occupied voxels, most of the ground driveable, nothing ignored', () => {
    const volume = readOcc3d(readFileSync(path.join(real, 'occ3d-labels.npz')), 'occ3d-labels.npz');
    expect(volume.labels.filter((label) => label !== OCC3D_CLASSES.free)).toHaveLength(31_107);
    expect(volume.ignored).toBeNull();
    expect(volume.cameraMask).toHaveLength(total);
    expect(volume.lidarMask).toHaveLength(total);
  });

  test('OpenOcc v2: int32 labels of 17 classes; only what moves has flow', () => {
    const volume = readOpenOcc(readFileSync(path.join(real, 'openocc-v2-labels.npz')), 'openocc-v2-labels.npz');
    const moving = volume.labels.reduce((count, _, voxel) => {
      const speed = Math.hypot(volume.flow![voxel * 2]!, volume.flow![voxel * 2 + 1]!);
      if (speed > 0 && volume.labels[voxel]! > 7) throw new Error(`voxel ${voxel} moves`);
      return count + Number(speed > 0);
    }, 0);
    expect(moving).toBeGreaterThan(0);
    expect(Math.max(...new Set(volume.labels))).toBe(16);
  });
});

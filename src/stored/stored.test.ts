import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { zipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { type ArrayToWrite, encodeNpy } from '../clips/npz/writeNpz.ts';
import type { FileTree } from '../domain/fileTree.ts';
import { OCC3D_GRID } from '../domain/geometry.ts';
import { OccuscopeError } from '../errors/catalogue.ts';
import { treeFromPaths } from '../opening/fileTrees.ts';
import { applyLayout } from './applyLayout.ts';
import { settleByTruth } from './compareWithTruth.ts';
import { findFiles, listKeys } from './findFiles.ts';
import { guessLayout } from './guessLayout.ts';
import { openArrays } from './openArrays.ts';
import { storedOpener } from './opener.ts';
import { findByPath, findByToken, openStored, readTokens } from './openStored.ts';
import type { StoredLayout } from './storedLayout.ts';

const [nx, ny, nz] = OCC3D_GRID.size;
const total = nx * ny * nz;
const at = (x: number, y: number, z: number) => (x * ny + y) * nz + z;
const token = '3e8750f331d7499e9b5123e9eb70f2e2';

type Member = Omit<ArrayToWrite, 'name'> | Uint8Array;
const npz = (members: Record<string, Member>, level: 0 | 6 = 6) =>
  zipSync(
    Object.fromEntries(
      Object.entries(members).map(([name, member]) => [
        `${name}.npy`,
        member instanceof Uint8Array ? member : encodeNpy({ name, ...member }),
      ]),
    ),
    { level },
  );

/** An array of text or objects, as numpy writes it. */
function strangeNpy(descriptor: string, shape: string, data: Uint8Array): Uint8Array {
  const text = `{'descr': '${descriptor}', 'fortran_order': False, 'shape': ${shape}, }`.padEnd(117).concat('\n');
  const bytes = new Uint8Array(128 + data.length);
  bytes.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, 118, 0]);
  bytes.set(new TextEncoder().encode(text), 10);
  bytes.set(data, 128);
  return bytes;
}

const textNpy = (text: string) => {
  const points = Uint32Array.from(text, (letter) => letter.codePointAt(0)!);
  return strangeNpy(`<U${text.length}`, '()', new Uint8Array(points.buffer));
};

/** A world of one class at one place; all else is free. */
function makeLabels(free: number, label: number, voxel = at(150, 20, 3)): Uint8Array {
  const labels = new Uint8Array(total).fill(free);
  labels[voxel] = label;
  return labels;
}

function readWith(bytes: Uint8Array, name: string, change: Partial<StoredLayout> = {}) {
  const arrays = openArrays(bytes, name);
  const guess = guessLayout(arrays, name);
  const layout = { ...guess.layout, ...change };
  return { ...guess, layout, volume: applyLayout(arrays, layout, name) };
}

describe('layouts of people’s tools are guessed and read', () => {
  const shape = [nx, ny, nz];

  test('OccStudio, FB-BEV, SparseOcc and test-server submissions: arr_0, uint8, Occ3D', () => {
    const { layout, reasons, volume } = readWith(
      npz({ arr_0: { type: 'uint8', shape, data: makeLabels(17, 4) } }),
      'a.npz',
    );
    expect(layout).toMatchObject({
      form: 'volume',
      member: 'arr_0',
      axes: 'xyz',
      table: 'occ3d',
      free: 17,
      flow: null,
    });
    expect(reasons.join(' ')).toMatch(/100 % of the voxels are 17, so 17 is free; that is Occ3D’s order of classes/);
    expect(volume.labels[at(150, 20, 3)]).toBe(4);
    expect(volume.grid).toEqual(OCC3D_GRID);
  });

  test('STCOcc save_results: semantics of OpenOcc and float16 flow', () => {
    const flow = new Uint16Array(total * 2);
    flow.set([0x3c00, 0xc000], at(150, 20, 3) * 2);
    const bytes = npz({
      semantics: { type: 'uint8', shape, data: makeLabels(16, 0) },
      flow: { type: 'float16', shape: [...shape, 2], data: flow },
    });
    const { layout, volume } = readWith(bytes, `${token}.npz`);
    expect(layout).toMatchObject({ table: 'openocc', flow: { member: 'flow', order: 'xy', scale: 1 } });
    expect(volume.labels[at(150, 20, 3)]).toBe(4);
    expect([...volume.flow!.subarray(at(150, 20, 3) * 2).subarray(0, 2)]).toEqual([1, -2]);
    const flipped = readWith(bytes, 'a.npz', { flow: { ...layout.flow!, order: 'yx', scale: 2 } });
    expect([...flipped.volume.flow!.subarray(at(150, 20, 3) * 2).subarray(0, 2)]).toEqual([-4, 2]);
  });

  test('FlashOCC pred.npz: int64 pred beside a token and pickled truth, which stays closed', () => {
    const wide = BigInt64Array.from(makeLabels(17, 10), BigInt);
    const pred = strangeNpy('<i8', `(${shape.join(', ')})`, new Uint8Array(wide.buffer));
    const bytes = npz({ pred, gt: strangeNpy('|O', '()', new Uint8Array(8)), sample_token: textNpy(token) });
    const arrays = openArrays(bytes, 'pred.npz');
    expect(arrays).toMatchObject({ token, members: ['pred'], unread: ['gt'] });
    const { reasons, volume } = readWith(bytes, 'pred.npz');
    expect(reasons).toContain('Left alone: gt, a Python pickle.');
    expect(volume.labels[at(150, 20, 3)]).toBe(10);
  });

  test('SemanticKITTI predictions: two bytes a voxel, the nearest Occ3D class', () => {
    const raw = new Uint16Array(256 * 256 * 32);
    raw[(200 * 256 + 7) * 32 + 5] = 40;
    const { volume } = readWith(new Uint8Array(raw.buffer), 'sequences/08/predictions/000000.label');
    expect(volume.labels[(200 * 256 + 7) * 32 + 5]).toBe(11);
    expect(volume.grid.size).toEqual([256, 256, 32]);
  });

  test('Let Occ Flow: y outermost, occupied or not, metres per half second', () => {
    const occ = new Uint8Array(total);
    occ[at(20, 150, 3)] = 1;
    const flow = new Float32Array(total * 2);
    flow[at(20, 150, 3) * 2] = 1.5;
    const bytes = npz({
      occ: { type: 'bool', shape, data: occ },
      flow: { type: 'float32', shape: [...shape, 2], data: flow },
    });
    const { volume } = readWith(bytes, 'a.npz');
    expect(volume.labels[at(150, 20, 3)]).toBe(0);
    expect(volume.flow![at(150, 20, 3) * 2]).toBe(3);
  });

  test('a plain npy in fortran order, big endian, with z outermost', () => {
    const data = new Uint8Array(total * 2);
    const view = new DataView(data.buffer);
    // Fortran order of [z][y][x]: z varies fastest, then y.
    for (let voxel = 0; voxel < total; voxel++) view.setInt16(voxel * 2, 17);
    view.setInt16((3 + nz * (20 + ny * 150)) * 2, 7);
    const bytes = strangeNpy('>i2', `(${nz}, ${ny}, ${nx})`, data);
    const header = new TextDecoder().decode(bytes.subarray(10, 128)).replace('False', 'True ');
    bytes.set(new TextEncoder().encode(header), 10);
    const { layout, volume } = readWith(bytes, 'pred.npy');
    expect(layout.axes).toBe('zyx');
    expect(volume.labels[at(150, 20, 3)]).toBe(7);
  });

  test('logits: the strongest of 18 classes', () => {
    const data = new Float32Array(4 * 3 * 2 * 18);
    data.fill(-1);
    for (let voxel = 0; voxel < 24; voxel++) data[voxel * 18 + 17] = 1;
    data[((1 * 3 + 2) * 2 + 1) * 18 + 9] = 5;
    const { layout, volume } = readWith(npz({ arr_0: { type: 'float32', shape: [1, 4, 3, 2, 18], data } }), 'a.npz');
    expect(layout.logitsAxis).toBe(3);
    expect(volume.labels[(1 * 3 + 2) * 2 + 1]).toBe(9);
    expect(volume.labels.filter((label) => label !== 17)).toHaveLength(1);
    expect(volume.grid.voxel[0]).toBe(20);
  });

  test('the open clip’s grid is taken where the size fits', () => {
    const clipGrid = { lower: [-20, -20, -1], voxel: [1, 1, 1], size: [4, 5, 3] } as const;
    const data = new Uint8Array(60).fill(17);
    const arrays = openArrays(npz({ arr_0: { type: 'uint8', shape: [4, 5, 3], data } }), 'a.npz');
    const { layout, reasons } = guessLayout(arrays, 'a.npz', clipGrid);
    expect(reasons.at(-1)).toBe('The open clip has a grid of 4 x 5 x 3, which is taken.');
    expect(applyLayout(arrays, layout, 'a.npz').grid).toEqual(clipGrid);
  });

  test('rows around the lidar are turned into the ego frame', () => {
    const rows = Int32Array.from([100, 140, 7, 4, 199, 0, 15, 16]);
    const { layout, volume } = readWith(encodeNpy({ name: 'rows', type: 'int32', shape: [2, 4], data: rows }), 'a.npy');
    expect(layout).toMatchObject({ form: 'rows-xyz', grid: 'surround-occ', frame: 'lidar' });
    // 20.25 m before the lidar, 0.25 m to its right.
    const { lower, voxel, size } = volume.grid;
    const cell = [20.25 + 0.94, -0.25, -1.25 + 1.84].map((metres, axis) =>
      Math.floor((metres - lower[axis]!) / voxel[axis]!),
    );
    expect(volume.labels[(cell[0]! * size[1] + cell[1]!) * size[2] + cell[2]!]).toBe(4);
    expect(volume.labels.filter((label) => label !== 17)).toHaveLength(2);
  });

  test('what no layout fits is refused with what the file holds', () => {
    const read = () => readWith(npz({ loss: { type: 'float32', shape: [3], data: new Float32Array(3) } }), 'a.npz');
    expect(read).toThrow(/a.npz holds loss: no array has three axes/);
    expect(() => readWith(npz({ arr_0: { type: 'uint8', shape, data: makeLabels(17, 40) } }), 'a.npz')).toThrow(
      /holds the value 40, which the chosen classes do not have/,
    );
  });
});

describe('truth settles what a file cannot say', () => {
  test('x and y swapped are noticed', () => {
    const truth = makeLabels(17, 4);
    truth.fill(11, 0, 4000);
    const swapped = new Uint8Array(total).fill(17);
    for (let x = 0; x < nx; x++)
      for (let y = 0; y < ny; y++) for (let z = 0; z < nz; z++) swapped[at(y, x, z)] = truth[at(x, y, z)]!;
    const arrays = openArrays(npz({ arr_0: { type: 'uint8', shape: [nx, ny, nz], data: swapped } }), 'a.npz');
    const settled = settleByTruth(guessLayout(arrays, 'a.npz'), arrays, 'a.npz', {
      labels: truth,
      grid: OCC3D_GRID,
      free: 17,
    });
    expect(settled.layout.axes).toBe('yxz');
    expect(settled.reasons.at(-1)).toMatch(/100 % of all occupied voxels agree in this way/);
  });
});

describe('a run of many files', () => {
  const blobs = new Map<string, Uint8Array>();
  const tree: FileTree = treeFromPaths('my-run', addPaths(), async (name) => {
    const bytes = blobs.get(name);
    return bytes ? new Blob([bytes as Uint8Array<ArrayBuffer>]) : null;
  });

  function addPaths(): Iterable<string> {
    for (let frame = 0; frame < 12; frame++) {
      const own = frame.toString(16).padStart(32, 'a');
      const data = makeLabels(17, frame);
      blobs.set(`results/scene-0103/${own}.npz`, npz({ arr_0: { type: 'uint8', shape: [nx, ny, nz], data } }));
    }
    blobs.set('results/scene-0103/config.json', new Uint8Array(2));
    blobs.set('results/results.pkl', new Uint8Array(2));
    return blobs.keys();
  }

  test('is recognised, grouped by pattern and matched by token', async () => {
    expect(await storedOpener.recognise(tree)).toBeGreaterThan(0.5);
    const found = await findFiles(tree);
    expect(found.groups.map(({ pattern, paths }) => [pattern, paths.length])).toEqual([['scene-…/….npz', 12]]);
    expect(found.pickles).toEqual(['results/results.pkl']);
    const find = findByPath(found.groups[0]!.paths);
    const frame = { token: (7).toString(16).padStart(32, 'a'), index: 99 };
    const example = found.groups[0]!.paths[0]!;
    const arrays = openArrays(blobs.get(example)!, example);
    const { layout } = guessLayout(arrays, example);
    const stored = openStored({ tree, title: tree.name, layout, find, sample: applyLayout(arrays, layout, example) });
    expect(stored).toMatchObject({ id: 'my-run', grid: OCC3D_GRID });
    const read = await stored.read(frame as never);
    expect(read!.labels[at(150, 20, 3)]).toBe(7);
    expect(await stored.read({ token: 'elsewhere', index: 0 } as never)).toBeNull();
    stored.close();
    expect(await stored.read(frame as never)).toBeNull();
  });

  test('may name its frames inside of the files', async () => {
    const inside = treeFromPaths(
      'run',
      ['0000.npz'],
      async () => new Blob([npz({ sample_token: textNpy(token) }) as never]),
    );
    const tokens = await readTokens(inside, ['0000.npz'], () => undefined, new AbortController().signal);
    expect(findByToken(tokens)({ token, index: 5 })).toBe('0000.npz');
  });

  test('keys are the name, then the folders above', () => {
    expect(listKeys(`run/scene-1/${token}/pred.npz`)).toEqual(['pred', token, 'scene-1']);
  });

  test('a damaged file is named', async () => {
    const damaged = treeFromPaths('run', ['a.npz'], async () => new Blob(['PK']));
    await expect(readTokens(damaged, ['a.npz'], () => undefined, new AbortController().signal)).rejects.toThrow(
      /a.npz is no zip/,
    );
    await expect(readTokens(damaged, ['gone.npz'], () => undefined, new AbortController().signal)).rejects.toThrow(
      OccuscopeError,
    );
  });
});

const real = path.join(process.env['OCCUSCOPE_REAL_DATA'] ?? '/nowhere', 'annotations');

describe.skipIf(!existsSync(real))('real label files (OCCUSCOPE_REAL_DATA)', () => {
  test.each([
    ['occ3d-labels.npz', 'occ3d', false],
    ['openocc-v2-labels.npz', 'openocc', true],
  ])('%s is read as %s', (name, table, hasFlow) => {
    const { layout, volume } = readWith(readFileSync(path.join(real, name)), name);
    expect(layout).toMatchObject({ table, axes: 'xyz', member: 'semantics' });
    expect(volume.flow !== null).toBe(hasFlow);
    // Driveable surface lies flat below everything else.
    const heights = new Map<number, number[]>();
    volume.labels.forEach((label, voxel) => {
      if (label !== 17) heights.set(label, [...(heights.get(label) ?? []).slice(-4000), voxel % nz]);
    });
    const mean = (values: number[] = []) => values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(mean(heights.get(11) ?? heights.get(13))).toBeLessThan(mean(heights.get(15)));
  });
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { describeGpu, withoutGpuErrors } from '../../tests/support/gpu.ts';
import { OCC3D_CLASSES } from '../domain/classes.ts';
import type { GridSpec } from '../domain/geometry.ts';
import { createStorageBuffer, readBuffer, writeBuffer } from '../gpu/buffers.ts';
import {
  compactArrows,
  fromHalfBits,
  packFlow,
  planArrowCompaction,
  toHalfBits,
} from '../reference/arrowCompaction.ts';
import { finishDraw } from '../reference/drawArguments.ts';
import { compactFaces, type DrawFilter, packFace, planFaceCompaction } from '../reference/faceCompaction.ts';
import { createArrowCompaction, createFaceCompaction } from './compaction.ts';

const FREE = OCC3D_CLASSES.free;
const EVERYTHING: DrawFilter = { visibleClasses: 0xffffffff, firstSlice: 0, lastSlice: 255 };

function makeGrid(x: number, y: number, z: number): GridSpec {
  return { lower: [0, 0, 0], voxel: [1, 1, 1], size: [x, y, z] };
}

/** Small deterministic generator: labels 0..17 of which about `occupied` are not free, and some out-of-table values. */
function randomLabels(count: number, seed: number, occupied = 0.4): Uint8Array {
  let state = seed * 2654435761 + 1;
  const next = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  return Uint8Array.from({ length: count }, () => {
    if (next() > occupied) return FREE;
    return next() < 0.02 ? 200 : Math.floor(next() * 17);
  });
}

function sortPairs(records: Uint32Array): bigint[] {
  const pairs: bigint[] = [];
  for (let i = 0; i < records.length; i += 2) pairs.push((BigInt(records[i]!) << 32n) | BigInt(records[i + 1]!));
  return pairs.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}

describe('face compaction twin', () => {
  test('a lone voxel shows six open, outlined faces', () => {
    const plan = planFaceCompaction(makeGrid(3, 3, 3), FREE);
    const labels = new Uint8Array(27).fill(FREE);
    labels[13] = 4;
    const { records, faces, voxels, overflow } = compactFaces(labels, plan, EVERYTHING);
    expect([faces, voxels, overflow]).toEqual([6, 1, 0]);
    expect([...records]).toEqual([0, 1, 2, 3, 4, 5].flatMap((face) => [packFace(13, face, 4), 0xfff]));
  });

  test('touching faces vanish, hiding one class exposes the other', () => {
    const plan = planFaceCompaction(makeGrid(2, 1, 1), FREE);
    const labels = new Uint8Array([4, 11]);
    expect(compactFaces(labels, plan, EVERYTHING).faces).toBe(10);
    const onlyCars = compactFaces(labels, plan, { ...EVERYTHING, visibleClasses: 1 << 4 });
    expect([onlyCars.faces, onlyCars.voxels]).toEqual([6, 1]);
  });

  test('the height range cuts and exposes', () => {
    const plan = planFaceCompaction(makeGrid(1, 1, 4), FREE);
    const labels = new Uint8Array(4).fill(15);
    const cut = compactFaces(labels, plan, { visibleClasses: 0xffffffff, firstSlice: 1, lastSlice: 2 });
    expect([cut.faces, cut.voxels]).toEqual([10, 2]);
  });

  test('a wall darkens the corners at its foot and breaks the outline', () => {
    const plan = planFaceCompaction(makeGrid(2, 1, 2), FREE);
    // Floor at (0,0,0) and (1,0,0); wall on (1,0,1): the floor's top face at x = 0 has the wall along +x (its u axis).
    const labels = new Uint8Array([11, FREE, 11, 15]);
    const { records } = compactFaces(labels, plan, EVERYTHING);
    const top = records.indexOf(packFace(0, 5, 11));
    const shade = records[top + 1]!;
    expect([shade & 3, (shade >> 2) & 3, (shade >> 4) & 3, (shade >> 6) & 3]).toEqual([3, 2, 3, 2]);
    expect((shade >> 9) & 1).toBe(1);
  });

  test('records past the capacity are counted, not written', () => {
    const plan = planFaceCompaction(makeGrid(1, 1, 1), FREE, 4);
    const { records, faces, overflow } = compactFaces(new Uint8Array([3]), plan, EVERYTHING);
    expect([records.length, faces, overflow]).toEqual([8, 6, 2]);
  });

  test('grids past 24 index bits are refused', () => {
    expect(() => planFaceCompaction(makeGrid(512, 512, 65), FREE)).toThrow(RangeError);
  });
});

describe('arrow compaction twin', () => {
  const plan = planArrowCompaction(makeGrid(3, 2, 2), OCC3D_CLASSES, 2);

  test('the highest moving voxel of a square of columns is its anchor', () => {
    const labels = new Uint8Array(12).fill(FREE);
    const flow = new Float32Array(24);
    labels[1] = 4; // (0,0,1) does not move
    labels[5] = 4; // (1,0,1) moves
    labels[6] = 4; // (1,1,0) moves, lower
    labels[8] = 11; // (2,0,0) road never carries an arrow
    for (const voxel of [5, 6, 8]) flow.set([3, -1], 2 * voxel);
    const { records, arrows } = compactArrows(labels, flow, plan, EVERYTHING);
    expect(arrows).toBe(1);
    expect(records[0]).toBe((5 | (4 << 27)) >>> 0);
    expect([fromHalfBits(records[1]! & 0xffff), fromHalfBits(records[1]! >>> 16)]).toEqual([3, -1]);
  });

  test('half floats round to nearest even and come back', () => {
    const cases: [number, number][] = [
      [0, 0],
      [1, 0x3c00],
      [-2, 0xc000],
      [65504, 0x7bff],
      [65520, 0x7c00],
      [2 ** -24, 1],
      [1 + 2 ** -11, 0x3c00],
      [1 + 3 * 2 ** -11, 0x3c02],
      [Number.POSITIVE_INFINITY, 0x7c00],
    ];
    for (const [value, bits] of cases) expect(toHalfBits(value)).toBe(bits);
    for (let bits = 0; bits < 0x7c00; bits++) expect(toHalfBits(fromHalfBits(bits))).toBe(bits);
  });
});

describeGpu('face compaction on the GPU equals its twin', (getContext) => {
  async function check(
    size: readonly [number, number, number],
    labels: Uint8Array,
    filter: DrawFilter,
    capacity?: number,
  ) {
    const { device } = getContext();
    await withoutGpuErrors(device, async () => {
      const plan = planFaceCompaction(makeGrid(...size), FREE, capacity);
      const buffer = createStorageBuffer(device, 'labels', labels.length);
      writeBuffer(device, buffer, labels);
      const compaction = createFaceCompaction(device, plan);
      const encoder = device.createCommandEncoder();
      compaction.encode(encoder, { labels: buffer }, filter);
      device.queue.submit([encoder.finish()]);
      const expected = compactFaces(labels, plan, filter);
      const counts = await compaction.readCounts();
      expect(counts).toEqual({ found: expected.faces, voxels: expected.voxels, overflow: expected.overflow });
      const written = Math.min(counts.found, plan.capacity);
      expect([...new Uint32Array(await readBuffer(device, compaction.drawArguments, 20))]).toEqual([
        ...finishDraw(counts.found, plan.capacity, 6).drawArguments,
      ]);
      const stored = new Uint32Array(await readBuffer(device, compaction.records));
      const records = sortPairs(stored.subarray(0, 2 * written));
      const all = sortPairs(compactFaces(labels, { ...plan, capacity: expected.faces }, filter).records);
      if (expected.overflow === 0) expect(records).toEqual(all);
      else {
        const known = new Set(all);
        expect(new Set(records).size).toBe(plan.capacity);
        for (const record of records) expect(known.has(record)).toBe(true);
      }
      compaction.destroy();
      buffer.destroy();
    });
  }

  const sizes = [
    [1, 1, 1],
    [2, 3, 5],
    [4, 4, 4],
    [7, 9, 16],
    [1, 257, 1],
    [33, 17, 3],
  ] as const;
  for (const size of sizes) {
    for (const [name, filter] of [
      ['everything', EVERYTHING],
      ['cars and road', { ...EVERYTHING, visibleClasses: (1 << 4) | (1 << 11) | (1 << 17) }],
      ['slices 1-2', { visibleClasses: 0xffffffff, firstSlice: 1, lastSlice: 2 }],
      ['nothing', { ...EVERYTHING, visibleClasses: 0 }],
    ] as const) {
      test(`${size.join(' x ')}, ${name}`, () => check(size, randomLabels(size[0] * size[1] * size[2], 7), filter));
    }
  }
  test('full and empty volumes', async () => {
    await check([9, 8, 7], new Uint8Array(504).fill(15), EVERYTHING);
    await check([9, 8, 7], new Uint8Array(504).fill(FREE), EVERYTHING);
  });
  test('a record buffer that is too small holds distinct true faces', () =>
    check([8, 8, 8], randomLabels(512, 3), EVERYTHING, 100));
  test('any volume, mask and height range', () =>
    fc.assert(
      fc.asyncProperty(
        fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 })),
        fc.nat(1e6),
        fc.nat(0xffffffff),
        fc.tuple(fc.nat(8), fc.nat(8)),
        (size, seed, visibleClasses, [firstSlice, lastSlice]) =>
          check(size, randomLabels(size[0] * size[1] * size[2], seed, 0.6), { visibleClasses, firstSlice, lastSlice }),
      ),
      { numRuns: 25 },
    ));
});

describeGpu('arrow compaction on the GPU equals its twin', (getContext) => {
  async function check(size: readonly [number, number, number], seed: number, filter: DrawFilter, clusterSize: number) {
    const { device } = getContext();
    await withoutGpuErrors(device, async () => {
      const count = size[0] * size[1] * size[2];
      const labels = randomLabels(count, seed);
      // Quarters of a metre per second: never on the threshold, exact in half floats.
      const flow = Float32Array.from(randomLabels(count * 2, seed + 1, 0.5), (value) =>
        value === FREE ? 0 : (value % 18) / 4 - 2,
      );
      const plan = planArrowCompaction(makeGrid(...size), OCC3D_CLASSES, clusterSize);
      const labelBuffer = createStorageBuffer(device, 'labels', count);
      const flowBuffer = createStorageBuffer(device, 'flow', count * 4);
      writeBuffer(device, labelBuffer, labels);
      writeBuffer(device, flowBuffer, packFlow(flow));
      const compaction = createArrowCompaction(device, plan, 30);
      const encoder = device.createCommandEncoder();
      compaction.encode(encoder, { labels: labelBuffer, flow: flowBuffer }, filter);
      device.queue.submit([encoder.finish()]);
      const expected = compactArrows(labels, flow, plan, filter);
      expect((await compaction.readCounts()).found).toBe(expected.arrows);
      const records = new Uint32Array(await readBuffer(device, compaction.records));
      expect(sortPairs(records.subarray(0, 2 * expected.arrows))).toEqual(sortPairs(expected.records));
      for (const resource of [compaction, labelBuffer, flowBuffer]) resource.destroy();
    });
  }

  for (const size of [
    [1, 1, 1],
    [5, 7, 3],
    [16, 16, 4],
    [31, 9, 16],
  ] as const) {
    for (const clusterSize of [1, 2, 3]) {
      test(`${size.join(' x ')}, squares of ${clusterSize}`, async () => {
        await check(size, 11, EVERYTHING, clusterSize);
        await check(size, 12, { visibleClasses: 0xfffffff0, firstSlice: 1, lastSlice: 1 }, clusterSize);
      });
    }
  }
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { describeGpu, withoutGpuErrors } from '../../tests/support/gpu.ts';
import { findLargestDifference } from '../../tools/support/findLargestDifference.ts';
import { warpMemoryOnGpu } from '../../tools/support/runStage.ts';
import { createMotionMatrix, createValues } from '../../tools/support/sampleRig.ts';
import type { Vector3 } from '../domain/geometry.ts';
import { OccuscopeError } from '../errors/catalogue.ts';
import { warpMemory } from '../reference/memoryWarp.ts';
import { type MemoryWarpEntry, memoryWarpSchema, planMemoryWarp } from './memoryWarp.ts';
import { countElements } from './stage.ts';

const base: MemoryWarpEntry = {
  kind: 'memory-warp',
  in: 'memory',
  out: 'moved',
  dimensions: 3,
  layout: 'czyx',
  grid: { lower: [-4, -3, -1], voxel: [0.5, 0.5, 1], size: [16, 12, 3] },
  index: 'lower-edge',
  padding: 'zeros',
};

function makePlan(change: Partial<MemoryWarpEntry> & { size?: Vector3 }, channels: number) {
  const { size, ...rest } = change;
  const flat = rest.dimensions === 2;
  const grid = { ...base.grid, ...rest.grid, ...(size ? { size } : {}) };
  const entry: MemoryWarpEntry = { ...base, ...rest, layout: flat ? 'cyx' : 'czyx', grid };
  const [nx, ny, nz] = grid.size;
  return planMemoryWarp(entry, flat ? [1, channels, ny, nx] : [1, channels, nz, ny, nx]);
}

const move = (previousEgoFromEgo: Float64Array | null) => ({
  width: 1,
  height: 1,
  cameras: [],
  previousEgoFromEgo,
  previousCameras: null,
});
const identity = createMotionMatrix(0, 0, [0, 0, 0]);

describe('plan of the memory warp: layout, dimensions, grid and shape must agree', () => {
  test.each([
    ['layout', () => planMemoryWarp({ ...base, layout: 'cyx' }, [1, 4, 3, 12, 16])],
    ['shape', () => planMemoryWarp(base, [1, 4, 3, 16, 12])],
    ['z slices', () => planMemoryWarp({ ...base, dimensions: 2, layout: 'cyx' }, [1, 4, 12, 16])],
    ['plane height in 3D', () => planMemoryWarp({ ...base, planeHeight: 1 }, [1, 4, 3, 12, 16])],
  ])('refuses a mismatch of %s', (_, plan) => expect(plan).toThrow(OccuscopeError));

  test('all axes in front of the grid are channels', () => {
    expect(planMemoryWarp(base, [2, 4, 3, 12, 16]).channels).toBe(8);
  });
  test('the schema refuses unknown words', () => {
    expect(memoryWarpSchema.safeParse(base).success).toBe(true);
    expect(memoryWarpSchema.safeParse({ ...base, padding: 'reflection' }).success).toBe(false);
    expect(memoryWarpSchema.safeParse({ ...base, dimensions: 4 }).success).toBe(false);
  });
});

describe('CPU twin of the memory warp: cases worked out by hand', () => {
  test('driving one cell ahead moves the memory one cell back', () => {
    const plan = makePlan({ size: [4, 1, 1] }, 1);
    const moved = warpMemory(plan, move(createMotionMatrix(0, 0, [0.5, 0, 0])), Float32Array.of(1, 2, 3, 4));
    expect([...moved]).toEqual([2, 3, 4, 0]);
  });
  test('half a cell mixes two cells; the border repeats the last', () => {
    const motion = move(createMotionMatrix(0, 0, [0.25, 0, 0]));
    const memory = Float32Array.of(1, 2, 3, 4);
    expect([...warpMemory(makePlan({ size: [4, 1, 1] }, 1), motion, memory)]).toEqual([1.5, 2.5, 3.5, 2]);
    const border = makePlan({ size: [4, 1, 1], padding: 'border' }, 1);
    expect([...warpMemory(border, motion, memory)]).toEqual([1.5, 2.5, 3.5, 4]);
  });
  test('a half turn about the origin: cell centres map onto centres, lower edges one cell off', () => {
    // Cells of 1 m from -2 m to 2 m. Centres -1.5 .. 1.5 swap; lower edges -2 .. 1 go to 2 .. -1, and 2 is outside.
    const grid = { lower: [-2, -0.5, 0] as const, voxel: [1, 1, 1] as const, size: [4, 1, 1] as const };
    const half = Float64Array.of(-1, 0, 0, 0, 0, 1, 0, 0, 0, 0, -1, 0, 0, 0, 0, 1);
    const memory = Float32Array.of(1, 2, 3, 4);
    const flat = { dimensions: 2 as const, grid };
    expect([...warpMemory(makePlan({ ...flat, index: 'centre' }, 1), move(half), memory)]).toEqual([4, 3, 2, 1]);
    expect([...warpMemory(makePlan({ ...flat, index: 'lower-edge' }, 1), move(half), memory)]).toEqual([0, 4, 3, 2]);
  });
  test('2D: pitch moves a plane above the ego, and not the plane through it', () => {
    const pitch = move(createMotionMatrix(0, Math.PI / 6, [0, 0, 0]));
    const grid = { lower: [0, 0, 0] as const, voxel: [1, 1, 1] as const, size: [3, 1, 1] as const };
    const memory = Float32Array.of(1, 2, 3);
    // x' = x cos 30 + h sin 30: at x = 0 that is 0 for h = 0 and 1 for h = 2.
    expect(warpMemory(makePlan({ dimensions: 2, grid, planeHeight: 0 }, 1), pitch, memory)[0]).toBeCloseTo(1, 6);
    expect(warpMemory(makePlan({ dimensions: 2, grid, planeHeight: 2 }, 1), pitch, memory)[0]).toBeCloseTo(2, 6);
  });
  test('no previous frame: zeros', () => {
    const plan = makePlan({}, 2);
    expect(
      warpMemory(plan, move(null), new Float32Array(countElements(plan.outShape)).fill(7)).every((v) => v === 0),
    ).toBe(true);
  });
  test('identity is a copy, bit for bit', () => {
    for (const dimensions of [2, 3] as const) {
      const plan = makePlan({ dimensions, size: [16, 12, dimensions === 2 ? 1 : 3] }, 2);
      const memory = createValues(countElements(plan.outShape), 3);
      expect(findLargestDifference(warpMemory(plan, move(identity), memory), memory)).toBe(0);
    }
  });
  test('moved values never leave the range of the memory and zero (fast-check)', () => {
    const angle = fc.double({ min: -4, max: 4, noNaN: true });
    const metres = fc.double({ min: -20, max: 20, noNaN: true });
    fc.assert(
      fc.property(angle, angle, metres, metres, fc.constantFrom('zeros', 'border'), (yaw, pitch, x, y, padding) => {
        const plan = makePlan({ padding: padding as 'zeros' | 'border' }, 2);
        const memory = createValues(countElements(plan.outShape), 4).map((value) => value + 2);
        const moved = warpMemory(plan, move(createMotionMatrix(yaw, pitch, [x, y, 0.3])), memory);
        const floor = padding === 'border' ? 1 : 0;
        expect(moved.every((value) => value >= floor - 1e-5 && value <= 3 + 1e-5)).toBe(true);
      }),
      { numRuns: 30 },
    );
  });
});

describeGpu('WGSL memory warp against its CPU twin', (getContext) => {
  const motions = {
    identity,
    drive: createMotionMatrix(0.03, 0.01, [1.1, -0.2, 0.05]),
    turn: createMotionMatrix(1.3, -0.02, [0.4, 2, -0.3]),
    far: createMotionMatrix(0, 0, [1e6, -1e6, 1e5]),
    first: null,
  };
  const variants = ([2, 3] as const).flatMap((dimensions) =>
    (['lower-edge', 'centre'] as const).flatMap((index) =>
      (['zeros', 'border'] as const).flatMap((padding) =>
        [1, 8, 13].map((channels) => ({ dimensions, index, padding, channels })),
      ),
    ),
  );

  test.each(variants)('%o under every motion', async ({ channels, ...variant }) => {
    const sizes: Vector3[] =
      variant.dimensions === 2
        ? [
            [1, 1, 1],
            [17, 23, 1],
          ]
        : [
            [1, 1, 1],
            [9, 17, 5],
          ];
    for (const size of sizes) {
      const plan = makePlan({ ...variant, size }, channels);
      const memory = createValues(countElements(plan.outShape), 7);
      for (const motion of Object.values(motions).map(move)) {
        const actual = await withoutGpuErrors(getContext().device, () =>
          warpMemoryOnGpu(getContext(), plan, motion, memory),
        );
        expect(findLargestDifference(actual, warpMemory(plan, motion, memory))).toBeLessThan(1e-5);
      }
    }
  });

  test('not-a-number in a cell reaches only the cells that sample it', async () => {
    const plan = makePlan({ size: [4, 1, 1] }, 1);
    const memory = Float32Array.of(Number.NaN, 2, 3, 4);
    const moved = await warpMemoryOnGpu(getContext(), plan, move(createMotionMatrix(0, 0, [0.5, 0, 0])), memory);
    expect([...moved]).toEqual([2, 3, 4, 0]);
  });

  test('more than 32,768 workgroups fold into the second dimension', async () => {
    const plan = makePlan({ dimensions: 2, size: [2100, 1100, 1] }, 1);
    const memory = createValues(countElements(plan.outShape), 8);
    const actual = await warpMemoryOnGpu(getContext(), plan, move(motions.drive), memory);
    expect(findLargestDifference(actual, warpMemory(plan, move(motions.drive), memory))).toBeLessThan(2e-3);
  });
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { describeGpu, withoutGpuErrors } from '../../tests/support/gpu.ts';
import { findLargestDifference } from '../../tools/support/findLargestDifference.ts';
import { poolLocatedOnGpu, poolVoxelsOnGpu, runStageOnce, UNTOUCHED, upload } from '../../tools/support/runStage.ts';
import { createCamera, createRig, createValues } from '../../tools/support/sampleRig.ts';
import { OccuscopeError } from '../errors/catalogue.ts';
import {
  buildRuns,
  computeGridCoordinates,
  gatherCells,
  type LocatedEntries,
  locatePoints,
  OUTSIDE_CELL,
  poolVoxels,
} from '../reference/voxelPool.ts';
import {
  createVoxelPool,
  planVoxelPool,
  type VoxelPoolEntry,
  type VoxelPoolPlan,
  voxelPoolSchema,
} from './voxelPool.ts';
import { createScratch } from './voxelPoolPasses.ts';

const base: VoxelPoolEntry = {
  kind: 'voxel-pool',
  depth: 'depth',
  context: 'context',
  out: 'volume',
  depths: [1, 2, 4, 8],
  depthLayout: 'ndhw',
  contextLayout: 'nhwc',
  pixels: 'centres',
  index: 'floor',
  filling: 'nearest',
  grid: { lower: [-8, -8, -1], voxel: [0.5, 0.5, 1], size: [32, 32, 4] },
  outLayout: 'zyxc',
};

interface Sizes {
  cameras?: number;
  rows?: number;
  columns?: number;
  channels?: number;
}

function makePlan(
  change: Partial<VoxelPoolEntry>,
  { cameras = 2, rows = 3, columns = 5, channels = 3 }: Sizes = {},
): VoxelPoolPlan {
  const entry = { ...base, ...change };
  const contextShape =
    entry.contextLayout === 'nhwc' ? [cameras, rows, columns, channels] : [cameras, channels, rows, columns];
  return planVoxelPool(entry, [cameras, entry.depths.length, rows, columns], contextShape);
}

function makeInputs(plan: VoxelPoolPlan, seed = 1) {
  return {
    depth: createValues(plan.points, seed).map(Math.abs),
    context: createValues(plan.cameras * plan.rows * plan.columns * plan.channels, seed + 1),
  };
}

describe('plan of voxel pooling: shapes and layouts follow from the entry', () => {
  test('output shapes', () => {
    expect(makePlan({ outLayout: 'zyxc' }).outShape).toEqual([1, 4, 32, 32, 3]);
    expect(makePlan({ outLayout: 'czyx' }).outShape).toEqual([1, 3, 4, 32, 32]);
    expect(makePlan({ outLayout: 'zcyx' }).outShape).toEqual([1, 12, 32, 32]);
    const flat = { ...base.grid, size: [32, 32, 1] as const };
    expect(makePlan({ outLayout: 'czyx', grid: flat }).outShape).toEqual([1, 3, 32, 32]);
  });
  test.each([
    ['depths', () => planVoxelPool(base, [2, 5, 3, 5], [2, 3, 5, 3])],
    ['context map', () => planVoxelPool(base, [2, 4, 3, 5], [2, 3, 6, 3])],
    ['cameras', () => planVoxelPool(base, [2, 4, 3, 5], [1, 3, 5, 3])],
    ['rank', () => planVoxelPool(base, [4, 3, 5], [3, 5, 3])],
    ['batch', () => planVoxelPool(base, [2, 2, 4, 3, 5], [2, 3, 5, 3])],
  ])('refuses a mismatch of %s', (_, plan) => {
    expect(plan).toThrow(OccuscopeError);
  });
  test('refuses more points than 32-bit indices can count', () => {
    const depths = Array.from({ length: 1000 }, (_, bin) => bin + 1);
    expect(() => planVoxelPool({ ...base, depths }, [6, 1000, 900, 1600], [6, 900, 1600, 1])).toThrow('32-bit');
  });
  test('refuses another number of cameras at run time', () => {
    const plan = makePlan({});
    expect(() => locatePoints(plan, createRig(3, 40, 24))).toThrow('needs 2 cameras');
  });
  test('the schema refuses unknown fields and words', () => {
    expect(voxelPoolSchema.safeParse(base).success).toBe(true);
    expect(voxelPoolSchema.safeParse({ ...base, index: 'round' }).success).toBe(false);
    expect(voxelPoolSchema.safeParse({ ...base, speed: 1 }).success).toBe(false);
    expect(voxelPoolSchema.safeParse({ ...base, depths: [] }).success).toBe(false);
  });
});

describe('CPU twin of voxel pooling: pixel to cell, by hand', () => {
  // One camera at (0, 0, 0) looking along +x, focal 1 pixel, one pixel: every point lies at (d, 0, 0) - the grid starts at -0.5.
  const camera = createCamera(0, [0, 0, 0], 1, [1, 1]);
  const geometry = { width: 1, height: 1, cameras: [camera], previousEgoFromEgo: null, previousCameras: null };
  const grid = { lower: [0, -0.5, -0.5], voxel: [1, 1, 1], size: [4, 1, 1] } as const;
  const sizes = { cameras: 1, rows: 1, columns: 1, channels: 1 };

  test('a point lands where its depth says, twice its weight for two bins', () => {
    const plan = makePlan({ depths: [1.25, 1.75, 3.5, 9], grid }, sizes);
    const pooled = poolVoxels(plan, geometry, Float32Array.of(0.25, 0.5, 0.125, 1), Float32Array.of(8));
    expect([...pooled]).toEqual([0, 6, 0, 1]);
  });

  test('a negative weight counts like any other', () => {
    const pooled = poolVoxels(
      makePlan({ depths: [1.25], grid }, sizes),
      geometry,
      Float32Array.of(-0.5),
      Float32Array.of(8),
    );
    expect([...pooled]).toEqual([0, -4, 0, 0]);
  });

  test('nearest filling in one pass gives bit for bit the sums over runs', () => {
    const plan = makePlan({ depths: [1, 2, 4, 8] }, { cameras: 2, rows: 6, columns: 9, channels: 3 });
    const values = (count: number) => Float32Array.from({ length: count }, (_, k) => Math.sin(0.37 * k) + 1.5);
    const [depth, context] = [values(plan.points), values(2 * 6 * 9 * 3)];
    const rig = createRig(2, 40, 24);
    const located = locatePoints(plan, rig);
    const expected = gatherCells(plan, located, buildRuns(located.cellOfEntry, plan.cells), depth, context);
    expect(expected.some((sum) => sum !== 0)).toBe(true);
    expect(poolVoxels(plan, rig, depth, context)).toEqual(expected);
  });

  test('trunc keeps up to one cell below the lower face, floor does not', () => {
    const below = { ...grid, lower: [2, -0.5, -0.5] as const };
    const inputs = [geometry, Float32Array.of(1, 1), Float32Array.of(1)] as const;
    const depths = [1.5, 0.5]; // 0.5 and 1.5 cells below
    expect([...poolVoxels(makePlan({ depths, grid: below, index: 'trunc' }, sizes), ...inputs)]).toEqual([1, 0, 0, 0]);
    expect([...poolVoxels(makePlan({ depths, grid: below, index: 'floor' }, sizes), ...inputs)]).toEqual([0, 0, 0, 0]);
  });

  test('soft filling shares a point between the cells around it, lower corner = index', () => {
    // y and z coordinates are 0.5: their upper corners fall outside one-cell axes and are lost.
    const plan = makePlan({ depths: [1.25], grid, filling: 'soft' }, sizes);
    const pooled = poolVoxels(plan, geometry, Float32Array.of(1), Float32Array.of(1));
    expect([...pooled]).toEqual([0, 0.75 * 0.25, 0.25 * 0.25, 0]);
  });

  test('pixels: linspace covers the first and last pixel, centres the middle of each patch', () => {
    const wide = { ...geometry, width: 33, height: 1 };
    const sizes2 = { cameras: 1, rows: 1, columns: 3, channels: 1 };
    const grid2 = { lower: [0, -100, -100], voxel: [1, 1, 1], size: [200, 200, 200] } as const;
    const lateral = (pixels: 'linspace' | 'centres') => {
      const coordinates = computeGridCoordinates(makePlan({ depths: [1], grid: grid2, pixels }, sizes2), wide);
      return [1, 4, 7].map((index) => 100 - coordinates[index]!);
    };
    expect(lateral('linspace')).toEqual([0, 16, 32]);
    expect(lateral('centres')).toEqual([5, 16, 27]);
  });
});

const geometryOf = (plan: VoxelPoolPlan) => createRig(plan.cameras, 40, 24);

describe('CPU twin of voxel pooling: properties', () => {
  test('in a grid that holds everything, nearest filling keeps all mass', () => {
    const grid = { lower: [-30, -30, -30], voxel: [1, 1, 1], size: [60, 60, 60] } as const;
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e6 }), (seed) => {
        const plan = makePlan({ grid });
        const { depth } = makeInputs(plan, seed);
        const pooled = poolVoxels(plan, geometryOf(plan), depth, new Float32Array(plan.cameras * 15 * 3).fill(1));
        const mass = depth.reduce((sum, value) => sum + value, 0) * plan.channels;
        expect(pooled.reduce((sum, value) => sum + value, 0)).toBeCloseTo(mass, 3);
      }),
      { numRuns: 20 },
    );
  });

  test('every entry outside the grid is dropped, every one inside is in exactly one run', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.nat({ max: 9 }), fc.constant(OUTSIDE_CELL)), { maxLength: 200 }), (cells) => {
        const { starts, entries } = buildRuns(Uint32Array.from(cells), 10);
        expect(entries.length).toBe(cells.filter((cell) => cell !== OUTSIDE_CELL).length);
        for (let cell = 0; cell < 10; cell++) {
          const run = [...entries.subarray(starts[cell]!, starts[cell + 1]!)];
          expect(run).toEqual(cells.flatMap((value, entry) => (value === cell ? [entry] : [])));
        }
      }),
    );
  });
});

describeGpu('WGSL voxel pooling against its CPU twin', (getContext) => {
  const flatGrid = { lower: [-8, -8, -1], voxel: [0.5, 0.5, 4], size: [31, 33, 1] } as const;
  const variants = (['nearest', 'soft'] as const).flatMap((filling) =>
    (filling === 'soft' ? (['floor'] as const) : (['trunc', 'floor'] as const)).flatMap((index) =>
      (['nhwc', 'nchw'] as const).flatMap((contextLayout) =>
        (['zyxc', 'czyx', 'zcyx'] as const).flatMap((outLayout) =>
          [base.grid, flatGrid].map((grid) => ({ filling, index, contextLayout, outLayout, grid })),
        ),
      ),
    ),
  );
  const describeVariant = (variant: (typeof variants)[number]) =>
    `${variant.filling} ${variant.index} ${variant.contextLayout} ${variant.outLayout} ${variant.grid.size.join('x')}`;
  const oddSizes: Sizes = { cameras: 3, rows: 5, columns: 13, channels: 7 };
  const largeSizes: Sizes = { cameras: 6, rows: 8, columns: 16, channels: 64 };
  const otherSizes: Sizes[] = [{ cameras: 1, rows: 1, columns: 1, channels: 1 }, largeSizes];

  async function expectTwin(plan: VoxelPoolPlan): Promise<void> {
    const { depth, context } = makeInputs(plan);
    const expected = poolVoxels(plan, geometryOf(plan), depth, context);
    expect(expected.some((value) => value !== 0)).toBe(true);
    const { device } = getContext();
    const actual = await withoutGpuErrors(device, () =>
      poolVoxelsOnGpu(getContext(), plan, geometryOf(plan), depth, context),
    );
    expect(findLargestDifference(actual, expected)).toBeLessThan(1e-4);
  }

  test.each(variants.map((variant) => [describeVariant(variant), variant] as const))('%s', (_, variant) =>
    expectTwin(makePlan({ ...variant, pixels: variant.index === 'trunc' ? 'linspace' : 'centres' }, oddSizes)),
  );

  test.each(otherSizes)('sizes %o', async (sizes) => {
    for (const filling of ['nearest', 'soft'] as const) await expectTwin(makePlan({ filling }, sizes));
  });

  test('a frame seen from nowhere near the grid leaves all cells zero and writes every one', async () => {
    const plan = makePlan({ grid: { lower: [1000, 1000, 1000], voxel: [1, 1, 1], size: [7, 5, 3] } });
    const { depth, context } = makeInputs(plan);
    const pooled = await poolVoxelsOnGpu(getContext(), plan, geometryOf(plan), depth, context);
    expect(pooled.every((value) => value === 0)).toBe(true);
  });

  test('nothing behind the grid is written, and what was there before is replaced', async () => {
    const { device } = getContext();
    const plan = makePlan({ grid: { lower: [-8, -8, -1], voxel: [1, 1, 4], size: [13, 7, 1] } }, oddSizes);
    const { depth, context } = makeInputs(plan);
    const expected = poolVoxels(plan, geometryOf(plan), depth, context);
    const out = upload(device, 'out with a tail', new Float32Array(expected.length + 1000).fill(UNTOUCHED));
    const buffers = { depth: upload(device, 'depth', depth), context: upload(device, 'context', context), out };
    const stage = createVoxelPool(getContext(), plan, buffers);
    const result = await runStageOnce(getContext(), stage, geometryOf(plan), out, expected.length + 1000);
    expect(findLargestDifference(result.subarray(0, expected.length), expected)).toBeLessThan(1e-5);
    expect(result.subarray(expected.length).every((value) => value === Math.fround(UNTOUCHED))).toBe(true);
  });

  test('a device that cannot hold the entries is refused by name', () => {
    const limits = { maxStorageBufferBindingSize: 1000, maxBufferSize: 1e9 };
    expect(() => createScratch({ limits } as unknown as GPUDevice, makePlan({ filling: 'soft' }))).toThrow(
      /needs \d+ bytes, the limit is 1000/,
    );
  });

  test('all points in one cell: one long run, summed in the order of the points', async () => {
    const plan = makePlan({ grid: { lower: [-50, -50, -50], voxel: [100, 100, 100], size: [1, 1, 1] } }, largeSizes);
    const { depth, context } = makeInputs(plan);
    const expected = poolVoxels(plan, geometryOf(plan), depth, context);
    const runs = [0, 1, 2].map(() => poolVoxelsOnGpu(getContext(), plan, geometryOf(plan), depth, context));
    const [first, ...rest] = await Promise.all(runs);
    expect(findLargestDifference(first!, expected)).toBeLessThan(1e-3);
    for (const other of rest) expect([...other]).toEqual([...first!]);
  });

  test('a grid of more than 1024 * 1024 cells needs three levels of prefix sums', async () => {
    const plan = makePlan(
      { grid: { lower: [-26, -26, -1], voxel: [0.05, 0.05, 1], size: [1040, 1030, 1] } },
      { channels: 1 },
    );
    const { depth, context } = makeInputs(plan);
    const expected = poolVoxels(plan, geometryOf(plan), depth, context);
    expect(expected.some((value) => value !== 0)).toBe(true);
    const actual = await poolVoxelsOnGpu(getContext(), plan, geometryOf(plan), depth, context);
    expect(findLargestDifference(actual, expected)).toBeLessThan(1e-5);
  });

  test('any assignment of points to cells gives bit for bit the twin sums (fast-check)', async () => {
    const plan = makePlan({ grid: { lower: [0, 0, 0], voxel: [1, 1, 1], size: [5, 3, 2] } }, { channels: 4 });
    const cell = fc.oneof(fc.nat({ max: plan.cells - 1 }), fc.constant(OUTSIDE_CELL));
    const cells = fc.array(cell, { minLength: plan.points, maxLength: plan.points });
    // Dyadic inputs make single-precision sums exact in any order, fused or not.
    const depth = createValues(plan.points, 5).map((value) => Math.round(value * 64) / 64);
    const context = createValues(plan.cameras * 15 * 4, 6).map((value) => Math.round(value * 64) / 64);
    await fc.assert(
      fc.asyncProperty(cells, async (list) => {
        const located: LocatedEntries = {
          cellOfEntry: Uint32Array.from(list),
          shareOfEntry: new Float32Array(plan.points).fill(1),
        };
        const expected = gatherCells(plan, located, buildRuns(located.cellOfEntry, plan.cells), depth, context);
        expect([...(await poolLocatedOnGpu(getContext(), plan, located, depth, context))]).toEqual([...expected]);
      }),
      { numRuns: 10 },
    );
  });
});

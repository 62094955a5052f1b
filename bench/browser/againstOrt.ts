import type { GpuContext } from '../../src/gpu/device.ts';
import { computeWarpMatrix } from '../../src/pipeline/memoryWarp.ts';
import { locatePoints, OUTSIDE_CELL } from '../../src/reference/voxelPool.ts';
import { type Benchmark, type Contestant, timeContestants } from '../kernels/benchmark.ts';
import { createWarpCases, prepareWarp, type WarpCase } from '../kernels/memoryWarp.ts';
import { createPoolCases, type PoolCase, preparePooling } from '../kernels/voxelPool.ts';
import type { BenchmarkReport } from '../report.ts';
import { type OrtCase, prepareOrt } from './ortGraph.ts';

/**
 * The same pooling as a graph: gather depth and features of every kept point, multiply, ScatterND with addition.
 * The graph is given each point's cell as a constant, which our stage computes in every run, so the comparison favours ORT.
 */
function describePooling({ plan, geometry, depth, features, expected }: PoolCase): OrtCase {
  const { cellOfEntry } = locatePoints(plan, geometry);
  const pixels = plan.rows * plan.columns;
  const points: number[] = [];
  cellOfEntry.forEach((cell, point) => {
    if (cell !== OUTSIDE_CELL) points.push(point);
  });
  const toIndices = (values: readonly number[]) => BigInt64Array.from(values, (value) => BigInt(value));
  const rowOf = (point: number) => Math.floor(point / (plan.bins * pixels)) * pixels + (point % pixels);
  const kept = points.length;
  return {
    what: 'ORT Gather, Mul, ScatterND add',
    graph: {
      name: 'benchmark',
      producer: 'occuscope bench',
      operatorSet: 18,
      inputs: [
        { name: 'depth', shape: [plan.points, 1] },
        { name: 'features', shape: [plan.cameras * pixels, plan.channels] },
      ],
      outputs: [{ name: 'volume', shape: [plan.cells, plan.channels] }],
      constants: [
        { name: 'points', shape: [kept], values: toIndices(points) },
        { name: 'rows', shape: [kept], values: toIndices(points.map(rowOf)) },
        { name: 'cells', shape: [kept, 1], values: toIndices(points.map((point) => cellOfEntry[point]!)) },
        { name: 'zeros', shape: [plan.cells, plan.channels], values: new Float32Array(plan.cells * plan.channels) },
      ],
      nodes: [
        { operator: 'Gather', inputs: ['depth', 'points'], outputs: ['weights'] },
        { operator: 'Gather', inputs: ['features', 'rows'], outputs: ['keptFeatures'] },
        { operator: 'Mul', inputs: ['weights', 'keptFeatures'], outputs: ['weighted'] },
        {
          operator: 'ScatterND',
          inputs: ['zeros', 'cells', 'weighted'],
          outputs: ['volume'],
          attributes: { reduction: 'add' },
        },
      ],
    },
    inputs: [depth, features],
    expected,
    tolerance: 1e-3,
  };
}

/** The same warp as one GridSample; the sampling grid, which our kernel computes in every run, is given. */
function describeWarp({ plan, geometry, memory, expected }: WarpCase): OrtCase {
  const [nx, ny, nz] = plan.size;
  const flat = plan.entry.dimensions === 2;
  const axes = flat ? 2 : 3;
  const matrix = computeWarpMatrix(plan, geometry);
  const cells = nx * ny * nz;
  const places = new Float32Array(cells * axes);
  for (let cell = 0; cell < cells; cell++) {
    const index = [cell % nx, Math.floor(cell / nx) % ny, flat ? plan.planeIndex : Math.floor(cell / (nx * ny)), 1];
    for (let axis = 0; axis < axes; axis++) {
      const place = index.reduce((sum, value, column) => sum + matrix[axis * 4 + column]! * value, 0);
      places[cell * axes + axis] = (2 * place) / (plan.size[axis]! - 1) - 1;
    }
  }
  const spatial = flat ? [ny, nx] : [nz, ny, nx];
  return {
    what: 'ORT GridSample',
    graph: {
      name: 'benchmark',
      producer: 'occuscope bench',
      operatorSet: 20,
      inputs: [
        { name: 'memory', shape: [1, plan.channels, ...spatial] },
        { name: 'places', shape: [1, ...spatial, axes] },
      ],
      outputs: [{ name: 'moved', shape: [1, plan.channels, ...spatial] }],
      constants: [],
      nodes: [
        { operator: 'GridSample', inputs: ['memory', 'places'], outputs: ['moved'], attributes: { align_corners: 1 } },
      ],
    },
    inputs: [memory, places],
    expected,
    tolerance: 1e-3,
  };
}

/** Ours must work; when ORT cannot run its graph, the report says so instead of a number. */
async function compare(
  context: GpuContext,
  title: string,
  sizes: string,
  ours: Promise<Contestant>,
  theirs: OrtCase,
): Promise<BenchmarkReport> {
  const contestants = [await ours];
  const notes: string[] = [];
  try {
    contestants.push(await prepareOrt(context, theirs));
  } catch (error) {
    notes.push(`not compared: ${error instanceof Error ? error.message : String(error)}`);
  }
  return { title, sizes, measurements: await timeContestants(context, contestants), notes };
}

export const voxelPoolAgainstOrt: Benchmark = {
  name: 'voxel-pool against ORT',
  async run(context) {
    const reports = [];
    for (const poolCase of createPoolCases(context)) {
      const ours = preparePooling(context, poolCase);
      reports.push(
        await compare(context, 'voxel pooling against ORT', poolCase.sizes, ours, describePooling(poolCase)),
      );
    }
    return reports;
  },
};

export const memoryWarpAgainstOrt: Benchmark = {
  name: 'memory-warp against ORT',
  async run(context) {
    const reports = [];
    for (const warpCase of createWarpCases(context)) {
      const title = `memory warp ${warpCase.plan.entry.dimensions}D against ORT`;
      const ours = prepareWarp(context, warpCase);
      reports.push(await compare(context, title, warpCase.sizes, ours, describeWarp(warpCase)));
    }
    return reports;
  },
};

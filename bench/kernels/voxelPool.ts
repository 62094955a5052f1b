import { createStorageBuffer, readBuffer } from '../../src/gpu/buffers.ts';
import type { GpuContext } from '../../src/gpu/device.ts';
import type { FrameGeometry } from '../../src/pipeline/stage.ts';
import { createVoxelPool, planVoxelPool, type VoxelPoolPlan } from '../../src/pipeline/voxelPool.ts';
import { poolVoxels } from '../../src/reference/voxelPool.ts';
import { upload } from '../../tools/support/runStage.ts';
import { createRig, createValues } from '../../tools/support/sampleRig.ts';
import { type Benchmark, type Contestant, checkAnswer, submitStage, timeContestants } from './benchmark.ts';

/** One pooling problem with its inputs and the CPU twin's answer. */
export interface PoolCase {
  readonly sizes: string;
  readonly plan: VoxelPoolPlan;
  readonly geometry: FrameGeometry;
  readonly depth: Float32Array;
  readonly features: Float32Array;
  readonly expected: Float32Array;
}

interface PoolSizes {
  readonly bins: number;
  readonly rows: number;
  readonly columns: number;
  readonly channels: number;
  readonly cells: readonly [number, number, number];
}

const softwareSizes: readonly PoolSizes[] = [{ bins: 22, rows: 8, columns: 22, channels: 16, cells: [100, 100, 1] }];
/** FlashOCC M0 and FB-OCC at 704 x 256 pixels. */
const hardwareSizes: readonly PoolSizes[] = [
  { bins: 44, rows: 16, columns: 44, channels: 64, cells: [200, 200, 1] },
  { bins: 80, rows: 16, columns: 44, channels: 80, cells: [100, 100, 8] },
];

/** Six cameras all round, features in channels-last order, over 80 x 80 x 6.4 m. */
export function createPoolCases(context: GpuContext): PoolCase[] {
  return (context.isSoftware ? softwareSizes : hardwareSizes).map(createPoolCase);
}

function createPoolCase({ bins, rows, columns, channels, cells }: PoolSizes): PoolCase {
  const cameras = 6;
  const [nx, ny, nz] = cells;
  const plan = planVoxelPool(
    {
      kind: 'voxel-pool',
      depth: 'depth',
      context: 'context',
      out: 'volume',
      depths: Array.from({ length: bins }, (_, bin) => 1 + (bin * 44) / bins),
      depthLayout: 'ndhw',
      contextLayout: 'nhwc',
      pixels: 'centres',
      index: 'floor',
      filling: 'nearest',
      grid: { lower: [-40, -40, -1], voxel: [80 / nx, 80 / ny, 6.4 / nz], size: [nx, ny, nz] },
      outLayout: 'zyxc',
    },
    [cameras, bins, rows, columns],
    [cameras, rows, columns, channels],
  );
  const geometry = createRig(cameras, columns * 16, rows * 16);
  const depth = createValues(plan.points, 1).map((value) => Math.abs(value) / bins);
  const features = createValues(cameras * rows * columns * channels, 2);
  const expected = poolVoxels(plan, geometry, depth, features);
  const sizes = `${cameras} cameras x ${bins} bins x ${rows} x ${columns} points, ${channels} channels, ${nx} x ${ny} x ${nz} cells`;
  return { sizes, plan, geometry, depth, features, expected };
}

/** Values may be off by rounding; points on cell faces may land elsewhere on a GPU that fuses operations (golden checks' rule). */
const TOLERANCE = 1e-4;
const ALLOWED_SHARE = 0.005;

function checkVolume(actual: Float32Array, expected: Float32Array): number {
  let differing = 0;
  const rest = actual.map((value, index) => {
    if (Math.abs(value - expected[index]!) <= TOLERANCE) return value;
    differing++;
    return expected[index]!;
  });
  if (!(differing <= ALLOWED_SHARE * expected.length)) {
    throw new Error(`voxel-pool: wrong answer, ${differing} of ${expected.length} values differ; not timed.`);
  }
  return checkAnswer('voxel-pool', rest, expected, TOLERANCE);
}

/** Check our stage: geometry, counting, prefix sums, sorting and gathering, every time from the start. */
export async function preparePooling(context: GpuContext, poolCase: PoolCase): Promise<Contestant> {
  const { device } = context;
  const { plan, geometry, depth, features, expected } = poolCase;
  const buffers = {
    depth: upload(device, 'depth', depth),
    context: upload(device, 'context', features),
    out: createStorageBuffer(device, 'volume', expected.byteLength),
  };
  const stage = createVoxelPool(context, plan, buffers);
  stage.update(geometry);
  submitStage(device, stage);
  const answer = new Float32Array(await readBuffer(device, buffers.out, expected.byteLength));
  const largestError = checkVolume(answer, expected);
  return {
    what: 'ours (WGSL, geometry included)',
    largestError,
    submit: () => submitStage(device, stage),
    destroy() {
      stage.destroy();
      for (const buffer of Object.values(buffers)) buffer.destroy();
    },
  };
}

export const voxelPoolBenchmark: Benchmark = {
  name: 'voxel-pool',
  async run(context) {
    const reports = [];
    for (const poolCase of createPoolCases(context)) {
      const measurements = await timeContestants(context, [await preparePooling(context, poolCase)]);
      reports.push({ title: 'voxel pooling', sizes: poolCase.sizes, measurements, notes: [] });
    }
    return reports;
  },
};

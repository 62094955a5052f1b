import { createStorageBuffer, readBuffer } from '../../src/gpu/buffers.ts';
import type { GpuContext } from '../../src/gpu/device.ts';
import { createMemoryWarp, type MemoryWarpPlan, planMemoryWarp } from '../../src/pipeline/memoryWarp.ts';
import { countElements, type FrameGeometry } from '../../src/pipeline/stage.ts';
import { warpMemory } from '../../src/reference/memoryWarp.ts';
import { upload } from '../../tools/support/runStage.ts';
import { createMotionMatrix, createValues } from '../../tools/support/sampleRig.ts';
import { type Benchmark, type Contestant, checkAnswer, submitStage, timeContestants } from './benchmark.ts';

/** One warp with its input and the CPU twin's answer. */
export interface WarpCase {
  readonly sizes: string;
  readonly plan: MemoryWarpPlan;
  readonly geometry: FrameGeometry;
  readonly memory: Float32Array;
  readonly expected: Float32Array;
}

/** Channels, then cells along x, y and z. On hardware: ALOcc-2D-mini's sixteen frames of 40 channels, and a volume. */
const softwareSizes = [
  [32, 100, 100, 1],
  [16, 50, 50, 8],
] as const;
const hardwareSizes = [
  [640, 200, 200, 1],
  [80, 100, 100, 8],
] as const;

/** Ordinary driving: 4.5 m ahead in half a second with a slight turn and pitch. */
export function createWarpCases(context: GpuContext): WarpCase[] {
  return (context.isSoftware ? softwareSizes : hardwareSizes).map(([channels, nx, ny, nz]) => {
    const flat = nz === 1;
    const shape = flat ? [1, channels, ny, nx] : [1, channels, nz, ny, nx];
    const plan = planMemoryWarp(
      {
        kind: 'memory-warp',
        in: 'memory',
        out: 'moved',
        dimensions: flat ? 2 : 3,
        layout: flat ? 'cyx' : 'czyx',
        grid: { lower: [-40, -40, -1], voxel: [80 / nx, 80 / ny, 6.4 / nz], size: [nx, ny, nz] },
        index: 'lower-edge',
        padding: 'zeros',
      },
      shape,
    );
    const geometry = {
      width: 1,
      height: 1,
      cameras: [],
      previousEgoFromEgo: createMotionMatrix(0.03, 0.004, [4.5, -0.1, 0.02]),
      previousCameras: null,
    };
    const memory = createValues(countElements(shape), 3);
    const sizes = `${channels} channels, ${nx} x ${ny} x ${nz} cells`;
    return { sizes, plan, geometry, memory, expected: warpMemory(plan, geometry, memory) };
  });
}

/** Check our stage. */
export async function prepareWarp(
  context: GpuContext,
  { plan, geometry, memory, expected }: WarpCase,
): Promise<Contestant> {
  const { device } = context;
  const buffers = {
    in: upload(device, 'memory', memory),
    out: createStorageBuffer(device, 'moved', memory.byteLength),
  };
  const stage = createMemoryWarp(context, plan, buffers);
  stage.update(geometry);
  submitStage(device, stage);
  const answer = new Float32Array(await readBuffer(device, buffers.out, memory.byteLength));
  const largestError = checkAnswer('memory-warp', answer, expected, 2e-4);
  return {
    what: 'ours (WGSL)',
    largestError,
    submit: () => submitStage(device, stage),
    destroy() {
      stage.destroy();
      for (const buffer of Object.values(buffers)) buffer.destroy();
    },
  };
}

export const memoryWarpBenchmark: Benchmark = {
  name: 'memory-warp',
  async run(context) {
    const reports = [];
    for (const warpCase of createWarpCases(context)) {
      const measurements = await timeContestants(context, [await prepareWarp(context, warpCase)]);
      reports.push({
        title: `memory warp, ${warpCase.plan.entry.dimensions}D`,
        sizes: warpCase.sizes,
        measurements,
        notes: [],
      });
    }
    return reports;
  },
};

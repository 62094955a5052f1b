import * as ort from 'onnxruntime-web';
import { describe, expect, test } from 'vitest';
import type { ModelPackage } from '../src/models/openModel.ts';
import { createOrtRuntime } from '../src/models/ortRuntime.ts';
import { createGeometryBuilder } from '../src/pipeline/frameGeometry.ts';
import { createGpuFrameRunner } from '../src/pipeline/gpuFrameRunner.ts';
import { type PlaneSweepEntry, planPlaneSweep } from '../src/pipeline/planeSweep.ts';
import { sweepPlanes } from '../src/reference/planeSweep.ts';
import { createReferenceNetwork } from '../src/reference/runFrame.ts';
import { writeOnnx } from '../tools/onnx/writeOnnx.ts';
import { solveFrames } from '../tools/ruler/expected.ts';
import { ruler } from '../tools/ruler/layout.ts';
import { describeGpu, withoutGpuErrors } from './support/gpu.ts';
import { createHostOrt } from './support/hostOrt.ts';
import { getRulerImages, makeRulerFrames, readRulerPackage } from './support/rulerFixture.ts';

// A plane sweep inside a recipe: this frame's descriptors against those that the frame before left, whatever ran in between.

const solved = solveFrames();
const frames = makeRulerFrames();
const { width, height } = ruler.features;
const descriptorShape = [6, height, width, 4];
const sweep: PlaneSweepEntry = {
  kind: 'plane-sweep',
  in: 'descriptors',
  out: 'matches',
  depths: [3, 6, 12],
  pixels: 'centres',
};

/** The ruler with one more part, which describes each feature cell by its pixel's colours, and a sweep over the descriptors. */
function addSweep({ manifest, files }: ModelPackage): ModelPackage {
  const describe = writeOnnx({
    name: 'describe',
    producer: 'test',
    inputs: [{ name: 'images', shape: [6, 3, ruler.network.height, ruler.network.width] }],
    outputs: [{ name: 'descriptors', shape: descriptorShape }],
    constants: [{ name: 'mix', shape: [4, 3, 1, 1], values: Float32Array.from({ length: 12 }, (_, k) => Math.sin(k)) }],
    nodes: [
      {
        operator: 'Conv',
        inputs: ['images', 'mix'],
        outputs: ['planar'],
        attributes: { kernel_shape: [1, 1], strides: [ruler.stride, ruler.stride] },
      },
      { operator: 'Transpose', inputs: ['planar'], outputs: ['descriptors'], attributes: { perm: [0, 2, 3, 1] } },
    ],
  });
  const part = {
    kind: 'onnx',
    file: 'describe.onnx',
    in: { images: 'images' },
    out: { descriptors: 'descriptors' },
  } as const;
  return {
    manifest: {
      ...manifest,
      state: { ...manifest.state, descriptors: { shape: descriptorShape, reset: 'zeros' } },
      stages: [part, sweep, ...manifest.stages],
    },
    files: new Map([...files, ['describe.onnx', new Uint8Array(describe)]]),
  };
}

/** What frame `index` must give when `before` ran in front of it. */
function expectMatches(index: number, before: number, descriptors: ReadonlyMap<number, Float32Array>): Float32Array {
  const builder = createGeometryBuilder(readRulerPackage().manifest.images, 6);
  builder.commit(frames[before]!);
  const plan = planPlaneSweep(sweep, descriptorShape);
  return sweepPlanes(plan, builder.describe(frames[index]!), descriptors.get(index)!, descriptors.get(before)!);
}

type Step = (index: number) => Promise<{ descriptors: Float32Array; matches: Float32Array }>;

async function checkSequence(step: Step, reset: () => void, tolerance: number): Promise<void> {
  const descriptors = new Map<number, Float32Array>();
  let before: number | null = null;
  for (const index of [0, 1, 2, 0, 3]) {
    const found = await step(index);
    descriptors.set(index, found.descriptors);
    const expected = before === null ? found.matches.map(() => 0) : expectMatches(index, before, descriptors);
    expect(expected.some((value) => value !== 0)).toBe(before !== null);
    const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
    // Points on the border of a camera's view may fall to either side.
    const wrong = found.matches.filter((value, at) => Math.abs(value - expected[at]!) > tolerance * largest).length;
    expect(wrong / expected.length, `frame ${index} after ${before}`).toBeLessThan(0.002);
    before = index;
  }
  reset();
  const { matches } = await step(1);
  expect(matches.every((value) => value === 0)).toBe(true);
}

describe('a plane sweep in a recipe', () => {
  test('on the CPU: each frame against the one that ran before it, nothing after a reset', async () => {
    ort.env.logLevel = 'error';
    const network = await createReferenceNetwork(addSweep(readRulerPackage()), createOrtRuntime(ort, 'node'));
    const step: Step = async (index) => {
      await network.run(frames[index]!, getRulerImages(solved[index]!));
      return {
        descriptors: network.readTensor('descriptors').values,
        matches: network.readTensor('matches').values,
      };
    };
    await checkSequence(step, () => network.reset(), 1e-6);
    expect(
      network.readState().map(({ name }) => name),
      'descriptors are no map of the ground',
    ).toEqual(['memory']);
    await network.dispose();
  });
});

describeGpu('a plane sweep in a recipe, on the GPU', (getContext) => {
  test('each frame against the one that ran before it, nothing after a reset or the warm-up', async () => {
    const { device } = getContext();
    const host = createHostOrt(device, createOrtRuntime(ort, 'node'));
    const runner = await createGpuFrameRunner(getContext(), addSweep(readRulerPackage()), host);
    await runner.warmUp();
    const step: Step = async (index) => {
      await withoutGpuErrors(device, () => runner.run(frames[index]!, getRulerImages(solved[index]!)));
      const descriptors = await runner.readTensor('descriptors');
      const matches = await runner.readTensor('matches');
      return { descriptors: descriptors.values, matches: matches.values };
    };
    await checkSequence(step, () => runner.reset(), 1e-3);
    expect((await runner.readState()).map(({ name }) => name)).toEqual(['memory']);
    runner.dispose();
  });
});

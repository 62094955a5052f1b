import * as ort from 'onnxruntime-web';
import { beforeAll, describe, expect, test } from 'vitest';
import { createOrtRuntime } from '../src/models/ortRuntime.ts';
import { listTensors } from '../src/models/recipe.ts';
import { createGpuFrameRunner } from '../src/pipeline/gpuFrameRunner.ts';
import { createReferenceNetwork, type ReferenceNetwork } from '../src/reference/runFrame.ts';
import { solveFrames } from '../tools/ruler/expected.ts';
import { ruler } from '../tools/ruler/layout.ts';
import { describeGpu, withoutGpuErrors } from './support/gpu.ts';
import { createHostOrt } from './support/hostOrt.ts';
import {
  countWrong,
  findWorstFlow,
  getRulerImages,
  makeRulerFrames,
  readRulerPackage,
} from './support/rulerFixture.ts';

// The ruler: a network whose weights are written by hand and images whose colours say what they show, so that every voxel is
// known without running anything. Whatever the pipeline does wrong between pixel and voxel shows up here as a wrong label.

const expected = solveFrames();
const frames = makeRulerFrames();

describe('the ruler on the CPU', () => {
  let network: ReferenceNetwork;
  beforeAll(async () => {
    ort.env.logLevel = 'error';
    network = await createReferenceNetwork(readRulerPackage(), createOrtRuntime(ort, 'node'));
  });

  test('the clip asks something: many labels, moving memory, voxels that only memory knows', () => {
    const labels = new Set(expected.flatMap((frame) => [...frame.labels]));
    expect(labels.size).toBeGreaterThanOrEqual(10);
    for (const { labels: grid, mask } of expected.slice(1)) {
      const remembered = grid.reduce((sum, label, voxel) => sum + (label !== ruler.free && !mask[voxel] ? 1 : 0), 0);
      expect(remembered).toBeGreaterThan(100);
    }
  });

  test('every voxel of every frame in order', async () => {
    network.reset();
    for (const [index, frame] of frames.entries()) {
      const { labels, flow } = await network.run(frame, getRulerImages(expected[index]!));
      expect(countWrong(labels, expected[index]!.labels), `frame ${index}`).toBe(0);
      expect(findWorstFlow(flow!, expected[index]!.flow), `flow of frame ${index}`).toBeLessThan(1e-4);
    }
  });

  test('without memory the later frames are wrong, and a reset starts over', async () => {
    network.reset();
    const alone = await network.run(frames[3]!, getRulerImages(expected[3]!));
    expect(countWrong(alone.labels, expected[3]!.labels)).toBeGreaterThan(100);
    network.reset();
    const first = await network.run(frames[0]!, getRulerImages(expected[0]!));
    expect(countWrong(first.labels, expected[0]!.labels)).toBe(0);
  });
});

describeGpu('the ruler on the GPU, ONNX parts on the host', (getContext) => {
  test('every voxel of every frame in order, twice', async () => {
    const { device } = getContext();
    const runtime = createHostOrt(device, createOrtRuntime(ort, 'node'));
    const runner = await createGpuFrameRunner(getContext(), readRulerPackage(), runtime);
    await runner.warmUp();
    for (const pass of [0, 1]) {
      runner.reset();
      for (const [index, frame] of frames.entries()) {
        const images = getRulerImages(expected[index]!);
        const output = await withoutGpuErrors(device, () => runner.run(frame, images));
        const { labels, flow, timings } = await output.read();
        expect(countWrong(labels, expected[index]!.labels), `frame ${index}, pass ${pass}`).toBe(0);
        expect(findWorstFlow(flow!, expected[index]!.flow), `flow of frame ${index}`).toBeLessThan(0.02);
        expect(timings.map(({ stage }) => stage)).toEqual([
          'preprocess',
          'encoder.onnx',
          'voxel-pool',
          'memory-warp',
          'head.onnx',
          'decode',
          'keep state',
        ]);
        const measured = timings.every(({ milliseconds }) => milliseconds !== null && milliseconds >= 0);
        expect(measured).toBe(getContext().hasTimestamps);
      }
    }
    runner.dispose();
  });

  test('its tensors can be read by name, and are those of the CPU', async () => {
    const host = createOrtRuntime(ort, 'node');
    const network = await createReferenceNetwork(readRulerPackage(), host);
    expect(() => network.readTensor('depth')).toThrow('No frame has been run');
    const runner = await createGpuFrameRunner(
      getContext(),
      readRulerPackage(),
      createHostOrt(getContext().device, host),
    );
    const images = getRulerImages(expected[0]!);
    await network.run(frames[0]!, images);
    await runner.run(frames[0]!, images);
    const names = readRulerPackage().manifest.stages.flatMap((stage) => listTensors(stage).writes);
    expect(names.length).toBeGreaterThan(4);
    for (const name of names) {
      const [onGpu, onCpu] = [await runner.readTensor(name), network.readTensor(name)];
      expect(onGpu.shape, name).toEqual(onCpu.shape);
      const apart = onGpu.values.reduce((most, value, at) => Math.max(most, Math.abs(value - onCpu.values[at]!)), 0);
      expect(apart, name).toBeLessThan(1e-3);
    }
    await expect(runner.readTensor('nonsense')).rejects.toThrow(/no tensor “nonsense”; it has images, /);
    runner.dispose();
  });

  test('runs that overlap and frames with wrong images are refused', async () => {
    const runtime = createHostOrt(getContext().device, createOrtRuntime(ort, 'node'));
    const runner = await createGpuFrameRunner(getContext(), readRulerPackage(), runtime);
    const images = getRulerImages(expected[0]!);
    const running = runner.run(frames[0]!, images);
    await expect(runner.run(frames[1]!, images)).rejects.toThrow(/while it runs/);
    await running;
    await expect(runner.run(frames[1]!, images.slice(1))).rejects.toMatchObject({ code: 'clip-invalid' });
    runner.dispose();
  });
});

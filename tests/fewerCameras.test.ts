import path from 'node:path';
import * as ort from 'onnxruntime-web';
import { describe, expect, test } from 'vitest';
import type { Frame } from '../src/domain/clip.ts';
import { createOrtRuntime } from '../src/models/ortRuntime.ts';
import { createGpuFrameRunner } from '../src/pipeline/gpuFrameRunner.ts';
import { createReferenceNetwork } from '../src/reference/runFrame.ts';
import { solveFrames } from '../tools/ruler/expected.ts';
import { emptyColour, ruler } from '../tools/ruler/layout.ts';
import { describeGpu, withoutGpuErrors } from './support/gpu.ts';
import { createHostOrt } from './support/hostOrt.ts';
import { countWrong, getRulerImages, makeRulerFrames, readPackage, readRulerPackage } from './support/rulerFixture.ts';

// A rig of fewer cameras than the network takes. The ruler's network never mixes cameras before the pooling, so two cameras alone
// must give, voxel by voxel and with the memory of several frames, what six give of which four see nothing but sky.

const solved = solveFrames();
const frames = makeRulerFrames();
const kept = [1, 3];
const blankImage = {
  ...ruler.source,
  pixels: Uint8ClampedArray.from({ length: ruler.source.width * ruler.source.height * 4 }, (_, i) =>
    i % 4 === 3 ? 255 : emptyColour[i % 4]!,
  ),
};

const imagesOf = (index: number) => getRulerImages(solved[index]!);
const keepCameras = (frame: Frame): Frame => ({ ...frame, cameras: kept.map((camera) => frame.cameras[camera]!) });
const keepImages = (index: number) => kept.map((camera) => imagesOf(index)[camera]!);
const blindImages = (index: number) =>
  imagesOf(index).map((image, camera) => (kept.includes(camera) ? image : blankImage));

describe('two cameras in a network of six', () => {
  test('on the CPU: the labels of six cameras of which four see nothing, with memory', async () => {
    ort.env.logLevel = 'error';
    const network = await createReferenceNetwork(readRulerPackage(), createOrtRuntime(ort, 'node'));
    const expected = [];
    for (const frame of frames) expected.push(await network.run(frame, blindImages(frame.index)));
    network.reset();
    for (const frame of frames) {
      const { labels } = await network.run(keepCameras(frame), keepImages(frame.index));
      expect(countWrong(labels, expected[frame.index]!.labels), `frame ${frame.index}`).toBe(0);
      expect(labels.some((label) => label !== ruler.free)).toBe(true);
      expect(countWrong(labels, solved[frame.index]!.labels), 'four cameras less are missed').toBeGreaterThan(100);
    }
  });
});

test('street-base sees each camera alone: what is in the other places changes nothing of the first two', async () => {
  const { files, manifest } = readPackage(path.resolve(import.meta.dirname, '../public/models/street-base'));
  const pooled = manifest.stages.findIndex(({ kind }) => kind === 'voxel-pool');
  const parts = manifest.stages.slice(0, pooled).flatMap((stage) => (stage.kind === 'onnx' ? [stage.file] : []));
  expect(parts).toContain('encoder.onnx');
  for (const part of parts) await expectCamerasApart(part, files.get(part)!);
});

async function expectCamerasApart(part: string, bytes: Uint8Array): Promise<void> {
  const session = await createOrtRuntime(ort, 'node').createSession(part, bytes, { executionProviders: ['wasm'] });
  const feed = (others: (index: number) => number) =>
    Object.fromEntries(
      session.signature.inputs.map(({ name, shape }) => {
        const sizes = shape as number[];
        const count = sizes.reduce((product, size) => product * size, 1);
        const own = (count / sizes[0]!) * 2;
        const values = Float32Array.from({ length: count }, (_, i) => (i < own ? Math.sin(i * 0.37) : others(i)));
        return [name, new ort.Tensor('float32', values, sizes)];
      }),
    );
  const blank = await session.run(feed(() => 0));
  const busy = await session.run(feed((i) => Math.cos(i * 1.7)));
  for (const { name, shape } of session.signature.outputs) {
    const [a, b] = [blank[name]!.data as Float32Array, busy[name]!.data as Float32Array];
    const own = (a.length / (shape[0] as number)) * 2;
    expect(a.subarray(0, own), name).toEqual(b.subarray(0, own));
    expect(a.subarray(own), name).not.toEqual(b.subarray(own));
  }
  await session.release();
}

describeGpu('two cameras in a network of six, on the GPU', (getContext) => {
  test('after six cameras have left their images behind', async () => {
    const { device } = getContext();
    const runtime = createOrtRuntime(ort, 'node');
    const network = await createReferenceNetwork(readRulerPackage(), runtime);
    const runner = await createGpuFrameRunner(getContext(), readRulerPackage(), createHostOrt(device, runtime));
    await withoutGpuErrors(device, () => runner.run(frames[0]!, imagesOf(0)));
    runner.reset();
    for (const frame of frames.slice(0, 3)) {
      const expected = await network.run(frame, blindImages(frame.index));
      const output = await withoutGpuErrors(device, () => runner.run(keepCameras(frame), keepImages(frame.index)));
      const { labels } = await output.read();
      expect(countWrong(labels, expected.labels), `frame ${frame.index}`).toBe(0);
    }
    runner.dispose();
  });
});

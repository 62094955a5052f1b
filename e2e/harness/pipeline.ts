import { openClipFromUrl } from '../../src/clips/packaged/openPackagedClip.ts';
import type { CameraImage, Frame } from '../../src/domain/clip.ts';
import { createGpuContext } from '../../src/gpu/device.ts';
import { loadOrt } from '../../src/models/loadOrt.ts';
import { openModel } from '../../src/models/openModel.ts';
import { createCpuFrameRunner } from '../../src/pipeline/cpuFrameRunner.ts';
import type { FrameRunner } from '../../src/pipeline/frameRunner.ts';
import { createGpuFrameRunner } from '../../src/pipeline/gpuFrameRunner.ts';

// The pipeline without the page, for the console of a development server: `await pipelineHarness.run("webgpu")`.

const query = new URLSearchParams(location.search);
const base = new URL(query.get('base') ?? '/public/', location.href);
const modelId = query.get('model') ?? 'ruler';
const clipId = query.get('clip') ?? modelId;

async function createRunner(backend: string): Promise<{ runner: FrameRunner; device: GPUDevice | null }> {
  const model = await openModel(new URL(`models/${modelId}/manifest.json`, base).href, { store: null });
  if (backend === 'cpu') {
    const worker = new Worker(new URL('../../src/workers/cpuFrame.worker.ts', import.meta.url), { type: 'module' });
    return { runner: await createCpuFrameRunner(worker, model), device: null };
  }
  const context = await createGpuContext(navigator.gpu);
  context.device.addEventListener('uncapturederror', (event) => console.error(event.error.message));
  const runner = await createGpuFrameRunner(context, model, await loadOrt('webgpu'));
  return { runner, device: context.device };
}

function countWrong(found: Uint8Array, expected: Uint8Array): number {
  return found.reduce((wrong, label, voxel) => wrong + (label === expected[voxel] ? 0 : 1), 0);
}

/** Run the whole clip and compare each frame with the clip's truth. */
async function runClip(runner: FrameRunner) {
  const clip = await openClipFromUrl(new URL(`clips/${clipId}/clip.json`, base).href);
  const frames = [];
  for (const frame of clip.frames) {
    const images = await Promise.all(frame.cameras.map((_, camera) => clip.openImage(frame.index, camera)));
    const result = await (await runner.run(frame, images)).read();
    const truth = await clip.openTruth(frame.index);
    const flowError = result.flow?.reduce((worst, value, i) => Math.max(worst, Math.abs(value - truth!.flow![i]!)), 0);
    frames.push({
      wrong: countWrong(result.labels, truth!.labels),
      flowError,
      timings: result.timings,
      wall: result.wallMilliseconds,
    });
  }
  clip.close();
  return frames;
}

/** Frames that no camera took: smooth patterns at the network's own size, a rig of six, one metre between frames. */
function makeFrames(count: number, width: number, height: number): { frame: Frame; images: CameraImage[] }[] {
  return Array.from({ length: count }, (_, index) => {
    const cameras = [55, 0, -55, 110, 180, -110].map((degrees) => {
      const [c, s] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
      const egoFromCamera = Float64Array.of(s, 0, c, 1, -c, 0, s, 0, 0, -1, 0, 1.5, 0, 0, 0, 1);
      const intrinsics = Float64Array.of(0.8 * width, 0, width / 2, 0, 0.8 * width, height / 3, 0, 0, 1);
      return { name: `${degrees}`, timestampMicroseconds: index, width, height, intrinsics, egoFromCamera };
    });
    const images = cameras.map((_, camera) => {
      const pixels = new Uint8ClampedArray(width * height * 4).map((_, i) => {
        const [x, y] = [(i >> 2) % width, Math.floor((i >> 2) / width)];
        return i % 4 === 3 ? 255 : 128 + 90 * Math.sin(x / (9 + camera) + index + (i % 4)) * Math.cos(y / 13);
      });
      return { width, height, pixels };
    });
    const worldFromEgo = Float64Array.of(1, 0, 0, index, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1);
    return { frame: { index, token: `${index}`, timestampMicroseconds: index, worldFromEgo, cameras }, images };
  });
}

const harness = {
  /** The same made-up frames on both backends: how far they agree and how long each takes. */
  async compareBackends(count: number, [width, height]: [number, number]) {
    const frames = makeFrames(count, width, height);
    const runOn = async (backend: string) => {
      const startedAt = performance.now();
      const { runner } = await createRunner(backend);
      const openedAt = performance.now();
      const results = [];
      for (const { frame, images } of frames) results.push(await (await runner.run(frame, images)).read());
      runner.dispose();
      return { open: openedAt - startedAt, results };
    };
    const cpu = await runOn('cpu');
    const gpu = await runOn('webgpu');
    const summarise = ({ open, results }: typeof cpu) => ({
      open,
      walls: results.map(({ wallMilliseconds }) => wallMilliseconds),
      timings: results.at(-1)!.timings,
    });
    return {
      cpu: summarise(cpu),
      gpu: summarise(gpu),
      voxels: cpu.results[0]!.labels.length,
      differing: cpu.results.map(({ labels }, index) => countWrong(gpu.results[index]!.labels, labels)),
      occupied: cpu.results.map(({ labels }) => labels.reduce((sum, label) => sum + (label === 17 ? 0 : 1), 0)),
    };
  },
  async runCpu(count: number, [width, height]: [number, number]) {
    const { runner } = await createRunner('cpu');
    const results = [];
    for (const { frame, images } of makeFrames(count, width, height)) {
      results.push(await (await runner.run(frame, images)).read());
    }
    runner.dispose();
    return results.map(({ wallMilliseconds, timings }) => ({ wallMilliseconds, timings }));
  },
  async run(backend: string, repeats = 1) {
    const startedAt = performance.now();
    const { runner } = await createRunner(backend);
    const openedAt = performance.now();
    await runner.warmUp();
    const warmAt = performance.now();
    const passes = [];
    for (let pass = 0; pass < repeats; pass += 1) {
      runner.reset();
      passes.push(await runClip(runner));
    }
    runner.dispose();
    return { open: openedAt - startedAt, warm: warmAt - openedAt, passes };
  },
  /** Lose the device in the middle, rebuild on a new one, run again. */
  async loseDevice() {
    const first = await createRunner('webgpu');
    await runClip(first.runner);
    first.device!.destroy();
    const failure = await runClip(first.runner).then(
      () => null,
      (error: { code?: string }) => error.code ?? String(error),
    );
    first.runner.dispose();
    const second = await createRunner('webgpu');
    const frames = await runClip(second.runner);
    second.runner.dispose();
    const third = await createRunner('webgpu');
    const alive = await Promise.race([third.device!.lost.then(() => false), runClip(third.runner).then(() => true)]);
    return { failure, wrong: frames.map(({ wrong }) => wrong), alive };
  },
};

export type PipelineHarness = typeof harness;

(globalThis as unknown as { pipelineHarness: PipelineHarness }).pipelineHarness = harness;

import type { Frame } from '../domain/clip.ts';
import { OccuscopeError } from '../errors/catalogue.ts';
import { readBuffer } from '../gpu/buffers.ts';
import type { GpuContext } from '../gpu/device.ts';
import { createTimestampRing, type FrameMarks } from '../gpu/timestamps.ts';
import type { ModelPackage } from '../models/openModel.ts';
import type { OrtRuntime, OrtSession } from '../models/ortRuntime.ts';
import { IMAGES_TENSOR } from '../models/recipe.ts';
import { checkImages, createGeometryBuilder } from './frameGeometry.ts';
import type { FrameOutput, FrameRunner } from './frameRunner.ts';
import { createGpuSteps } from './gpuSteps.ts';
import { createImageUpload } from './imageUpload.ts';
import { openOnnxParts, releaseOnnxParts } from './onnxParts.ts';
import { findStateGrid, listStateMaps, type ModelPlan, planModel, requireShape } from './planModel.ts';
import { type FrameStep, runFrame } from './runFrame.ts';
import type { FrameGeometry } from './stage.ts';
import { createTensorBuffers, type TensorBuffers } from './tensorBuffers.ts';
import { unpackHalfPairs } from './unpackHalfPairs.ts';

/**
 * Create the frame runner on the shared device: one buffer per tensor, allocated and owned here.
 * Throws `model-manifest-invalid`, `gpu-limit-too-small` or `model-run-failed`; nothing is left allocated then.
 */
export async function createGpuFrameRunner(
  context: GpuContext,
  model: ModelPackage,
  runtime: OrtRuntime,
): Promise<FrameRunner> {
  const sessions = await openOnnxParts(model, runtime, {
    executionProviders: [{ name: 'webgpu', device: context.device, storageBufferCacheMode: 'simple' }],
    preferredOutputLocation: 'gpu-buffer',
  });
  try {
    const signatures = new Map([...sessions].map(([file, { signature }]) => [file, signature]));
    return await allocateRunner(context, planModel(model.manifest, signatures), runtime, sessions);
  } catch (error) {
    await releaseOnnxParts(sessions);
    throw error;
  }
}

/** Running out of memory is reported late and aside by WebGPU: ask for it, so that no model runs on buffers that are not there. */
async function allocateRunner(
  context: GpuContext,
  plan: ModelPlan,
  runtime: OrtRuntime,
  sessions: ReadonlyMap<string, OrtSession>,
): Promise<FrameRunner> {
  const { device } = context;
  let buffers: TensorBuffers | null = null;
  let runner: FrameRunner;
  device.pushErrorScope('out-of-memory');
  try {
    buffers = createTensorBuffers(device, plan);
    runner = assembleRunner(context, plan, runtime, sessions, buffers);
  } catch (error) {
    void device.popErrorScope();
    buffers?.destroy();
    throw error;
  }
  const fault = await device.popErrorScope();
  if (!fault) return runner;
  runner.dispose();
  throw new OccuscopeError('gpu-limit-too-small', { detail: fault.message });
}

function assembleRunner(
  context: GpuContext,
  plan: ModelPlan,
  runtime: OrtRuntime,
  sessions: ReadonlyMap<string, OrtSession>,
  buffers: TensorBuffers,
): FrameRunner {
  const { device } = context;
  const { manifest } = plan;
  const builder = createGeometryBuilder(manifest.images, manifest.cameras);
  const images = createImageUpload(context, builder, buffers.writing(IMAGES_TENSOR));
  const network = createGpuSteps(context, plan, buffers, runtime, sessions);
  const keepState: FrameStep = { name: 'keep state', encode: buffers.encodeKeepState };
  const steps: FrameStep[] = [{ name: 'preprocess', encode: images.encode }, ...network.steps, keepState];
  const timestamps = createTimestampRing(device, steps.length + 1);
  const guard = createGuard(device);

  const runSteps = (geometry: FrameGeometry, marks: FrameMarks | null): Promise<void> => {
    for (const stage of network.stages) stage.update(geometry);
    return runFrame(device, steps, marks);
  };
  const reset = () => {
    builder.reset();
    buffers.clearState();
  };
  return {
    backend: 'webgpu',
    reset,
    warmUp: () =>
      guard.alone(async () => {
        device.pushErrorScope('validation');
        let fault: GPUError | null = null;
        try {
          await runSteps(describeBlankFrame(plan), null);
        } finally {
          fault = await device.popErrorScope();
          reset();
        }
        if (fault) throw new OccuscopeError('model-run-failed', { detail: fault.message });
      }),
    run: (frame, pictures) =>
      guard.alone(async () => {
        const startedAt = performance.now();
        checkImages(frame, pictures);
        const geometry = builder.describe(frame);
        images.upload(pictures);
        const marks = timestamps?.begin() ?? null;
        await runSteps(geometry, marks);
        builder.commit(frame);
        return createOutput(device, plan, buffers, frame, steps, marks, startedAt);
      }),
    readState: () =>
      guard.alone(() =>
        Promise.all(
          listStateMaps(plan).map(async (name) => {
            const buffer = buffers.reading(name);
            const values = new Float32Array(await readBuffer(device, buffer, buffer.size));
            return { name, shape: plan.shapes.get(name)!, values, grid: findStateGrid(plan, name) };
          }),
        ),
      ),
    readTensor: (name) =>
      guard.alone(async () => {
        const shape = requireShape(plan, name);
        const buffer = buffers.writing(name);
        return { name, shape, values: new Float32Array(await readBuffer(device, buffer, buffer.size)) };
      }),
    dispose() {
      for (const stage of network.stages) stage.destroy();
      images.destroy();
      timestamps?.destroy();
      buffers.destroy();
      void releaseOnnxParts(sessions);
    },
  };
}

function createOutput(
  device: GPUDevice,
  plan: ModelPlan,
  buffers: TensorBuffers,
  frame: Frame,
  steps: readonly FrameStep[],
  marks: FrameMarks | null,
  startedAt: number,
): FrameOutput {
  const times = marks?.read().catch(() => null) ?? Promise.resolve(null);
  const { labels, flow } = buffers;
  const read = async () => {
    const [labelBytes, flowBytes] = await Promise.all([
      readBuffer(device, labels, plan.voxels),
      flow ? readBuffer(device, flow, plan.voxels * 4) : null,
    ]);
    const wallMilliseconds = performance.now() - startedAt;
    const milliseconds = await times;
    return {
      frameIndex: frame.index,
      labels: new Uint8Array(labelBytes),
      flow: flowBytes && unpackHalfPairs(new Uint32Array(flowBytes)),
      timings: steps.map(({ name }, index) => ({ stage: name, milliseconds: milliseconds?.[index] ?? null })),
      wallMilliseconds,
    };
  };
  let reading: ReturnType<typeof read> | null = null;
  return {
    gpu: { labels, flow },
    read() {
      reading ??= read();
      return reading;
    },
  };
}

/** A frame that no camera took: any calibration will do to make the shaders compile, a motion makes the memory take part. */
function describeBlankFrame({ manifest }: ModelPlan): FrameGeometry {
  const [width, height] = manifest.images.size;
  const intrinsics = Float64Array.of(width, 0, width / 2, 0, width, height / 2, 0, 0, 1);
  const egoFromCamera = Float64Array.of(0, 0, 1, 0, -1, 0, 0, 0, 0, -1, 0, 1.5, 0, 0, 0, 1);
  const still = Float64Array.of(1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1);
  const cameras = Array.from({ length: manifest.cameras }, () => ({ intrinsics, egoFromCamera }));
  return { width, height, cameras, previousEgoFromEgo: still, previousCameras: cameras };
}

/** Keeps runs from overlapping and turns whatever fails on a lost device into `gpu-device-lost`. */
function createGuard(device: GPUDevice): { alone<Result>(work: () => Promise<Result>): Promise<Result> } {
  let busy = false;
  let lost: GPUDeviceLostInfo | null = null;
  const loss = device.lost.then((info) => {
    lost = info;
    throw new OccuscopeError('gpu-device-lost', { detail: info.message });
  });
  loss.catch(() => undefined);
  return {
    async alone(work) {
      if (lost) return loss as Promise<never>;
      if (busy) throw new Error('a frame runner was asked to run while it runs');
      busy = true;
      try {
        return await Promise.race([work(), loss]);
      } catch (error) {
        if (lost) return await (loss as Promise<never>);
        throw error;
      } finally {
        busy = false;
      }
    },
  };
}

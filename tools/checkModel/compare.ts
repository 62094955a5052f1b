import type { Tensor } from 'onnxruntime-common';
import { openClipFromUrl } from '../../src/clips/packaged/openPackagedClip.ts';
import type { CameraImage } from '../../src/domain/clip.ts';
import { createStorageBuffer, readBuffer } from '../../src/gpu/buffers.ts';
import type { GpuContext } from '../../src/gpu/device.ts';
import { type ModelPackage, openModel } from '../../src/models/openModel.ts';
import type { OrtRuntime } from '../../src/models/ortRuntime.ts';
import { IMAGES_TENSOR } from '../../src/models/recipe.ts';
import { createGeometryBuilder } from '../../src/pipeline/frameGeometry.ts';
import { createGpuFrameRunner } from '../../src/pipeline/gpuFrameRunner.ts';
import { createImageUpload } from '../../src/pipeline/imageUpload.ts';
import { countElements } from '../../src/pipeline/stage.ts';
import { createReferenceNetwork, type PlainImage } from '../../src/reference/runFrame.ts';

/** How far one tensor differs between the backends, beside its own largest value. */
export interface TensorDifference {
  readonly what: string;
  readonly largest: number;
  readonly scale: number;
}

export interface Comparison {
  /** The preprocessed images, then every output of every ONNX part, each part from the CPU path's own inputs. */
  readonly tensors: readonly TensorDifference[];
  /** The frame as a whole. */
  readonly differingLabels: number;
  readonly voxels: number;
}

/**
 * Run the first frame of a clip on the CPU path and on WebGPU and say where they part.
 * Every part gets the CPU path's inputs, so that a difference belongs to the part that shows it.
 */
export async function compareBackends(
  context: GpuContext,
  runtime: OrtRuntime,
  manifestUrl: string,
  clipUrl: string,
): Promise<Comparison> {
  const model = await openModel(manifestUrl, { store: null });
  const clip = await openClipFromUrl(clipUrl);
  const frame = clip.frames[0]!;
  const images = await Promise.all(frame.cameras.map((_, camera) => clip.openImage(frame.index, camera)));
  const made = new Map<string, Float32Array>();
  const network = await createReferenceNetwork(model, runtime, (name, values) => made.set(name, values));
  const expected = await network.run(frame, images.map(readPixels));
  await network.dispose();
  const tensors = [await compareImages(context, model, images, made)];
  for (const stage of model.manifest.stages) {
    if (stage.kind === 'onnx') tensors.push(...(await comparePart(context, runtime, model, stage, made)));
  }
  const runner = await createGpuFrameRunner(context, model, runtime);
  const found = await (await runner.run(frame, images)).read();
  runner.dispose();
  const differs = (label: number, voxel: number) => label !== expected.labels[voxel];
  return { tensors, differingLabels: found.labels.filter(differs).length, voxels: found.labels.length };
}

async function compareImages(
  { device, ...context }: GpuContext,
  { manifest }: ModelPackage,
  images: readonly CameraImage[],
  made: ReadonlyMap<string, Float32Array>,
): Promise<TensorDifference> {
  const expected = made.get(IMAGES_TENSOR)!;
  const buffer = createStorageBuffer(device, IMAGES_TENSOR, expected.byteLength);
  const builder = createGeometryBuilder(manifest.images, manifest.cameras);
  const upload = createImageUpload({ device, ...context }, builder, buffer);
  upload.upload(images);
  const encoder = device.createCommandEncoder();
  upload.encode(encoder);
  device.queue.submit([encoder.finish()]);
  const found = new Float32Array(await readBuffer(device, buffer, expected.byteLength));
  upload.destroy();
  buffer.destroy();
  return measureDifference(IMAGES_TENSOR, found, expected);
}

async function comparePart(
  { device }: GpuContext,
  runtime: OrtRuntime,
  { manifest, files }: ModelPackage,
  stage: Extract<ModelPackage['manifest']['stages'][number], { kind: 'onnx' }>,
  made: ReadonlyMap<string, Float32Array>,
): Promise<TensorDifference[]> {
  const session = await runtime.createSession(stage.file, files.get(stage.file)!, {
    // The typings name the provider only; the device option is what makes ORT use ours.
    executionProviders: [{ name: 'webgpu', device } as { name: 'webgpu' }],
  });
  const feeds = session.signature.inputs.map(({ name, shape }): [string, Tensor] => {
    const tensor = stage.in[name]!;
    const dims = shape.map(Number);
    // On the first frame a state tensor reads as zeros.
    const zeros = Object.hasOwn(manifest.state, tensor) ? new Float32Array(countElements(dims)) : null;
    return [name, new runtime.ort.Tensor('float32', zeros ?? made.get(tensor)!, dims)];
  });
  const results = await session.run(Object.fromEntries(feeds));
  const outputs = Object.entries(stage.out).map(async ([name, tensor]) => {
    const values = (await results[name]!.getData()) as Float32Array;
    return measureDifference(`${stage.file} ${name}`, values, made.get(tensor)!);
  });
  const differences = await Promise.all(outputs);
  await session.release();
  return differences;
}

function measureDifference(what: string, found: Float32Array, expected: Float32Array): TensorDifference {
  let [largest, scale] = [0, 0];
  expected.forEach((value, index) => {
    const difference = Math.abs(value - found[index]!);
    // NaN on one side only is as far apart as can be.
    if (!(difference <= largest) && !Object.is(value, found[index]))
      largest = Number.isNaN(difference) ? Infinity : difference;
    scale = Math.max(scale, Math.abs(value));
  });
  return { what, largest, scale };
}

/** What the CPU worker does with a picture. */
function readPixels({ width, height, pixels }: CameraImage): PlainImage {
  if (ArrayBuffer.isView(pixels)) return { width, height, pixels };
  const drawing = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true, alpha: false })!;
  drawing.drawImage(pixels, 0, 0);
  return { width, height, pixels: drawing.getImageData(0, 0, width, height).data };
}

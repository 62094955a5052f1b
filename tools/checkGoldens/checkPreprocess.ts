import { existsSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { createStorageBuffer, readBuffer } from '../../src/gpu/buffers.ts';
import type { GpuContext } from '../../src/gpu/device.ts';
import { createPreprocess } from '../../src/preprocess/createPreprocess.ts';
import { type ImagesSpec, type PreprocessPlan, planPreprocess } from '../../src/preprocess/plan.ts';
import { preprocessReference, resizeReference } from '../../src/reference/preprocess.ts';
import type { Checker, CheckRun, Golden, Side } from './golden.ts';

const mean = [123.675, 116.28, 103.53] as const;
const std = [58.395, 57.12, 57.375] as const;
/** Share of bytes that may differ by one grey level: the file's own rule. */
const ALLOWED_SHARE = 0.005;

interface SourceImage {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8ClampedArray;
}

async function readImage(golden: Golden): Promise<SourceImage> {
  const file = path.join(golden.folder, golden.file.replace(/\.npz$/, '-image.png'));
  if (!existsSync(file)) throw new Error(`${file} is missing: the image that ${golden.file} was computed from`);
  const { data, info } = await sharp(file).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, pixels: new Uint8ClampedArray(data) };
}

async function check(run: CheckRun): Promise<void> {
  const { golden, gpu } = run;
  const image = await readImage(golden);
  const [resizedWidth, resizedHeight, , top] = golden.numbers('resize_dims_crop') as [number, number, number, number];
  const [height, width] = golden.read('expected_u8').shape as [number, number];
  const plain: ImagesSpec = {
    size: [width, height],
    fit: 'width-keep-bottom',
    channels: 'rgb',
    scale: 1,
    mean: [0, 0, 0],
    std: [1, 1, 1],
  };
  const bytesPlan = planPreprocess(plain, image.width, image.height);
  if (resizedWidth !== width || bytesPlan.resizedHeight !== resizedHeight || bytesPlan.cropTop !== top) {
    throw new Error(`resize_dims_crop is not "full width, keep the bottom": ${golden.numbers('resize_dims_crop')}`);
  }
  compareBytes(run, 'cpu', resizeReference(bytesPlan, image.pixels));
  if (gpu) compareBytes(run, 'gpu', toInterleaved(await preprocessOnGpu(gpu, bytesPlan, image), width * height));
  for (const [array, channels] of [
    ['expected_norm_net_order', 'bgr'],
    ['expected_norm_plain_rgb', 'rgb'],
  ] as const) {
    const plan = planPreprocess({ ...plain, channels, mean, std }, image.width, image.height);
    compareProbes(run, 'cpu', array, plan, preprocessReference(plan, image.pixels));
    if (gpu) compareProbes(run, 'gpu', array, plan, await preprocessOnGpu(gpu, plan, image));
  }
}

function compareBytes(run: CheckRun, side: Side, actual: ArrayLike<number>): void {
  const expected = run.golden.read('expected_u8').data;
  let [differing, worst] = [0, actual.length === expected.length ? 0 : Number.POSITIVE_INFINITY];
  for (let index = 0; index < expected.length; index++) {
    const difference = Math.abs(actual[index]! - expected[index]!);
    if (difference > 0) differing++;
    worst = Math.max(worst, difference);
  }
  run.record({ array: 'expected_u8', side, error: worst, tolerance: 1, unit: 'grey levels', note: '' });
  const share = differing / expected.length;
  run.record({
    array: 'expected_u8',
    side,
    error: share,
    tolerance: ALLOWED_SHARE,
    unit: 'share of bytes that differ',
    note: '',
  });
}

function compareProbes(run: CheckRun, side: Side, array: string, plan: PreprocessPlan, tensor: Float32Array): void {
  const area = plan.width * plan.height;
  const probes = run.golden.numbers('probe_yx');
  const actual = Float32Array.from({ length: (probes.length / 2) * 3 }, (_, index) => {
    const probe = Math.floor(index / 3);
    return tensor[(index % 3) * area + probes[probe * 2]! * plan.width + probes[probe * 2 + 1]!]!;
  });
  run.compare(array, side, actual, 0.02);
}

async function preprocessOnGpu(context: GpuContext, plan: PreprocessPlan, image: SourceImage): Promise<Float32Array> {
  const bytes = 3 * plan.width * plan.height * 4;
  const images = createStorageBuffer(context.device, 'images', bytes);
  const stage = createPreprocess(context, plan, { images });
  stage.upload(0, image);
  const encoder = context.device.createCommandEncoder();
  stage.encode(encoder);
  context.device.queue.submit([encoder.finish()]);
  const result = new Float32Array(await readBuffer(context.device, images, bytes));
  stage.destroy();
  images.destroy();
  return result;
}

/** [3][area] to [area][3]. */
function toInterleaved(planes: Float32Array, area: number): Float32Array {
  return Float32Array.from({ length: 3 * area }, (_, index) => planes[(index % 3) * area + Math.floor(index / 3)]!);
}

export const preprocessChecker: Checker = {
  title: 'preprocessing: resize, crop, normalise',
  matches: (names) => names.includes('resize_dims_crop') && names.includes('expected_u8'),
  knows: () => true,
  check,
};

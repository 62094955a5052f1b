import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { describeGpu, withoutGpuErrors } from '../../tests/support/gpu.ts';
import { openNpz } from '../clips/npz/readNpz.ts';
import { createStorageBuffer, readBuffer, writeBuffer } from '../gpu/buffers.ts';
import type { GpuContext } from '../gpu/device.ts';
import { preprocessReference, resizeReference } from '../reference/preprocess.ts';
import { createPreprocess } from './createPreprocess.ts';
import { getNetworkIntrinsics, type ImagesSpec, planPreprocess } from './plan.ts';
import { planTaps, roundToByte, WEIGHT_BITS } from './resample.ts';

const imagenet = { scale: 1, mean: [123.675, 116.28, 103.53], std: [58.395, 57.12, 57.375] } as const;
const plain = { scale: 1, mean: [0, 0, 0], std: [1, 1, 1], channels: 'rgb', fit: 'width-keep-bottom' } as const;
const goldens = new URL('../../tests/goldens/', import.meta.url);

function makeSpec(size: readonly [number, number], changes: Partial<ImagesSpec> = {}): ImagesSpec {
  return { ...plain, size, ...changes };
}

/** Deterministic noise, so that every byte matters. */
function makeImage(width: number, height: number): Uint8ClampedArray<ArrayBuffer> {
  return Uint8ClampedArray.from({ length: width * height * 4 }, (_, index) => (index * 2654435761) >>> 24);
}

describe('planPreprocess', () => {
  test('1600 x 900 to 352 x 128 is a resize by 0.22 that drops 70 rows from the top', () => {
    const plan = planPreprocess(makeSpec([352, 128]), 1600, 900);
    expect(plan).toMatchObject({ width: 352, height: 128, resizedHeight: 198, cropTop: 70 });
    expect(plan.firstRow + plan.rowCount).toBe(900);
    expect(plan.horizontal.starts).toHaveLength(352);
    expect(plan.vertical.starts).toHaveLength(128);
  });

  test('an image that comes out too flat is refused', () => {
    expect(() => planPreprocess(makeSpec([352, 128]), 1600, 500)).toThrow(/becomes 352 x 110/);
  });

  test.each([
    [1600, 704],
    [7, 3],
    [3, 7],
    [5, 5],
    [1, 4],
    [900, 1],
  ])('taps from %i to %i stay inside the input and their weights sum to one', (input, output) => {
    const { starts, counts, weights, tapsPerOutput } = planTaps(input, output);
    for (let index = 0; index < output; index++) {
      const row = weights.subarray(index * tapsPerOutput, (index + 1) * tapsPerOutput);
      expect(starts[index]! + counts[index]!).toBeLessThanOrEqual(input);
      expect(Math.abs(row.reduce((sum, weight) => sum + weight, 0) - 2 ** WEIGHT_BITS)).toBeLessThanOrEqual(
        tapsPerOutput,
      );
      expect(row.subarray(counts[index]).every((weight) => weight === 0)).toBe(true);
    }
  });

  test('bytes round to the nearest and clamp', () => {
    const one = 2 ** WEIGHT_BITS;
    expect([-one, 0.4 * one, 0.5 * one, 254.6 * one, 300 * one].map((sum) => roundToByte(Math.round(sum)))).toEqual([
      0, 0, 1, 255, 255,
    ]);
  });
});

describe('getNetworkIntrinsics', () => {
  const view = (intrinsics: number[], width: number, height: number) => ({
    name: 'CAM_FRONT',
    timestampMicroseconds: 0,
    width,
    height,
    intrinsics: Float64Array.from(intrinsics),
    egoFromCamera: new Float64Array(16),
  });

  test('a point lands on the same place of the picture before and after', () => {
    const plan = planPreprocess(makeSpec([352, 128]), 1600, 900);
    const k = getNetworkIntrinsics(view([1266, 0, 816, 0, 1267, 491, 0, 0, 1], 1600, 900), plan);
    const [x, y, z] = [1.5, -0.3, 7];
    const u = (1266 * x) / z + 816;
    const v = (1267 * y) / z + 491;
    expect((k[0]! * x) / z + k[2]!).toBeCloseTo((u + 0.5) * 0.22 - 0.5, 9);
    expect((k[4]! * y) / z + k[5]!).toBeCloseTo((v + 0.5) * 0.22 - 0.5 - 70, 9);
    expect([...k.subarray(6)]).toEqual([0, 0, 1]);
  });

  test('an image of the network size keeps its intrinsics', () => {
    const stored = [300, 0, 170, 0, 300, 60, 0, 0, 1];
    const plan = planPreprocess(makeSpec([352, 128]), 352, 128);
    expect([...getNetworkIntrinsics(view(stored, 352, 128), plan)]).toEqual(stored);
  });

  test('a calibration for another image size is refused', () => {
    const plan = planPreprocess(makeSpec([352, 128]), 1600, 900);
    expect(() => getNetworkIntrinsics(view([1, 0, 0, 0, 1, 0, 0, 0, 1], 800, 450), plan)).toThrow(
      /CAM_FRONT is 800 x 450/,
    );
  });
});

describe('preprocessReference', () => {
  test('an image of the network size is copied exactly', () => {
    const image = makeImage(9, 5);
    const resized = resizeReference(planPreprocess(makeSpec([9, 5]), 9, 5), image);
    expect([...resized]).toEqual([...image].filter((_, index) => index % 4 !== 3));
  });

  test('a crop without a resize keeps the bottom rows', () => {
    const image = makeImage(4, 6);
    const resized = resizeReference(planPreprocess(makeSpec([4, 2]), 4, 6), image);
    expect([...resized]).toEqual([...image.subarray(4 * 4 * 4)].filter((_, index) => index % 4 !== 3));
  });

  test('channel order, scale, mean and std are the model’s', () => {
    const pixel = Uint8ClampedArray.of(10, 20, 30, 255);
    const rgb = makeSpec([1, 1], { scale: 0.5, mean: [1, 2, 3], std: [2, 4, 8] });
    expect([...preprocessReference(planPreprocess(rgb, 1, 1), pixel)]).toEqual([2, 2, 1.5]);
    expect([...preprocessReference(planPreprocess({ ...rgb, channels: 'bgr' }, 1, 1), pixel)]).toEqual([7, 2, 0.25]);
  });

  test('bytes of another image size are refused', () => {
    expect(() => preprocessReference(planPreprocess(makeSpec([4, 2]), 4, 2), makeImage(4, 3))).toThrow(/is 4 x 3/);
  });

  test('one grey stays that grey at any size', () => {
    const size = fc.integer({ min: 1, max: 40 });
    fc.assert(
      fc.property(size, size, size, fc.integer({ min: 0, max: 255 }), (sourceWidth, sourceHeight, width, grey) => {
        const height = Math.round((sourceHeight * width) / sourceWidth);
        if (height < 1) return;
        const image = new Uint8ClampedArray(sourceWidth * sourceHeight * 4).fill(grey);
        const resized = resizeReference(planPreprocess(makeSpec([width, height]), sourceWidth, sourceHeight), image);
        expect(resized.every((value) => value === grey)).toBe(true);
      }),
    );
  });
});

describe('golden image', () => {
  const archive = openNpz(new Uint8Array(readFileSync(new URL('preprocess.npz', goldens))));
  const read = (name: string) => archive.read(name).data;
  const plan = (channels: 'rgb' | 'bgr') => planPreprocess(makeSpec([704, 256], { ...imagenet, channels }), 1600, 900);
  const readPng = () =>
    sharp(readFileSync(new URL('preprocess-image.png', goldens)))
      .ensureAlpha()
      .raw()
      .toBuffer();

  test('resize and crop agree with Pillow byte for byte', async () => {
    const expected = read('expected_u8');
    const resized = resizeReference(plan('rgb'), await readPng());
    expect(resized).toHaveLength(expected.length);
    expect(resized.reduce((count, value, index) => count + (value === expected[index] ? 0 : 1), 0)).toBe(0);
  });

  test.each([
    ['bgr', 'expected_norm_net_order'],
    ['rgb', 'expected_norm_plain_rgb'],
  ] as const)('normalised %s values agree with %s', async (channels, name) => {
    const output = preprocessReference(plan(channels), await readPng());
    const expected = read(name);
    const probes = read('probe_yx');
    let largest = 0;
    for (let probe = 0; probe < probes.length / 2; probe++) {
      for (let channel = 0; channel < 3; channel++) {
        const value = output[(channel * 256 + probes[2 * probe]!) * 704 + probes[2 * probe + 1]!]!;
        largest = Math.max(largest, Math.abs(value - expected[3 * probe + channel]!));
      }
    }
    expect(largest).toBeLessThan(1e-5);
  });
});

describeGpu('preprocess kernels', (getContext) => {
  test.each([
    ['a single pixel', [1, 1], [1, 1], 'rgb', 1],
    ['an exact copy', [9, 5], [9, 5], 'rgb', 2],
    ['a crop alone', [4, 6], [4, 2], 'bgr', 1],
    ['shrinking by no whole number', [101, 67], [37, 19], 'bgr', 3],
    ['enlarging', [5, 4], [23, 17], 'rgb', 2],
    ['a small camera image', [352, 198], [352, 128], 'rgb', 1],
  ] as const)('agree with the twin bit for bit: %s', async (_, source, size, channels, cameraCount) => {
    const context = getContext();
    const plan = planPreprocess(makeSpec(size, { ...imagenet, channels }), source[0], source[1]);
    const image = makeImage(source[0], source[1]);
    const images = Array.from({ length: cameraCount }, (_, camera) => image.map((value) => value ^ (camera * 85)));
    const output = await runKernels(context, plan, images);
    images.forEach((pixels, camera) => {
      const slice = output.subarray(camera * 3 * size[0] * size[1], (camera + 1) * 3 * size[0] * size[1]);
      expect(slice).toEqual(preprocessReference(plan, pixels));
    });
  });

  test('write only the slices of cameras that were uploaded, and refuse another size', async () => {
    const { device } = getContext();
    const plan = planPreprocess(makeSpec([2, 1]), 2, 1);
    const images = createStorageBuffer(device, 'images', 3 * 24);
    writeBuffer(device, images, new Float32Array(18).fill(-1));
    const values = await withoutGpuErrors(device, async () => {
      const preprocess = createPreprocess(getContext(), plan, { images });
      preprocess.upload(1, { width: 2, height: 1, pixels: new Uint8ClampedArray(8).fill(7) });
      expect(() => preprocess.upload(0, { width: 1, height: 1, pixels: new Uint8ClampedArray(4) })).toThrow(
        /camera 0 is 1 x 1/,
      );
      const encoder = device.createCommandEncoder();
      preprocess.encode(encoder);
      device.queue.submit([encoder.finish()]);
      preprocess.destroy();
      return new Float32Array(await readBuffer(device, images, 72));
    });
    expect([...values]).toEqual([...Array(6).fill(-1), ...Array(6).fill(7), ...Array(6).fill(-1)]);
  });
});

async function runKernels(
  context: GpuContext,
  plan: ReturnType<typeof planPreprocess>,
  cameras: readonly Uint8ClampedArray[],
): Promise<Float32Array> {
  const { device } = context;
  const bytes = cameras.length * 3 * plan.width * plan.height * 4;
  const images = createStorageBuffer(device, 'images', bytes);
  return withoutGpuErrors(device, async () => {
    const preprocess = createPreprocess(context, plan, { images });
    cameras.forEach((pixels, index) => {
      preprocess.upload(index, { width: plan.sourceWidth, height: plan.sourceHeight, pixels });
    });
    const encoder = device.createCommandEncoder();
    preprocess.encode(encoder);
    device.queue.submit([encoder.finish()]);
    const output = new Float32Array(await readBuffer(device, images, bytes));
    preprocess.destroy();
    images.destroy();
    return output;
  });
}

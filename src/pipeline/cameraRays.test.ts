import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { describeGpu, withoutGpuErrors } from '../../tests/support/gpu.ts';
import { createStorageBuffer, readBuffer } from '../gpu/buffers.ts';
import type { GpuContext } from '../gpu/device.ts';
import { cameraRaysReference } from '../reference/cameraRays.ts';
import { type CameraRaysPlan, cameraRaysSchema, createCameraRays, planCameraRays, RAY_CHANNELS } from './cameraRays.ts';
import { countElements, type FrameGeometry, type NetworkCamera } from './stage.ts';

/** A level camera at `height` metres that looks along the ego azimuth `yaw`, pitched down by `pitch` radians. */
function makeCamera(
  yaw: number,
  pitch: number,
  height: number,
  [fx, fy, cx, cy]: readonly number[] = [300, 310, 170, 60],
): NetworkCamera {
  const [cosYaw, sinYaw, cosPitch, sinPitch] = [Math.cos(yaw), Math.sin(yaw), Math.cos(pitch), Math.sin(pitch)];
  const right = [sinYaw, -cosYaw, 0];
  const forward = [cosPitch * cosYaw, cosPitch * sinYaw, -sinPitch];
  const down = [-sinPitch * cosYaw, -sinPitch * sinYaw, -cosPitch];
  const rows = [0, 1, 2].flatMap((axis) => [right[axis]!, down[axis]!, forward[axis]!, [1.5, 0.2, height][axis]!]);
  return {
    intrinsics: Float64Array.of(fx!, 0, cx!, 0, fy!, cy!, 0, 0, 1),
    egoFromCamera: Float64Array.of(...rows, 0, 0, 0, 1),
  };
}

function makeGeometry(cameras: readonly NetworkCamera[], width = 352, height = 128): FrameGeometry {
  return { width, height, cameras, previousEgoFromEgo: null, previousCameras: null };
}

function plan(
  size: [number, number],
  cameras = 1,
  channels = [...RAY_CHANNELS],
  image = [352, 128] as const,
): CameraRaysPlan {
  return planCameraRays({ kind: 'camera-rays', out: 'rays', size, channels }, cameras, image);
}

/** Value of a channel at one sample of the first camera. */
function readSample(
  rayPlan: CameraRaysPlan,
  values: Float32Array,
  name: (typeof RAY_CHANNELS)[number],
  i: number,
  j: number,
) {
  return values[(rayPlan.channels.indexOf(name) * rayPlan.height + j) * rayPlan.width + i]!;
}

describe('planCameraRays', () => {
  test('six cameras, two channels, 88 x 32 samples: [6, 2, 32, 88]', () => {
    expect(plan([88, 32], 6, ['rayZ', 'focal']).shape).toEqual([6, 2, 32, 88]);
  });

  test('a channel twice is refused, an unknown one by the schema', () => {
    expect(() => plan([4, 4], 1, ['rayZ', 'rayZ'])).toThrow(/listed twice/);
    const entry = { kind: 'camera-rays', out: 'rays', size: [4, 4], channels: ['height'] };
    expect(cameraRaysSchema.safeParse(entry).success).toBe(false);
  });
});

describe('cameraRaysReference', () => {
  // One sample over the whole image lies at its centre, (175.5, 63.5).
  const centred = [300, 300, 175.5, 63.5];

  test('a ray pitched down by 30 degrees from 2 m meets the ground at a depth of 4 m', () => {
    const rayPlan = plan([1, 1]);
    const values = cameraRaysReference(rayPlan, makeGeometry([makeCamera(0.7, Math.PI / 6, 2, centred)]));
    expect(readSample(rayPlan, values, 'rayZ', 0, 0)).toBeCloseTo(-0.5, 6);
    expect(readSample(rayPlan, values, 'inverseGroundDistance', 0, 0)).toBeCloseTo(0.25, 6);
    expect(readSample(rayPlan, values, 'logGroundDistance', 0, 0)).toBeCloseTo(Math.log(4) / Math.log(100), 6);
    expect(readSample(rayPlan, values, 'focal', 0, 0)).toBeCloseTo(300 / 352, 6);
    expect(readSample(rayPlan, values, 'azimuthSin', 0, 0)).toBeCloseTo(Math.sin(0.7), 6);
    expect(readSample(rayPlan, values, 'azimuthCos', 0, 0)).toBeCloseTo(Math.cos(0.7), 6);
  });

  test('depth is measured along the camera axis, also beside the optical axis', () => {
    const camera = makeCamera(0, 0, 1.5, [100, 100, 175.5, 63.5]);
    const rayPlan = plan([352, 128]);
    const values = cameraRaysReference(rayPlan, makeGeometry([camera]));
    for (const i of [0, 100, 351]) {
      expect(readSample(rayPlan, values, 'inverseGroundDistance', i, 113)).toBeCloseTo((113 - 63.5) / 100 / 1.5, 6);
    }
  });

  test.each([
    ['upwards', makeCamera(0, -0.3, 1.5, centred), 0, 1],
    ['level', makeCamera(0, 0, 1.5, centred), 0, 1],
    [
      'almost level: farther than 100 m',
      makeCamera(0, 0.001, 1.5, centred),
      (Math.tan(0.001) * Math.cos(0.001)) / 1.5,
      1,
    ],
    ['straight down from 0.5 m: nearer than 1 m', makeCamera(0, Math.PI / 2, 0.5, centred), 1, 0],
    [
      'downwards from below the ground: the height counts as 0.1 m',
      makeCamera(0, 0.05, -3, centred),
      Math.sin(0.05) / 0.1,
      -Math.log(Math.sin(0.05) / 0.1) / Math.log(100),
    ],
  ])('ground distance %s', (_, camera, inverse, logarithm) => {
    const rayPlan = plan([1, 1]);
    const values = cameraRaysReference(rayPlan, makeGeometry([camera]));
    expect(readSample(rayPlan, values, 'inverseGroundDistance', 0, 0)).toBeCloseTo(inverse, 6);
    expect(readSample(rayPlan, values, 'logGroundDistance', 0, 0)).toBeCloseTo(logarithm, 6);
  });

  test('no value leaves its range, whatever the calibration', () => {
    const angle = fc.double({ min: -3, max: 3, noNaN: true });
    fc.assert(
      fc.property(angle, angle, fc.double({ min: -1, max: 3, noNaN: true }), (yaw, pitch, height) => {
        const rayPlan = plan([11, 4]);
        const values = cameraRaysReference(rayPlan, makeGeometry([makeCamera(yaw, pitch, height)]));
        expect(values.every((value) => value >= -1.000001 && value <= 1.000001)).toBe(true);
      }),
    );
  });
});

describeGpu('camera-rays kernel', (getContext) => {
  const cameras = [0, 1, -1, 2, 3, -2].map((yaw, index) => makeCamera(yaw, 0.02 * index - 0.03, 1.4 + 0.1 * index));

  test.each([
    [[1, 1], 1, [...RAY_CHANNELS]],
    [[88, 32], 6, [...RAY_CHANNELS]],
    [[13, 7], 3, ['azimuthCos', 'rayZ'] as const],
    [[352, 128], 2, ['logGroundDistance'] as const],
  ] as const)('agrees with the twin: %j samples, %i cameras, %j', async (size, count, channels) => {
    const rayPlan = plan([...size], count, [...channels]);
    const geometry = makeGeometry(cameras.slice(0, count));
    const output = await runKernel(getContext(), rayPlan, geometry);
    const expected = cameraRaysReference(rayPlan, geometry);
    expect(output).toHaveLength(expected.length);
    let largest = 0;
    output.forEach((value, index) => {
      largest = Math.max(largest, Math.abs(value - expected[index]!));
    });
    expect(largest).toBeLessThan(1e-4);
  });
});

async function runKernel(context: GpuContext, rayPlan: CameraRaysPlan, geometry: FrameGeometry): Promise<Float32Array> {
  const { device } = context;
  const bytes = countElements(rayPlan.shape) * 4;
  return withoutGpuErrors(device, async () => {
    const out = createStorageBuffer(device, 'rays', bytes);
    const stage = createCameraRays(context, rayPlan, { out });
    stage.update(geometry);
    const encoder = device.createCommandEncoder();
    stage.encode(encoder);
    device.queue.submit([encoder.finish()]);
    const output = new Float32Array(await readBuffer(device, out, bytes));
    stage.destroy();
    out.destroy();
    return output;
  });
}

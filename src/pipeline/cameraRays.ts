import cameraRaysWgsl from '../../shaders/preprocess/cameraRays.wgsl?raw';
import { OccuscopeError } from '../errors/catalogue.ts';
import { filledList, filledText, wholeNumber, z } from '../errors/schema.ts';
import { createStorageBuffer, writeBuffer } from '../gpu/buffers.ts';
import type { GpuContext } from '../gpu/device.ts';
import { coverInvocations, createKernel } from '../gpu/kernel.ts';
import { invertMatrix3 } from './geometry.ts';
import type { FrameGeometry, GpuStage, NetworkCamera, Shape } from './stage.ts';

/** What a ray channel can hold; the position in this list is the shader's code for it. Definitions: `src/reference/cameraRays.ts`. */
export const RAY_CHANNELS = [
  'rayZ',
  'inverseGroundDistance',
  'logGroundDistance',
  'focal',
  'azimuthSin',
  'azimuthCos',
] as const;

/** Manifest entry of the camera-rays stage: what an encoder is told about each pixel's ray, from the frame's calibration. */
export const cameraRaysSchema = z.strictObject({
  kind: z.literal('camera-rays'),
  out: filledText(),
  /** Width and height of the output; its samples lie at the centres of equal areas of the network image. */
  size: z.tuple([wholeNumber(1), wholeNumber(1)]),
  channels: filledList(z.enum(RAY_CHANNELS)),
});

export type CameraRaysEntry = z.infer<typeof cameraRaysSchema>;

export interface CameraRaysPlan {
  /** Size of the output in samples. */
  readonly width: number;
  readonly height: number;
  /** Size of the network image in pixels. */
  readonly imageWidth: number;
  readonly imageHeight: number;
  readonly cameraCount: number;
  readonly channels: readonly (typeof RAY_CHANNELS)[number][];
  /** [cameraCount, channels, height, width]. */
  readonly shape: Shape;
}

/** Plan the camera-rays stage for `cameraCount` cameras and a network image of `imageSize` (width, height) pixels. */
export function planCameraRays(
  entry: CameraRaysEntry,
  cameraCount: number,
  imageSize: readonly [number, number],
): CameraRaysPlan {
  const [width, height] = entry.size;
  if (new Set(entry.channels).size !== entry.channels.length) {
    throw new OccuscopeError('model-manifest-invalid', { detail: 'A channel is listed twice.' });
  }
  return {
    width,
    height,
    imageWidth: imageSize[0],
    imageHeight: imageSize[1],
    cameraCount,
    channels: entry.channels,
    shape: [cameraCount, entry.channels.length, height, width],
  };
}

/** One camera as rays need it. Both users of a plan take these values, so that they agree to rounding. */
export interface RayCamera {
  /** Row-major 3x3: takes a network pixel (u, v, 1) to a direction in ego axes whose camera-z component is 1. */
  readonly egoDirectionFromPixel: Float64Array;
  /** Height of the camera above ego z = 0, at least 0.1 m. */
  readonly heightMetres: number;
  /** Focal length as a fraction of the image width. */
  readonly focal: number;
}

/** Derive the ray parameters of one camera. */
export function describeRayCamera(plan: CameraRaysPlan, camera: NetworkCamera): RayCamera {
  const inverse = invertMatrix3(camera.intrinsics);
  const directions = new Float64Array(9);
  for (let row = 0; row < 3; row++) {
    for (let column = 0; column < 3; column++) {
      for (let k = 0; k < 3; k++) {
        directions[3 * row + column]! += camera.egoFromCamera[4 * row + k]! * inverse[3 * k + column]!;
      }
    }
  }
  return {
    egoDirectionFromPixel: directions,
    heightMetres: Math.max(camera.egoFromCamera[11]!, 0.1),
    focal: camera.intrinsics[0]! / plan.imageWidth,
  };
}

/** Floats per camera in the shader's `cameras` buffer: three rows of four. */
const CAMERA_FLOATS = 12;

/** Create the camera-rays stage on the GPU; `out` is f32 of the plan's shape. `update` must run before the first `encode`. */
export function createCameraRays(
  context: GpuContext,
  plan: CameraRaysPlan,
  { out }: { readonly out: GPUBuffer },
): GpuStage {
  const { device } = context;
  const count = plan.cameraCount * plan.width * plan.height;
  const kernel = createKernel(device, 'camera rays', cameraRaysWgsl, {
    WIDTH: plan.width,
    HEIGHT: plan.height,
    CAMERAS: plan.cameraCount,
    CHANNELS: plan.channels.length,
    PIXELS_PER_SAMPLE_X: plan.imageWidth / plan.width,
    PIXELS_PER_SAMPLE_Y: plan.imageHeight / plan.height,
  });
  const cameras = createStorageBuffer(device, 'camera rays cameras', plan.cameraCount * CAMERA_FLOATS * 4);
  const codes = createStorageBuffer(device, 'camera rays channels', plan.channels.length * 4);
  writeBuffer(
    device,
    codes,
    Uint32Array.from(plan.channels, (name) => RAY_CHANNELS.indexOf(name)),
  );
  const group = kernel.bind([{ buffer: cameras }, { buffer: codes }, { buffer: out }]);
  return {
    kind: 'camera-rays',
    update(geometry) {
      writeBuffer(device, cameras, packCameras(plan, geometry));
    },
    encode(encoder) {
      const pass = encoder.beginComputePass({ label: 'camera rays' });
      kernel.encode(pass, group, coverInvocations(count, 64));
      pass.end();
    },
    destroy() {
      cameras.destroy();
      codes.destroy();
    },
  };
}

function packCameras(plan: CameraRaysPlan, geometry: FrameGeometry): Float32Array {
  const packed = new Float32Array(plan.cameraCount * CAMERA_FLOATS);
  for (let index = 0; index < plan.cameraCount; index++) {
    const { egoDirectionFromPixel: rows, heightMetres, focal } = describeRayCamera(plan, geometry.cameras[index]!);
    packed.set(
      [...rows.subarray(0, 3), heightMetres, ...rows.subarray(3, 6), focal, ...rows.subarray(6, 9)],
      index * CAMERA_FLOATS,
    );
  }
  return packed;
}

import { type CameraRaysPlan, describeRayCamera, type RayCamera } from '../pipeline/cameraRays.ts';
import { samplePixels } from '../pipeline/geometry.ts';
import type { FrameGeometry } from '../pipeline/stage.ts';

/** Farthest ground distance that `logGroundDistance` tells apart, metres. */
const FARTHEST_METRES = 100;

/**
 * Describe the ray of every sample of the network image, on the CPU. Returns f32 [cameras, channels, height, width].
 *
 * d is the ray in ego axes, scaled so that its camera-z component is 1; h the camera's height over ego z = 0, at least 0.1 m.
 * - `rayZ`: d.z / |d|
 * - `inverseGroundDistance`: -d.z / h within 0..1, the inverse of the depth along camera z where the ray meets ego z = 0; 0 when it does not
 * - `logGroundDistance`: ln of that depth within 1..100 m, divided by ln 100; 1 when the ray never meets the ground
 * - `focal`: fx / image width
 * - `azimuthSin`, `azimuthCos`: of atan2(d.y, d.x); for a vertical ray 0 and 0
 */
export function cameraRaysReference(plan: CameraRaysPlan, geometry: FrameGeometry): Float32Array {
  const { width, height, cameraCount, channels } = plan;
  const columns = samplePixels('centres', width, plan.imageWidth);
  const rows = samplePixels('centres', height, plan.imageHeight);
  const area = width * height;
  const output = new Float32Array(cameraCount * channels.length * area);
  for (let index = 0; index < cameraCount; index++) {
    const camera = describeRayCamera(plan, geometry.cameras[index]!);
    for (let sample = 0; sample < area; sample++) {
      const values = describeRay(camera, columns[sample % width]!, rows[Math.floor(sample / width)]!);
      channels.forEach((name, channel) => {
        output[(index * channels.length + channel) * area + sample] = values[name];
      });
    }
  }
  return output;
}

function describeRay(camera: RayCamera, u: number, v: number): Record<CameraRaysPlan['channels'][number], number> {
  const m = camera.egoDirectionFromPixel;
  const x = m[0]! * u + m[1]! * v + m[2]!;
  const y = m[3]! * u + m[4]! * v + m[5]!;
  const z = m[6]! * u + m[7]! * v + m[8]!;
  const inverse = Math.min(Math.max(-z / camera.heightMetres, 0), 1);
  const across = Math.max(Math.hypot(x, y), 1e-12);
  return {
    rayZ: z / Math.hypot(x, y, z),
    inverseGroundDistance: inverse,
    logGroundDistance: Math.log(Math.min(1 / inverse, FARTHEST_METRES)) / Math.log(FARTHEST_METRES),
    focal: camera.focal,
    azimuthSin: y / across,
    azimuthCos: x / across,
  };
}

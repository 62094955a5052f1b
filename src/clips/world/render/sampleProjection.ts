import type { WorldCamera } from '../model.ts';

/** Maps metres in camera axes to sample coordinates: sample = origin + focal * (x, y) / z. */
export interface SampleProjection {
  readonly focalX: number;
  readonly focalY: number;
  readonly originX: number;
  readonly originY: number;
}

/** With two samples per axis, sample 2u + 1 lies on the centre of pixel u, so depth and segmentation need no extra pass. */
export function findSampleProjection(camera: WorldCamera, samples: 1 | 2): SampleProjection {
  const k = camera.intrinsics;
  const shift = samples === 2 ? 1 : 0;
  return {
    focalX: k[0]! * samples,
    focalY: k[4]! * samples,
    originX: k[2]! * samples + shift,
    originY: k[5]! * samples + shift,
  };
}

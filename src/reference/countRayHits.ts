import type { RayHits } from './rayCast.ts';

/** Distances in metres within which the ends of a ray in truth and prediction agree. */
export const RAY_THRESHOLDS = [1, 2, 4] as const;

/**
 * Count where rays ended, by class, into `counts`: classCount entries each of true class, predicted class, and rays of the same
 * class that agree within each of RAY_THRESHOLDS. Rays whose true label is free or outside the table are left out.
 * Source: SparseOcc ray_metrics.py `calc_rayiou`. Twin of shaders/metrics/countRays.wgsl.
 */
export function countRayHits(
  [trueHits, predictedHits]: readonly [RayHits, RayHits],
  truth: Uint8Array,
  prediction: Uint8Array,
  free: number,
  classCount: number,
  counts: Uint32Array,
): void {
  for (let ray = 0; ray < trueHits.voxels.length; ray++) {
    const trueLabel = readTrueLabel(trueHits, ray, truth, free);
    if (trueLabel === free || trueLabel >= classCount) continue;
    const label = prediction[predictedHits.voxels[ray]!]!;
    counts[trueLabel]!++;
    if (label < classCount) counts[classCount + label]!++;
    if (label !== trueLabel) continue;
    const apart = measureApart(trueHits, predictedHits, ray);
    for (let threshold = 0; threshold < RAY_THRESHOLDS.length; threshold++) {
      if (apart < RAY_THRESHOLDS[threshold]!) counts[(2 + threshold) * classCount + label]!++;
    }
  }
}

/** Label at which a ray ended; free for one that never was inside the grid. */
export function readTrueLabel(hits: RayHits, ray: number, truth: Uint8Array, free: number): number {
  const voxel = hits.voxels[ray]!;
  return voxel < 0 ? free : truth[voxel]!;
}

/** Metres between the two ends of a ray, in single precision as the research code has it. */
export function measureApart(trueHits: RayHits, predictedHits: RayHits, ray: number): number {
  return Math.abs(Math.fround(trueHits.metres[ray]! - predictedHits.metres[ray]!));
}

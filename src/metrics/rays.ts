import type { ClassTable } from '../domain/classes.ts';
import { countRayHits, measureApart, readTrueLabel } from '../reference/countRayHits.ts';
import { castRays, createRayVolume, type RayCastPlan, type RayHits } from '../reference/rayCast.ts';
import { addSpeedError, createSpeedTally, type SpeedTally } from './flow.ts';
import type { RayCounts, SpeedErrors } from './model.ts';

/** A frame's volumes, grid order; flows hold (vx, vy) per voxel in m/s and may be missing. */
export interface RayVolumes {
  readonly truth: Uint8Array;
  readonly prediction: Uint8Array;
  readonly truthFlow: Float32Array | null;
  readonly predictionFlow: Float32Array | null;
}

/** Where the rays of one origin end: in truth, and in the prediction. */
export type RayHitPair = readonly [RayHits, RayHits];

/** What rays say about one frame; speeds only where both flows are there. */
export interface RayTally {
  readonly rays: RayCounts;
  readonly hitRays: SpeedErrors;
  readonly truthRays: SpeedErrors;
}

/** Distance in metres within which the speeds of hits are compared. */
const SPEED_THRESHOLD = 2;

/** Cast the plan's rays of one frame from all its origins (three numbers each, metres, ego frame) on the CPU. */
export function castFrameRays(plan: RayCastPlan, volumes: RayVolumes, origins: ArrayLike<number>): RayHitPair[] {
  const volume = createRayVolume(plan, volumes.truth, volumes.prediction);
  return Array.from({ length: origins.length / 3 }, (_, index) =>
    castRays(plan, volume, [origins[3 * index]!, origins[3 * index + 1]!, origins[3 * index + 2]!]),
  );
}

/**
 * Score the rays of one frame, one pair of hits per origin. Rays whose true label is free are left out.
 * Source: SparseOcc ray_metrics.py `calc_rayiou`, OccStudio ray_metrics.py `calc_metrics`.
 */
export function countRays(pairs: readonly RayHitPair[], volumes: RayVolumes, table: ClassTable): RayTally {
  const size = table.classes.length;
  const counts = new Uint32Array(5 * size);
  for (const pair of pairs) countRayHits(pair, volumes.truth, volumes.prediction, table.free, size, counts);
  return { rays: readRayCounts(counts, size, pairs.length), ...countRaySpeeds(pairs, volumes, table) };
}

/** Name the counts that `countRayHits` and its kernel make, for one frame. */
export function readRayCounts(counts: Uint32Array, classCount: number, origins: number): RayCounts {
  const part = (index: number) => [...counts.subarray(index * classCount, (index + 1) * classCount)];
  return { frames: 1, origins, truth: part(0), prediction: part(1), hits: [part(2), part(3), part(4)] };
}

/** Speed errors along rays; none where one of the flows is missing. */
export function countRaySpeeds(
  pairs: readonly RayHitPair[],
  volumes: RayVolumes,
  table: ClassTable,
): { readonly hitRays: SpeedTally; readonly truthRays: SpeedTally } {
  const { truth, prediction, truthFlow, predictionFlow } = volumes;
  const size = table.classes.length;
  const [hitRays, truthRays] = [createSpeedTally(size), createSpeedTally(size)];
  if (truthFlow === null || predictionFlow === null) return { hitRays, truthRays };
  for (const [trueHits, predictedHits] of pairs) {
    for (let ray = 0; ray < trueHits.voxels.length; ray++) {
      const label = readTrueLabel(trueHits, ray, truth, table.free);
      if (!table.classes[label]?.dynamic) continue;
      const trueVoxel = trueHits.voxels[ray]!;
      const predictedVoxel = predictedHits.voxels[ray]!;
      addSpeedError(truthRays, label, truthFlow, trueVoxel, predictionFlow, predictedVoxel);
      if (prediction[predictedVoxel] !== label) continue;
      if (measureApart(trueHits, predictedHits, ray) >= SPEED_THRESHOLD) continue;
      addSpeedError(hitRays, label, truthFlow, trueVoxel, predictionFlow, predictedVoxel);
    }
  }
  return { hitRays, truthRays };
}

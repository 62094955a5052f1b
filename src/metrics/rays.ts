import type { ClassTable } from '../domain/classes.ts';
import { castRays, createRayVolume, type RayCastPlan, type RayHits } from '../reference/rayCast.ts';
import { addSpeedError, createSpeedTally } from './flow.ts';
import { RAY_THRESHOLDS, type RayCounts, type SpeedErrors } from './model.ts';

/** A frame's volumes, grid order; flows hold (vx, vy) per voxel in m/s and may be missing. */
export interface RayVolumes {
  readonly truth: Uint8Array;
  readonly prediction: Uint8Array;
  readonly truthFlow: Float32Array | null;
  readonly predictionFlow: Float32Array | null;
}

/** What rays say about one frame; speeds only where both flows are there. */
export interface RayTally {
  readonly rays: RayCounts;
  readonly hitRays: SpeedErrors;
  readonly truthRays: SpeedErrors;
}

/** Casts from one origin (metres, ego frame): where the rays end in truth, then in the prediction. */
export type CastRays = (origin: ArrayLike<number>) => readonly [RayHits, RayHits];

/** A caster on the CPU for one frame's volumes. */
export function createRayCaster(plan: RayCastPlan, volumes: RayVolumes): CastRays {
  const volume = createRayVolume(plan, volumes.truth, volumes.prediction);
  return (origin) => castRays(plan, volume, origin);
}

/** Distance in metres within which the speeds of hits are compared. */
const SPEED_THRESHOLD = 2;

/**
 * Score the rays of one frame from all its origins (three numbers each, metres, ego frame).
 * Rays whose true label is free are left out.
 * Source: SparseOcc ray_metrics.py `calc_rayiou`, OccStudio ray_metrics.py `calc_metrics`.
 */
export function countRays(
  cast: CastRays,
  volumes: RayVolumes,
  origins: ArrayLike<number>,
  table: ClassTable,
): RayTally {
  const size = table.classes.length;
  const perClass = () => Array<number>(size).fill(0);
  const [truth, prediction] = [perClass(), perClass()];
  const hits = [perClass(), perClass(), perClass()] as const;
  const [hitRays, truthRays] = [createSpeedTally(size), createSpeedTally(size)];
  const { truthFlow, predictionFlow } = volumes;
  const count = origins.length / 3;
  for (let index = 0; index < count; index++) {
    const [trueHits, predictedHits] = cast([origins[3 * index]!, origins[3 * index + 1]!, origins[3 * index + 2]!]);
    for (let ray = 0; ray < trueHits.voxels.length; ray++) {
      const trueVoxel = trueHits.voxels[ray]!;
      const trueLabel = trueVoxel < 0 ? table.free : volumes.truth[trueVoxel]!;
      if (trueLabel === table.free || trueLabel >= size) continue;
      const predictedVoxel = predictedHits.voxels[ray]!;
      const label = volumes.prediction[predictedVoxel]!;
      truth[trueLabel]!++;
      prediction[label]!++;
      const off = Math.abs(Math.fround(trueHits.metres[ray]! - predictedHits.metres[ray]!));
      if (label === trueLabel) {
        for (let threshold = 0; threshold < 3; threshold++) {
          if (off < RAY_THRESHOLDS[threshold]!) hits[threshold]![label]!++;
        }
      }
      if (truthFlow === null || predictionFlow === null || !table.classes[trueLabel]!.dynamic) continue;
      addSpeedError(truthRays, trueLabel, truthFlow, trueVoxel, predictionFlow, predictedVoxel);
      if (label === trueLabel && off < SPEED_THRESHOLD)
        addSpeedError(hitRays, trueLabel, truthFlow, trueVoxel, predictionFlow, predictedVoxel);
    }
  }
  return { rays: { frames: 1, origins: count, truth, prediction, hits }, hitRays, truthRays };
}

import { RAY_THRESHOLDS } from '../reference/countRayHits.ts';
import { castRays, createRayVolume, type RayCastPlan } from '../reference/rayCast.ts';
import type { CastHits } from './rayKernel.ts';
import type { RayHitPair } from './rays.ts';

/** Two ends whose distance is so near to a threshold, in metres, are measured again in double. */
const NEAR_THRESHOLD = 1e-3;

/**
 * Make the GPU's rays exact: those that single precision may have led astray, and those whose two ends are about as far apart as
 * one of RAY_THRESHOLDS, are cast again by the twin. What is counted from the result is then what the twin counts.
 * Changes `hits` and returns their pairs.
 */
export function settleRays(
  plan: RayCastPlan,
  truth: Uint8Array,
  prediction: Uint8Array,
  origins: Float32Array,
  hits: readonly CastHits[],
): RayHitPair[] {
  const volume = createRayVolume(plan, truth, prediction);
  hits.forEach(({ pair, uncertain }, index) => {
    const rays: number[] = [];
    for (let ray = 0; ray < uncertain.length; ray++) {
      if (uncertain[ray] === 1 || isNearThreshold(pair, ray)) rays.push(ray);
    }
    const directions = new Float32Array(rays.length * 3);
    rays.forEach((ray, place) => {
      directions.set(plan.directions.subarray(3 * ray, 3 * ray + 3), 3 * place);
    });
    const exact = castRays({ ...plan, directions }, volume, origins.subarray(3 * index, 3 * index + 3));
    for (const side of [0, 1] as const) {
      rays.forEach((ray, place) => {
        pair[side].voxels[ray] = exact[side].voxels[place]!;
        pair[side].metres[ray] = exact[side].metres[place]!;
      });
    }
  });
  return hits.map(({ pair }) => pair);
}

function isNearThreshold([first, second]: RayHitPair, ray: number): boolean {
  const apart = Math.abs(first.metres[ray]! - second.metres[ray]!);
  return RAY_THRESHOLDS.some((threshold) => Math.abs(apart - threshold) < NEAR_THRESHOLD);
}

import { type DepthCounts, listReturnGroups, RELATIVE_UNIT, RETURN_GROUPS, type ReturnGroup } from './model.ts';
import type { ChosenReturns, SeeingCameras } from './returns.ts';

/** A network's depth distribution: [camera][bin][row][column], and the depth of each bin along the camera's z axis, metres. */
export interface DepthDistribution {
  readonly shape: readonly [number, number, number, number];
  readonly values: Float32Array;
  readonly depths: readonly number[];
}

/**
 * Depth of the bin in which the distribution passes one half, metres, [camera][row][column].
 * What is missing from a sum of one lies behind the last bin; where that is more than half, the last bin's depth is given.
 */
export function findMedianDepths({ shape, values, depths }: DepthDistribution): Float32Array {
  const [cameras, bins, height, width] = shape;
  const area = height * width;
  const medians = new Float32Array(cameras * area);
  for (let camera = 0; camera < cameras; camera++) {
    for (let cell = 0; cell < area; cell++) {
      let total = 0;
      let bin = 0;
      for (; bin < bins - 1; bin++) {
        total += values[(camera * bins + bin) * area + cell]!;
        if (total >= 0.5) break;
      }
      medians[camera * area + cell] = depths[bin]!;
    }
  }
  return medians;
}

/** Count median depths against the returns that fall into their lift cells; a return counts once for each camera that sees it. */
export function countDepth(
  distribution: DepthDistribution,
  { points, views }: ChosenReturns,
  seeing: SeeingCameras,
): Record<ReturnGroup, DepthCounts> {
  const [, , height, width] = distribution.shape;
  const medians = findMedianDepths(distribution);
  const counts = Object.fromEntries(
    RETURN_GROUPS.map((group) => [group, { views: 0, relativeError: 0, within25: 0 }]),
  ) as Record<ReturnGroup, { -readonly [Field in keyof DepthCounts]: number }>;
  for (const { place, camera, u, v, z } of views) {
    const column = Math.floor(((u + 0.5) * width) / seeing.width);
    const row = Math.floor(((v + 0.5) * height) / seeing.height);
    const median = medians[(camera * height + row) * width + column]!;
    for (const group of listReturnGroups(points[3 * place + 2]!)) {
      const count = counts[group];
      count.views++;
      count.relativeError += Math.round((Math.abs(median - z) / z) * RELATIVE_UNIT);
      if (Math.max(median / z, z / median) < 1.25) count.within25++;
    }
  }
  return counts;
}

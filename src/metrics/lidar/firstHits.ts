import type { GridSpec } from '../../domain/geometry.ts';
import { createRayVolume, planRayCast, walkRays } from '../../reference/rayCast.ts';
import { type FirstHitCounts, listReturnGroups, RETURN_GROUPS, type ReturnGroup } from './model.ts';
import type { ChosenReturns } from './returns.ts';

/**
 * Distance in metres from the lidar to where each return's ray enters its first occupied voxel; Infinity where it meets none.
 * The ray goes on behind its return, to the end of the grid. Exact voxel traversal: that of RayIoU, whose exit distance is replaced by the entry.
 */
export function castReturns(labels: Uint8Array, grid: GridSpec, free: number, returns: ChosenReturns): Float64Array {
  const { origin, points } = returns;
  const plan = planRayCast(grid, free, new Float32Array(0));
  const toVoxels = (value: number, axis: number) => (value - grid.lower[axis]!) / grid.voxel[axis]!;
  const ends = Float32Array.from(points, (value, index) => toVoxels(value, index % 3));
  const [hits] = walkRays(createRayVolume(plan, labels, null), Float32Array.from(origin, toVoxels), ends);
  return Float64Array.from(hits.voxels, (voxel, ray) => {
    if (voxel < 0 || labels[voxel] === free) return Number.POSITIVE_INFINITY;
    return measureEntry(voxel, grid, origin, points.subarray(3 * ray, 3 * ray + 3));
  });
}

/** Metres from the origin to the voxel along the ray through `point`; 0 where the origin lies in it. */
function measureEntry(
  voxel: number,
  { lower, voxel: edge, size }: GridSpec,
  origin: ArrayLike<number>,
  point: ArrayLike<number>,
): number {
  const column = Math.floor(voxel / size[2]);
  const cell = [Math.floor(column / size[1]), column % size[1], voxel % size[2]];
  let share = 0;
  for (let axis = 0; axis < 3; axis++) {
    const along = point[axis]! - origin[axis]!;
    if (along === 0) continue;
    const border = lower[axis]! + edge[axis]! * (cell[axis]! + (along > 0 ? 0 : 1));
    share = Math.max(share, (border - origin[axis]!) / along);
  }
  return share * measureReach(origin, point);
}

function measureReach(origin: ArrayLike<number>, point: ArrayLike<number>): number {
  return Math.hypot(point[0]! - origin[0]!, point[1]! - origin[1]!, point[2]! - origin[2]!);
}

/** Count first hits (metres, as `castReturns` gives them) against the returns, by height group. */
export function countFirstHits(
  firstMetres: Float64Array,
  { origin, points }: ChosenReturns,
): Record<ReturnGroup, FirstHitCounts> {
  const counts = Object.fromEntries(
    RETURN_GROUPS.map((group) => [group, { rays: 0, within1: 0, within2: 0, within4: 0, early: 0, missing: 0 }]),
  ) as Record<ReturnGroup, { -readonly [Field in keyof FirstHitCounts]: number }>;
  firstMetres.forEach((first, ray) => {
    const point = points.subarray(3 * ray, 3 * ray + 3);
    const reach = measureReach(origin, point);
    const error = Math.abs(first - reach);
    for (const group of listReturnGroups(point[2]!)) {
      const count = counts[group];
      count.rays++;
      if (error <= 1) count.within1++;
      if (error <= 2) count.within2++;
      if (error <= 4) count.within4++;
      if (first < reach - 2) count.early++;
      if (first === Number.POSITIVE_INFINITY) count.missing++;
    }
  });
  return counts;
}

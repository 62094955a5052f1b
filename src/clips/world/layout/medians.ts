import type { Road, RoadNetwork } from './network.ts';

/** Arc-length intervals of a road that keep clear of its crossings by `clearance` metres beyond the other road's kerb. */
export function clearIntervals(road: Road, network: RoadNetwork, clearance: number): [number, number][] {
  const gaps: [number, number][] = [];
  for (const crossing of network.crossings) {
    const side = crossing.roads.indexOf(road.id);
    if (side < 0) continue;
    const other = network.roads[crossing.roads[1 - side]!]!;
    const along = crossing.along[side]!;
    gaps.push([along - other.halfWidth - clearance, along + other.halfWidth + clearance]);
  }
  gaps.sort((a, b) => a[0] - b[0]);
  const intervals: [number, number][] = [];
  let from = 0;
  for (const [start, end] of gaps) {
    if (start > from) intervals.push([from, start]);
    from = Math.max(from, end);
  }
  if (road.curve.length > from) intervals.push([from, road.curve.length]);
  return intervals;
}

/** Where the raised middle of a road exists. */
export function medianIntervals(road: Road, network: RoadNetwork): [number, number][] {
  return clearIntervals(road, network, 7).filter(([from, to]) => to - from > 6);
}

import { LABEL, SEGMENT } from '../materials.ts';
import { addBarrierBlock } from './edgings.ts';
import { clearIntervals, medianIntervals } from './medians.ts';
import type { Road } from './network.ts';
import type { Site } from './site.ts';

/** Lamps, trees in rows, bollards and clutter between kerb and house. */
export function placeKerbside(site: Site, road: Road, side: 1 | -1): void {
  const { random, furniture } = site;
  const { style, verge, sidewalk } = site.field;
  const spacing = random.range(18, 38);
  const treeRow = random.chance(Math.min(style.trees, 0.8)) ? random.range(6, 14) : 0;
  const bollards = random.chance(0.12 * style.clutter);
  const kerbside = Math.min(0.6, verge / 2 + 0.3);
  for (const [from, to] of clearIntervals(road, site.network, 8)) {
    for (let along = from + random.range(0, 8); along < to; along += 1.5) {
      const step = Math.floor(along / 1.5);
      if (step % Math.round(spacing / 1.5) === 0)
        site.tryAt(road, along, side, kerbside, 0.3, (b) => furniture.addLamp(b));
      else if (treeRow > 0 && step % Math.round(treeRow / 1.5) === 2) {
        site.tryAt(road, along, side, verge > 0 ? verge / 2 : kerbside + 0.4, 0.5, (b) =>
          site.plants.addTree(b, random.range(4, 11)),
        );
      } else if (bollards && step % 2 === 1) site.tryAt(road, along, side, 0.4, 0.15, (b) => furniture.addBollard(b));
      else if (random.chance(0.07 * style.clutter)) placeClutter(site, road, along, side, verge + sidewalk);
    }
  }
}

function placeClutter(site: Site, road: Road, along: number, side: 1 | -1, walk: number): void {
  const { random, furniture } = site;
  const back = walk > 0.5 ? walk - 0.5 : 0.8;
  const kind = random.pickWeighted([
    [20, 'sign'],
    [18, 'bin'],
    [10, 'bench'],
    [10, 'cabinet'],
    [6, 'planter'],
    [5, 'billboard'],
    [6, 'shelter'],
    [8, 'pole'],
    [4, 'rock'],
    [4, 'container'],
    [3, 'pile'],
  ] as const);
  if (kind === 'sign') site.tryAt(road, along, side, 0.5, 0.2, (b) => furniture.addSign(b));
  else if (kind === 'bin') site.tryAt(road, along, side, back, 0.35, (b) => furniture.addBin(b));
  else if (kind === 'bench') site.tryAt(road, along, side, back, 0.8, (b) => furniture.addBench(b));
  else if (kind === 'cabinet') site.tryAt(road, along, side, back, 0.6, (b) => furniture.addCabinet(b));
  else if (kind === 'planter') site.tryAt(road, along, side, 0.9, 0.9, (b) => furniture.addPlanter(b));
  else if (kind === 'billboard') site.tryAt(road, along, side, walk + 0.5, 1.4, (b) => furniture.addBillboard(b));
  else if (kind === 'shelter')
    site.tryAt(road, along, side, Math.max(walk * 0.7, 1.4), 1.9, (b) => furniture.addShelter(b));
  else if (kind === 'pole') site.tryAt(road, along, side, 0.5, 0.2, (b) => furniture.addUtilityPole(b));
  else if (kind === 'rock')
    site.tryAt(road, along, side, walk + random.range(0.5, 6), 0.7, (b) => furniture.addRock(b));
  else if (kind === 'container')
    site.tryAt(road, along, side, walk + random.range(2, 9), 2.4, (b) => furniture.addContainer(b));
  else site.tryAt(road, along, side, walk + random.range(2, 9), 2, (b) => furniture.addPile(b));
}

/** What stands between the carriageways. */
export function fillMedian(site: Site, road: Road): void {
  const { random } = site;
  if (road.median === 0) return;
  const kind = random.pick(['trees', 'bushes', 'barrier', 'hedge', 'bare'] as const);
  const paint = site.materials.add(
    'median barrier',
    LABEL.barrier,
    SEGMENT.wall,
    random.vary([0.45, 0.44, 0.42], 0.2),
    { pattern: 'concrete' },
  );
  for (const [from, to] of medianIntervals(road, site.network)) {
    for (
      let along = from + 2;
      along < to - 2;
      along += kind === 'trees' ? random.range(6, 12) : kind === 'bushes' ? random.range(2, 6) : 2
    ) {
      const place = road.curve.at(along);
      if (site.field.routeAt(place.x, place.y) > 85) continue;
      const builder = site.statics.at(place.x, place.y, site.field.roadHeight(place.x, place.y) + 0.12, place.heading);
      if (kind === 'trees') site.plants.addTree(builder, random.range(4, 9));
      else if (kind === 'bushes') site.plants.addBush(builder, Math.min(random.range(0.5, 1.2), road.median));
      else if (kind === 'barrier') addBarrierBlock(builder, paint, 1.95);
      else if (kind === 'hedge')
        site.plants.addHedge(builder, 2, random.range(0.8, 1.1), Math.min(road.median * 1.2, 1.2), () => 0);
    }
  }
}

/** Traffic lights at crossings. */
export function placeSignals(site: Site): void {
  const { random, network } = site;
  for (const crossing of network.crossings) {
    if (random.chance(0.3)) continue;
    const armed = random.chance(0.5);
    for (const which of [0, 1] as const) {
      const road = network.roads[crossing.roads[which]]!;
      const other = network.roads[crossing.roads[1 - which]!]!;
      for (const arm of [-1, 1] as const) {
        const along = crossing.along[which] + arm * (other.halfWidth + 4);
        if (along < 2 || along > road.curve.length - 2) continue;
        // The light stands on the side on which traffic comes towards the crossing.
        const side = (arm < 0 ? -site.field.style.side : site.field.style.side) as 1 | -1;
        const spot = site.spotBeside(road, along, side, 0.7);
        if (!site.map.claim({ ...spot, halfLength: 0.3, halfWidth: 0.3 }, 0.1)) continue;
        const facing = road.curve.at(along).heading + (arm < 0 ? 0 : Math.PI);
        const builder = site.statics.at(spot.x, spot.y, site.field.heightAt(spot.x, spot.y), facing);
        site.furniture.addTrafficLight(
          builder,
          armed && site.field.style.side > 0 ? -road.lanesPerSide * road.laneWidth : 0,
          which === 0,
        );
      }
    }
  }
}

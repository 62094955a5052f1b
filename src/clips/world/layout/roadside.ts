import { LABEL, SEGMENT } from '../materials.ts';
import { addBarrierBlock, addRailing } from './edgings.ts';
import { clearIntervals, medianIntervals } from './medians.ts';
import type { Road } from './network.ts';
import type { Site } from './site.ts';

/** Lamps, trees in rows, bollards and clutter between kerb and house. */
export function placeKerbside(site: Site, road: Road, side: 1 | -1): void {
  const { random, furniture } = site;
  const { style, verge, sidewalk } = site.field;
  const spacing = random.range(18, 38);
  const treeRow = random.chance(Math.min(style.trees, 0.85)) ? random.range(5, 12) : 0;
  const bollards = random.chance(0.12 * style.clutter);
  // An avenue: crowns that reach over the road.
  const canopy = treeRow > 0 && random.chance(0.4);
  const kerbside = Math.min(0.6, verge / 2 + 0.3);
  const railing = verge + sidewalk > 1 && random.chance(0.16) ? 0.3 : 0;
  for (const [from, to] of clearIntervals(road, site.network, 8)) {
    if (railing > 0 && random.chance(0.6)) placeRailing(site, road, side, from + 2, to - 2);
    for (let along = from + random.range(0, 8); along < to; along += 1.5) {
      const step = Math.floor(along / 1.5);
      if (step % Math.round(spacing / 1.5) === 0) site.addStreetLamp(road, along, side, kerbside);
      else if (treeRow > 0 && step % Math.round(treeRow / 1.5) === 2) {
        site.tryAt(road, along, side, verge > 0 ? verge / 2 : kerbside + 0.4, 0.5, (b) =>
          site.plants.addTree(b, canopy ? random.range(9, 16) : random.range(4, 11)),
        );
      } else if (bollards && step % 2 === 1) site.tryAt(road, along, side, 0.4, 0.15, (b) => furniture.addBollard(b));
      else if (random.chance(0.07 * style.clutter)) placeClutter(site, road, along, side, verge + sidewalk);
    }
  }
}

/** A railing between sidewalk and carriageway, as at schools and crossings. */
function placeRailing(site: Site, road: Road, side: 1 | -1, from: number, to: number): void {
  const reach = Math.min(to, from + site.random.range(12, 40));
  for (let along = from; along + 2 < reach; along += 2) {
    const start = site.spotBeside(road, side > 0 ? along : along + 2, side, 0.3);
    const end = site.spotBeside(road, side > 0 ? along + 2 : along, side, 0.3);
    const yaw = Math.atan2(end.y - start.y, end.x - start.x);
    const length = Math.hypot(end.x - start.x, end.y - start.y);
    const middle = { x: (start.x + end.x) / 2, y: (start.y + end.y) / 2 };
    if (!site.map.claim({ ...middle, yaw, halfLength: length / 2 - 0.3, halfWidth: 0.05 }, 0.08)) continue;
    addRailing(site.statics.at(start.x, start.y, site.field.heightAt(middle.x, middle.y), yaw), length, site.materials);
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
    [34, 'small'],
  ] as const);
  if (kind === 'small')
    site.tryAt(road, along, side, random.chance(0.7) ? back : 0.6, 0.6, (b) => site.clutter.addAny(b));
  else if (kind === 'sign') site.tryAt(road, along, side, 0.5, 0.2, (b) => furniture.addSign(b));
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

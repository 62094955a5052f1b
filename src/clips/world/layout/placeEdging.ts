import { Random } from '../geometry/random.ts';
import { addFence, addGuardRail, addWall } from './edgings.ts';
import type { Road } from './network.ts';
import type { Site } from './site.ts';

/** Hedges, walls, fences and rails behind the sidewalk. */
export function placeEdging(site: Site, road: Road, side: 1 | -1): void {
  const { random } = site;
  const { style } = site.field;
  const near = site.field.verge + site.field.sidewalk + 0.5;
  let along = random.range(0, 10);
  while (along < road.curve.length) {
    const length = random.range(5, 28);
    if (random.chance(style.edging)) {
      const kind = random.pickWeighted([
        [38, 'hedge'],
        [24, 'wall'],
        [28, 'fence'],
        [style.relief > 0.8 ? 20 : 9, 'rail'],
      ] as const);
      const back = near + (random.chance(0.75) ? 0 : random.range(0.5, 5));
      buildRun(site, road, side, along, length, back, kind);
    }
    along += length + random.range(0.5, 9);
  }
}

/** A hedge, wall, fence or rail in pieces of 4 m, so that it follows a bent road. */
function buildRun(
  site: Site,
  road: Road,
  side: 1 | -1,
  from: number,
  length: number,
  back: number,
  kind: 'hedge' | 'wall' | 'fence' | 'rail',
): void {
  const { random } = site;
  const tall = random.chance(0.3);
  const height =
    kind === 'rail' ? 0.8 : kind === 'hedge' ? random.range(0.7, tall ? 3.2 : 1.8) : random.range(0.8, tall ? 3.4 : 2);
  const width = kind === 'hedge' ? random.range(0.6, 1.4) : 0.4;
  // The same stream for every piece, so that one wall's pieces look alike.
  const fork = random.integer(0, 1 << 30);
  for (let along = from; along < from + length; along += 4) {
    const start = site.spotBeside(road, side > 0 ? along : along + 4, side, back);
    const end = site.spotBeside(road, side > 0 ? along + 4 : along, side, back);
    const yaw = Math.atan2(end.y - start.y, end.x - start.x);
    const span = Math.hypot(end.x - start.x, end.y - start.y);
    const footprint = {
      x: (start.x + end.x) / 2,
      y: (start.y + end.y) / 2,
      yaw,
      halfLength: span / 2 - 0.2,
      halfWidth: width / 2,
    };
    if (!site.map.claim(footprint, site.field.verge + site.field.sidewalk)) continue;
    const origin = site.field.heightAt(start.x, start.y);
    const groundAt = (x: number) =>
      site.field.heightAt(start.x + x * Math.cos(yaw), start.y + x * Math.sin(yaw)) - origin;
    const builder = site.statics.at(start.x, start.y, origin, yaw);
    if (kind === 'hedge') site.plants.addHedge(builder, span, height, width, groundAt);
    else if (kind === 'wall') addWall(builder, new Random(fork), span, height, site.materials, groundAt);
    else if (kind === 'fence') addFence(builder, new Random(fork), span, height, site.materials, groundAt);
    else addGuardRail(builder, span, site.materials, groundAt);
  }
}

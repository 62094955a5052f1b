import { buildBuilding } from './buildings.ts';
import type { Road } from './network.ts';
import { plantFront } from './planting.ts';
import type { Site } from './site.ts';

/** Rows of houses or halls along one side of a road. */
export function placeBuildings(site: Site, road: Road, side: 1 | -1): void {
  const { random } = site;
  const { style } = site.field;
  const common = site.field.verge + site.field.sidewalk + random.range(style.setback[0], style.setback[1]);
  const floorsHere = random.integer(style.floors[0], style.floors[1]);
  let along = random.range(0, 12);
  while (along < road.curve.length) {
    const hall = style.kind === 'industrial' && random.chance(0.6);
    const width = hall
      ? random.range(18, 45)
      : random.range(style.kind === 'city' ? 9 : 7, style.kind === 'city' ? 30 : 17);
    const depth = hall ? random.range(14, 30) : random.range(8, 15);
    if (random.chance(style.frontage)) {
      const back = Math.max(
        0.2 + site.field.verge + site.field.sidewalk,
        common + (random.chance(0.18) ? random.range(2, 9) : random.gaussian() * 1.2),
      );
      const spot = site.spotBeside(road, along + width / 2, side, back + depth / 2);
      const footprint = { ...spot, halfLength: width / 2, halfWidth: depth / 2 };
      if (site.map.claim(footprint, site.field.verge + site.field.sidewalk + 0.1)) {
        const base = site.lowestGround(footprint) + 0.15;
        const floors = Math.min(
          Math.max(floorsHere + (random.chance(0.12) ? random.integer(2, 6) : random.integer(-1, 1)), 1),
          14,
        );
        const builder = site.statics.at(spot.x, spot.y, base, spot.yaw);
        const plan = {
          width,
          depth,
          floors: hall ? random.integer(1, 2) : floors,
          pitchedRoof: floors < 4 && random.chance(0.65),
          below: 2.5,
          hall,
        };
        buildBuilding(builder, random, plan, site.materials);
        if (random.chance(Math.min(0.3 + 0.2 * style.bushes, 0.65))) plantFront(site, spot, plan);
      }
    }
    const row = style.kind === 'city' && random.chance(0.6);
    along += width + (row ? 0.05 : random.range(1.5, 14));
  }
}

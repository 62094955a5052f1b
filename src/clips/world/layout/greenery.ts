import { buildBuilding } from './buildings.ts';
import type { Site } from './site.ts';

/** Single trees and bushes off the road. */
export function scatterPlants(site: Site): void {
  const { random, field } = site;
  const wide = (field.columns * 2) / 1;
  const tall = (field.rows * 2) / 1;
  const count = Math.round((wide * tall) / 100);
  for (let i = 0; i < count; i++) {
    const x = field.lower[0] + random.next() * wide;
    const y = field.lower[1] + random.next() * tall;
    const route = field.routeAt(x, y);
    const edge = field.edgeAt(x, y);
    if (route > 85 || edge < field.verge + field.sidewalk + 0.6) continue;
    const z = field.heightAt(x, y);
    if (random.chance(field.style.trees * 0.6)) {
      if (site.map.claim({ x, y, yaw: 0, halfLength: 0.8, halfWidth: 0.8 }, field.verge + field.sidewalk + 0.5))
        site.plants.addTree(site.statics.at(x, y, z), random.range(3.5, 14));
    } else if (random.chance(field.style.bushes * 0.4)) {
      const size = random.range(0.4, 1.6);
      if (
        site.map.claim(
          { x, y, yaw: 0, halfLength: size * 0.6, halfWidth: size * 0.6 },
          field.verge + field.sidewalk + 0.2,
        )
      )
        site.plants.addBush(site.statics.at(x, y, z), size);
    }
  }
}

/** Dense growth in patches. */
export function placeThickets(site: Site): void {
  const { random, field } = site;
  const patches = Math.round(field.style.thickets * 120);
  for (let i = 0; i < patches; i++) {
    const road = random.pick(site.network.roads);
    const depth = random.range(1, 12);
    const height = random.range(0.8, 5);
    const centre = site.spotBeside(
      road,
      random.range(0, road.curve.length),
      random.pick([1, -1] as const),
      field.verge + field.sidewalk + depth,
    );
    if (field.routeAt(centre.x, centre.y) > 80) continue;
    for (let k = random.integer(5, 14); k > 0; k--) {
      const x = centre.x + random.gaussian() * 4;
      const y = centre.y + random.gaussian() * 4;
      const size = height * random.range(0.4, 0.75);
      if (
        !site.map.claim(
          { x, y, yaw: 0, halfLength: size * 0.45, halfWidth: size * 0.45 },
          field.verge + field.sidewalk + size * 0.6,
        )
      )
        continue;
      site.plants.addThicketLump(site.statics.at(x, y, field.heightAt(x, y)), size, height * random.range(0.7, 1.2));
    }
  }
}

/** Buildings and woods beyond what can be driven to, so that no horizon is bare. */
export function placeBackdrop(site: Site): void {
  const { random, field } = site;
  for (let i = 0; i < 150; i++) {
    const x = field.lower[0] + random.range(-130, field.columns * 2 + 130);
    const y = field.lower[1] + random.range(-130, field.rows * 2 + 130);
    const outside =
      x < field.lower[0] ||
      y < field.lower[1] ||
      x > field.lower[0] + field.columns * 2 ||
      y > field.lower[1] + field.rows * 2;
    if (!outside && field.routeAt(x, y) < 100) continue;
    if (field.edgeAt(x, y) < 18 && !outside) continue;
    const builder = site.statics.at(x, y, field.roadHeight(x, y) - 1.5, random.range(0, 6.28));
    if (random.chance(field.style.frontage)) {
      buildBuilding(
        builder,
        random,
        {
          width: random.range(12, 40),
          depth: random.range(10, 20),
          floors: random.integer(field.style.floors[0], field.style.floors[1] + 2),
          pitchedRoof: random.chance(0.4),
          below: 3,
          hall: true,
        },
        site.materials,
      );
    } else if (random.chance(0.6)) site.plants.addTree(builder, random.range(6, 16));
    else site.plants.addThicketLump(builder, random.range(4, 10), random.range(4, 9));
  }
}

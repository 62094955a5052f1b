import type { BuildingPlan } from './buildings.ts';
import type { Site, Spot } from './site.ts';

/**
 * Hedges, bushes or thickets at the foot of a building's street front (metres from `spot`, the middle of its footprint).
 *
 * They hide where the wall meets the ground, as on many real streets: a wall whose foot cannot be seen need not be far away.
 */
export function plantFront(site: Site, spot: Spot, plan: BuildingPlan): void {
  const { random } = site;
  const away = random.range(0.5, random.chance(0.3) ? 5 : 2);
  const height = random.range(0.6, random.chance(0.35) ? 2.8 : 1.5);
  const kind = random.pick(['hedge', 'bushes', 'thicket'] as const);
  const gaps = random.range(0, 0.35);
  const step = kind === 'hedge' ? 3 : height * random.range(0.8, 1.4);
  for (let along = -plan.width / 2; along + step < plan.width / 2; along += step) {
    if (random.chance(gaps)) continue;
    const at = moveInPlan(spot, along + (kind === 'hedge' ? 0 : step / 2), -plan.depth / 2 - away);
    const middle = kind === 'hedge' ? moveInPlan(at, step / 2, 0) : at;
    const halfLength = kind === 'hedge' ? step / 2 - 0.1 : height * 0.4;
    const footprint = { ...middle, halfLength, halfWidth: kind === 'hedge' ? 0.4 : height * 0.4 };
    if (!site.map.claim(footprint, site.field.verge + site.field.sidewalk + 0.1)) continue;
    const ground = site.field.heightAt(at.x, at.y);
    const builder = site.statics.at(at.x, at.y, ground, at.yaw);
    if (kind === 'hedge') {
      const groundAt = (x: number) => {
        const place = moveInPlan(at, x, 0);
        return site.field.heightAt(place.x, place.y) - ground;
      };
      site.plants.addHedge(builder, step, height, random.range(0.6, 1.2), groundAt);
    } else if (kind === 'bushes') site.plants.addBush(builder, height);
    else site.plants.addThicketLump(builder, height * random.range(0.5, 0.8), height);
  }
}

function moveInPlan(spot: Spot, along: number, across: number): Spot {
  const [cos, sin] = [Math.cos(spot.yaw), Math.sin(spot.yaw)];
  return { x: spot.x + along * cos - across * sin, y: spot.y + along * sin + across * cos, yaw: spot.yaw };
}

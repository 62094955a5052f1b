import { Curve } from '../geometry/curve.ts';
import type { Random } from '../geometry/random.ts';
import type { GroundField } from '../layout/ground.ts';
import type { RoadNetwork } from '../layout/network.ts';
import type { ActorShape } from './model.ts';
import type { ShapePool } from './pool.ts';

/** Where a person is and how fast along the heading (m/s). */
export interface WalkerState {
  readonly x: number;
  readonly y: number;
  readonly heading: number;
  readonly speed: number;
  /** Metres walked, for the phase of the legs. */
  readonly walked: number;
}

/** A person on a path: waits until `begin`, then walks steadily; standing people have speed 0. */
export class Walker {
  constructor(
    readonly shape: ActorShape,
    private readonly path: Curve,
    private readonly from: number,
    private readonly speed: number,
    private readonly begin: number,
    private readonly turn: number,
  ) {}

  at(time: number): WalkerState {
    // The start is eased over 0.6 s, so that speed is continuous.
    const elapsed = Math.max(0, time - this.begin);
    const eased = elapsed < 0.6 ? (elapsed * elapsed) / 1.2 : elapsed - 0.3;
    const reached = this.from + this.speed * eased;
    const end = this.path.length;
    const along = Math.min(reached, end);
    const moving = reached < end && elapsed > 0;
    const place = this.path.at(along);
    const speed = moving ? this.speed * Math.min(elapsed / 0.6, 1) : 0;
    return { x: place.x, y: place.y, heading: place.heading + this.turn, speed, walked: along - this.from };
  }
}

/** People on the sidewalks, at crossings and standing about. */
export function createWalkers(
  random: Random,
  network: RoadNetwork,
  field: GroundField,
  pool: ShapePool,
  seconds: number,
): Walker[] {
  const walkers: Walker[] = [];
  const density = field.style.pedestrians;
  for (const road of network.roads) {
    for (const side of [1, -1] as const) {
      for (
        let along = random.range(0, 100 / density);
        along < road.curve.length;
        along += (100 / density) * random.range(0.2, 1.9)
      ) {
        const lateral =
          side *
          (road.halfWidth +
            (field.sidewalk > 0 ? field.verge + field.sidewalk * random.range(0.3, 0.85) : random.range(0.5, 1.5)));
        const { x, y } = road.curve.beside(along, lateral);
        if (field.routeAt(x, y) > 60) continue;
        const group = random.chance(0.25) ? random.integer(2, 4) : 1;
        // Nobody stands about on a road that this one crosses.
        const mayStand = field.edgeAt(x, y) > 0.3;
        addGroup(random, walkers, pool, road.curve, lateral, along, group, seconds, mayStand);
      }
    }
  }
  addCrossers(random, walkers, network, field, pool, seconds);
  return walkers;
}

function addGroup(
  random: Random,
  walkers: Walker[],
  pool: ShapePool,
  curve: Curve,
  lateral: number,
  along: number,
  count: number,
  seconds: number,
  mayStand: boolean,
): void {
  const standing = random.chance(0.28) && mayStand;
  const forward = random.chance(0.5);
  const speed = random.range(0.8, 1.7);
  const reach = speed * (seconds + 2) + 8;
  for (let i = 0; i < count; i++) {
    const offset = lateral + random.range(-0.5, 0.5) * Math.min(count - 1, 2);
    const start = along + i * random.range(0.3, 0.9);
    if (standing) {
      const spot = curve.offset(offset, start, start + 1, 1);
      walkers.push(new Walker(random.pick(pool.standers), spot, 0, 0, 1e9, random.range(-3, 3)));
      continue;
    }
    const end = Math.min(Math.max(start + (forward ? reach : -reach), 0), curve.length);
    if (Math.abs(end - start) < 5) continue;
    const path = curve.offset(offset, start, end, 2);
    walkers.push(new Walker(random.pick(pool.walkers), path, 0, speed * random.range(0.95, 1.05), -1, 0));
  }
}

function addCrossers(
  random: Random,
  walkers: Walker[],
  network: RoadNetwork,
  field: GroundField,
  pool: ShapePool,
  seconds: number,
): void {
  for (const crossing of network.crossings) {
    if (field.routeAt(crossing.x, crossing.y) > 45) continue;
    for (const which of [0, 1] as const) {
      const road = network.roads[crossing.roads[which]]!;
      const other = network.roads[crossing.roads[1 - which]!]!;
      for (const arm of [-1, 1] as const) {
        const along = crossing.along[which] + arm * (other.halfWidth + 3.7);
        if (along < 4 || along > road.curve.length - 4) continue;
        const count = random.integer(0, Math.min(4, Math.ceil(field.style.pedestrians / 2.5)));
        for (let i = 0; i < count; i++)
          walkers.push(
            createCrosser(random, road.curve, along + random.range(-1.2, 1.2), road.halfWidth, pool, seconds),
          );
      }
    }
  }
}

function createCrosser(
  random: Random,
  curve: Curve,
  along: number,
  halfWidth: number,
  pool: ShapePool,
  seconds: number,
): Walker {
  const side = random.chance(0.5) ? 1 : -1;
  const reach = halfWidth + random.range(0.6, 1.6);
  const at = (lateral: number): [number, number] => {
    const { x, y } = curve.beside(along, lateral);
    return [x, y];
  };
  const path = new Curve([at(side * reach), at(0), at(-side * reach)]);
  return new Walker(random.pick(pool.walkers), path, 0, random.range(1, 1.7), random.range(-6, seconds), 0);
}

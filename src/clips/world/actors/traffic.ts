import type { Curve } from '../geometry/curve.ts';
import { wrapAngle } from '../geometry/curve.ts';
import type { Random } from '../geometry/random.ts';
import type { GroundField } from '../layout/ground.ts';
import { laneOffset, type RoadNetwork } from '../layout/network.ts';
import type { ActorShape } from './model.ts';
import type { ShapePool } from './pool.ts';
import type { Walker } from './walkers.ts';

/** Time between recorded states, seconds. */
export const TRAFFIC_STEP = 0.1;

interface StopLine {
  readonly along: number;
  readonly isRed: (time: number) => boolean;
}

interface LanePath {
  readonly curve: Curve;
  readonly stops: readonly StopLine[];
}

/** A vehicle that follows a lane; `along` and `speed` are recorded every `TRAFFIC_STEP`. The ego has no shape. */
export interface Vehicle {
  readonly path: LanePath;
  readonly shape: ActorShape | null;
  readonly length: number;
  readonly width: number;
  readonly desired: number;
  readonly along: Float64Array;
  readonly speed: Float64Array;
  /** A trailer and how far its centre follows behind, along the lane. */
  readonly towed: { readonly shape: ActorShape; readonly behind: number } | null;
  /** Discs (offsets along the heading) that others keep clear of. */
  readonly discs: readonly number[];
}

interface Disc {
  readonly x: number;
  readonly y: number;
  readonly heading: number;
  readonly radius: number;
  readonly speed: number;
  readonly owner: number;
}

/** Moves vehicles along lanes with the intelligent driver model (Treiber et al. 2000), lights and mutual yielding. */
export class Traffic {
  readonly vehicles: Vehicle[] = [];
  /** Rare shapes that this drive shall show near the ego's way, most wanted first. */
  private readonly wanted: ActorShape[] = [];
  private readonly steps: number;

  constructor(
    private readonly random: Random,
    private readonly network: RoadNetwork,
    private readonly field: GroundField,
    private readonly walkers: readonly Walker[],
    seconds: number,
  ) {
    this.steps = Math.ceil(seconds / TRAFFIC_STEP) + 2;
  }

  /** Fills the lanes and simulates; vehicle 0 is the ego. */
  run(pool: ShapePool): void {
    const lights = this.createLights();
    const route: LanePath = { curve: this.network.route, stops: this.findStops(this.network.route, lights) };
    const egoSpeed = this.random.range(4.5, 12);
    this.addVehicle(route, null, this.network.start, egoSpeed, 4.6, 1.9);
    const paths = this.createPaths(lights);
    paths.push(route, { curve: this.network.counterRoute, stops: this.findStops(this.network.counterRoute, lights) });
    for (const [share, shapes] of [
      [0.75, pool.buses],
      [0.75, pool.towing],
      [0.3, pool.construction],
      [0.5, pool.buses],
    ] as const) {
      if (this.random.chance(share)) this.wanted.push(this.random.pick(shapes));
    }
    // The ego's own way first, so that what is wanted is seen.
    for (const path of paths.reverse()) this.fillPath(path, pool, egoSpeed);
    for (let step = 0; step + 1 < this.steps; step++) this.advance(step);
  }

  private createLights(): ((road: number, crossing: number, time: number) => boolean)[] {
    return this.network.crossings.map((crossing) => {
      const half = this.random.range(4, 9);
      const shift = this.random.range(0, 2 * half);
      const lit = this.random.chance(0.6);
      return (road: number, _crossing: number, time: number) => {
        if (!lit) return false;
        const firstGreen = (time + shift) % (2 * half) < half;
        return crossing.roads[0] === road ? !firstGreen : firstGreen;
      };
    });
  }

  private findStops(curve: Curve, lights: ReturnType<Traffic['createLights']>): StopLine[] {
    const stops: StopLine[] = [];
    for (const [index, crossing] of this.network.crossings.entries()) {
      const place = curve.project(crossing.x, crossing.y);
      if (place.distance > 13 || place.along < 8) continue;
      const heading = curve.at(place.along - 16).heading;
      const turned = crossing.roads.map((road, which) => {
        const along = this.network.roads[road]!.curve.at(crossing.along[which]!).heading;
        return Math.abs(Math.sin(wrapAngle(along - heading)));
      });
      const own = turned[0]! < turned[1]! ? 0 : 1;
      const other = this.network.roads[crossing.roads[1 - own]!]!;
      stops.push({
        along: place.along - other.halfWidth - 7.5,
        isRed: (time) => lights[index]!(crossing.roads[own]!, index, time),
      });
    }
    return stops;
  }

  private createPaths(lights: ReturnType<Traffic['createLights']>): LanePath[] {
    const paths: LanePath[] = [];
    const { side } = this.field.style;
    for (const road of this.network.roads) {
      for (let lane = 0; lane < road.lanesPerSide; lane++) {
        const offset = laneOffset(road, side, lane);
        const forward = road.curve.offset(offset, 0, road.curve.length, 2);
        const backward = road.curve.offset(-offset, road.curve.length, 0, 2);
        for (const curve of [forward, backward]) paths.push({ curve, stops: this.findStops(curve, lights) });
      }
    }
    return paths;
  }

  private addVehicle(
    path: LanePath,
    shape: ActorShape | null,
    along: number,
    desired: number,
    length: number,
    width: number,
    towed: Vehicle['towed'] = null,
  ): void {
    const trailing = towed ? [-1, 0, 1].map((k) => -towed.behind + k * (towed.shape.boxSize[0] / 2 - 0.9)) : [];
    const vehicle: Vehicle = {
      path,
      shape,
      length,
      width,
      desired,
      along: new Float64Array(this.steps),
      speed: new Float64Array(this.steps),
      towed,
      discs: [
        ...(length > 3 ? (shape ? [-(length / 2 - 0.9), 0, length / 2 - 0.9] : [0, 1.4, 2.8]) : [0]),
        ...trailing,
      ],
    };
    vehicle.along[0] = along;
    vehicle.speed[0] = Math.min(desired, this.limitAt(vehicle, along)) * this.random.range(0.5, 1);
    this.vehicles.push(vehicle);
  }

  private fillPath(path: LanePath, pool: ShapePool, usual: number): void {
    const { random } = this;
    const gap = 100 / this.field.style.traffic;
    const isRoute = path.curve === this.network.route || path.curve === this.network.counterRoute;
    let along = random.range(2, gap);
    while (along < path.curve.length - 4) {
      const place = path.curve.at(along);
      const distance = this.field.routeAt(place.x, place.y);
      const near = distance < 95;
      const special = this.wanted.length > 0 && distance < 25 && this.isMet(place.x, place.y) && random.chance(0.4);
      const shape = special ? this.wanted[0]! : random.pick(random.pickWeighted(pool.moving));
      const [length, width] = shape.boxSize;
      const towed =
        pool.towing.includes(shape) && (special || random.chance(0.35))
          ? attach(random.pick(pool.trailers), length)
          : null;
      const room = towed ? length + 2 * towed.behind : length;
      if (near && (!isRoute || special || random.chance(0.5)) && this.isRoomy(place.x, place.y, room)) {
        if (special) this.wanted.shift();
        const slow =
          shape.category === 'vehicle.bicycle' ? random.range(3, 6) : Math.max(3, usual + random.gaussian() * 1.8);
        this.addVehicle(path, shape, along, slow, length, width, towed);
      }
      along += gap * random.range(0.35, 1.75) + room / 2;
    }
  }

  /** Whether the ego comes past a place: oncoming vehicles start further ahead. */
  private isMet(x: number, y: number): boolean {
    const { route, start } = this.network;
    const { along } = route.project(x, y);
    return along > start - 12 && along < start + this.steps * TRAFFIC_STEP * 9;
  }

  private isRoomy(x: number, y: number, length: number): boolean {
    return this.vehicles.every((other) => {
      const place = other.path.curve.at(other.along[0]!);
      const dx = x - place.x;
      const dy = y - place.y;
      const across = Math.abs(-dx * Math.sin(place.heading) + dy * Math.cos(place.heading));
      const along = Math.abs(dx * Math.cos(place.heading) + dy * Math.sin(place.heading));
      const taken = other.towed ? other.length + 2 * other.towed.behind : other.length;
      return across > 2.4 ? Math.hypot(dx, dy) > 3 : along > (length + taken) / 2 + 4;
    });
  }

  private limitAt(vehicle: Vehicle, along: number): number {
    let limit = vehicle.desired;
    for (const ahead of [0, 6, 12]) {
      const turn = wrapAngle(
        vehicle.path.curve.at(along + ahead + 3).heading - vehicle.path.curve.at(along + ahead - 3).heading,
      );
      limit = Math.min(limit, Math.sqrt((2.2 * 6) / Math.max(Math.abs(turn), 1e-3)) + ahead * 0.15);
    }
    return limit;
  }

  private collectDiscs(step: number): Disc[] {
    const discs: Disc[] = [];
    for (const [owner, vehicle] of this.vehicles.entries()) {
      if (vehicle.along[step]! > vehicle.path.curve.length - 3) continue;
      const place = vehicle.path.curve.at(vehicle.along[step]!);
      for (const offset of vehicle.discs) {
        discs.push({
          x: place.x + offset * Math.cos(place.heading),
          y: place.y + offset * Math.sin(place.heading),
          heading: place.heading,
          radius: vehicle.width / 2,
          speed: vehicle.speed[step]!,
          owner,
        });
      }
    }
    for (const walker of this.walkers) {
      const state = walker.at(step * TRAFFIC_STEP);
      // Who waits at the kerb, near a rounded corner above all, stops nobody.
      if (this.field.edgeAt(state.x, state.y) < (state.speed > 0.05 ? 0.4 : -0.4))
        discs.push({ x: state.x, y: state.y, heading: state.heading, radius: 0.7, speed: 0, owner: -1 });
    }
    return discs;
  }

  private advance(step: number): void {
    const discs = this.collectDiscs(step);
    const time = step * TRAFFIC_STEP;
    for (const [index, vehicle] of this.vehicles.entries()) {
      const along = vehicle.along[step]!;
      const speed = vehicle.speed[step]!;
      const obstacle = this.findObstacle(index, vehicle, along, speed, discs, time);
      const limit = Math.max(this.limitAt(vehicle, along), 0.5);
      let acceleration = 1.5 * (1 - (speed / limit) ** 4);
      if (obstacle) {
        const closing = speed - obstacle.speed;
        const wanted = 2 + Math.max(0, speed * 1.1 + (speed * closing) / (2 * Math.sqrt(1.5 * 2.2)));
        acceleration -= 1.5 * (wanted / Math.max(obstacle.gap, 0.3)) ** 2;
      }
      const next = Math.max(0, speed + Math.max(acceleration, -7) * TRAFFIC_STEP);
      vehicle.speed[step + 1] = next;
      vehicle.along[step + 1] = along + ((speed + next) / 2) * TRAFFIC_STEP;
    }
  }

  private findObstacle(
    index: number,
    vehicle: Vehicle,
    along: number,
    speed: number,
    discs: readonly Disc[],
    time: number,
  ): { gap: number; speed: number } | null {
    const front = vehicle.shape ? vehicle.length / 2 : 3.7;
    const reach = 10 + front + speed * 2.6;
    let best: { gap: number; speed: number } | null = null;
    for (const stop of vehicle.path.stops) {
      const gap = stop.along - along - front;
      const stoppable = gap > (speed * speed) / 9;
      if (gap > 0.2 && gap < reach && stoppable && stop.isRed(time) && (!best || gap < best.gap))
        best = { gap: gap + 1.5, speed: 0 };
    }
    const here = vehicle.path.curve.at(along);
    const near = discs.filter(
      (disc) => disc.owner !== index && Math.abs(disc.x - here.x) < reach + 4 && Math.abs(disc.y - here.y) < reach + 4,
    );
    if (near.length === 0) return best;
    for (let ahead = front; ahead < reach; ahead += 1.5) {
      const place = vehicle.path.curve.at(along + ahead);
      for (const disc of near) {
        const clear = vehicle.width / 2 + disc.radius + 0.25;
        if (Math.hypot(disc.x - place.x, disc.y - place.y) > clear) continue;
        const turn = Math.cos(disc.heading - place.heading);
        // Where ways cross, the vehicle with the lower number goes first unless the other already stands right in front.
        if (turn < 0.6 && disc.owner > index && ahead - front > 4) continue;
        const gap = Math.max(ahead - front - disc.radius, 0.1);
        if (!best || gap < best.gap) best = { gap, speed: disc.speed * Math.max(turn, 0) };
      }
      if (best && best.gap < ahead - front - 2) break;
    }
    return best;
  }
}

/** A trailer coupled behind a truck of this length. */
function attach(shape: ActorShape, length: number): Vehicle['towed'] {
  return { shape, behind: (length + shape.boxSize[0]) / 2 + 0.5 };
}

/** Arc length and speed of a vehicle at any time, interpolated between the recorded steps. */
export function readVehicle(vehicle: Vehicle, time: number): { along: number; speed: number } {
  const position = Math.min(Math.max(time / TRAFFIC_STEP, 0), vehicle.along.length - 1.001);
  const step = Math.floor(position);
  const t = position - step;
  const v0 = vehicle.speed[step]!;
  const v1 = vehicle.speed[step + 1]!;
  return { along: vehicle.along[step]! + TRAFFIC_STEP * (v0 * t + (v1 - v0) * t * t * 0.5), speed: v0 + (v1 - v0) * t };
}

import type { Random } from '../geometry/random.ts';
import type { GroundField, PavedLot } from '../layout/ground.ts';
import { clearIntervals } from '../layout/medians.ts';
import type { Road, RoadNetwork } from '../layout/network.ts';
import type { PlacementMap } from '../layout/placement.ts';
import type { ActorShape } from './model.ts';
import type { ShapePool } from './pool.ts';

/** An actor that stays where it is. */
export interface ParkedActor {
  readonly shape: ActorShape;
  readonly x: number;
  readonly y: number;
  readonly yaw: number;
}

/** Parked vehicles, bicycles and road works. */
export class ParkedPlacer {
  readonly actors: ParkedActor[] = [];

  constructor(
    private readonly random: Random,
    private readonly network: RoadNetwork,
    private readonly field: GroundField,
    private readonly map: PlacementMap,
    private readonly pool: ShapePool,
  ) {}

  build(lots: readonly PavedLot[]): ParkedActor[] {
    for (const road of this.network.roads) {
      for (const side of [1, -1] as const) {
        if (road.parking > 0) this.fillKerb(road, side);
        this.placeBicycles(road, side);
      }
      if (this.field.style.works > 0 && this.random.chance(0.6)) this.placeWorks(road);
    }
    for (const lot of lots) this.fillLot(lot);
    return this.actors;
  }

  private add(shape: ActorShape, x: number, y: number, yaw: number): void {
    if (this.field.routeAt(x, y) < 90) this.actors.push({ shape, x, y, yaw });
  }

  private beside(road: Road, along: number, lateral: number): { x: number; y: number; heading: number } {
    const place = road.curve.at(along);
    return {
      x: place.x - lateral * Math.sin(place.heading),
      y: place.y + lateral * Math.cos(place.heading),
      heading: place.heading,
    };
  }

  private fillKerb(road: Road, side: 1 | -1): void {
    const { random, field } = this;
    const withTraffic = side === -field.style.side ? 0 : Math.PI;
    const full = random.chance(0.15) ? 0 : field.style.parked * random.range(0.5, 1.6);
    for (const [from, to] of clearIntervals(road, this.network, 9)) {
      let along = from;
      while (along < to - 5) {
        const shape = random.pick(random.pickWeighted(this.pool.parked));
        const [length, width] = shape.boxSize;
        if (random.chance(full) && along + length < to && (width < road.parking + 0.35 || random.chance(0.3))) {
          const lateral = side * (road.halfWidth - Math.max(width / 2 + 0.1, road.parking / 2));
          const place = this.beside(road, along + length / 2, lateral);
          const wrong = random.chance(0.06) ? Math.PI : 0;
          this.add(shape, place.x, place.y, place.heading + withTraffic + wrong + random.range(-0.03, 0.03));
        }
        along += length + random.range(0.7, 2.2);
      }
    }
  }

  private placeBicycles(road: Road, side: 1 | -1): void {
    const { random, field } = this;
    for (let along = random.range(0, 90); along < road.curve.length; along += random.range(25, 130)) {
      const count = random.integer(1, 5);
      for (let i = 0; i < count; i++) {
        const place = this.beside(road, along + i * 0.8, side * (road.halfWidth + 1.1));
        if (!this.map.claim({ x: place.x, y: place.y, yaw: place.heading, halfLength: 0.3, halfWidth: 0.9 }, 0.1))
          continue;
        if (field.routeAt(place.x, place.y) < 70)
          this.add(
            random.pick(this.pool.parkedBicycles),
            place.x,
            place.y,
            place.heading + Math.PI / 2 + random.range(-0.3, 0.3),
          );
      }
    }
  }

  private fillLot(lot: PavedLot): void {
    const { random } = this;
    if (lot.halfWidth < 4) return;
    const full = random.range(0.2, 0.9);
    for (const side of [-1, 1]) {
      for (let a = -lot.halfLength + 2; a < lot.halfLength - 1.5; a += 2.7) {
        if (!random.chance(full)) continue;
        const shape = random.pick(random.pickWeighted(this.pool.parked));
        if (shape.boxSize[1] > 2.2 || shape.boxSize[0] > 6.2) continue;
        const b = side * (lot.halfWidth - shape.boxSize[0] / 2 - 0.6);
        const [cos, sin] = [Math.cos(lot.yaw), Math.sin(lot.yaw)];
        const x = lot.x + a * cos - b * sin;
        const y = lot.y + a * sin + b * cos;
        this.add(
          shape,
          x,
          y,
          lot.yaw + (side * Math.PI) / 2 + (random.chance(0.4) ? Math.PI : 0) + random.range(-0.05, 0.05),
        );
      }
    }
  }

  private placeWorks(road: Road): void {
    const { random, field } = this;
    const side = random.pick([1, -1] as const);
    const spans = clearIntervals(road, this.network, 10).filter(([from, to]) => to - from > 25);
    if (spans.length === 0) return;
    const [from, to] = random.pick(spans);
    const start = random.range(from, to - 24);
    const length = random.range(12, 24);
    const strip = road.parking + road.bicycle;
    const edge = road.halfWidth - strip - (strip > 0 ? 0.3 : 0.15);
    const solid = random.chance(0.5);
    for (let along = start; along < start + length; along += solid ? 2.05 : random.range(2, 3)) {
      const place = this.beside(road, along, side * edge);
      const shape = random.pick(solid ? random.pick([this.pool.blocks, this.pool.boards]) : this.pool.cones);
      this.add(shape, place.x, place.y, place.heading + Math.PI / 2);
    }
    for (const share of [0.25, 0.6, 0.9]) {
      const place = this.beside(road, start + length * share, side * (edge + 0.8));
      this.add(random.pick(this.pool.cones), place.x, place.y, random.range(0, 6));
    }
    const machine = random.pick(this.pool.construction);
    const spot = this.beside(road, start + length / 2, side * (road.halfWidth + field.verge + field.sidewalk + 3.5));
    if (this.map.claim({ x: spot.x, y: spot.y, yaw: spot.heading, halfLength: 3.6, halfWidth: 1.5 }, 0.5))
      this.add(machine, spot.x, spot.y, spot.heading + random.range(-0.4, 0.4));
  }
}

import type { Random } from '../geometry/random.ts';
import type { PavedLot } from '../layout/ground.ts';
import { clearIntervals } from '../layout/medians.ts';
import type { Road } from '../layout/network.ts';
import type { ActorShape } from './model.ts';
import type { Street } from './street.ts';
import { type ClosedStretch, WorksPlacer } from './works.ts';

/** Parked vehicles and bicycles, and the road works that keep them away. */
export class ParkedPlacer {
  private closed: readonly ClosedStretch[] = [];

  constructor(
    private readonly random: Random,
    private readonly street: Street,
  ) {}

  /** Fills the drive's kerbs and lots. `driven`: metres of the route that the ego may drive. */
  build(lots: readonly PavedLot[], driven: number): void {
    this.closed = new WorksPlacer(this.random.fork(1), this.street, driven).build();
    for (const road of this.street.network.roads) {
      for (const side of [1, -1] as const) {
        if (road.parking > 0) this.fillKerb(road, side);
        this.placeBicycles(road, side);
      }
    }
    for (const lot of lots) this.fillLot(lot);
  }

  private fillKerb(road: Road, side: 1 | -1): void {
    const { random, street } = this;
    const { field } = street;
    const withTraffic = side === -field.style.side ? 0 : Math.PI;
    const full = random.chance(0.15) ? 0 : field.style.parked * random.range(0.5, 1.6);
    for (const [from, to] of clearIntervals(road, this.street.network, 9)) {
      let along = from;
      while (along < to - 5) {
        const shape = random.pick(random.pickWeighted(this.street.pool.parked));
        const [length, width] = shape.boxSize;
        const closed = this.closed.some(
          (stretch) =>
            stretch.road === road &&
            stretch.side === side &&
            along < stretch.to + 2 &&
            along + length > stretch.from - 2,
        );
        if (
          random.chance(full) &&
          !closed &&
          along + length < to &&
          (width < road.parking + 0.35 || random.chance(0.3))
        ) {
          const lateral = side * (road.halfWidth - Math.max(width / 2 + 0.1, road.parking / 2));
          const place = road.curve.beside(along + length / 2, lateral);
          const wrong = random.chance(0.06) ? Math.PI : 0;
          this.street.add(shape, place.x, place.y, place.heading + withTraffic + wrong + random.range(-0.03, 0.03));
        }
        along += length + random.range(0.7, 2.2);
      }
    }
  }

  private placeBicycles(road: Road, side: 1 | -1): void {
    const { random, street } = this;
    const { field } = street;
    for (let along = random.range(0, 90); along < road.curve.length; along += random.range(25, 130)) {
      const count = random.integer(1, 5);
      for (let i = 0; i < count; i++) {
        const place = road.curve.beside(along + i * 0.8, side * (road.halfWidth + 1.1));
        if (
          !this.street.map.claim({ x: place.x, y: place.y, yaw: place.heading, halfLength: 0.3, halfWidth: 0.9 }, 0.1)
        )
          continue;
        if (field.routeAt(place.x, place.y) < 70)
          this.street.add(
            random.pick(this.street.pool.parkedBicycles),
            place.x,
            place.y,
            place.heading + Math.PI / 2 + random.range(-0.3, 0.3),
          );
      }
    }
  }

  /** Cars in rows along the sides (and in the middle of wide lots), or a yard of large vehicles. */
  private fillLot(lot: PavedLot): void {
    const { random } = this;
    if (lot.halfWidth < 4) return;
    if (lot.halfLength > 9 && random.chance(this.street.field.style.kind === 'industrial' ? 0.55 : 0.16)) {
      this.fillYard(lot);
      return;
    }
    const full = random.range(0.2, 0.95);
    for (const side of [-1, 1]) {
      this.fillRow(lot, full, (length) => side * (lot.halfWidth - length / 2 - 0.6), side);
      if (lot.halfWidth > 12.4) this.fillRow(lot, full, (length) => side * (length / 2 + 0.15), -side);
    }
  }

  private fillRow(lot: PavedLot, full: number, lateralOf: (length: number) => number, side: number): void {
    const { random } = this;
    for (let a = -lot.halfLength + 2; a < lot.halfLength - 1.5; a += 2.7) {
      if (!random.chance(full)) continue;
      const shape = random.pick(random.pickWeighted(this.street.pool.parked));
      if (shape.boxSize[1] > 2.2 || shape.boxSize[0] > 6.2) continue;
      const turn = (side * Math.PI) / 2 + (random.chance(0.4) ? Math.PI : 0) + random.range(-0.05, 0.05);
      this.addInLot(lot, shape, a, lateralOf(shape.boxSize[0]), turn);
    }
  }

  /** Trailers, trucks, buses and machines side by side. */
  private fillYard(lot: PavedLot): void {
    const { random } = this;
    const { pool } = this.street;
    const heavy = [
      [45, pool.trailers],
      [25, pool.trucks],
      [18, pool.construction],
      [12, pool.buses],
    ] as const;
    const sides = lot.halfWidth > 13.5 ? [-1, 1] : [random.pick([-1, 1] as const)];
    for (const side of sides) {
      for (let a = -lot.halfLength + 2; a < lot.halfLength - 2; a += random.range(3.3, 4.4)) {
        if (random.chance(0.3)) continue;
        const shape = random.pick(random.pickWeighted(heavy));
        const lateral = side * (lot.halfWidth - shape.boxSize[0] / 2 - 0.4);
        const turn = (side * Math.PI) / 2 + (random.chance(0.5) ? Math.PI : 0) + random.range(-0.04, 0.04);
        this.addInLot(lot, shape, a, lateral, turn);
      }
    }
  }

  private addInLot(lot: PavedLot, shape: ActorShape, a: number, b: number, turn: number): void {
    const [cos, sin] = [Math.cos(lot.yaw), Math.sin(lot.yaw)];
    this.street.add(shape, lot.x + a * cos - b * sin, lot.y + a * sin + b * cos, lot.yaw + turn);
  }
}

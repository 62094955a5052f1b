import type { Random } from '../geometry/random.ts';
import { clearIntervals } from '../layout/medians.ts';
import type { Road } from '../layout/network.ts';
import type { ActorShape } from './model.ts';
import type { Street } from './street.ts';

/** A stretch of one side of a road that road works keep free of parked vehicles. */
export interface ClosedStretch {
  readonly road: Road;
  readonly side: 1 | -1;
  readonly from: number;
  readonly to: number;
}

/** A stretch that works are laid out on: `edge` is how far from the centre line traffic stays, metres. */
interface Stretch extends ClosedStretch {
  readonly edge: number;
}

/** Road works: closed strips, barrier rows along the kerb, building sites beside the road, single rows of cones. */
export class WorksPlacer {
  private readonly closed: ClosedStretch[] = [];

  constructor(
    private readonly random: Random,
    private readonly street: Street,
    /** Metres of the route that the ego may drive. */
    private readonly driven: number,
  ) {}

  /** Lays out the drive's works, most of them along the ego's way, and gives the stretches that they close. */
  build(): readonly ClosedStretch[] {
    const { random } = this;
    const { works } = this.street.field.style;
    if (works === 0) return this.closed;
    // A long drive passes more of them.
    const most = random.range(1, 1 + this.driven / 35);
    for (let count = 1 + Math.round(works * most); count > 0; count--) {
      const length = random.range(12, 38);
      const stretch = this.findStretch(length);
      if (!stretch) continue;
      const kind = random.pickWeighted([
        [40, 'strip'],
        [30, 'kerb'],
        [24, 'site'],
        [12, 'cones'],
      ] as const);
      if (kind === 'strip') this.closeStrip(stretch);
      else if (kind === 'kerb') this.lineKerb(stretch);
      else if (kind === 'site') this.fenceSite(stretch);
      if (kind === 'cones' || (kind !== 'strip' && random.chance(0.5)))
        this.addRow(stretch, stretch.edge, this.street.pool.cones, random.range(2, 4));
    }
    return this.closed;
  }

  /** A free stretch of a road that the ego drives along, or null after some tries. */
  private findStretch(length: number): Stretch | null {
    const { random } = this;
    const { network } = this.street;
    for (let attempt = 0; attempt < 16; attempt++) {
      const place = network.route.at(network.start + random.range(2, Math.max(this.driven, 25)));
      const side = random.pick([1, -1] as const);
      for (const road of network.roads) {
        const { along, distance } = road.curve.project(place.x, place.y);
        if (distance > road.halfWidth || Math.cos(road.curve.at(along).heading - place.heading) ** 2 < 0.8) continue;
        const from = along - length / 2;
        const to = along + length / 2;
        const isClear = clearIntervals(road, network, 10).some(([low, high]) => from > low && to < high);
        const isTaken = this.closed.some(
          (other) => other.road === road && other.side === side && other.from < to + 6 && other.to > from - 6,
        );
        if (!isClear || isTaken) continue;
        const strip = road.parking + road.bicycle;
        const stretch = { road, side, from, to, edge: road.halfWidth - strip - (strip > 0 ? 0.3 : 0.12) };
        this.closed.push(stretch);
        return stretch;
      }
    }
    return null;
  }

  /** Things in a row along the road, `lateral` metres from its centre line; off the road only where nothing stands. */
  private addRow(
    { road, side, from, to }: ClosedStretch,
    lateral: number,
    shapes: readonly ActorShape[],
    gap: number,
  ): void {
    for (let along = from; along < to; along += gap) {
      const place = road.curve.beside(along, side * lateral);
      const spot = { x: place.x, y: place.y, yaw: place.heading, halfLength: 0.8, halfWidth: 0.2 };
      if (lateral > road.halfWidth && !this.street.map.claim(spot, 0.02)) continue;
      this.street.add(this.random.pick(shapes), place.x, place.y, place.heading + Math.PI / 2);
    }
  }

  /** Barriers that touch each other, or boards with gaps: the usual fences of works. */
  private pickRow(): { shapes: readonly ActorShape[]; gap: number } {
    const { random, street } = this;
    const { pool } = street;
    return random.pickWeighted([
      [40, { shapes: pool.blocks, gap: 1.95 }],
      [35, { shapes: pool.boards, gap: 2.05 }],
      [15, { shapes: pool.boards, gap: 3.2 }],
      [10, { shapes: pool.cones, gap: 2.2 }],
    ] as const);
  }

  /** The parking strip (or gutter) taken: cones that lead in, a row along the lane, a machine inside. */
  private closeStrip(stretch: Stretch): void {
    const { random, street } = this;
    const { pool } = street;
    const { road, side, from, to, edge } = stretch;
    const { shapes, gap } = this.pickRow();
    const outer = road.halfWidth - 0.3;
    const room = outer - edge;
    for (const [start, step] of [
      [from, 1],
      [to, -1],
    ] as const) {
      for (let i = 0; i < 5; i++) {
        const place = road.curve.beside(start + step * i * 1.6, side * (outer - (room * i) / 4));
        this.street.add(random.pick(pool.cones), place.x, place.y, random.range(0, 6));
      }
    }
    this.addRow({ road, side, from: from + 8, to: to - 8 }, edge, shapes, gap);
    if (room > 2) this.addMachine(stretch, (edge + outer) / 2, 0.04);
    else this.addMachine(stretch, road.halfWidth + this.street.field.verge + this.street.field.sidewalk + 3, 0.4);
    this.addWorkers(stretch, room > 1 ? (edge + outer) / 2 : road.halfWidth + 0.8);
  }

  /** A row of barriers on the kerb, as along tram works and closed sidewalks. */
  private lineKerb(stretch: Stretch): void {
    const { road } = stretch;
    const { shapes, gap } = this.pickRow();
    this.addRow(stretch, road.halfWidth + 0.4, shapes, gap);
    this.addWorkers(stretch, road.halfWidth + 1.3);
    if (this.random.chance(0.5))
      this.addMachine(stretch, road.halfWidth + this.street.field.verge + this.street.field.sidewalk + 3.2, 0.3);
  }

  /** A building site behind the sidewalk: fenced, with machines, trucks and trailers. */
  private fenceSite(stretch: Stretch): void {
    const { random, street } = this;
    const { field, pool } = street;
    const { road, side, from, to } = stretch;
    const front = road.halfWidth + field.verge + field.sidewalk + 0.6;
    const depth = random.range(7, 13);
    const { shapes, gap } = this.pickRow();
    this.addRow(stretch, front, shapes, gap);
    const guests = [...pool.construction, ...pool.construction, ...pool.trailers, ...pool.trucks];
    for (let along = from + 3; along < to - 3; along += random.range(4, 9)) {
      const place = road.curve.beside(along, side * (front + random.range(3, depth)));
      this.addClaimed(random.pick(guests), place.x, place.y, place.heading + random.range(-0.6, 0.6));
    }
    this.addWorkers(stretch, front + 1.5);
  }

  private addMachine({ road, side, from, to }: ClosedStretch, lateral: number, turn: number): void {
    const place = road.curve.beside((from + to) / 2, side * lateral);
    const machine = this.random.pick(this.street.pool.construction);
    const yaw = place.heading + (this.random.chance(0.5) ? Math.PI : 0) + this.random.range(-turn, turn);
    if (lateral < road.halfWidth) this.street.add(machine, place.x, place.y, yaw);
    else this.addClaimed(machine, place.x, place.y, yaw);
  }

  private addClaimed(shape: ActorShape, x: number, y: number, yaw: number): void {
    const [length, width] = shape.boxSize;
    if (this.street.map.claim({ x, y, yaw, halfLength: length / 2, halfWidth: width / 2 }, 0.3))
      this.street.add(shape, x, y, yaw);
  }

  private addWorkers({ road, side, from, to }: ClosedStretch, lateral: number): void {
    const { random } = this;
    for (let count = random.integer(0, 3); count > 0; count--) {
      const place = road.curve.beside(random.range(from + 6, to - 4), side * (lateral + random.range(-0.3, 0.3)));
      this.street.add(random.pick(this.street.pool.workers), place.x, place.y, random.range(0, 6));
    }
  }
}

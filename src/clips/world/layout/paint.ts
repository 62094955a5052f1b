import type { Vector3 } from '../../../domain/geometry.ts';
import type { ChunkedStatics } from '../geometry/chunks.ts';
import type { Random } from '../geometry/random.ts';
import { LABEL, type MaterialTable, SEGMENT } from '../materials.ts';
import type { GroundField } from './ground.ts';
import { clearIntervals } from './medians.ts';
import type { Crossing, Road, RoadNetwork } from './network.ts';

const LIFT = 0.012;

/** Draws road markings: they colour the road and make no voxels. */
export class RoadPainter {
  private readonly white: number;
  private readonly middle: number;

  constructor(
    private readonly random: Random,
    private readonly field: GroundField,
    private readonly statics: ChunkedStatics,
    materials: MaterialTable,
    private readonly network: RoadNetwork,
  ) {
    const worn = random.range(0.35, 0.8);
    this.white = materials.add('road paint', LABEL.none, SEGMENT.road, [worn, worn, worn], { pattern: 'paint' });
    this.middle = random.chance(0.35)
      ? materials.add('yellow paint', LABEL.none, SEGMENT.road, [worn, worn * 0.62, 0.06], { pattern: 'paint' })
      : this.white;
  }

  build(): void {
    for (const road of this.network.roads) {
      for (const [from, to] of clearIntervals(road, this.network, 6)) this.paintLanes(road, from, to);
    }
    for (const crossing of this.network.crossings) this.paintCrossing(crossing);
  }

  private paintLanes(road: Road, from: number, to: number): void {
    const { random } = this;
    const driven = road.median + road.lanesPerSide * road.laneWidth;
    if (road.median === 0) {
      const double = random.chance(0.3);
      if (double) for (const shift of [-0.13, 0.13]) this.paintStrip(road, shift, 0.1, from, to, this.middle);
      else this.paintDashes(road, 0, 0.12, from, to, random.chance(0.5) ? 3 : 6, this.middle);
    }
    for (const side of [-1, 1]) {
      for (let lane = 1; lane < road.lanesPerSide; lane++)
        this.paintDashes(road, side * (road.median + lane * road.laneWidth), 0.13, from, to, 3, this.white);
      if (road.median > 0) this.paintStrip(road, side * (road.median + 0.25), 0.12, from, to, this.middle);
      const edgeLine = random.chance(0.7) || road.bicycle > 0;
      if (edgeLine) this.paintStrip(road, side * driven, 0.13, from, to, this.white);
      if (road.parking > 0 && random.chance(0.6))
        this.paintBays(road, side * (driven + road.bicycle), side * road.parking, from, to);
    }
  }

  private paintBays(road: Road, lateral: number, width: number, from: number, to: number): void {
    for (let along = from; along < to; along += 6) this.paintAcross(road, along, lateral, lateral + width, 0.1);
  }

  private paintAcross(road: Road, along: number, left: number, right: number, width: number): void {
    const place = road.curve.at(along);
    const at = (s: number, lateral: number) =>
      this.lift(
        place.x + s * Math.cos(place.heading) - lateral * Math.sin(place.heading),
        place.y + s * Math.sin(place.heading) + lateral * Math.cos(place.heading),
      );
    const [low, high] = [Math.min(left, right), Math.max(left, right)];
    this.emit([at(0, low), at(width, low), at(width, high), at(0, high)], this.white);
  }

  private paintDashes(
    road: Road,
    lateral: number,
    width: number,
    from: number,
    to: number,
    dash: number,
    material: number,
  ): void {
    for (let along = from; along < to; along += dash * 3)
      this.paintStrip(road, lateral, width, along, Math.min(along + dash, to), material);
  }

  private paintStrip(road: Road, lateral: number, width: number, from: number, to: number, material: number): void {
    const left = road.curve.offset(lateral + width / 2, from, to);
    const right = road.curve.offset(lateral - width / 2, from, to);
    for (let i = 0; i + 1 < left.x.length; i++) {
      this.emit(
        [
          this.lift(right.x[i]!, right.y[i]!),
          this.lift(right.x[i + 1]!, right.y[i + 1]!),
          this.lift(left.x[i + 1]!, left.y[i + 1]!),
          this.lift(left.x[i]!, left.y[i]!),
        ],
        material,
      );
    }
  }

  private paintCrossing(crossing: Crossing): void {
    for (const side of [0, 1] as const) {
      const road = this.network.roads[crossing.roads[side]]!;
      const other = this.network.roads[crossing.roads[1 - side]!]!;
      const zebra = this.random.chance(0.65);
      for (const arm of [-1, 1] as const) {
        const near = crossing.along[side] + arm * (other.halfWidth + 2.2);
        if (near < 3 || near > road.curve.length - 8) continue;
        if (zebra) this.paintZebra(road, near, arm * 3);
        const stop = near + arm * (zebra ? 4.2 : 1);
        // Only the half that drives towards the crossing has a stop line.
        const half = arm < 0 ? -this.field.style.side : this.field.style.side;
        this.paintAcross(
          road,
          stop,
          half * road.median,
          half * (road.median + road.lanesPerSide * road.laneWidth),
          0.4,
        );
      }
    }
  }

  private paintZebra(road: Road, from: number, length: number): void {
    const [low, high] = [Math.min(from, from + length), Math.max(from, from + length)];
    for (let lateral = -road.halfWidth + 0.5; lateral < road.halfWidth - 0.4; lateral += 1) {
      if (road.median === 0 || Math.abs(lateral) > 0) this.paintStrip(road, lateral, 0.5, low, high, this.white);
    }
  }

  private lift(x: number, y: number): Vector3 {
    return [x, y, this.field.roadHeight(x, y) + LIFT];
  }

  private emit(points: readonly Vector3[], material: number): void {
    const [x, y] = points[0]!;
    if (this.field.routeAt(x, y) > 88 || points.some((point) => this.field.edgeAt(point[0], point[1]) > 0)) return;
    this.statics.at(x, y).place(0, 0, 0).addPolygon(points, material);
  }
}

import type { Vector3 } from '../../../domain/geometry.ts';
import type { ChunkedStatics } from '../geometry/chunks.ts';
import { type Random, valueNoise } from '../geometry/random.ts';
import { LABEL, type MaterialTable, SEGMENT } from '../materials.ts';
import { GROUND_CELL, type GroundField, NEAR_REACH } from './ground.ts';
import { medianIntervals } from './medians.ts';
import type { Road, RoadNetwork } from './network.ts';

/** A ground corner: x, y, edge distance, zone noise, and (beside a road with a raised middle) lateral offset and arc length. */
type Corner = [number, number, number, number, number, number];
const EDGE = 2;
const ZONE = 3;
const LATERAL = 4;
const ALONG = 5;

interface GroundLooks {
  readonly road: number;
  readonly kerb: number;
  readonly verge: number;
  readonly sidewalk: number;
  readonly open: number;
  readonly openSecond: number;
  readonly median: number;
  readonly far: number;
}

function drawLooks(random: Random, field: GroundField, materials: MaterialTable): GroundLooks {
  const grey = random.range(0.05, 0.2);
  const tint = random.range(-0.012, 0.012);
  const road = materials.add('road', LABEL.driveable, SEGMENT.road, [grey + tint, grey, grey - tint], {
    pattern: 'asphalt',
    second: [grey * 0.72, grey * 0.72, grey * 0.72],
  });
  const slab = random.range(0.18, 0.42);
  const warm = random.range(0.82, 1);
  const slabColour: Vector3 = random.chance(0.2)
    ? [slab * 1.1, slab * 0.66, slab * 0.5]
    : [slab, slab * (0.5 + warm / 2), slab * warm];
  const slabPattern = random.pick(['paving', 'paving', 'concrete', 'brick'] as const);
  const sidewalk = materials.add('sidewalk', LABEL.sidewalk, SEGMENT.sidewalk, slabColour, {
    pattern: slabPattern,
    scale: random.range(0.25, 0.9),
  });
  // The kerb's face makes no voxels: the road or sidewalk of its column does.
  const kerb = materials.add('kerb', LABEL.none, SEGMENT.sidewalk, random.vary([0.36, 0.35, 0.33], 0.2), {
    pattern: 'concrete',
  });
  const open = [
    () =>
      materials.add('grass', LABEL.terrain, SEGMENT.terrain, random.vary([0.09, 0.17, 0.045], 0.35), {
        pattern: 'grass',
        second: random.vary([0.15, 0.17, 0.06], 0.35),
      }),
    () =>
      materials.add('soil', LABEL.terrain, SEGMENT.terrain, random.vary([0.2, 0.14, 0.085], 0.3), {
        pattern: 'soil',
        second: [0.11, 0.09, 0.05],
      }),
    () =>
      materials.add('gravel', LABEL.terrain, SEGMENT.terrain, random.vary([0.26, 0.24, 0.21], 0.25), {
        pattern: 'gravel',
        second: [0.14, 0.13, 0.12],
      }),
    () => sidewalk,
  ];
  // Paved open ground is the sidewalk carried on, or a surface of its own (squares, yards, islands).
  if (random.chance(0.6))
    open[3] = () =>
      materials.add('square', LABEL.otherFlat, SEGMENT.sidewalk, random.vary([0.27, 0.25, 0.23], 0.3), {
        pattern: random.pick(['paving', 'concrete', 'gravel'] as const),
        scale: random.range(0.3, 1.2),
      });
  const weighted = field.style.ground.map((weight, index) => [weight, open[index]!] as const);
  const greenMedian = random.chance(0.5);
  return {
    road,
    kerb,
    sidewalk,
    verge: open[random.chance(0.8) ? 0 : 1]!(),
    open: random.pickWeighted(weighted)(),
    openSecond: random.pickWeighted(weighted)(),
    median: greenMedian
      ? open[0]!()
      : materials.add(
          'median',
          LABEL.otherFlat,
          SEGMENT.sidewalk,
          random.chance(0.4) ? [0.3, 0.13, 0.09] : random.vary([0.3, 0.3, 0.28], 0.2),
          { pattern: 'paving', scale: 0.3 },
        ),
    far: materials.add('far ground', LABEL.terrain, SEGMENT.terrain, random.vary([0.11, 0.15, 0.06], 0.3), {
      pattern: 'grass',
      second: [0.14, 0.13, 0.07],
    }),
  };
}

/** Cuts a convex polygon at `corner[field] = level`; also returns the cut's two end corners when there is a cut. */
function splitPolygon(
  polygon: readonly Corner[],
  field: number,
  level: number,
): { below: Corner[]; above: Corner[]; cut: Corner[] } {
  const below: Corner[] = [];
  const above: Corner[] = [];
  const cut: Corner[] = [];
  for (let i = 0; i < polygon.length; i++) {
    const from = polygon[i]!;
    const to = polygon[(i + 1) % polygon.length]!;
    const a = from[field]! - level;
    const b = to[field]! - level;
    (a < 0 ? below : above).push(from);
    if (a < 0 !== b < 0) {
      const t = a / (a - b);
      const middle = from.map((value, k) => value + t * (to[k]! - value)) as Corner;
      below.push(middle);
      above.push(middle);
      cut.push(middle);
    }
  }
  return { below, above, cut };
}

/** Builds the ground's triangles: road, kerbs, verge, sidewalk, raised middles, open ground with relief, and a coarse far plain. */
export class GroundMesher {
  private readonly looks: GroundLooks;
  private readonly zoneSeed: number;
  private readonly zoneLevel: number;
  private readonly medians: { road: Road; intervals: [number, number][] }[];

  constructor(
    random: Random,
    private readonly field: GroundField,
    private readonly statics: ChunkedStatics,
    materials: MaterialTable,
    network: RoadNetwork,
  ) {
    this.looks = drawLooks(random, field, materials);
    this.zoneSeed = random.integer(1, 1 << 30);
    this.zoneLevel = random.range(-0.2, 0.7);
    this.medians = network.roads
      .filter((road) => road.median > 0)
      .map((road) => ({ road, intervals: medianIntervals(road, network) }));
  }

  build(): void {
    const { columns, rows } = this.field;
    for (let row = 0; row + 1 < rows; row++) {
      for (let column = 0; column + 1 < columns; column++) {
        const index = row * columns + column;
        if (this.field.routeDistance[index]! < NEAR_REACH) this.buildCell(column, row);
      }
    }
    this.buildFarGround();
  }

  private buildCell(column: number, row: number): void {
    const quad = [
      this.corner(column, row),
      this.corner(column + 1, row),
      this.corner(column + 1, row + 1),
      this.corner(column, row + 1),
    ];
    const x = (quad[0]![0] + quad[2]![0]) / 2;
    const y = (quad[0]![1] + quad[2]![1]) / 2;
    const median = this.measureMedian(quad, x, y);
    const levels = [0, this.field.verge + this.field.sidewalk];
    const plain = levels.every(
      (level) => quad.every((corner) => corner[EDGE] < level) || quad.every((corner) => corner[EDGE] >= level),
    );
    const pieces = plain
      ? [quad]
      : [
          [quad[0]!, quad[1]!, quad[2]!],
          [quad[0]!, quad[2]!, quad[3]!],
        ];
    for (const piece of pieces) this.buildPiece(piece, median, x, y);
  }

  private corner(column: number, row: number): Corner {
    const x = this.field.lower[0] + column * GROUND_CELL;
    const y = this.field.lower[1] + row * GROUND_CELL;
    const edge = this.field.edgeDistance[row * this.field.columns + column]!;
    return [x, y, edge, edge > -2 ? valueNoise(x / 22, y / 22, this.zoneSeed) : 0, 1e3, 0];
  }

  private measureMedian(quad: Corner[], x: number, y: number): [number, number, number] | null {
    for (const { road, intervals } of this.medians) {
      const centre = road.curve.project(x, y, 12);
      if (centre.distance > road.median + 3) continue;
      const interval = intervals.find(([from, to]) => centre.along > from - 3 && centre.along < to + 3);
      if (!interval) continue;
      for (const corner of quad) {
        const place = road.curve.project(corner[0], corner[1]);
        corner[LATERAL] = place.lateral;
        corner[ALONG] = place.along;
      }
      return [road.median, interval[0], interval[1]];
    }
    return null;
  }

  private buildPiece(piece: Corner[], median: [number, number, number] | null, x: number, y: number): void {
    const { verge, sidewalk, kerb } = this.field;
    const first = splitPolygon(piece, EDGE, 0);
    if (median) this.buildMedian(first.below, median, x, y);
    else this.emit(first.below, this.looks.road, 0, x, y);
    if (kerb > 0.03) this.emitWall(first.cut, 0, kerb, x, y);
    let rest = first.above;
    for (const [end, material] of [
      [verge, this.looks.verge],
      [verge + sidewalk, this.looks.sidewalk],
    ] as const) {
      const part = splitPolygon(rest, EDGE, end);
      this.emit(part.below, material, kerb, x, y);
      rest = part.above;
    }
    const zones = splitPolygon(rest, ZONE, this.zoneLevel);
    this.emit(zones.below, this.looks.open, kerb, x, y);
    this.emit(zones.above, this.looks.openSecond, kerb, x, y);
  }

  private buildMedian(polygon: Corner[], [half, from, to]: [number, number, number], x: number, y: number): void {
    const height = 0.14;
    let inside = polygon;
    for (const [fieldIndex, level, keepBelow] of [
      [LATERAL, half, true],
      [LATERAL, -half, false],
      [ALONG, to, true],
      [ALONG, from, false],
    ] as const) {
      const part = splitPolygon(inside, fieldIndex, level);
      this.emit(keepBelow ? part.above : part.below, this.looks.road, 0, x, y);
      inside = keepBelow ? part.below : part.above;
      if (inside.length > 2) this.emitWall(part.cut, 0, height, x, y);
    }
    this.emit(inside, this.looks.median, height, x, y);
  }

  private heightOf(corner: Corner, raised: number): number {
    const relief = raised > 0 ? this.field.reliefAt(corner[0], corner[1], corner[EDGE]) : 0;
    return this.field.roadHeight(corner[0], corner[1]) + raised + relief;
  }

  private emit(polygon: readonly Corner[], material: number, raised: number, x: number, y: number): void {
    if (polygon.length < 3) return;
    const builder = this.statics.at(x, y).place(0, 0, 0);
    const corners = polygon.map((corner) =>
      builder.addVertex([corner[0], corner[1], this.heightOf(corner, raised)], corner[0], corner[1]),
    );
    for (let i = 2; i < corners.length; i++) builder.addTriangle(corners[0]!, corners[i - 1]!, corners[i]!, material);
  }

  private emitWall(cut: readonly Corner[], low: number, high: number, x: number, y: number): void {
    const [a, b] = cut;
    if (!a || !b) return;
    const builder = this.statics.at(x, y).place(0, 0, 0);
    const at = (corner: Corner, raised: number): Vector3 => [
      corner[0],
      corner[1],
      this.field.roadHeight(corner[0], corner[1]) + raised,
    ];
    builder.addQuad(at(a, low), at(b, low), at(b, high), at(a, high), this.looks.kerb);
  }

  private buildFarGround(): void {
    const cell = 16;
    const { field } = this;
    const width = field.columns * GROUND_CELL;
    const height = field.rows * GROUND_CELL;
    const point = (x: number, y: number): Vector3 => {
      const away = Math.max(0, field.routeAt(x, y) - NEAR_REACH) / 60;
      return [
        x,
        y,
        field.roadHeight(x, y) + field.reliefAt(x, y, 60) - 0.35 + Math.min(away, 2) * field.style.relief * 0.6,
      ];
    };
    for (let x = field.lower[0] - 288; x < field.lower[0] + width + 288; x += cell) {
      for (let y = field.lower[1] - 288; y < field.lower[1] + height + 288; y += cell) {
        if (this.isNear(x + cell / 2, y + cell / 2, width, height)) continue;
        const builder = this.statics.at(x, y).place(0, 0, 0);
        builder.addPolygon(
          [point(x, y), point(x + cell, y), point(x + cell, y + cell), point(x, y + cell)],
          this.looks.far,
        );
      }
    }
  }

  private isNear(x: number, y: number, width: number, height: number): boolean {
    const { lower } = this.field;
    if (x < lower[0] || y < lower[1] || x > lower[0] + width || y > lower[1] + height) return false;
    return this.field.routeAt(x, y) < NEAR_REACH - 16;
  }
}

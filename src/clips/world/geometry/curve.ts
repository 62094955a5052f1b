/** A place on a curve: position in metres and heading in radians. */
export interface CurvePoint {
  readonly x: number;
  readonly y: number;
  readonly heading: number;
}

/** Where a point lies beside a curve: arc length, signed offset (left positive) and distance. */
export interface Projection {
  readonly along: number;
  readonly lateral: number;
  readonly distance: number;
}

/** Segments that are skipped together when their box is further away than what has been found. */
const BLOCK = 16;

/** A planar polyline with arc length, dense enough (1-4 m) to stand for a smooth curve. */
export class Curve {
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly along: Float64Array;
  readonly lower: readonly [number, number];
  readonly upper: readonly [number, number];
  /** Low x, low y, high x, high y around each run of `BLOCK` segments. */
  private readonly blocks: Float64Array;

  constructor(points: readonly (readonly [number, number])[]) {
    this.x = Float64Array.from(points, (point) => point[0]);
    this.y = Float64Array.from(points, (point) => point[1]);
    this.along = new Float64Array(points.length);
    for (let i = 1; i < points.length; i++) {
      this.along[i] = this.along[i - 1]! + Math.hypot(this.x[i]! - this.x[i - 1]!, this.y[i]! - this.y[i - 1]!);
    }
    this.lower = [Math.min(...this.x), Math.min(...this.y)];
    this.upper = [Math.max(...this.x), Math.max(...this.y)];
    this.blocks = this.boundBlocks();
  }

  private boundBlocks(): Float64Array {
    const count = Math.ceil((this.x.length - 1) / BLOCK);
    const blocks = new Float64Array(count * 4);
    for (let block = 0; block < count; block++) {
      const x = this.x.subarray(block * BLOCK, block * BLOCK + BLOCK + 1);
      const y = this.y.subarray(block * BLOCK, block * BLOCK + BLOCK + 1);
      blocks.set([Math.min(...x), Math.min(...y), Math.max(...x), Math.max(...y)], block * 4);
    }
    return blocks;
  }

  /** Square of the distance from a point to the box around a block; 0 inside. */
  private measureToBlock(block: number, x: number, y: number): number {
    const { blocks } = this;
    const dx = Math.max(blocks[block * 4]! - x, x - blocks[block * 4 + 2]!, 0);
    const dy = Math.max(blocks[block * 4 + 1]! - y, y - blocks[block * 4 + 3]!, 0);
    return dx * dx + dy * dy;
  }

  get length(): number {
    return this.along[this.along.length - 1]!;
  }

  /** The place at arc length `along` (clamped to the ends, extended straight beyond them); the heading turns smoothly. */
  at(along: number): CurvePoint {
    const last = this.x.length - 1;
    let low = 0;
    let high = last;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (this.along[middle]! <= along) low = middle;
      else high = middle;
    }
    const span = this.along[low + 1]! - this.along[low]!;
    const t = (along - this.along[low]!) / span;
    const clamped = Math.min(Math.max(t, 0), 1);
    const before = this.headingOf(clamped < 0.5 ? low - 1 : low);
    const after = this.headingOf(clamped < 0.5 ? low : low + 1);
    const blend = clamped < 0.5 ? clamped + 0.5 : clamped - 0.5;
    return {
      x: this.x[low]! + t * (this.x[low + 1]! - this.x[low]!),
      y: this.y[low]! + t * (this.y[low + 1]! - this.y[low]!),
      heading: before + blend * wrapAngle(after - before),
    };
  }

  private headingOf(segment: number): number {
    const i = Math.min(Math.max(segment, 0), this.x.length - 2);
    return Math.atan2(this.y[i + 1]! - this.y[i]!, this.x[i + 1]! - this.x[i]!);
  }

  /** Nearest place on the curve; points whose bounding box lies further than `reach` give a distance of at least `reach`. */
  project(x: number, y: number, reach = 1e9): Projection {
    const outside = Math.max(this.lower[0] - x, x - this.upper[0], this.lower[1] - y, y - this.upper[1]);
    if (outside > reach) return { along: 0, lateral: outside, distance: outside };
    let best = Number.POSITIVE_INFINITY;
    let along = 0;
    let lateral = 0;
    for (let i = 0; i + 1 < this.x.length; i++) {
      // A hair of slack: rounding must not leave out what would have been nearest.
      if (i % BLOCK === 0 && this.measureToBlock(i / BLOCK, x, y) > best * 1.000001) {
        i += BLOCK - 1;
        continue;
      }
      const dx = this.x[i + 1]! - this.x[i]!;
      const dy = this.y[i + 1]! - this.y[i]!;
      const px = x - this.x[i]!;
      const py = y - this.y[i]!;
      const squared = dx * dx + dy * dy;
      const t = Math.min(Math.max((px * dx + py * dy) / squared, 0), 1);
      const ex = px - t * dx;
      const ey = py - t * dy;
      const distance = ex * ex + ey * ey;
      if (distance < best) {
        best = distance;
        along = this.along[i]! + t * Math.sqrt(squared);
        lateral = (dx * py - dy * px) / Math.sqrt(squared);
      }
    }
    const distance = Math.sqrt(best);
    return { along, lateral: lateral < 0 ? -distance : distance, distance };
  }

  /** The place `lateral` metres to the left of the curve at arc length `along`, with the curve's heading. */
  beside(along: number, lateral: number): CurvePoint {
    const { x, y, heading } = this.at(along);
    return { x: x - lateral * Math.sin(heading), y: y + lateral * Math.cos(heading), heading };
  }

  /** The parallel curve `lateral` metres to the left between two arc lengths, sampled every `step` metres; reversed when from > to. */
  offset(lateral: number, from = 0, to = this.length, step = 2): Curve {
    const count = Math.max(1, Math.ceil(Math.abs(to - from) / step));
    const points: [number, number][] = [];
    for (let i = 0; i <= count; i++) {
      const { x, y } = this.beside(from + ((to - from) * i) / count, lateral);
      points.push([x, y]);
    }
    return new Curve(points);
  }

  /** Points of this curve. */
  points(): [number, number][] {
    return Array.from(this.x, (x, i) => [x, this.y[i]!]);
  }
}

/** Angle in (-pi, pi]. */
export function wrapAngle(angle: number): number {
  return angle - 2 * Math.PI * Math.round(angle / (2 * Math.PI));
}

/** Walks from a start along given curvatures (1/m) to make a smooth curve with points every `step` metres. */
export function traceCurve(start: CurvePoint, curvatureAt: (along: number) => number, length: number, step = 2): Curve {
  const points: [number, number][] = [[start.x, start.y]];
  let { x, y, heading } = start;
  const count = Math.max(2, Math.ceil(length / step));
  for (let i = 0; i < count; i++) {
    const turn = curvatureAt((i + 0.5) * step) * step;
    x += Math.cos(heading + turn / 2) * step;
    y += Math.sin(heading + turn / 2) * step;
    heading += turn;
    points.push([x, y]);
  }
  return new Curve(points);
}

/** A smooth cubic from one directed place to another; `tension` scales the end tangents by their distance. */
export function joinPlaces(from: CurvePoint, to: CurvePoint, tension = 0.55, step = 1): [number, number][] {
  const gap = Math.hypot(to.x - from.x, to.y - from.y);
  const pull = gap * tension;
  const c1: [number, number] = [from.x + Math.cos(from.heading) * pull, from.y + Math.sin(from.heading) * pull];
  const c2: [number, number] = [to.x - Math.cos(to.heading) * pull, to.y - Math.sin(to.heading) * pull];
  const count = Math.max(4, Math.ceil(gap / step));
  const points: [number, number][] = [];
  for (let i = 0; i <= count; i++) {
    const t = i / count;
    const s = 1 - t;
    const weights = [s * s * s, 3 * s * s * t, 3 * s * t * t, t * t * t];
    points.push([
      weights[0]! * from.x + weights[1]! * c1[0] + weights[2]! * c2[0] + weights[3]! * to.x,
      weights[0]! * from.y + weights[1]! * c1[1] + weights[2]! * c2[1] + weights[3]! * to.y,
    ]);
  }
  return points;
}

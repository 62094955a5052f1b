import { Curve, type CurvePoint, joinPlaces, traceCurve, wrapAngle } from '../geometry/curve.ts';
import type { Random } from '../geometry/random.ts';
import type { PlaceStyle } from './style.ts';

/** One road: its centre line and the widths (metres) of its parts on each side. */
export interface Road {
  readonly id: number;
  readonly curve: Curve;
  readonly lanesPerSide: number;
  readonly laneWidth: number;
  /** Half width of the raised middle; 0 = none. */
  readonly median: number;
  /** Kerb-side parking strip and bicycle strip widths; 0 = none. */
  readonly parking: number;
  readonly bicycle: number;
  /** From the centre line to the kerb. */
  readonly halfWidth: number;
}

/** Where two roads meet. */
export interface Crossing {
  readonly roads: readonly [number, number];
  readonly along: readonly [number, number];
  readonly x: number;
  readonly y: number;
}

/** All roads of a drive and the ego's way through them. */
export interface RoadNetwork {
  readonly roads: readonly Road[];
  readonly crossings: readonly Crossing[];
  /** The ego's lane path and the same turn for oncoming vehicles. */
  readonly route: Curve;
  readonly counterRoute: Curve;
  /** Arc length on `route` where the drive starts. */
  readonly start: number;
}

const MARGIN = 110;

function wanderingCurvature(random: Random, straightness: number): (along: number) => number {
  const pieces: { end: number; value: number }[] = [];
  let end = 0;
  while (end < 700) {
    end += random.range(35, 110);
    const bend = random.chance(straightness) ? 0 : 1 / (random.range(45, 220) * (random.chance(0.5) ? 1 : -1));
    pieces.push({ end, value: bend });
  }
  return (along) => {
    const index = pieces.findIndex((piece) => along < piece.end);
    const piece = pieces[index];
    if (!piece) return 0;
    const next = pieces[index + 1]?.value ?? 0;
    const blend = Math.min(Math.max((along - piece.end + 24) / 24, 0), 1);
    return piece.value + (next - piece.value) * blend;
  };
}

function drawProfile(random: Random, style: PlaceStyle, major: boolean): Omit<Road, 'id' | 'curve'> {
  const wide = style.kind === 'city' || style.kind === 'industrial';
  const lanesPerSide = major && random.chance(wide ? 0.45 : 0.18) ? (random.chance(0.2) ? 3 : 2) : 1;
  const laneWidth = random.range(2.9, 3.7);
  const median = major && random.chance(lanesPerSide > 1 ? 0.5 : 0.12) ? random.range(0.5, 2.6) : 0;
  const parking = random.chance(style.parked > 0.1 ? 0.6 : 0.2) ? random.range(2, 2.5) : 0;
  const bicycle = random.chance(0.2) ? random.range(1.2, 1.8) : 0;
  const gutter = random.range(0.15, 0.7);
  return {
    lanesPerSide,
    laneWidth,
    median,
    parking,
    bicycle,
    halfWidth: median + lanesPerSide * laneWidth + parking + bicycle + gutter,
  };
}

/** Centre of lane `lane` (0 = innermost) of the side that drives along the curve, left positive. */
export function laneOffset(road: Road, side: 1 | -1, lane: number): number {
  return -side * (road.median + (lane + 0.5) * road.laneWidth);
}

function reversed(place: CurvePoint): CurvePoint {
  return { ...place, heading: place.heading + Math.PI };
}

/** Curve through `place`, from `before` metres behind to `after` metres ahead; `place` lies at arc length `before`. */
function curveThrough(
  place: CurvePoint,
  behind: (s: number) => number,
  ahead: (s: number) => number,
  before: number,
  after: number,
): Curve {
  const back = traceCurve(reversed(place), behind, before).points().reverse();
  const front = traceCurve(place, ahead, after).points();
  return new Curve([...back.slice(0, -1), ...front]);
}

/** Lays out the roads of one drive whose ego covers at most `routeLength` metres. */
export function createNetwork(random: Random, style: PlaceStyle, routeLength: number): RoadNetwork {
  const straightness = random.range(0.1, 0.8);
  const turns = random.chance(0.6);
  const turnAt = random.range(0.2, 0.7) * routeLength;
  const first = drawProfile(random, style, true);
  const start: CurvePoint = { x: 0, y: 0, heading: random.range(-Math.PI, Math.PI) };
  const bend = wanderingCurvature(random, straightness);
  const firstCurve = curveThrough(start, wanderingCurvature(random, 0.7), bend, MARGIN, routeLength + MARGIN);
  const roads: Road[] = [{ ...first, id: 0, curve: firstCurve }];
  let legs: { road: Road; from: number; to: number; forward: boolean }[] = [
    { road: roads[0]!, from: 0, to: firstCurve.length, forward: true },
  ];
  if (turns) {
    const turnSide = random.chance(0.5) ? 1 : -1;
    const place = firstCurve.at(MARGIN + turnAt);
    const heading = place.heading + turnSide * random.range(1.25, 1.85);
    const curve = curveThrough(
      { ...place, heading },
      wanderingCurvature(random, 0.6),
      wanderingCurvature(random, straightness),
      MARGIN,
      routeLength - turnAt + MARGIN,
    );
    const second: Road = { ...drawProfile(random, style, random.chance(0.5)), id: 1, curve };
    roads.push(second);
    legs = [
      { road: roads[0]!, from: 0, to: MARGIN + turnAt, forward: true },
      { road: second, from: MARGIN, to: curve.length, forward: true },
    ];
  }
  addSideRoads(random, style, roads, legs, turns ? [MARGIN + turnAt, MARGIN] : []);
  const crossings = findCrossings(roads);
  return { roads, crossings, ...joinLegs(random, style, legs), start: MARGIN };
}

type Leg = { road: Road; from: number; to: number; forward: boolean };

function addSideRoads(
  random: Random,
  style: PlaceStyle,
  roads: Road[],
  legs: readonly Leg[],
  taken: readonly number[],
): void {
  const rate = style.kind === 'city' ? 85 : 120;
  for (const [index, leg] of legs.entries()) {
    let along = leg.from + random.range(25, rate);
    while (along < leg.to - 20) {
      if (Math.abs(along - (taken[index] ?? -1e9)) > 38 && roads.length < 7) {
        const place = leg.road.curve.at(along);
        const heading = place.heading + (random.chance(0.5) ? 1 : -1) * (Math.PI / 2 + random.range(-0.3, 0.3));
        const tee = random.chance(0.4);
        const curve = curveThrough(
          { ...place, heading },
          () => 0,
          wanderingCurvature(random, 0.6),
          tee ? 1 : random.range(70, MARGIN),
          random.range(80, MARGIN),
        );
        roads.push({ ...drawProfile(random, style, random.chance(0.25)), id: roads.length, curve });
      }
      along += random.range(0.6, 1.7) * rate;
    }
  }
}

function joinLegs(random: Random, style: PlaceStyle, legs: readonly Leg[]): { route: Curve; counterRoute: Curve } {
  const first = legs[0]!;
  const second = legs[1];
  const lane = random.integer(0, first.road.lanesPerSide - 1);
  const laneSecond = Math.min(lane, (second ?? first).road.lanesPerSide - 1);
  const build = (sign: 1 | -1): Curve => {
    const offset = laneOffset(first.road, style.side, lane) * sign;
    if (!second) return first.road.curve.offset(offset, first.from, first.to, 1);
    const otherOffset = laneOffset(second.road, style.side, laneSecond) * sign;
    const turn = wrapAngle(second.road.curve.at(second.from).heading - first.road.curve.at(first.to).heading);
    // A turn towards the own side is tight, one across the oncoming lanes is wide.
    const tight = Math.sign(turn) === Math.sign(offset);
    const clear = tight ? 5 : 2;
    const entry = first.to - second.road.halfWidth - clear;
    const exit = second.from + first.road.halfWidth + clear;
    const before = first.road.curve.offset(offset, first.from, entry, 1);
    const after = second.road.curve.offset(otherOffset, exit, second.to, 1);
    const bend = joinPlaces(before.at(before.length), after.at(0));
    return new Curve([...before.points().slice(0, -1), ...bend, ...after.points().slice(1)]);
  };
  const counter = build(-1).points().reverse();
  return { route: build(1), counterRoute: new Curve(counter) };
}

function findCrossings(roads: readonly Road[]): Crossing[] {
  const found: Crossing[] = [];
  for (const [index, first] of roads.entries()) {
    for (const second of roads.slice(index + 1)) intersectCurves(first, second, found);
  }
  return found;
}

function intersectCurves(first: Road, second: Road, found: Crossing[]): void {
  const a = first.curve;
  const b = second.curve;
  for (let i = 0; i + 1 < a.x.length; i++) {
    const ax = a.x[i]!;
    const ay = a.y[i]!;
    const adx = a.x[i + 1]! - ax;
    const ady = a.y[i + 1]! - ay;
    for (let j = 0; j + 1 < b.x.length; j++) {
      if (Math.abs(b.x[j]! - ax) > 6 || Math.abs(b.y[j]! - ay) > 6) continue;
      const bdx = b.x[j + 1]! - b.x[j]!;
      const bdy = b.y[j + 1]! - b.y[j]!;
      const cross = adx * bdy - ady * bdx;
      if (Math.abs(cross) < 1e-6) continue;
      const t = ((b.x[j]! - ax) * bdy - (b.y[j]! - ay) * bdx) / cross;
      const u = ((b.x[j]! - ax) * ady - (b.y[j]! - ay) * adx) / cross;
      if (t < -0.01 || t > 1.01 || u < -0.01 || u > 1.01) continue;
      const place = { x: ax + t * adx, y: ay + t * ady };
      if (found.some((other) => Math.hypot(other.x - place.x, other.y - place.y) < 6)) continue;
      found.push({
        roads: [first.id, second.id],
        along: [a.along[i]! + t * Math.hypot(adx, ady), b.along[j]! + u * Math.hypot(bdx, bdy)],
        ...place,
      });
    }
  }
}

import type { Random } from '../geometry/random.ts';
import { valueNoise } from '../geometry/random.ts';
import type { RoadNetwork } from './network.ts';
import type { PlaceStyle } from './style.ts';

/** Pitch of the distance raster and of the ground mesh, metres. */
export const GROUND_CELL = 2;
/** Ground is meshed finely up to this distance from the ego's route. */
export const NEAR_REACH = 92;
/** Over so many metres beside the driveable area the ground rises. */
const RISE_REACH = 9;
/** The cross-fall flattens out over so many metres. */
const CROSSFALL_REACH = 18;

/** An area beside the road that is paved at road level (car park, yard, drive-way): an oriented rectangle. */
export interface PavedLot {
  readonly x: number;
  readonly y: number;
  readonly yaw: number;
  readonly halfLength: number;
  readonly halfWidth: number;
}

/** Heights and distances of the ground: the one source for the ground mesh, for actors and for placing things. */
export class GroundField {
  readonly kerb: number;
  readonly verge: number;
  readonly sidewalk: number;
  readonly columns: number;
  readonly rows: number;
  readonly lower: readonly [number, number];
  /** Signed distance to the edge of the driveable area (negative inside), one value per raster corner. */
  readonly edgeDistance: Float32Array;
  /** Distance to the ego's route per raster corner. */
  readonly routeDistance: Float32Array;
  private readonly seed: number;
  private readonly waves: readonly { kx: number; ky: number; phase: number; height: number }[];
  private readonly ramp: number;

  constructor(
    random: Random,
    readonly style: PlaceStyle,
    network: RoadNetwork,
    lots: readonly PavedLot[],
  ) {
    this.seed = random.integer(1, 1 << 30);
    const rural = style.kind === 'park' || style.kind === 'village';
    const walkable = !(rural && random.chance(0.25));
    this.kerb = walkable ? random.range(0.08, 0.18) : random.range(0, 0.05);
    this.sidewalk = walkable ? random.range(1.4, style.kind === 'city' ? 4.6 : 2.8) : 0;
    this.verge = random.chance(style.kind === 'city' ? 0.15 : 0.45) ? random.range(0.8, 3) : 0;
    this.ramp = random.range(1.3, 9);
    this.waves = [0, 1, 2].map(() => {
      const angle = random.range(0, 2 * Math.PI);
      const length = random.range(110, 320);
      const k = (2 * Math.PI) / length;
      return {
        kx: Math.cos(angle) * k,
        ky: Math.sin(angle) * k,
        phase: random.range(0, 6.28),
        height: (style.hills * length) / 320,
      };
    });
    const [x, y] = [network.route.x, network.route.y];
    const reach = NEAR_REACH + 12;
    this.lower = [Math.min(...x) - reach, Math.min(...y) - reach];
    this.columns = Math.ceil((Math.max(...x) + reach - this.lower[0]) / GROUND_CELL) + 1;
    this.rows = Math.ceil((Math.max(...y) + reach - this.lower[1]) / GROUND_CELL) + 1;
    this.edgeDistance = new Float32Array(this.columns * this.rows);
    this.routeDistance = new Float32Array(this.columns * this.rows);
    this.fillDistances(network, lots);
  }

  private fillDistances(network: RoadNetwork, lots: readonly PavedLot[]): void {
    for (let row = 0; row < this.rows; row++) {
      for (let column = 0; column < this.columns; column++) {
        const x = this.lower[0] + column * GROUND_CELL;
        const y = this.lower[1] + row * GROUND_CELL;
        const index = row * this.columns + column;
        this.routeDistance[index] = network.route.project(x, y, NEAR_REACH + 20).distance;
        let edge = 1e3;
        for (const road of network.roads) {
          edge = smoothMinimum(edge, road.curve.project(x, y, 70).distance - road.halfWidth, 7);
        }
        for (const lot of lots) edge = smoothMinimum(edge, rectangleDistance(lot, x, y), 1.5);
        this.edgeDistance[index] = edge;
      }
    }
  }

  private sample(raster: Float32Array, x: number, y: number): number {
    const u = Math.min(Math.max((x - this.lower[0]) / GROUND_CELL, 0), this.columns - 1.001);
    const v = Math.min(Math.max((y - this.lower[1]) / GROUND_CELL, 0), this.rows - 1.001);
    const column = Math.floor(u);
    const row = Math.floor(v);
    const index = row * this.columns + column;
    const [fx, fy] = [u - column, v - row];
    const low = raster[index]! * (1 - fx) + raster[index + 1]! * fx;
    const high = raster[index + this.columns]! * (1 - fx) + raster[index + this.columns + 1]! * fx;
    return low * (1 - fy) + high * fy;
  }

  /** Signed distance to the driveable area's edge, negative inside; metres. */
  edgeAt(x: number, y: number): number {
    return this.sample(this.edgeDistance, x, y);
  }

  routeAt(x: number, y: number): number {
    return this.sample(this.routeDistance, x, y);
  }

  /** Height of the road surface as if the road were everywhere. */
  roadHeight(x: number, y: number): number {
    let height = 0;
    for (const wave of this.waves)
      height += wave.height * (Math.sin(wave.kx * x + wave.ky * y + wave.phase) - Math.sin(wave.phase));
    return height;
  }

  /** Slope (dz/dx, dz/dy) of `roadHeight`. */
  roadSlope(x: number, y: number): [number, number] {
    let [sx, sy] = [0, 0];
    for (const wave of this.waves) {
      const slope = wave.height * Math.cos(wave.kx * x + wave.ky * y + wave.phase);
      sx += slope * wave.kx;
      sy += slope * wave.ky;
    }
    return [sx, sy];
  }

  /** Height above the kerb of ground that lies `edge` metres outside the driveable area. */
  reliefAt(x: number, y: number, edge: number): number {
    const drained = CROSSFALL_REACH * (1 - Math.exp(-Math.max(edge, 0) / CROSSFALL_REACH));
    const rise =
      this.style.rise * (0.6 + 0.4 * valueNoise(x / 60, y / 60, this.seed + 3)) * smoothStep(edge / RISE_REACH) +
      this.style.crossfall * (0.75 + 0.25 * valueNoise(x / 45, y / 45, this.seed + 4)) * drained;
    const outside = edge - this.verge - this.sidewalk - 0.4;
    if (outside <= 0 || this.style.relief === 0) return rise;
    const t = Math.min(outside / this.ramp, 1);
    const bank = valueNoise(x / 38, y / 38, this.seed) + 0.45 * valueNoise(x / 15, y / 15, this.seed + 1);
    const bumps = 0.12 * valueNoise(x / 4.5, y / 4.5, this.seed + 2);
    const height = bank > 0 ? bank * 1.5 : bank * 0.45;
    return rise + this.style.relief * smoothStep(t) * height + Math.min(this.style.relief, 1) * t * bumps;
  }

  /** Height of what one stands on. */
  heightAt(x: number, y: number): number {
    const edge = this.edgeAt(x, y);
    return this.roadHeight(x, y) + (edge < 0 ? 0 : this.kerb + this.reliefAt(x, y, edge));
  }
}

function smoothStep(t: number): number {
  const bounded = Math.min(Math.max(t, 0), 1);
  return bounded * bounded * (3 - 2 * bounded);
}

function smoothMinimum(a: number, b: number, radius: number): number {
  const h = Math.max(radius - Math.abs(a - b), 0) / radius;
  return Math.min(a, b) - h * h * radius * 0.25;
}

function rectangleDistance(lot: PavedLot, x: number, y: number): number {
  const dx = x - lot.x;
  const dy = y - lot.y;
  const along = Math.abs(dx * Math.cos(lot.yaw) + dy * Math.sin(lot.yaw)) - lot.halfLength;
  const across = Math.abs(-dx * Math.sin(lot.yaw) + dy * Math.cos(lot.yaw)) - lot.halfWidth;
  return Math.hypot(Math.max(along, 0), Math.max(across, 0)) + Math.min(Math.max(along, across), 0);
}

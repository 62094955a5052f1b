import type { Lamp } from '../model.ts';
import type { SurfaceSample } from './surfaceSample.ts';

const cell = 8;
const stride = 13;

/** Light of lamps on surfaces at night, without shadows; finds the lamps of a place through a grid. */
export class LampLight {
  /** Light that arrives at the last sample, and what the lamp itself shows where the sample is its lens. */
  red = 0;
  green = 0;
  blue = 0;
  glow = 0;
  private readonly data: Float64Array;
  private readonly cells = new Map<number, number[]>();

  constructor(lamps: readonly Lamp[]) {
    this.data = new Float64Array(lamps.length * stride);
    for (const [index, lamp] of lamps.entries()) {
      this.data.set(
        [...lamp.position, ...lamp.direction, ...lamp.colour, lamp.reach, lamp.inner, lamp.outer, lamp.size],
        index * stride,
      );
      this.register(index, lamp);
    }
  }

  private register(index: number, lamp: Lamp): void {
    const { position, reach } = lamp;
    const low = (axis: 0 | 1) => Math.floor((position[axis] - reach) / cell);
    const high = (axis: 0 | 1) => Math.floor((position[axis] + reach) / cell);
    for (let column = low(0); column <= high(0); column++) {
      for (let row = low(1); row <= high(1); row++) {
        if (!reachesCell(lamp, column, row)) continue;
        const key = column * 65536 + row;
        const list = this.cells.get(key);
        if (list) list.push(index);
        else this.cells.set(key, [index]);
      }
    }
  }

  /** Sums what all lamps near the sample throw on it; lenses (`isLens`) shine toward who looks into them. */
  gather(s: SurfaceSample, isLens: boolean): void {
    this.red = 0;
    this.green = 0;
    this.blue = 0;
    this.glow = 0;
    const list = this.cells.get(Math.floor(s.x / cell) * 65536 + Math.floor(s.y / cell));
    if (!list) return;
    for (const index of list) this.addLamp(s, index * stride, isLens);
  }

  private addLamp(s: SurfaceSample, at: number, isLens: boolean): void {
    const d = this.data;
    const vx = d[at]! - s.x;
    const vy = d[at + 1]! - s.y;
    const vz = d[at + 2]! - s.z;
    const square = vx * vx + vy * vy + vz * vz;
    const reach = d[at + 9]!;
    if (square > reach * reach) return;
    const distance = Math.sqrt(square) + 1e-6;
    if (isLens && distance < d[at + 12]!) {
      const toward = d[at + 3]! * s.vx + d[at + 4]! * s.vy + d[at + 5]! * s.vz;
      this.glow = Math.max(this.glow, 0.5 + Math.max(toward, 0) * 3);
    }
    const inverse = 1 / distance;
    const facing = ((s.nx * vx + s.ny * vy + s.nz * vz) * inverse + s.wrap) / (1 + s.wrap);
    if (facing <= 0) return;
    const axis = -(d[at + 3]! * vx + d[at + 4]! * vy + d[at + 5]! * vz) * inverse;
    const [inner, outer] = [d[at + 10]!, d[at + 11]!];
    let beam = (axis - outer) / (inner - outer);
    if (beam <= 0) return;
    if (beam > 1) beam = 1;
    const window = 1 - square / (reach * reach);
    let light = (facing * beam * beam * window * window) / (square + 2);
    if (s.mirror > 0.004) light *= 1 + this.findGlint(s, vx * inverse, vy * inverse, vz * inverse);
    this.red += d[at + 6]! * light;
    this.green += d[at + 7]! * light;
    this.blue += d[at + 8]! * light;
  }

  /** How much brighter a smooth surface looks where it mirrors the lamp. */
  private findGlint(s: SurfaceSample, lx: number, ly: number, lz: number): number {
    const hx = lx + s.vx;
    const hy = ly + s.vy;
    const hz = lz + s.vz;
    const cosine = (s.gx * hx + s.gy * hy + s.gz * hz) / (Math.sqrt(hx * hx + hy * hy + hz * hz) + 1e-9);
    if (cosine < 0.9) return 0;
    const power = 20 + 200 * s.sharpness * s.sharpness;
    return s.mirror * cosine ** power * power * 0.6;
  }
}

/** Whether a lamp's light can fall into a cell: beams light only what lies ahead of them. */
function reachesCell({ position, direction, reach, outer }: Lamp, column: number, row: number): boolean {
  const dx = (column + 0.5) * cell - position[0];
  const dy = (row + 0.5) * cell - position[1];
  const away = Math.hypot(dx, dy);
  const slack = cell * 0.71;
  if (away > reach + slack) return false;
  const level = Math.hypot(direction[0], direction[1]);
  if (outer < 0.5 || level < 0.9 || away < 2 * slack) return true;
  const angle = Math.acos(Math.min(Math.max((direction[0] * dx + direction[1] * dy) / (away * level), -1), 1));
  return angle - Math.asin(slack / away) < Math.acos(outer);
}

import type { GroundField } from './ground.ts';
import { GROUND_CELL } from './ground.ts';

/** An oriented rectangle on the ground. */
export interface Footprint {
  readonly x: number;
  readonly y: number;
  readonly yaw: number;
  readonly halfLength: number;
  readonly halfWidth: number;
}

/** Remembers which ground is taken (0.5 m raster), so that things do not stand in each other. */
export class PlacementMap {
  private readonly taken: Uint8Array;
  private readonly columns: number;
  private readonly rows: number;

  constructor(private readonly field: GroundField) {
    this.columns = field.columns * GROUND_CELL * 2;
    this.rows = field.rows * GROUND_CELL * 2;
    this.taken = new Uint8Array(this.columns * this.rows);
  }

  private *cells(footprint: Footprint): Generator<number> {
    const cos = Math.cos(footprint.yaw);
    const sin = Math.sin(footprint.yaw);
    for (let a = -footprint.halfLength; a <= footprint.halfLength + 0.01; a += 0.45) {
      for (let b = -footprint.halfWidth; b <= footprint.halfWidth + 0.01; b += 0.45) {
        const column = Math.floor((footprint.x + a * cos - b * sin - this.field.lower[0]) * 2);
        const row = Math.floor((footprint.y + a * sin + b * cos - this.field.lower[1]) * 2);
        yield column < 0 || row < 0 || column >= this.columns || row >= this.rows ? -1 : row * this.columns + column;
      }
    }
  }

  /** Whether the whole footprint is free and at least `clearance` metres outside the driveable area. */
  isFree(footprint: Footprint, clearance: number): boolean {
    const { x, y, halfLength, halfWidth } = footprint;
    const reach = Math.hypot(halfLength, halfWidth);
    const edge = this.field.edgeAt(x, y);
    if (edge < clearance || this.field.routeAt(x, y) > 100) return false;
    if (edge < clearance + reach && !this.cornersClear(footprint, clearance)) return false;
    for (const cell of this.cells(footprint)) if (cell < 0 || this.taken[cell] === 1) return false;
    return true;
  }

  private cornersClear(footprint: Footprint, clearance: number): boolean {
    const cos = Math.cos(footprint.yaw);
    const sin = Math.sin(footprint.yaw);
    const stepsAlong = Math.max(1, Math.ceil(footprint.halfLength / 2));
    for (let i = -stepsAlong; i <= stepsAlong; i++) {
      for (const b of [-footprint.halfWidth, footprint.halfWidth]) {
        const a = (footprint.halfLength * i) / stepsAlong;
        if (this.field.edgeAt(footprint.x + a * cos - b * sin, footprint.y + a * sin + b * cos) < clearance)
          return false;
      }
    }
    return true;
  }

  mark(footprint: Footprint): void {
    for (const cell of this.cells(footprint)) if (cell >= 0) this.taken[cell] = 1;
  }

  /** Marks and returns true when free. */
  claim(footprint: Footprint, clearance: number): boolean {
    if (!this.isFree(footprint, clearance)) return false;
    this.mark(footprint);
    return true;
  }
}

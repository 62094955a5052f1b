import type { GridSpec } from './geometry.ts';

/** A label volume ([x][y][z], z fastest) and what of it is drawn. */
export interface DrawnVolume {
  readonly labels: Uint8Array;
  readonly grid: GridSpec;
  /** Bit c set = class c is drawn; free never is. */
  readonly visibleClasses: number;
  readonly firstSlice: number;
  readonly lastSlice: number;
}

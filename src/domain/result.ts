import type { ClassTable } from './classes.ts';
import type { GridSpec } from './geometry.ts';

/** Labels on a grid, z fastest. */
export interface OccupancyGrid {
  readonly spec: GridSpec;
  readonly classes: ClassTable;
  readonly labels: Uint8Array;
}

/** (vx, vy) per voxel, metres per second, ego axes, z fastest then component. */
export interface FlowGrid {
  readonly spec: GridSpec;
  readonly metresPerSecond: Float32Array;
}

/** Duration of one stage. GPU stages report elapsed queue time between two timestamp writes; `null` where it could not be measured. */
export interface StageTiming {
  readonly stage: string;
  readonly milliseconds: number | null;
}

/** What a model said about one frame, on the CPU side. */
export interface FrameResult {
  readonly frameIndex: number;
  readonly labels: Uint8Array;
  readonly flow: Float32Array | null;
  readonly timings: readonly StageTiming[];
  /** Wall time from images to result, milliseconds. */
  readonly wallMilliseconds: number;
}

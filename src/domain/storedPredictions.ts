import type { ClassTable } from './classes.ts';
import type { Frame } from './clip.ts';
import type { GridSpec } from './geometry.ts';
import type { FrameResult } from './result.ts';

/** Predictions that another program has stored, matched to the frames of a clip when they are read. */
export interface StoredPredictions {
  readonly id: string;
  readonly title: string;
  readonly grid: GridSpec;
  readonly classes: ClassTable;
  /** The prediction of `frame` in `grid` order (z fastest), or null where none is stored for it. */
  read(frame: Frame): Promise<Pick<FrameResult, 'labels' | 'flow'> | null>;
  close(): void;
}

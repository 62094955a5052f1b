import type { GridSpec } from './geometry.ts';

/** One tensor that a network carries from frame to frame, as the last frame left it. */
export interface MemoryTensor {
  readonly name: string;
  /** Outermost first; f32 values in this order. */
  readonly shape: readonly number[];
  readonly values: Float32Array;
  /** Where its last axes ([z], y, x) lie in the ego frame; null where the network does not say. */
  readonly grid: GridSpec | null;
}

/** Everything that a network remembers. */
export interface MemorySnapshot {
  /** The frame after which the memory stands like this. */
  readonly frameIndex: number;
  readonly tensors: readonly MemoryTensor[];
}

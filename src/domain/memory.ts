import type { GridSpec } from './geometry.ts';

/** A copy of one tensor of a network, as the last frame left it. */
export interface TensorCopy {
  readonly name: string;
  /** Outermost first; f32 values in this order. */
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** One tensor that a network carries from frame to frame, as the last frame left it. */
export interface MemoryTensor extends TensorCopy {
  /** Where its last axes ([z], y, x) lie in the ego frame; null where the network does not say. */
  readonly grid: GridSpec | null;
}

/** Everything that a network remembers. */
export interface MemorySnapshot {
  /** The frame after which the memory stands like this. */
  readonly frameIndex: number;
  readonly tensors: readonly MemoryTensor[];
}

/** A tensor of a network, and the frame that wrote it. */
export interface FrameTensor extends TensorCopy {
  readonly frameIndex: number;
}

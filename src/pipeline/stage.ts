import type { Matrix3, Matrix4 } from '../domain/geometry.ts';

/** Shape of a float32 tensor in row-major order. */
export type Shape = readonly number[];

/** One camera as the network sees it: intrinsics refer to the resized and cropped network image (integer = pixel centre). */
export interface NetworkCamera {
  readonly intrinsics: Matrix3;
  readonly egoFromCamera: Matrix4;
}

/** The calibration of one frame in the network's terms: all that stages need beside tensors. */
export interface FrameGeometry {
  /** Size of the network image in pixels. */
  readonly width: number;
  readonly height: number;
  readonly cameras: readonly NetworkCamera[];
  /** Maps points of this frame's ego to the previous frame's ego; null on the first frame after a reset. */
  readonly previousEgoFromEgo: Matrix4 | null;
  /** The previous frame's cameras in its own ego's axes; null on the first frame after a reset. */
  readonly previousCameras: readonly NetworkCamera[] | null;
}

/**
 * A stage on the GPU between named tensors. Its buffers are given at creation and stay borrowed;
 * `update` uploads the frame's calibration through the queue, `encode` records passes; neither submits nor reads back.
 */
export interface GpuStage {
  readonly kind: string;
  update(geometry: FrameGeometry): void;
  encode(encoder: GPUCommandEncoder): void;
  /** Frees what the stage itself allocated. */
  destroy(): void;
}

/** Number of elements of a shape. */
export function countElements(shape: Shape): number {
  return shape.reduce((product, size) => product * size, 1);
}

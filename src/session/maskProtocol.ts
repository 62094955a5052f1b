import type { CameraView } from '../domain/clip.ts';
import type { GridSpec } from '../domain/geometry.ts';

/** What the page asks of the mask worker; every request gets one reply with its `id`. */
export interface MaskRequest {
  readonly id: number;
  readonly labels: Uint8Array;
  readonly cameras: readonly CameraView[];
  readonly grid: GridSpec;
  readonly free: number;
}

export interface MaskReply {
  readonly id: number;
  /** 1 where a camera sees the voxel. */
  readonly mask: Uint8Array;
}

/** Makes a camera mask by rays, off the page's thread: 1 where a camera sees the voxel of `labels`. */
export type MaskCaster = (
  labels: Uint8Array,
  cameras: readonly CameraView[],
  grid: GridSpec,
  free: number,
) => Promise<Uint8Array>;

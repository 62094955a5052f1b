import type { ClassTable } from './classes.ts';
import type { GridSpec, Matrix3, Matrix4 } from './geometry.ts';

/** One camera of one frame. Intrinsics refer to the stored image, integer coordinates at pixel centres. */
export interface CameraView {
  /** nuScenes channel name, for example `CAM_FRONT`. */
  readonly name: string;
  readonly timestampMicroseconds: number;
  readonly width: number;
  readonly height: number;
  readonly intrinsics: Matrix3;
  /** Camera axes: x right, y down, z forward. Already contains the ego motion between the camera's time and the key frame's. */
  readonly egoFromCamera: Matrix4;
}

/** One key frame: the calibrated views and the pose, without pixels. */
export interface Frame {
  readonly index: number;
  /** Unique within the clip; the nuScenes sample token where there is one. */
  readonly token: string;
  readonly timestampMicroseconds: number;
  readonly worldFromEgo: Matrix4;
  /** In rig order. */
  readonly cameras: readonly CameraView[];
  /** Other words by which files speak of this frame (the lidar's token and file, the first image's name without extension). */
  readonly names?: readonly string[];
}

/** Decoded pixels of one camera: either a browser bitmap (not premultiplied, no colour conversion) or plain RGBA bytes. */
export interface CameraImage {
  readonly width: number;
  readonly height: number;
  readonly pixels: ImageBitmap | Uint8ClampedArray;
}

/** Ground truth of one frame in `Clip.grid` order (z fastest). Arrays are absent where the source has none. */
export interface FrameTruth {
  readonly labels: Uint8Array;
  /** 1 where at least one camera sees the voxel. */
  readonly cameraMask: Uint8Array | null;
  /** Two values (vx, vy) for each voxel, metres per second, ego axes. */
  readonly flow: Float32Array | null;
  /** 1 where the source says “do not judge” or reaches no further; labels are free there. Absent or null where everything counts. */
  readonly ignored?: Uint8Array | null;
}

/** One ground truth of a clip's frames; several authors may have labelled the same drive. */
export interface TruthSource {
  readonly id: string;
  readonly title: string;
  openTruth(frameIndex: number): Promise<FrameTruth | null>;
}

/** A drive: rig order, frames in time order, and lazily opened pixels and truth. Owners call `close` once. */
export interface Clip {
  readonly id: string;
  readonly title: string;
  readonly licence: string;
  readonly origin: string;
  readonly classes: ClassTable;
  readonly grid: GridSpec;
  readonly cameraNames: readonly string[];
  readonly frames: readonly Frame[];
  readonly hasTruth: boolean;
  /** What may be chosen as its truth, where there is more than one. */
  readonly truths?: readonly TruthSource[];
  /** The one of `truths` that `openTruth` reads. */
  readonly truthId?: string;
  /** Where the lidar stands (RayIoU's rays start there); absent where the source does not say. */
  readonly egoFromLidar?: Matrix4 | undefined;
  /** False where the source knows no poses: `worldFromEgo` is then the identity and says nothing, and networks run without memory. */
  readonly hasPoses?: boolean;
  openImage(frameIndex: number, cameraIndex: number): Promise<CameraImage>;
  openTruth(frameIndex: number): Promise<FrameTruth | null>;
  close(): void;
}

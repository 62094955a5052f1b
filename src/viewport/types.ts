import type { ClassTable } from '../domain/classes.ts';
import type { CameraView } from '../domain/clip.ts';
import type { GridSpec, Matrix4 } from '../domain/geometry.ts';
import type { VolumePaletteId } from './palettes.ts';

/** Labels u8 packed 4 per u32 (GPU) or one byte each (CPU), [x][y][z], z fastest. */
export type LabelSource = { readonly gpu: GPUBuffer } | { readonly cpu: Uint8Array };

/** Flow: pack2x16float(vx, vy) per voxel (GPU) or two floats per voxel (CPU), metres per second, ego axes. */
export type FlowSource = { readonly gpu: GPUBuffer } | { readonly cpu: Float32Array };

/** One volume to show. A new `version` says that the contents changed, also when the buffers are the same. */
export interface ViewData {
  readonly grid: GridSpec;
  readonly classes: ClassTable;
  readonly labels: LabelSource;
  readonly flow: FlowSource | null;
  readonly version: number;
  /** The same labels on the CPU, for hovering over a volume that lives on the GPU. */
  readonly pickLabels?: Uint8Array | null;
  /** Pose of the ego that the grid belongs to; lets the camera stay behind when it does not follow the ego. */
  readonly worldFromEgo: Matrix4 | null;
}

/** Where the camera goes: a preset, or `camera:<name>` for the view of one of `ViewSettings.cameraViews`. */
export type CameraPreset = 'birds-eye' | 'chase' | 'free' | `camera:${string}`;

export type ViewTheme = 'dark' | 'light';

/** The drive around the shown frame: ego positions (x, y, z) in metres in the shown frame's ego axes, in time order. */
export interface Trajectory {
  readonly positions: Float32Array;
  /** Which of the positions is the shown frame. */
  readonly current: number;
}

/** Everything the person can choose about the picture. */
export interface ViewSettings {
  readonly palette: VolumePaletteId;
  /** Bit c set = class c is drawn. */
  readonly visibleClasses: number;
  /** First and last drawn z slice, both included. */
  readonly heightRange: readonly [number, number];
  readonly showArrows: boolean;
  readonly showGrid: boolean;
  readonly showEgo: boolean;
  readonly cameraPreset: CameraPreset;
  /** True: the camera rides with the ego. False: it stays where it is in the world while the ego drives on. */
  readonly followEgo: boolean;
  readonly theme: ViewTheme;
  readonly cameraViews: readonly CameraView[];
  /** Draw the pyramids of the cameras. */
  readonly showCameras: boolean;
  readonly trajectory: Trajectory | null;
  /** No camera flights; presets jump. */
  readonly reducedMotion: boolean;
}

/** What is on screen. `overflow` faces did not fit the record buffer and are missing from the picture. */
export interface ViewStats {
  readonly faces: number;
  readonly voxels: number;
  readonly arrows: number;
  readonly overflow: number;
}

/** Camera pose in the ego axes of the shown frame, metres. */
export interface CameraPose {
  readonly position: readonly [number, number, number];
  readonly target: readonly [number, number, number];
  /** Vertical field of view, degrees. */
  readonly fov: number;
}

import type { CameraImage, FrameTruth } from '../domain/clip.ts';
import type { GridSpec } from '../domain/geometry.ts';
import type { MemorySnapshot } from '../domain/memory.ts';
import type { StageTiming } from '../domain/result.ts';
import type { StoredPredictions } from '../domain/storedPredictions.ts';
import type { Backend } from './modelStore.ts';
import type { MemoryUse, PredictionId } from './paneContent.ts';
import type { ImageLight, SightVerdict } from './sightStore.ts';

/** Per-frame data on the CPU side: held by the session, never in a store. Stores only carry a version number for it. */
export interface CurrentFrame {
  readonly frameIndex: number;
  readonly labels: Uint8Array;
  /** Of whoever predicted it; it may be another than the clip's. */
  readonly grid: GridSpec;
  /** Two values (vx, vy) per voxel, metres per second, ego axes. */
  readonly flow: Float32Array | null;
  /** Voxels of each label. */
  readonly counts: Uint32Array;
  readonly timings: readonly StageTiming[];
  readonly wallMilliseconds: number;
}

/** Prediction and truth of the frame on screen. */
export interface Comparison {
  readonly frameIndex: number;
  readonly prediction: CurrentFrame;
  readonly truth: FrameTruth;
  /** 1 where at least one camera sees the voxel; null while it is being made by rays. */
  readonly mask: Uint8Array | null;
  /** Whether the mask is the data's own; otherwise it is made by rays. */
  readonly isMaskGiven: boolean;
}

/** The diagnostics that are copied as JSON. Durations in milliseconds; GPU stages are elapsed queue time. */
export interface Report {
  readonly format: 'occuscope-report/1';
  readonly versions: Readonly<Record<string, string>>;
  readonly browser: string;
  readonly clip: { readonly id: string; readonly frames: number } | null;
  readonly model: { readonly id: string; readonly title: string } | null;
  readonly backend: Backend;
  readonly adapter: string | null;
  readonly isSoftwareAdapter: boolean;
  readonly warmUpMilliseconds: number | null;
  readonly frame: {
    readonly index: number;
    readonly wallMilliseconds: number;
    readonly timings: readonly StageTiming[];
    readonly timingMeaning: string;
    readonly voxels: Readonly<Record<string, number>>;
  } | null;
  /** The images of the timeline's frame, in rig order; `sight` is null where an image has not been measured yet. */
  readonly cameras: readonly {
    readonly name: string;
    readonly sight: { readonly verdict: SightVerdict; readonly light: ImageLight | null } | null;
  }[];
  readonly memory: { readonly frames: number; readonly storedFrames: number; readonly storedBytes: number };
  readonly problems: readonly string[];
}

/** What panels may ask of the page; the one implementation is in `src/session/`. */
export interface Session {
  /** The prediction on screen; replaced, never changed, with each `playback.version`. */
  readonly current: CurrentFrame | null;
  /** What any prediction says of the frame on screen; replaced with the `version` of its source. Null while there is nothing. */
  predictionOf(id: PredictionId): CurrentFrame | null;
  /** A prediction and the truth together, while somebody looks at both; replaced with each `playback.comparisonVersion`. */
  comparisonOf(id: PredictionId): Comparison | null;
  openClip(id: string): Promise<void>;
  openModel(id: string): Promise<void>;
  setBackend(backend: Backend): Promise<void>;
  /** Stop the download that runs. */
  cancelLoading(): void;
  /** Stop opening a clip; the one before, if any, stays. */
  cancelClip(): void;
  /** Try again what failed or was cancelled. */
  retry(): Promise<void>;
  /** Forget the network's memory and every stored prediction, and predict the frame anew. */
  resetMemory(): Promise<void>;
  /** Use the open model's memory in another way; every prediction is made anew. */
  setMemoryUse(use: MemoryUse): Promise<void>;
  /** What a network remembers now, read back from where it runs. Null for what has no memory that belongs to a frame. */
  readMemory(id: PredictionId): Promise<MemorySnapshot | null>;
  /** Offer predictions of another program, and show them in a column. Those of the same id before are closed. */
  addStoredPredictions(stored: StoredPredictions): void;
  /** Close stored predictions, and the columns that show them. */
  removeStoredPredictions(id: PredictionId): void;
  /** Try again to open another network, or to read stored predictions. */
  retryPrediction(id: PredictionId): void;
  /** Resolves when the prediction of that frame is shown; rejects when it fails or another seek takes over. */
  seek(frameIndex: number): Promise<void>;
  stepBy(frames: number): void;
  setPlaying(isPlaying: boolean): void;
  openImage(frameIndex: number, cameraIndex: number): Promise<CameraImage>;
  openTruth(frameIndex: number): Promise<FrameTruth | null>;
  makeReport(): Report;
}

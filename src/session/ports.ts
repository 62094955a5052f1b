import type { ClassTable } from '../domain/classes.ts';
import type { Clip } from '../domain/clip.ts';
import type { GridSpec } from '../domain/geometry.ts';
import type { FrameTensor, MemorySnapshot } from '../domain/memory.ts';
import type { FrameResult } from '../domain/result.ts';
import type { GpuContext } from '../gpu/device.ts';
import type { FrameOutput, FrameRunner } from '../pipeline/frameRunner.ts';
import type { ClipChoice } from '../stores/clipStore.ts';
import type { Backend, ModelCard, ModelChoice } from '../stores/modelStore.ts';
import type { LoadProgress } from '../stores/progress.ts';
import type { MaskCaster } from './maskProtocol.ts';

/** A model package in memory, with what the page must know of it; runners are made from it by its own method. */
export interface OpenedModel {
  readonly card: ModelCard;
  readonly grid: GridSpec;
  readonly classes: ClassTable;
  /** Build sessions and buffers. Throws `gpu-limit-too-small`, `model-manifest-invalid` or `model-run-failed`. */
  createRunner(backend: Backend, context: GpuContext | null, options: LoadOptions): Promise<FrameRunner>;
}

export interface LoadOptions {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: LoadProgress) => void;
}

/** A prediction that can be shown: the stored result, and the buffers of the run when it has just been made. */
export interface ReadyPrediction {
  readonly result: FrameResult;
  readonly gpu: FrameOutput['gpu'];
}

/** What happened while frames were run on the way to the one asked for. */
export interface PredictionProgress {
  readonly done: number;
  readonly total: number;
}

/** Predictions of one clip by one runner, kept per frame. */
export interface PredictionSource {
  /** Run what is missing, in order. A newer call makes an older one reject with an `AbortError`. */
  ensure(
    frameIndex: number,
    onProgress: (progress: PredictionProgress) => void,
    signal?: AbortSignal,
  ): Promise<ReadyPrediction>;
  has(frameIndex: number): boolean;
  /** The stored result, or null; fresh arrays each time. */
  read(frameIndex: number): FrameResult | null;
  readonly storedFrames: readonly number[];
  readonly storedBytes: number;
  readonly memoryFrames: number;
  /** What the network remembers now, read back from where it runs; null where that belongs to no frame. */
  readMemory(): Promise<MemorySnapshot | null>;
  /** A tensor of the frame that the network ran last; null where that is unknown. Throws for a name that there is not. */
  readTensor(name: string): Promise<FrameTensor | null>;
  /** Go on with another runner and an empty memory; stored results stay. */
  replaceRunner(runner: FrameRunner): void;
  dispose(): void;
}

/** Everything that the session needs of other rooms; given by `src/main.tsx`. */
export interface SessionPorts {
  listClips(): Promise<readonly ClipChoice[]>;
  openClip(id: string, options: LoadOptions): Promise<Clip>;
  listModels(): Promise<readonly ModelChoice[]>;
  openModel(id: string, options: LoadOptions): Promise<OpenedModel>;
  /** Download ONNX Runtime, where the backend runs it on the page's own thread. */
  loadRuntime(backend: Backend, options: LoadOptions): Promise<void>;
  createContext(): Promise<GpuContext>;
  readonly castMask: MaskCaster;
  createPredictions(clip: Clip, runner: FrameRunner, hasMemory: boolean): PredictionSource;
  readonly versions: Readonly<Record<string, string>>;
  readonly describeBrowser: () => string;
}

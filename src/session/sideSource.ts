import type { ClassTable } from '../domain/classes.ts';
import type { Clip } from '../domain/clip.ts';
import type { GridSpec } from '../domain/geometry.ts';
import type { MemorySnapshot } from '../domain/memory.ts';
import type { FrameResult } from '../domain/result.ts';
import type { StoredPredictions } from '../domain/storedPredictions.ts';
import { OccuscopeError } from '../errors/catalogue.ts';
import { type KeptResult, packResult, unpackResult } from '../playback/keptResult.ts';
import type { MemoryUse } from '../stores/paneContent.ts';
import { abandonable } from './abandonable.ts';
import { applyMemoryUse } from './memoryUse.ts';
import type { OpenedModel, PredictionProgress, SessionPorts } from './ports.ts';
import { serialiseRuns } from './serialRunner.ts';

/** Where predictions beside the open model's come from: another network, or a file. */
export interface SideSource {
  readonly grid: GridSpec;
  readonly classes: ClassTable;
  /** The prediction of a frame, or null where there is none. An abort ends it with an `AbortError`. */
  predict(
    frameIndex: number,
    onProgress: (progress: PredictionProgress) => void,
    signal: AbortSignal,
  ): Promise<FrameResult | null>;
  /** What has been predicted or read already; fresh arrays each time. */
  read(frameIndex: number): FrameResult | null;
  readonly frames: readonly number[];
  readMemory(): Promise<MemorySnapshot | null>;
  dispose(): void;
}

interface ModelSourceParts {
  readonly clip: Clip;
  readonly model: OpenedModel;
  readonly memoryUse: MemoryUse;
  readonly backend: 'webgpu' | 'cpu';
  readonly context: Parameters<OpenedModel['createRunner']>[1];
  readonly signal: AbortSignal;
}

/** Build and warm up another network with a memory of its own. Throws what `createRunner` throws, or an `AbortError`. */
export async function openModelSource(ports: SessionPorts, parts: ModelSourceParts): Promise<SideSource> {
  const { clip, model, memoryUse, backend, context, signal } = parts;
  const options = { signal, onProgress: () => undefined };
  await ports.loadRuntime(backend, options);
  const creating = model.createRunner(backend, context, options);
  const runner = serialiseRuns(await abandonable(creating, signal, (late) => late.dispose()));
  try {
    await abandonable(runner.warmUp(), signal);
  } catch (error) {
    runner.dispose();
    throw error;
  }
  const used = applyMemoryUse(runner, memoryUse);
  const hasMemory = model.card.hasMemory && memoryUse !== 'off';
  const predictions = ports.createPredictions(clip, used, hasMemory);
  return {
    grid: model.grid,
    classes: model.classes,
    async predict(frameIndex, onProgress, own) {
      return (await predictions.ensure(frameIndex, onProgress, own)).result;
    },
    read: (frameIndex) => predictions.read(frameIndex),
    get frames() {
      return predictions.storedFrames;
    },
    readMemory: async () => (hasMemory ? await predictions.readMemory() : null),
    dispose() {
      predictions.dispose();
      runner.dispose();
    },
  };
}

/** Predictions of another program for the frames of a clip, kept compressed once they are read. */
export function createStoredSource(clip: Clip, stored: StoredPredictions): SideSource {
  const kept = new Map<number, KeptResult>();
  const read = (frameIndex: number) => {
    const result = kept.get(frameIndex);
    return result ? unpackResult(result) : null;
  };
  return {
    grid: stored.grid,
    classes: stored.classes,
    async predict(frameIndex, _onProgress, signal) {
      const known = read(frameIndex);
      if (known) return known;
      const start = performance.now();
      const found = await stored.read(clip.frames[frameIndex]!);
      signal.throwIfAborted();
      if (!found) return null;
      const { labels, flow } = found;
      checkVolumes(stored.grid, labels, flow);
      const wallMilliseconds = performance.now() - start;
      const result = { frameIndex, labels, flow, timings: [], wallMilliseconds };
      kept.set(frameIndex, packResult(result));
      return result;
    },
    read,
    get frames() {
      return [...kept.keys()].sort((a, b) => a - b);
    },
    readMemory: async () => null,
    dispose: () => kept.clear(),
  };
}

function checkVolumes({ size }: GridSpec, labels: Uint8Array, flow: Float32Array | null): void {
  const voxels = size[0] * size[1] * size[2];
  if (labels.length === voxels && (flow === null || flow.length === 2 * voxels)) return;
  const detail = `${labels.length} labels and ${flow?.length ?? 0} flow values do not fill a grid of ${size.join(' x ')}.`;
  throw new OccuscopeError('stored-prediction-invalid', { detail });
}

import type { CameraImage, Clip, Frame } from '../domain/clip.ts';
import type { FrameTensor, MemorySnapshot } from '../domain/memory.ts';
import type { FrameResult } from '../domain/result.ts';
import { isFrameFault } from '../errors/catalogue.ts';
import type { FrameOutput, FrameRunner } from '../pipeline/frameRunner.ts';
import { type KeptResult, packResult, sizeOfKept, unpackResult } from './keptResult.ts';

/** How far a seek has come: frames run of the frames it takes, for "catching up 3/8". */
export interface CatchUp {
  readonly done: number;
  readonly total: number;
}

/** A frame's prediction. `gpu` is there only while the runner's buffers hold this very frame: until the next `ensure` runs one. */
export interface Prediction {
  readonly result: FrameResult;
  readonly gpu: FrameOutput['gpu'];
}

export interface EnsureOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onCatchUp?: ((progress: CatchUp) => void) | undefined;
}

/**
 * Predictions of one clip by one model, in the order of time: the prediction of frame k is what a run from the clip's first frame
 * gives, however the user jumps about; a frame whose images are missing is a gap, and the memory begins anew after it. Every result is kept, so going back is instant and never runs anything.
 */
export interface Predictions {
  has(frameIndex: number): boolean;
  /** The kept result, or null. Fresh arrays each time. */
  get(frameIndex: number): FrameResult | null;
  /**
   * Get a frame's prediction, running what is missing before it. A newer call, an abort or `dispose` ends this one with an `AbortError`
   * after the frame in work, whose result is kept.
   */
  ensure(frameIndex: number, options?: EnsureOptions): Promise<Prediction>;
  /** Go on with another runner (after a lost device, or on the other backend): kept results stay, the memory is built anew. */
  replaceRunner(runner: FrameRunner): void;
  readonly keptFrames: readonly number[];
  readonly keptBytes: number;
  /** What the network remembers, after the frame in work; null where its memory belongs to no frame. */
  readMemory(): Promise<MemorySnapshot | null>;
  /** A tensor of the frame that was run last, after the frame in work; null where that is no frame of this clip. */
  readTensor(name: string): Promise<FrameTensor | null>;
  /** Stop and forget. The runner stays the caller's. */
  dispose(): void;
}

export interface PredictionsOptions {
  /** Whether the model has state; one without needs no frames before the wanted one. */
  readonly hasMemory: boolean;
}

type ClipPictures = Pick<Clip, 'frames' | 'openImage'>;

/** Predictions for a clip with a runner that nobody else uses meanwhile. */
export function createPredictions(clip: ClipPictures, runner: FrameRunner, options: PredictionsOptions): Predictions {
  const kept = new Map<number, KeptResult>();
  const memory = createMemory(clip, runner, options.hasMemory);
  let newest: AbortController | null = null;
  let tail: Promise<unknown> = Promise.resolve();

  const view = (frameIndex: number): Prediction | null => {
    const result = kept.get(frameIndex);
    return result ? { result: unpackResult(result), gpu: memory.buffersOf(frameIndex) } : null;
  };
  const catchUp = async (
    frameIndex: number,
    signal: AbortSignal,
    { onCatchUp }: EnsureOptions,
  ): Promise<Prediction> => {
    signal.throwIfAborted();
    const route = memory.planRoute(frameIndex);
    onCatchUp?.({ done: 0, total: route.length });
    for (const [done, index] of route.entries()) {
      const result = await memory.run(index, route[done + 1] ?? null).catch((error: unknown) => {
        signal.throwIfAborted(); // What fails because it was replaced is no failure.
        if (!isFrameFault(error)) throw error;
        memory.noteGap(index);
        if (index === frameIndex) throw error;
        return null;
      });
      if (result && !kept.has(index)) kept.set(index, packResult(result));
      signal.throwIfAborted();
      onCatchUp?.({ done: done + 1, total: route.length });
    }
    return view(frameIndex)!;
  };
  const look = <Result>(read: () => Promise<Result>): Promise<Result> => {
    const found = tail.then(read);
    tail = found.catch(() => undefined);
    return found;
  };
  return {
    has: (frameIndex) => kept.has(frameIndex),
    get: (frameIndex) => view(frameIndex)?.result ?? null,
    ensure(frameIndex, ensureOptions = {}) {
      if (!clip.frames[frameIndex]) return Promise.reject(new RangeError(`the clip has no frame ${frameIndex}`));
      newest?.abort(new DOMException('Another frame was asked for.', 'AbortError'));
      newest = new AbortController();
      const ready = view(frameIndex);
      if (ready) return Promise.resolve(ready);
      const signals = [newest.signal, ...(ensureOptions.signal ? [ensureOptions.signal] : [])];
      const work = () => catchUp(frameIndex, AbortSignal.any(signals), ensureOptions);
      const result = tail.then(work, work);
      tail = result.catch(() => undefined);
      return result;
    },
    replaceRunner(next) {
      newest?.abort(new DOMException('The backend changed.', 'AbortError'));
      memory.replaceRunner(next);
    },
    readMemory: () => look(() => memory.read()),
    readTensor: (name) => look(() => memory.readTensor(name)),
    get keptFrames() {
      return [...kept.keys()].sort((a, b) => a - b);
    },
    get keptBytes() {
      return [...kept.values()].reduce((sum, result) => sum + sizeOfKept(result), 0);
    },
    dispose() {
      newest?.abort(new DOMException('The clip or the model was closed.', 'AbortError'));
      memory.forget();
      kept.clear();
    },
  };
}

/** The runner together with the one fact that decides about order: which frame its memory stands at. */
function createMemory(clip: ClipPictures, firstRunner: FrameRunner, hasMemory: boolean) {
  let runner = firstRunner;
  const gaps = new Set<number>();
  /** Frame that the runner's memory belongs to; null = must be reset first. */
  let standsAt: number | null = null;
  let latest: { readonly frameIndex: number; readonly gpu: FrameOutput['gpu'] } | null = null;
  let prefetched: { readonly frameIndex: number; readonly images: Promise<CameraImage[]> } | null = null;

  const openImages = (frame: Frame): Promise<CameraImage[]> =>
    Promise.all(frame.cameras.map((_, camera) => clip.openImage(frame.index, camera)));
  const takeImages = (frame: Frame): Promise<CameraImage[]> => {
    const images = prefetched?.frameIndex === frame.index ? prefetched.images : openImages(frame);
    prefetched = null;
    return images;
  };
  const prefetch = (frameIndex: number) => {
    const images = openImages(clip.frames[frameIndex]!);
    images.catch(() => undefined); // Reported when the frame is run.
    prefetched = { frameIndex, images };
  };
  const forget = () => {
    standsAt = null;
    latest = null;
    prefetched = null;
  };
  return {
    forget,
    buffersOf: (frameIndex: number) => (latest?.frameIndex === frameIndex ? latest.gpu : null),
    replaceRunner(next: FrameRunner) {
      runner = next;
      forget();
    },
    /** Frames to run, in order, to have the memory stand at `frameIndex`. */
    planRoute(frameIndex: number): number[] {
      if (!hasMemory) return [frameIndex];
      const start = standsAt !== null && standsAt < frameIndex ? standsAt + 1 : 0;
      const first = Math.max(start, ...[...gaps].filter((gap) => gap < frameIndex).map((gap) => gap + 1));
      return Array.from({ length: frameIndex - first + 1 }, (_, step) => first + step);
    },
    /** A frame without images: the memory ends before it and begins anew after it. */
    noteGap(frameIndex: number) {
      gaps.add(frameIndex);
    },
    async read(): Promise<MemorySnapshot | null> {
      const frameIndex = standsAt;
      return frameIndex === null ? null : { frameIndex, tensors: await runner.readState() };
    },
    async readTensor(name: string): Promise<FrameTensor | null> {
      const frameIndex = standsAt;
      return frameIndex === null ? null : { frameIndex, ...(await runner.readTensor(name)) };
    },
    async run(frameIndex: number, nextIndex: number | null): Promise<FrameResult> {
      const used = runner;
      const continues = hasMemory && standsAt === frameIndex - 1 && frameIndex > 0;
      const frame = clip.frames[frameIndex]!;
      const images = await takeImages(frame);
      if (nextIndex !== null) prefetch(nextIndex);
      if (!continues) used.reset();
      forgetPosition();
      const output = await used.run(frame, images);
      const result = await output.read();
      if (used === runner) {
        standsAt = frameIndex;
        latest = { frameIndex, gpu: output.gpu };
      }
      return result;
    },
  };

  /** While a run is under way, or after one failed, the memory belongs to no known frame. */
  function forgetPosition(): void {
    standsAt = null;
    latest = null;
  }
}

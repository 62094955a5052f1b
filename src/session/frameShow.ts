import type { ClassTable } from '../domain/classes.ts';
import type { Clip } from '../domain/clip.ts';
import type { GridSpec } from '../domain/geometry.ts';
import { isFrameFault } from '../errors/catalogue.ts';
import type { FrameOutput } from '../pipeline/frameRunner.ts';
import { countLabels } from '../stores/countLabels.ts';
import type { CurrentFrame } from '../stores/session.ts';
import type { Stores } from '../stores/stores.ts';
import type { PredictionSource, ReadyPrediction } from './ports.ts';

/** What the 3D view draws for the prediction. Labels and flow come from the GPU where the run has just been made. */
export interface ShownPrediction {
  readonly current: CurrentFrame;
  readonly grid: GridSpec;
  readonly classes: ClassTable;
  readonly gpu: FrameOutput['gpu'];
  readonly version: number;
}

/** Asks for the prediction of a frame and puts it on screen; a newer request takes over from an older one. */
export interface FrameShow {
  readonly shown: ShownPrediction | null;
  /** Resolves when that frame is on screen; rejects with an `AbortError` when another request took over. */
  show(frameIndex: number): Promise<void>;
  /** Nothing is on screen any more. */
  clear(): void;
  /** The buffers of the shown prediction are gone (another run, a lost device): draw it from the CPU side. */
  dropGpu(): void;
}

export interface FrameShowPorts {
  readonly stores: Stores;
  readonly getPredictions: () => {
    readonly source: PredictionSource;
    readonly clip: Clip;
    readonly grid: GridSpec;
  } | null;
}

export function createFrameShow({ stores, getPredictions }: FrameShowPorts): FrameShow {
  const { playback } = stores;
  let shown: ShownPrediction | null = null;
  let request = 0;
  const publish = (next: ShownPrediction | null) => {
    shown = next;
    playback.setState(({ version }) => ({ version: version + 1, shownFrame: next?.current.frameIndex ?? null }));
  };
  return {
    get shown() {
      return shown;
    },
    async show(frameIndex) {
      const predictions = getPredictions();
      if (!predictions) throw new DOMException('No model is ready.', 'AbortError');
      request += 1;
      const own = request;
      const { source, clip, grid } = predictions;
      const stillWanted = () => own === request;
      const reportProgress = () => ({
        predictedFrames: new Set(source.storedFrames),
        memoryFrames: source.memoryFrames,
      });
      if (!source.has(frameIndex)) playback.setState({ catchingUp: { done: 0, total: 1 } });
      playback.setState({ frameFault: null });
      try {
        const ready = await source.ensure(frameIndex, (progress) => {
          if (stillWanted()) playback.setState({ catchingUp: progress, ...reportProgress() });
        });
        if (!stillWanted()) throw new DOMException('Another frame was asked for.', 'AbortError');
        playback.setState(reportProgress());
        publish(makeShown(ready, grid, clip, playback.getState().version + 1));
      } catch (error) {
        if (stillWanted() && isFrameFault(error)) {
          // Nothing of another frame may stand where this one has no answer.
          publish(null);
          playback.setState({ frameFault: { frameIndex, error }, ...reportProgress() });
        }
        throw error;
      } finally {
        if (stillWanted()) playback.setState({ catchingUp: null });
      }
    },
    clear() {
      request += 1;
      playback.setState({ catchingUp: null, frameFault: null, predictedFrames: new Set(), memoryFrames: 0 });
      if (shown) publish(null);
    },
    dropGpu() {
      if (shown?.gpu) publish({ ...shown, gpu: null, version: playback.getState().version + 1 });
    },
  };
}

function makeShown({ result, gpu }: ReadyPrediction, grid: GridSpec, clip: Clip, version: number): ShownPrediction {
  const { frameIndex, labels, flow, timings, wallMilliseconds } = result;
  const counts = countLabels(labels, clip.classes.classes.length);
  return {
    current: { frameIndex, labels, grid, flow, counts, timings, wallMilliseconds },
    grid,
    classes: clip.classes,
    gpu,
    version,
  };
}

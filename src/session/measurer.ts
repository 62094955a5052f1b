import type { Clip } from '../domain/clip.ts';
import type { FrameResult } from '../domain/result.ts';
import { sumCounts } from '../metrics/counts.ts';
import type { MetricCounts } from '../metrics/model.ts';
import { getMetric } from '../metrics/registry.ts';
import { summarise } from '../metrics/summarise.ts';
import { type Measured, type MetricSeries, type MetricsState, nothingMeasured } from '../stores/metricsStore.ts';
import type { Stores } from '../stores/stores.ts';
import type { MeterFrame, MeterResult, MeterScene } from './sceneMeter.ts';

/** A worker that counts the frames of one scene, one after another. */
export interface MeterPort {
  /** Rejects with why the frame could not be counted. */
  measure(frame: MeterFrame): Promise<MeterResult>;
  dispose(): void;
}

export interface MeasurerPorts {
  readonly stores: Stores;
  readonly openMeter: (scene: MeterScene) => MeterPort;
  /** The kept prediction of a frame, or null. Fresh arrays each time. */
  readonly readPrediction: (frameIndex: number) => FrameResult | null;
}

/** Measures every predicted frame of the open clip, in order, off the page's thread. */
export interface Measurer {
  /** Voxels that flicker in a measured frame, or null. */
  flickerOf(frameIndex: number): Uint32Array | null;
  /** Look for frames to measure; called whenever there may be some. */
  update(): void;
}

/** One clip with one model's predictions of it. */
interface Run {
  readonly clip: Clip;
  readonly meter: MeterPort;
  readonly counts: Map<number, MetricCounts>;
  readonly flicker: Map<number, Uint32Array>;
  readonly failed: Set<number>;
}

export function createMeasurer({ stores, openMeter, readPrediction }: MeasurerPorts): Measurer {
  const { clip: clipStore, playback, metrics } = stores;
  let run: Run | null = null;
  let isBusy = false;

  const endRun = () => {
    run?.meter.dispose();
    run = null;
    metrics.setState(nothingMeasured);
  };
  const openRun = (clip: Clip): Run => ({
    clip,
    meter: openMeter({ classes: clip.classes, grid: clip.grid, worldFromEgo: clip.frames.map((f) => f.worldFromEgo) }),
    counts: new Map(),
    flicker: new Map(),
    failed: new Set(),
  });
  const publish = ({ counts, clip }: Run, frameIndex: number) => {
    const measure = (own: MetricCounts): Measured => ({ counts: own, summary: summarise(own, clip.classes) });
    const frames = new Map(metrics.getState().frames).set(frameIndex, measure(counts.get(frameIndex)!));
    const total = measure(sumCounts(clip.classes, counts.values()));
    metrics.setState({ frames, total, series: makeSeries(metrics.getState().chosen, frames) });
  };
  const measureNext = async (own: Run, frameIndex: number) => {
    metrics.setState({ measuring: frameIndex });
    try {
      const truth = await own.clip.openTruth(frameIndex);
      const prediction = readPrediction(frameIndex);
      if (own !== run || !prediction) return;
      if (!truth) {
        own.failed.add(frameIndex);
        return;
      }
      const { labels, flow } = prediction;
      const { cameras } = own.clip.frames[frameIndex]!;
      const result = await own.meter.measure({ frameIndex, labels, flow, truth, cameras });
      if (own !== run) return;
      own.counts.set(frameIndex, result.counts);
      if (result.flicker) own.flicker.set(frameIndex, result.flicker);
      publish(own, frameIndex);
    } catch (error) {
      if (own !== run) return;
      own.failed.add(frameIndex);
      metrics.setState({ problem: `Frame ${frameIndex + 1} could not be measured. ${describe(error)}` });
    } finally {
      if (own === run) metrics.setState({ measuring: null });
    }
  };
  const update = () => {
    const { clip } = clipStore.getState();
    const { predictedFrames } = playback.getState();
    if (run && (run.clip !== clip || predictedFrames.size === 0)) endRun();
    if (isBusy || !clip?.hasTruth || predictedFrames.size === 0) return;
    run ??= openRun(clip);
    const { counts, failed } = run;
    const waiting = [...predictedFrames].filter((frame) => !counts.has(frame) && !failed.has(frame));
    if (waiting.length === 0) return;
    isBusy = true;
    void measureNext(run, Math.min(...waiting)).finally(() => {
      isBusy = false;
      update();
    });
  };
  metrics.subscribe(({ chosen, frames, series }) => {
    if (series && series.id !== chosen) metrics.setState({ series: makeSeries(chosen, frames) });
  });
  playback.subscribe(update);
  clipStore.subscribe(update);
  return { update, flickerOf: (frameIndex) => run?.flicker.get(frameIndex) ?? null };
}

/** The chosen metric of every measured frame. */
export function makeSeries(id: MetricsState['chosen'], frames: MetricsState['frames']): MetricSeries {
  const { title, unit, higherIsBetter, read } = getMetric(id);
  const scores = new Map([...frames].map(([frame, { summary }]) => [frame, read(summary)]));
  return { id, title, unit, higherIsBetter, scores };
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

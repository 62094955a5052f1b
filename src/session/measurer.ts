import type { Clip } from '../domain/clip.ts';
import type { Vector3 } from '../domain/geometry.ts';
import type { FrameResult } from '../domain/result.ts';
import { sumCounts } from '../metrics/counts.ts';
import type { MetricCounts } from '../metrics/model.ts';
import { NUSCENES_LIDAR } from '../metrics/rayOrigins.ts';
import { getMetric } from '../metrics/registry.ts';
import { summarise } from '../metrics/summarise.ts';
import { type Measured, type MetricSeries, type MetricsState, nothingMeasured } from '../stores/metricsStore.ts';
import type { PredictionId } from '../stores/paneContent.ts';
import { readContent } from '../stores/paneContent.ts';
import type { Stores } from '../stores/stores.ts';
import { freeIgnored } from './judged.ts';
import type { MeterFrame, MeterResult, MeterScene } from './sceneMeter.ts';

/** Counts the frames of one scene, one after another, off the page's thread. */
export interface MeterPort {
  /** Rejects with why the frame could not be counted. */
  measure(frame: MeterFrame): Promise<MeterResult>;
  dispose(): void;
}

export interface MeasurerPorts {
  readonly stores: Stores;
  readonly openMeter: (scene: MeterScene) => MeterPort;
  /** A prediction that has been made, or null. Fresh arrays each time. */
  readonly readPrediction: (id: PredictionId, frameIndex: number) => FrameResult | null;
}

/** Measures every predicted frame of the open clip, in order, for every prediction whose numbers are asked for. */
export interface Measurer {
  /** Voxels that flicker in a measured frame, or null. */
  flickerOf(id: PredictionId, frameIndex: number): Uint32Array | null;
  /** Look for frames to measure; called whenever there may be some. */
  update(): void;
}

/** One clip with one prediction of it. */
interface Run {
  readonly id: PredictionId;
  readonly clip: Clip;
  readonly meter: MeterPort;
  readonly frames: Map<number, Measured>;
  readonly flicker: Map<number, Uint32Array>;
  readonly failed: Set<number>;
  total: Measured | null;
}

export function createMeasurer(ports: MeasurerPorts): Measurer {
  return new ClipMeasurer(ports);
}

class ClipMeasurer implements Measurer {
  private readonly ports: MeasurerPorts;
  private readonly runs = new Map<PredictionId, Run>();
  private isBusy = false;

  constructor(ports: MeasurerPorts) {
    this.ports = ports;
    const { playback, clip, sources, view, metrics } = ports.stores;
    for (const store of [playback, clip, sources, view]) store.subscribe(() => this.update());
    metrics.subscribe((now, before) => {
      if (now.chosen !== before.chosen || now.subject !== before.subject || now.second !== before.second) {
        this.publish();
        this.update();
      }
    });
  }

  flickerOf(id: PredictionId, frameIndex: number): Uint32Array | null {
    return this.runs.get(id)?.flicker.get(frameIndex) ?? null;
  }

  update(): void {
    const { clip: clipStore, sources } = this.ports.stores;
    const { clip } = clipStore.getState();
    for (const run of [...this.runs.values()]) {
      if (run.clip !== clip || this.listPredicted(run.id).size === 0) this.endRun(run);
    }
    if (this.isBusy || !clip?.hasTruth) return;
    for (const id of this.listWanted()) {
      const predicted = this.listPredicted(id);
      // On another grid nothing can be counted; the panel says so.
      if (predicted.size === 0 || sources.getState().used.get(id)?.isComparable === false) continue;
      const run = this.runs.get(id) ?? this.openRun(id, clip);
      const waiting = [...predicted].filter((frame) => !run.frames.has(frame) && !run.failed.has(frame));
      if (waiting.length === 0) continue;
      this.isBusy = true;
      void this.measure(run, Math.min(...waiting)).finally(() => {
        this.isBusy = false;
        this.update();
      });
      return;
    }
  }

  /** Whose frames are counted: those of the panel, and those whose flicker a column shows. */
  private listWanted(): PredictionId[] {
    const { metrics, view } = this.ports.stores;
    const { subject, second } = metrics.getState();
    const flickers = view.getState().panes.flatMap(({ content }) => {
      const parts = readContent(content);
      return parts.kind === 'flicker' ? [parts.subject] : [];
    });
    return [...new Set([subject, ...(second === null ? [] : [second]), ...flickers])];
  }

  private listPredicted(id: PredictionId): ReadonlySet<number> {
    const { playback, sources } = this.ports.stores;
    if (id === 'prediction') return playback.getState().predictedFrames;
    return sources.getState().used.get(id)?.predictedFrames ?? noFrames;
  }

  private openRun(id: PredictionId, clip: Clip): Run {
    const worldFromEgo = clip.frames.map((frame) => frame.worldFromEgo);
    const meter = this.ports.openMeter({
      classes: clip.classes,
      grid: clip.grid,
      worldFromEgo,
      lidar: findLidar(clip),
    });
    const run = { id, clip, meter, frames: new Map(), flicker: new Map(), failed: new Set<number>(), total: null };
    this.runs.set(id, run);
    return run;
  }

  private endRun(run: Run): void {
    run.meter.dispose();
    this.runs.delete(run.id);
    this.publish();
  }

  private async measure(run: Run, frameIndex: number): Promise<void> {
    const { metrics } = this.ports.stores;
    const isCurrent = () => this.runs.get(run.id) === run;
    metrics.setState({ measuring: frameIndex });
    try {
      const truth = await run.clip.openTruth(frameIndex);
      const prediction = this.ports.readPrediction(run.id, frameIndex);
      if (!isCurrent()) return;
      if (!prediction || !truth) {
        run.failed.add(frameIndex);
        return;
      }
      const { flow } = prediction;
      const labels = freeIgnored(prediction.labels, truth.ignored, run.clip.classes.free);
      const { cameras } = run.clip.frames[frameIndex]!;
      const result = await run.meter.measure({ frameIndex, labels, flow, truth, cameras, gpu: null });
      if (isCurrent()) this.keep(run, result);
    } catch (error) {
      if (!isCurrent()) return;
      run.failed.add(frameIndex);
      metrics.setState({ problem: `Frame ${frameIndex + 1} could not be measured. ${describe(error)}` });
    } finally {
      metrics.setState({ measuring: null });
    }
  }

  private keep(run: Run, { frameIndex, counts, flicker }: MeterResult): void {
    const score = (own: MetricCounts): Measured => ({ counts: own, summary: summarise(own, run.clip.classes) });
    run.frames.set(frameIndex, score(counts));
    if (flicker) run.flicker.set(frameIndex, flicker);
    const all = [...run.frames.values()].map((measured) => measured.counts);
    run.total = score(sumCounts(run.clip.classes, all));
    this.publish();
  }

  /** Put the numbers of the chosen predictions into the store. */
  private publish(): void {
    const { metrics } = this.ports.stores;
    const { subject, second, chosen, measuring, problem } = metrics.getState();
    const run = this.runs.get(subject);
    const other = second === null ? undefined : this.runs.get(second);
    const frames = new Map(run?.frames);
    metrics.setState(({ measuredVersion }) => ({
      ...nothingMeasured,
      measuring,
      problem: this.runs.size === 0 ? null : problem,
      frames,
      total: run?.total ?? null,
      series: frames.size > 0 ? makeSeries(chosen, frames) : null,
      beside: other?.total ? { frames: new Map(other.frames), total: other.total } : null,
      measuredVersion: measuredVersion + 1,
    }));
  }
}

/** Where the clip's lidar stands, or that of the nuScenes car where the clip does not say. */
function findLidar({ egoFromLidar: pose }: Clip): Vector3 {
  return pose ? [pose[3]!, pose[7]!, pose[11]!] : NUSCENES_LIDAR;
}

const noFrames: ReadonlySet<number> = new Set();

/** The chosen metric of every measured frame. */
export function makeSeries(id: MetricsState['chosen'], frames: MetricsState['frames']): MetricSeries {
  const { title, unit, higherIsBetter, read } = getMetric(id);
  const scores = new Map([...frames].map(([frame, { summary }]) => [frame, read(summary)]));
  return { id, title, unit, higherIsBetter, scores };
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

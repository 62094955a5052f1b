import { createStore } from 'zustand/vanilla';
import type { MetricCounts, MetricSummary, Score } from '../metrics/model.ts';
import type { MetricId } from '../metrics/registry.ts';

import type { PredictionId } from './paneContent.ts';

export type { MetricId } from '../metrics/registry.ts';

/** Every metric that can colour the timeline; the registry with its definitions is loaded with the metrics. */
export const METRIC_IDS = [
  'miou',
  'iou',
  'miou-dynamic',
  'precision',
  'recall',
  'miou-all',
  'iou-all',
  'miou-dynamic-all',
  'ray-iou',
  'ray-iou-1',
  'ray-iou-2',
  'ray-iou-4',
  'mave-tp',
  'mave-truth-rays',
  'mave-voxels',
  'occ-score',
  'mstcv',
] as const satisfies readonly MetricId[];

/** Counts with the scores made from them. */
export interface Measured {
  readonly counts: MetricCounts;
  readonly summary: MetricSummary;
}

/** The chosen metric along the clip. */
export interface MetricSeries {
  readonly id: MetricId;
  readonly title: string;
  readonly unit: 'fraction' | 'm/s';
  readonly higherIsBetter: boolean;
  /** Score of each measured frame; null where it has none. */
  readonly scores: ReadonlyMap<number, Score>;
}

/** What has been measured of the clip. Counts are a few thousand integers for each frame; volumes never live here. */
export interface MetricsState {
  /** Whether the metrics are looked at: nothing is measured before. */
  readonly isOpen: boolean;
  /** The number that colours the timeline and ranks frames. */
  readonly chosen: MetricId;
  /** Whose numbers these are. */
  readonly subject: PredictionId;
  /** Whose numbers stand beside them, or null. */
  readonly second: PredictionId | null;
  readonly frames: ReadonlyMap<number, Measured>;
  /** All measured frames together. */
  readonly total: Measured | null;
  readonly series: MetricSeries | null;
  /** The second's numbers. */
  readonly beside: { readonly frames: ReadonlyMap<number, Measured>; readonly total: Measured } | null;
  /** Changes with every frame that is measured, whosever. */
  readonly measuredVersion: number;
  /** Frame that is being measured, or null. */
  readonly measuring: number | null;
  /** Why a frame could not be measured, or null. */
  readonly problem: string | null;
  /** Every frame of the clip is being predicted and measured. */
  readonly isRunningClip: boolean;
}

export type MetricsStore = ReturnType<typeof createMetricsStore>;

/** Nothing measured; what the person has chosen is not part of it. */
export const nothingMeasured = {
  frames: new Map<number, Measured>(),
  total: null,
  series: null,
  beside: null,
  measuring: null,
  problem: null,
} as const satisfies Partial<MetricsState>;

export function createMetricsStore() {
  return createStore<MetricsState>(() => ({
    ...nothingMeasured,
    isOpen: false,
    chosen: 'miou',
    subject: 'prediction',
    second: null,
    measuredVersion: 0,
    isRunningClip: false,
  }));
}

/** The measured frame with the worst score, or null where none has one. */
export function findWorstFrame({ scores, higherIsBetter }: MetricSeries): number | null {
  let worst: { readonly frame: number; readonly score: number } | null = null;
  for (const [frame, score] of scores) {
    if (score === null) continue;
    if (!worst || (higherIsBetter ? score < worst.score : score > worst.score)) worst = { frame, score };
  }
  return worst?.frame ?? null;
}

/** How far two scores of neighbouring frames must be apart to count as a change: 5 points, or 0.25 m/s. */
const changeSteps = { fraction: 0.05, 'm/s': 0.25 } as const;

/** The first frame after `from` whose score differs clearly from the frame before it, or null. */
export function findNextChange({ scores, unit }: MetricSeries, from: number): number | null {
  const frames = [...scores.keys()].sort((a, b) => a - b);
  for (const frame of frames) {
    const now = scores.get(frame);
    const before = scores.get(frame - 1);
    if (frame <= from || now == null || before == null) continue;
    if (Math.abs(now - before) >= changeSteps[unit]) return frame;
  }
  return null;
}

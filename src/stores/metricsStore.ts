import { createStore } from 'zustand/vanilla';
import type { MetricSummary } from '../metrics/model.ts';
import type { MetricId } from '../metrics/registry.ts';

/** How many frames of the clip have been measured, and how measuring goes. */
export interface MetricsState {
  /** Whether the metrics are looked at: nothing is measured before. */
  readonly isOpen: boolean;
  /** The number that colours the timeline and ranks frames. */
  readonly chosen: MetricId;
  /** Scores per measured frame. */
  readonly frames: ReadonlyMap<number, MetricSummary>;
  /** Scores of all measured frames together. */
  readonly total: MetricSummary | null;
  /** Frame that is being measured, or null. */
  readonly measuring: number | null;
  /** Why measuring stopped, or null. */
  readonly problem: string | null;
  /** Measure every frame of the clip, predicting what is missing. */
  readonly isRunningClip: boolean;
}

export type MetricsStore = ReturnType<typeof createMetricsStore>;

export function createMetricsStore() {
  return createStore<MetricsState>(() => ({
    isOpen: false,
    chosen: 'miou',
    frames: new Map(),
    total: null,
    measuring: null,
    problem: null,
    isRunningClip: false,
  }));
}

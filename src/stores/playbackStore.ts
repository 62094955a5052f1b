import { createStore } from 'zustand/vanilla';
import type { OccuscopeError } from '../errors/catalogue.ts';

export const PLAYBACK_SPEEDS = [0.25, 0.5, 1, 2, 4] as const;

/** Where in time the page is. Results themselves are held by the session; `version` counts what it shows. */
export interface PlaybackState {
  /** The frame that was asked for; images follow it at once. */
  readonly frameIndex: number;
  /** The frame whose prediction is on screen, or null before the first. */
  readonly shownFrame: number | null;
  readonly isPlaying: boolean;
  readonly speed: number;
  readonly isLooping: boolean;
  /** Frames with a stored prediction, and a number that changes with them. */
  readonly predictedFrames: ReadonlySet<number>;
  /** Frames done and to do before the frame asked for can be shown; null when nothing runs. */
  readonly catchingUp: { readonly done: number; readonly total: number } | null;
  /** Why the frame asked for cannot be predicted, where its own images are to blame; null otherwise. */
  readonly frameFault: { readonly frameIndex: number; readonly error: OccuscopeError } | null;
  /** Frames that the network's memory holds since its last reset. */
  readonly memoryFrames: number;
  /** Changes whenever other per-frame data is shown. */
  readonly version: number;
  /** Changes whenever another pair of prediction and truth is held for comparison. */
  readonly comparisonVersion: number;
}

export type PlaybackStore = ReturnType<typeof createPlaybackStore>;

export function createPlaybackStore() {
  return createStore<PlaybackState>(() => ({
    frameIndex: 0,
    shownFrame: null,
    isPlaying: false,
    speed: 1,
    isLooping: true,
    predictedFrames: new Set(),
    catchingUp: null,
    frameFault: null,
    memoryFrames: 0,
    version: 0,
    comparisonVersion: 0,
  }));
}

/** The next speed of the list in `direction`, or the same at either end. */
export function chooseSpeed(speed: number, direction: 1 | -1): number {
  const position = PLAYBACK_SPEEDS.indexOf(speed as (typeof PLAYBACK_SPEEDS)[number]);
  return PLAYBACK_SPEEDS[position + direction] ?? speed;
}

import { createStore } from 'zustand/vanilla';
import type { Clip } from '../domain/clip.ts';
import type { OccuscopeError } from '../errors/catalogue.ts';
import type { LoadProgress } from './progress.ts';

/** One clip that the page can open by name. */
export interface ClipChoice {
  readonly id: string;
  readonly title: string;
  /** Opened by address only, not offered in the menu. */
  readonly isHidden: boolean;
}

/** Which clips there are, which one is open, and how opening goes. Pixels and truth never live here. */
export interface ClipState {
  readonly choices: readonly ClipChoice[];
  readonly phase: 'idle' | 'loading' | 'ready' | 'cancelled' | 'failed';
  readonly clip: Clip | null;
  readonly progress: LoadProgress | null;
  readonly error: OccuscopeError | null;
  /** Images of this clip drawn so far, counted up to the number of its cameras: heavier work waits for them. */
  readonly drawnImages: number;
}

export type ClipStore = ReturnType<typeof createClipStore>;

export function createClipStore() {
  return createStore<ClipState>(() => ({
    choices: [],
    phase: 'idle',
    clip: null,
    progress: null,
    error: null,
    drawnImages: 0,
  }));
}

/** One more image of the open clip is on screen. */
export function countDrawnImage(store: ClipStore): void {
  const { clip, drawnImages } = store.getState();
  if (clip && drawnImages < clip.cameraNames.length) store.setState({ drawnImages: drawnImages + 1 });
}

/** Whether the clip's images are on screen, or are not to be waited for. */
export function areImagesShown({ phase, clip, drawnImages }: ClipState): boolean {
  if (phase === 'failed' || phase === 'cancelled' || phase === 'idle') return true;
  return clip !== null && drawnImages >= clip.cameraNames.length;
}

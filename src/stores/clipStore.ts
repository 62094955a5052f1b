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
  readonly phase: 'idle' | 'loading' | 'ready' | 'failed';
  readonly clip: Clip | null;
  readonly progress: LoadProgress | null;
  readonly error: OccuscopeError | null;
}

export type ClipStore = ReturnType<typeof createClipStore>;

export function createClipStore() {
  return createStore<ClipState>(() => ({ choices: [], phase: 'idle', clip: null, progress: null, error: null }));
}

import { createStore } from 'zustand/vanilla';
import type { Clip, TruthSource } from '../domain/clip.ts';
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
  /** Truth that was handed over in this visit, by the id of its clip: it comes back with the clip. */
  readonly addedTruths: ReadonlyMap<string, readonly TruthSource[]>;
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
    addedTruths: new Map(),
  }));
}

/** One more image of the open clip is on screen. */
export function countDrawnImage(store: ClipStore): void {
  const { clip, drawnImages } = store.getState();
  if (clip && drawnImages < clip.cameraNames.length) store.setState({ drawnImages: drawnImages + 1 });
}

/** Read the truth of the open clip from another of its sources. */
export function chooseTruth(store: ClipStore, id: string): void {
  const { clip } = store.getState();
  if (clip && clip.truthId !== id) store.setState({ clip: withTruth(clip, id) });
}

/** The same clip with one of its truths chosen; unchanged where it has none of that id. */
function withTruth(clip: Clip, id: string): Clip {
  const chosen = clip.truths?.find((truth) => truth.id === id);
  return chosen ? { ...clip, hasTruth: true, truthId: id, openTruth: chosen.openTruth } : clip;
}

/** The same clip with truths that were handed over; the last is chosen. What it had itself stays among them. */
export function withAddedTruths(clip: Clip, added: readonly TruthSource[]): Clip {
  const last = added.at(-1);
  if (!last) return clip;
  const own = clip.truths ?? (clip.hasTruth ? [{ id: 'own', title: 'Of the clip', openTruth: clip.openTruth }] : []);
  const truths = [...own.filter(({ id }) => !added.some((other) => other.id === id)), ...added];
  return withTruth({ ...clip, truths }, last.id);
}

/** Give the open clip another truth, and choose it. One of the same id takes its place. */
export function addTruth(store: ClipStore, truth: TruthSource): void {
  const { clip, addedTruths } = store.getState();
  if (!clip) return;
  const added = [...(addedTruths.get(clip.id) ?? []).filter(({ id }) => id !== truth.id), truth];
  store.setState({ clip: withAddedTruths(clip, [truth]), addedTruths: new Map(addedTruths).set(clip.id, added) });
}

/** Truth that was handed over for a clip of this id does not come back any more. */
export function forgetTruths(store: ClipStore, clipId: string): void {
  store.setState(({ addedTruths }) => ({ addedTruths: new Map([...addedTruths].filter(([id]) => id !== clipId)) }));
}

/** Whether the clip's images are on screen, or are not to be waited for. */
export function areImagesShown({ phase, clip, drawnImages }: ClipState): boolean {
  if (phase === 'failed' || phase === 'cancelled' || phase === 'idle') return true;
  return clip !== null && drawnImages >= clip.cameraNames.length;
}

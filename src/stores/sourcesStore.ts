import { createStore } from 'zustand/vanilla';
import type { OccuscopeError } from '../errors/catalogue.ts';
import type { ModelChoice } from './modelStore.ts';
import { type MemoryUse, type PaneContent, type PredictionId, readContent, readModelId } from './paneContent.ts';
import type { LoadProgress } from './progress.ts';

/** A prediction beside the open model's, while a column or the metrics use it. Results live in the session. */
export interface SourceState {
  readonly phase: 'waiting' | 'loading' | 'ready' | 'failed';
  readonly progress: LoadProgress | null;
  readonly error: OccuscopeError | null;
  /** The frame whose prediction is on screen, or null. */
  readonly shownFrame: number | null;
  /** The frame of which it has been found that nothing is stored, or null. */
  readonly missingFrame: number | null;
  /** On the clip's own grid and classes: only then it can be laid over the truth. */
  readonly isComparable: boolean;
  readonly catchingUp: { readonly done: number; readonly total: number } | null;
  readonly predictedFrames: ReadonlySet<number>;
  readonly version: number;
}

/** Predictions that somebody handed to the page. */
export interface StoredChoice {
  readonly id: PredictionId;
  readonly title: string;
}

export interface SourcesState {
  /** Those in use. */
  readonly used: ReadonlyMap<PredictionId, SourceState>;
  /** Those that can be used. */
  readonly stored: readonly StoredChoice[];
}

export type SourcesStore = ReturnType<typeof createSourcesStore>;

export function createSourcesStore() {
  return createStore<SourcesState>(() => ({ used: new Map(), stored: [] }));
}

/** Whether everything in use has said what it can of the frame. */
export function areSourcesSettled({ used }: SourcesState, frameIndex: number): boolean {
  return [...used.values()].every(({ phase, shownFrame, missingFrame }) => {
    return phase === 'failed' || shownFrame === frameIndex || missingFrame === frameIndex;
  });
}

/** What titles are made of. */
interface TitleSources {
  readonly models: readonly ModelChoice[];
  readonly stored: readonly StoredChoice[];
}

const kindTitles = {
  prediction: 'Prediction',
  truth: 'Ground truth',
  difference: 'Difference',
  'flow-error': 'Flow error',
  flicker: 'Flicker',
  memory: 'Memory',
} as const;

const useTitles: Readonly<Record<MemoryUse, string>> = {
  moved: '',
  unmoved: ', memory not moved',
  off: ', memory off',
};

/** A prediction as people call it. */
export function titlePrediction(id: PredictionId, { models, stored }: TitleSources): string {
  const model = readModelId(id);
  if (model) {
    const { address, memoryUse } = model;
    return `${models.find((choice) => choice.id === address)?.title ?? address}${useTitles[memoryUse]}`;
  }
  return (
    stored.find((choice) => choice.id === id)?.title ?? (id === 'prediction' ? kindTitles.prediction : id.slice(7))
  );
}

/** A pane's content as people call it. */
export function titleContent(content: PaneContent, sources: TitleSources): string {
  const { kind, subject } = readContent(content);
  if (kind === 'prediction') return titlePrediction(subject, sources);
  return subject === 'prediction' ? kindTitles[kind] : `${kindTitles[kind]}: ${titlePrediction(subject, sources)}`;
}

export function titleKind(kind: keyof typeof kindTitles): string {
  return kindTitles[kind];
}

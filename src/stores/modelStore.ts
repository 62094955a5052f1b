import { createStore } from 'zustand/vanilla';
import type { OccuscopeError } from '../errors/catalogue.ts';
import type { MemoryUse } from './paneContent.ts';
import type { LoadProgress } from './progress.ts';

export type Backend = 'webgpu' | 'cpu';

/** One model package that the page can open by name. */
export interface ModelChoice {
  readonly id: string;
  readonly title: string;
  /** Opened by address only, not offered in the menu. */
  readonly isHidden: boolean;
  /** Meant for machines without a GPU. */
  readonly isLight: boolean;
}

/** What the model card shows, from the manifest. */
export interface ModelCard {
  readonly id: string;
  /** What the address bar calls it: its id, or the path of its zip. */
  readonly address: string;
  readonly title: string;
  readonly summary: string;
  readonly licence: string;
  readonly origin: string;
  readonly bytes: number;
  readonly imageSize: readonly [number, number];
  /** How many cameras it takes; fewer will do. */
  readonly cameras: number;
  readonly hasMemory: boolean;
  readonly hasFlow: boolean;
  /** Reads the package's card as plain text; null where the package has none. */
  readonly readCard: (() => Promise<string>) | null;
}

export type ModelPhase =
  | 'idle'
  | 'downloading'
  | 'preparing'
  | 'warming'
  | 'ready'
  | 'cancelled'
  | 'lost'
  | 'rebuilding'
  | 'failed';

/** The open model, where it runs, and how loading goes. Tensors and results never live here. */
export interface ModelState {
  readonly choices: readonly ModelChoice[];
  readonly phase: ModelPhase;
  readonly card: ModelCard | null;
  readonly backend: Backend;
  /** Why the backend is not the one asked for, or null. */
  readonly backendNote: OccuscopeError | null;
  /** How the open model's memory is used. */
  readonly memoryUse: MemoryUse;
  readonly adapterName: string | null;
  readonly isSoftwareAdapter: boolean;
  readonly modelProgress: LoadProgress | null;
  readonly runtimeProgress: LoadProgress | null;
  /** Duration of the warm-up, milliseconds. */
  readonly warmUpMilliseconds: number | null;
  readonly error: OccuscopeError | null;
}

export type ModelStore = ReturnType<typeof createModelStore>;

export function createModelStore() {
  return createStore<ModelState>(() => ({
    choices: [],
    phase: 'idle',
    card: null,
    backend: 'webgpu',
    backendNote: null,
    memoryUse: 'moved',
    adapterName: null,
    isSoftwareAdapter: false,
    modelProgress: null,
    runtimeProgress: null,
    warmUpMilliseconds: null,
    error: null,
  }));
}

import type { Clip } from '../domain/clip.ts';
import type { MemorySnapshot } from '../domain/memory.ts';
import type { FrameResult } from '../domain/result.ts';
import type { StoredPredictions } from '../domain/storedPredictions.ts';
import { OccuscopeError } from '../errors/catalogue.ts';
import type { GpuContext } from '../gpu/device.ts';
import { countLabels } from '../stores/countLabels.ts';
import type { Backend } from '../stores/modelStore.ts';
import { type PredictionId, readModelId } from '../stores/paneContent.ts';
import type { SourceState } from '../stores/sourcesStore.ts';
import type { Stores } from '../stores/stores.ts';
import { listOthers } from '../stores/subjects.ts';
import type { ShownPrediction } from './frameShow.ts';
import { type ContextHolder, isAbort, toOccuscopeError } from './gpuContext.ts';
import type { OpenedModel, SessionPorts } from './ports.ts';
import { isSameGrid } from './sameGrid.ts';
import { createStoredSource, openModelSource, type SideSource } from './sideSource.ts';

/** Predictions beside the open model's, while somebody looks at them: other networks, and what is stored. */
export interface Others {
  shownOf(id: PredictionId): ShownPrediction | null;
  /** A prediction that has been made; fresh arrays each time. */
  read(id: PredictionId, frameIndex: number): FrameResult | null;
  readMemory(id: PredictionId): Promise<MemorySnapshot | null>;
  /** Open again what failed. */
  retry(id: PredictionId): void;
}

export interface OthersPorts {
  readonly stores: Stores;
  readonly ports: SessionPorts;
  readonly holder: Pick<ContextHolder, 'context'>;
  readonly getMainModel: () => OpenedModel | null;
  readonly getStored: (id: PredictionId) => StoredPredictions | null;
}

/** What a source was opened for: with another clip, backend or device it is opened anew. */
interface Surroundings {
  readonly clip: Clip;
  readonly backend: Backend;
  readonly context: GpuContext | null;
}

interface Entry {
  readonly id: PredictionId;
  readonly around: Surroundings;
  readonly abort: AbortController;
  source: SideSource | null;
  shown: ShownPrediction | null;
  /** The frame that was asked for last. */
  asked: number | null;
}

const unopened: SourceState = {
  phase: 'waiting',
  progress: null,
  error: null,
  shownFrame: null,
  missingFrame: null,
  isComparable: true,
  catchingUp: null,
  predictedFrames: new Set(),
  version: 0,
};

/** Phases in which the open model must not be disturbed: what stands beside it waits. */
const busyPhases: ReadonlySet<string> = new Set(['downloading', 'preparing', 'warming', 'rebuilding']);

/** Everything beside follows the stores by itself; one thing runs at a time, after the open model has shown the frame. */
export function createOthers(parts: OthersPorts): Others {
  const others = new SideShow(parts);
  others.update();
  return others;
}

class SideShow implements Others {
  private readonly parts: OthersPorts;
  private readonly entries = new Map<PredictionId, Entry>();
  /** Packages stay open: a column that comes back, or a new device, downloads nothing. */
  private readonly packages = new Map<string, OpenedModel>();
  private job: { readonly frameIndex: number; readonly abort: AbortController } | null = null;
  private lastVersion = 0;

  constructor(parts: OthersPorts) {
    this.parts = parts;
    const { view, metrics, playback, model, clip } = parts.stores;
    for (const store of [view, metrics, playback, model, clip]) store.subscribe(() => this.update());
  }

  shownOf(id: PredictionId): ShownPrediction | null {
    return this.entries.get(id)?.shown ?? null;
  }

  read(id: PredictionId, frameIndex: number): FrameResult | null {
    return this.entries.get(id)?.source?.read(frameIndex) ?? null;
  }

  async readMemory(id: PredictionId): Promise<MemorySnapshot | null> {
    return (await this.entries.get(id)?.source?.readMemory()) ?? null;
  }

  retry(id: PredictionId): void {
    this.close(id);
    this.update();
  }

  /** Close what nobody looks at, open what somebody does, and predict the frame of the timeline. */
  update(): void {
    const { stores, holder } = this.parts;
    const wanted = listOthers(stores);
    for (const id of [...this.entries.keys()]) if (!wanted.includes(id)) this.close(id);
    const { clip } = stores.clip.getState();
    const { backend } = stores.model.getState();
    if (!clip) return;
    const around = { clip, backend, context: backend === 'webgpu' ? holder.context : null };
    for (const id of wanted) {
      const entry = this.entries.get(id);
      if (entry && !isSame(entry.around, around)) this.close(id);
      if (!this.entries.has(id)) this.enter(id, around);
    }
    if (this.job && this.job.frameIndex !== stores.playback.getState().frameIndex) this.job.abort.abort();
    void this.work();
  }

  /** Whether the open model leaves room: it is not being built, and has shown the frame or cannot. */
  private isMainQuiet(): boolean {
    const { phase } = this.parts.stores.model.getState();
    const { shownFrame, frameIndex, catchingUp } = this.parts.stores.playback.getState();
    if (busyPhases.has(phase) || catchingUp !== null) return false;
    return phase !== 'ready' || shownFrame === frameIndex;
  }

  /** Runs what waits, one after another, until nothing does. */
  private async work(): Promise<void> {
    if (this.job) return;
    const entry = this.findNext();
    if (!entry) return;
    const { frameIndex } = this.parts.stores.playback.getState();
    const job = { frameIndex, abort: new AbortController() };
    this.job = job;
    try {
      if (!entry.source) await this.open(entry);
      else await this.predict(entry, frameIndex, AbortSignal.any([job.abort.signal, entry.abort.signal]));
    } catch (cause) {
      if (isAbort(cause)) entry.asked = null;
      else if (this.isOpen(entry))
        this.change(entry, { phase: 'failed', error: toOccuscopeError(cause), catchingUp: null });
    } finally {
      this.job = null;
    }
    this.update();
  }

  private findNext(): Entry | undefined {
    const { frameIndex } = this.parts.stores.playback.getState();
    const states = this.parts.stores.sources.getState().used;
    return [...this.entries.values()].find((entry) => {
      if (states.get(entry.id)?.phase === 'failed') return false;
      if (entry.source && entry.asked === frameIndex) return false;
      return entry.id.startsWith('stored:') || (this.isMainQuiet() && hasDevice(entry.around));
    });
  }

  private async open(entry: Entry): Promise<void> {
    const { ports, getStored } = this.parts;
    const { id, abort, around } = entry;
    this.change(entry, { phase: 'loading', error: null });
    const model = readModelId(id);
    let source: SideSource;
    if (model) {
      const opened = await this.openPackage(entry, model.address);
      const { memoryUse } = model;
      source = await openModelSource(ports, { ...around, model: opened, memoryUse, signal: abort.signal });
    } else {
      const stored = getStored(id);
      if (!stored) throw new OccuscopeError('stored-prediction-missing', { detail: id });
      source = createStoredSource(around.clip, stored);
    }
    if (!this.isOpen(entry)) return source.dispose();
    entry.source = source;
    const isComparable = isSameGrid(source, around.clip);
    this.change(entry, { phase: 'ready', progress: null, isComparable });
  }

  private async openPackage(entry: Entry, address: string): Promise<OpenedModel> {
    const main = this.parts.getMainModel();
    const known = main?.card.address === address ? main : this.packages.get(address);
    if (known) return known;
    const onProgress = (progress: SourceState['progress']) => this.change(entry, { progress });
    const opened = await this.parts.ports.openModel(address, { signal: entry.abort.signal, onProgress });
    this.packages.set(address, opened);
    return opened;
  }

  private async predict(entry: Entry, frameIndex: number, signal: AbortSignal): Promise<void> {
    const { source } = entry;
    entry.asked = frameIndex;
    const result = await source!.predict(
      frameIndex,
      (catchingUp) => this.change(entry, { catchingUp, predictedFrames: new Set(source!.frames) }),
      signal,
    );
    if (!this.isOpen(entry)) return;
    this.lastVersion -= 1;
    entry.shown = result && {
      current: { ...result, grid: source!.grid, counts: countLabels(result.labels, source!.classes.classes.length) },
      grid: source!.grid,
      classes: source!.classes,
      // Its buffers may go with the column: volumes beside are drawn from the CPU side.
      gpu: null,
      version: this.lastVersion,
    };
    this.change(entry, {
      catchingUp: null,
      shownFrame: result ? frameIndex : null,
      missingFrame: result ? null : frameIndex,
      predictedFrames: new Set(source!.frames),
    });
  }

  private enter(id: PredictionId, around: Surroundings): void {
    const entry = { id, around, abort: new AbortController(), source: null, shown: null, asked: null };
    this.entries.set(id, entry);
    this.change(entry, unopened);
  }

  private close(id: PredictionId): void {
    const entry = this.entries.get(id);
    if (!entry) return;
    this.entries.delete(id);
    this.parts.stores.sources.setState(({ used }) => ({ used: new Map([...used].filter(([other]) => other !== id)) }));
    entry.abort.abort(new DOMException('The column was closed.', 'AbortError'));
    entry.source?.dispose();
  }

  private isOpen(entry: Entry): boolean {
    return this.entries.get(entry.id) === entry;
  }

  private change(entry: Entry, part: Partial<SourceState>): void {
    if (!this.isOpen(entry)) return;
    this.parts.stores.sources.setState(({ used }) => {
      const before = used.get(entry.id) ?? unopened;
      return { used: new Map(used).set(entry.id, { ...before, ...part, version: before.version + 1 }) };
    });
  }
}

function hasDevice({ backend, context }: Surroundings): boolean {
  return backend === 'cpu' || context !== null;
}

function isSame(a: Surroundings, b: Surroundings): boolean {
  // Another truth makes another clip of the same frames: predictions of them stay.
  const isSameDrive = a.clip.frames === b.clip.frames && a.clip.grid === b.clip.grid;
  return isSameDrive && a.backend === b.backend && a.context === b.context;
}

import type { FrameTensor, MemorySnapshot } from '../domain/memory.ts';
import type { FrameResult } from '../domain/result.ts';
import type { StoredPredictions } from '../domain/storedPredictions.ts';
import { isFrameFault, OccuscopeError } from '../errors/catalogue.ts';
import type { GpuContext } from '../gpu/device.ts';
import type { Backend } from '../stores/modelStore.ts';
import type { MemoryUse, PredictionId } from '../stores/paneContent.ts';
import type { Comparison, CurrentFrame, Report, Session } from '../stores/session.ts';
import { announce, notify } from '../stores/statusStore.ts';
import type { Stores } from '../stores/stores.ts';
import type { UrlState } from '../stores/urlState.ts';
import { type ClipLoad, createClipLoad } from './clipLoad.ts';
import { type ComparisonShow, createComparisonShow } from './comparisonShow.ts';
import { createFrameShow, type FrameShow, type ShownPrediction } from './frameShow.ts';
import { type ContextHolder, createContextHolder, isAbort, toOccuscopeError } from './gpuContext.ts';
import type { MaskCaster } from './maskProtocol.ts';
import { applyMemoryUse } from './memoryUse.ts';
import { createModelLoad, type ModelLoad } from './modelLoad.ts';
import { createOthersHolder, type OthersHolder } from './othersHolder.ts';
import { createPlayer, type Player } from './player.ts';
import type { PredictionSource, SessionPorts } from './ports.ts';
import { makeReport } from './report.ts';
import { chooseStart } from './startChoice.ts';
import { waitForImages } from './waitForImages.ts';
import { waitForShown } from './waitForShown.ts';

/** The session as the composition root sees it. */
export interface SessionHandle extends Session {
  /** Open what the address asks for, or the first clip and model that the site offers. Failures end in the stores. */
  start(url: UrlState): Promise<void>;
  shownOf(id: PredictionId): ShownPrediction | null;
  /** The kept prediction of a frame, or null; fresh arrays each time. */
  readPrediction(id: PredictionId, frameIndex: number): FrameResult | null;
  /** A tensor of the frame that the open model ran last, read back; null where there is no such frame. Throws for a name that there is not. */
  readTensor(name: string): Promise<FrameTensor | null>;
  readonly castMask: MaskCaster;
  /** The device that the 3D view draws with; null on the CPU backend and while there is none. */
  readonly context: GpuContext | null;
  /** Calls on every change of `context`; returns the way to stop. */
  readonly onContextChange: (listener: () => void) => () => void;
}

/** A loss so soon after the last one, in milliseconds, is not rebuilt without being asked. */
const repeatedLossWindow = 20_000;

/** Build the session. Nothing is opened before `start`. */
export function createSession(stores: Stores, ports: SessionPorts): SessionHandle {
  return new PageSession(stores, ports);
}

class PageSession implements SessionHandle {
  private readonly stores: Stores;
  private readonly ports: SessionPorts;
  private readonly holder: ContextHolder;
  private readonly frameShow: FrameShow;
  private readonly modelLoad: ModelLoad;
  private readonly clipLoad: ClipLoad;
  private readonly player: Player;
  private readonly comparisonShow: ComparisonShow;
  private readonly others: OthersHolder;
  private readonly contextListeners = new Set<() => void>();
  private predictions: PredictionSource | null = null;
  private lastLoss = Number.NEGATIVE_INFINITY;
  private readonly wanted: { clip: string | null; model: string | null } = { clip: null, model: null };

  constructor(stores: Stores, ports: SessionPorts) {
    this.stores = stores;
    this.ports = ports;
    this.holder = createContextHolder({
      stores,
      createContext: ports.createContext,
      onChange: () => this.tellContext(),
      onLost: (reason) => void this.recover(reason),
    });
    this.frameShow = createFrameShow({ stores, getPredictions: () => this.readPredictions() });
    this.modelLoad = createModelLoad({
      stores,
      ports,
      holder: this.holder,
      onRunnerGone: () => this.frameShow.dropGpu(),
    });
    this.clipLoad = createClipLoad({ stores, ports, onClipGone: () => this.endPredictions() });
    this.player = createPlayer({
      stores,
      canPredict: () => this.predictions !== null,
      show: () => void this.showPresent().catch(() => undefined),
    });
    const getMainModel = () => this.modelLoad.model;
    this.others = createOthersHolder({ stores, ports, holder: this.holder, getMainModel });
    const getShown = (id: PredictionId) => this.shownOf(id);
    this.comparisonShow = createComparisonShow({ stores, getShown, castMask: ports.castMask });
  }

  get castMask(): MaskCaster {
    return this.ports.castMask;
  }

  get current(): CurrentFrame | null {
    return this.frameShow.shown?.current ?? null;
  }

  predictionOf(id: PredictionId): CurrentFrame | null {
    return this.shownOf(id)?.current ?? null;
  }

  comparisonOf(id: PredictionId): Comparison | null {
    return this.comparisonShow.of(id);
  }

  shownOf(id: PredictionId): ShownPrediction | null {
    return id === 'prediction' ? this.frameShow.shown : (this.others.current?.shownOf(id) ?? null);
  }

  get context(): GpuContext | null {
    return this.stores.model.getState().backend === 'webgpu' ? this.holder.context : null;
  }

  readonly onContextChange = (listener: () => void): (() => void) => {
    this.contextListeners.add(listener);
    return () => this.contextListeners.delete(listener);
  };

  async start(url: UrlState): Promise<void> {
    if (url.backend) this.stores.model.setState({ backend: url.backend });
    // The 3D view needs the device even where no model can be opened.
    const settled = this.modelLoad.settleBackend(this.stores.model.getState().backend);
    void settled.then(() => this.tellContext());
    await Promise.all([this.startClip(url), waitForImages(this.stores.clip).then(() => this.startModel(url, settled))]);
  }

  async openClip(id: string): Promise<void> {
    this.wanted.clip = id;
    this.player.stop();
    await this.clipLoad.open(id, 0);
    await this.showPresent();
  }

  async openModel(id: string): Promise<void> {
    this.wanted.model = id;
    this.endPredictions();
    await this.modelLoad.open(id);
    await this.enterReady();
  }

  async setBackend(backend: Backend): Promise<void> {
    const before = this.stores.model.getState();
    if (backend === before.backend && before.phase === 'ready') return;
    if (this.holder.context === null) this.holder.forget();
    this.endPredictions();
    this.stores.model.setState({ backend, backendNote: null });
    this.tellContext();
    await this.rebuildOrOpen(backend);
  }

  cancelLoading(): void {
    this.modelLoad.cancel();
  }

  cancelClip(): void {
    this.clipLoad.cancel();
  }

  async retry(): Promise<void> {
    if (['failed', 'cancelled'].includes(this.stores.clip.getState().phase) && this.wanted.clip)
      await this.openClip(this.wanted.clip);
    const { phase, backend } = this.stores.model.getState();
    if (!['failed', 'cancelled', 'lost', 'idle'].includes(phase)) return;
    this.lastLoss = Number.NEGATIVE_INFINITY;
    if (this.holder.context === null) this.holder.forget();
    await this.rebuildOrOpen(backend);
  }

  async resetMemory(): Promise<void> {
    this.endPredictions();
    await this.showPresent();
  }

  async setMemoryUse(memoryUse: MemoryUse): Promise<void> {
    if (this.stores.model.getState().memoryUse === memoryUse) return;
    this.stores.model.setState({ memoryUse });
    await this.resetMemory();
  }

  async readMemory(id: PredictionId): Promise<MemorySnapshot | null> {
    if (id !== 'prediction') return (await this.others.current?.readMemory(id)) ?? null;
    const isOff = this.stores.model.getState().memoryUse === 'off';
    return isOff ? null : ((await this.predictions?.readMemory()) ?? null);
  }

  async readTensor(name: string): Promise<FrameTensor | null> {
    return (await this.predictions?.readTensor(name)) ?? null;
  }

  addStoredPredictions(stored: StoredPredictions): void {
    this.others.addStored(stored);
  }

  removeStoredPredictions(id: PredictionId): void {
    this.others.removeStored(id);
  }

  retryPrediction(id: PredictionId): void {
    this.others.current?.retry(id);
  }

  async seek(frameIndex: number): Promise<void> {
    const count = this.stores.clip.getState().clip?.frames.length ?? 0;
    if (count === 0) return;
    const target = Math.min(Math.max(0, Math.round(frameIndex)), count - 1);
    this.stores.playback.setState({ frameIndex: target });
    if (this.predictions && this.stores.model.getState().phase === 'ready') await this.showPresent();
    else await waitForShown(this.stores, target);
  }

  stepBy(frames: number): void {
    this.player.stop();
    void this.seek(this.stores.playback.getState().frameIndex + frames).catch(() => undefined);
  }

  setPlaying(isPlaying: boolean): void {
    if (isPlaying) this.player.start();
    else this.player.stop();
  }

  async openImage(frameIndex: number, cameraIndex: number) {
    return await this.requireClip().openImage(frameIndex, cameraIndex);
  }

  async openTruth(frameIndex: number) {
    return await this.requireClip().openTruth(frameIndex);
  }

  readPrediction(id: PredictionId, frameIndex: number): FrameResult | null {
    if (id !== 'prediction') return this.others.current?.read(id, frameIndex) ?? null;
    return this.predictions?.read(frameIndex) ?? null;
  }

  makeReport(): Report {
    const { stores, ports, current, predictions } = this;
    const storedBytes = predictions?.storedBytes ?? 0;
    return makeReport({ stores, current, storedBytes, versions: ports.versions, browser: ports.describeBrowser() });
  }

  /** Predict and show the present frame, where both a clip and a warm model are there. */
  private async showPresent(): Promise<void> {
    const { clip } = this.stores.clip.getState();
    const { runner, model } = this.modelLoad;
    if (!clip || !runner || !model) return;
    const { memoryUse } = this.stores.model.getState();
    const hasMemory = model.card.hasMemory && memoryUse !== 'off';
    this.predictions ??= this.ports.createPredictions(clip, applyMemoryUse(runner, memoryUse), hasMemory);
    const asked = this.predictions;
    try {
      await this.frameShow.show(this.stores.playback.getState().frameIndex);
    } catch (cause) {
      if (isAbort(cause) || isFrameFault(cause)) throw cause;
      const error = toOccuscopeError(cause);
      // What a lost device breaks is mended by `recover`, and given-up predictions matter to nobody.
      const isCurrent = asked === this.predictions && runner === this.modelLoad.runner;
      if (isCurrent && error.code !== 'gpu-device-lost') this.stores.model.setState({ phase: 'failed', error });
      throw error;
    }
  }

  private readPredictions() {
    const { clip } = this.stores.clip.getState();
    const { model } = this.modelLoad;
    return this.predictions && clip && model ? { source: this.predictions, clip, grid: model.grid } : null;
  }

  private endPredictions(): void {
    this.predictions?.dispose();
    this.predictions = null;
    this.frameShow.clear();
  }

  private async rebuildOrOpen(backend: Backend): Promise<void> {
    if (!this.modelLoad.model) {
      if (this.wanted.model) await this.openModel(this.wanted.model);
      return;
    }
    await this.modelLoad.rebuild(backend);
    await this.enterReady();
  }

  /** The runner is warm: go on with it, keeping stored predictions where there are some. */
  private async enterReady(): Promise<void> {
    const { memoryUse } = this.stores.model.getState();
    if (this.modelLoad.runner) this.predictions?.replaceRunner(applyMemoryUse(this.modelLoad.runner, memoryUse));
    this.tellContext();
    announce(this.stores.status, 'The model is ready.');
    await this.showPresent();
  }

  private async recover(reason: string): Promise<void> {
    const { model, status } = this.stores;
    this.frameShow.dropGpu();
    this.holder.forget();
    this.tellContext();
    if (model.getState().backend !== 'webgpu') return;
    const error = new OccuscopeError('gpu-device-lost', { detail: reason });
    const isRepeated = performance.now() - this.lastLoss < repeatedLossWindow;
    this.lastLoss = performance.now();
    model.setState({ phase: 'lost', error });
    if (isRepeated) return;
    announce(status, `${error.sentence} Rebuilding.`);
    model.setState({ phase: 'rebuilding' });
    try {
      await this.rebuildOrOpen('webgpu');
      notify(status, 'info', 'The GPU device was lost and has been rebuilt; the predictions so far were kept.');
    } catch {
      // The model store already says why.
    }
  }

  private async startClip(url: UrlState): Promise<void> {
    const { clip: store, status } = this.stores;
    try {
      store.setState({ phase: 'loading' });
      const choices = await this.ports.listClips();
      store.setState({ choices });
      this.wanted.clip = chooseStart('clip', url.clip, choices, status);
      if (this.wanted.clip === null) return store.setState({ phase: 'idle' });
      await this.clipLoad.open(this.wanted.clip, url.frame ?? 0);
    } catch (cause) {
      if (!isAbort(cause)) store.setState({ phase: 'failed', error: toOccuscopeError(cause) });
      return;
    }
    const last = (store.getState().clip?.frames.length ?? 1) - 1;
    if ((url.frame ?? 0) > last) {
      notify(status, 'warning', `The link’s frame ${url.frame} is past the end; the last frame is shown.`);
    }
    await this.showPresent().catch(() => undefined);
  }

  private async startModel(url: UrlState, settled: Promise<Backend>): Promise<void> {
    const { model: store, status } = this.stores;
    try {
      const choices = await this.ports.listModels();
      store.setState({ choices });
      const light = choices.filter(({ isLight }) => isLight);
      const preferred = (await settled) === 'cpu' ? [...light, ...choices] : choices;
      const id = chooseStart('model', url.model, preferred, status);
      if (id !== null) await this.openModel(id);
    } catch (cause) {
      if (!isAbort(cause)) store.setState({ phase: 'failed', error: toOccuscopeError(cause) });
    }
  }

  private requireClip() {
    const { clip } = this.stores.clip.getState();
    if (!clip) throw new DOMException('No clip is open.', 'AbortError');
    return clip;
  }

  private tellContext(): void {
    for (const listener of this.contextListeners) listener();
  }
}

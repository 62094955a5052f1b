import { OccuscopeError } from '../errors/catalogue.ts';
import type { FrameRunner } from '../pipeline/frameRunner.ts';
import type { Backend } from '../stores/modelStore.ts';
import type { LoadProgress } from '../stores/progress.ts';
import type { Stores } from '../stores/stores.ts';
import { abandonable } from './abandonable.ts';
import { type ContextHolder, isAbort, toOccuscopeError } from './gpuContext.ts';
import type { OpenedModel, SessionPorts } from './ports.ts';
import { serialiseRuns } from './serialRunner.ts';

/** Opens a model package and keeps one warm runner of it on the chosen backend. */
export interface ModelLoad {
  readonly model: OpenedModel | null;
  readonly runner: FrameRunner | null;
  /** Find out whether the wanted backend can be used; without WebGPU it is the CPU, and the reason is shown. */
  settleBackend(wanted: Backend): Promise<Backend>;
  /** Download, build, warm up. Throws what went wrong after putting it in the model store. */
  open(id: string): Promise<void>;
  /** Build and warm up again, for another backend or on a new device; downloads only what is missing. */
  rebuild(backend: Backend): Promise<void>;
  cancel(): void;
}

interface ModelLoadPorts {
  readonly stores: Stores;
  readonly ports: SessionPorts;
  readonly holder: ContextHolder;
  /** Called before the present runner is disposed. */
  readonly onRunnerGone: () => void;
}

export function createModelLoad({ stores, ports, holder, onRunnerGone }: ModelLoadPorts): ModelLoad {
  const { model: store } = stores;
  let model: OpenedModel | null = null;
  let runner: FrameRunner | null = null;
  let abort = new AbortController();

  const showRuntimeProgress = (runtimeProgress: LoadProgress) => store.setState({ runtimeProgress });

  const disposeRunner = () => {
    if (!runner) return;
    onRunnerGone();
    runner.dispose();
    runner = null;
  };

  const settleBackend = async (wanted: Backend): Promise<Backend> => {
    if (wanted === 'cpu') {
      // A note that is there says why the CPU is used, and stays.
      store.setState({ backend: 'cpu' });
      return 'cpu';
    }
    try {
      await holder.open();
      store.setState({ backend: 'webgpu', backendNote: null });
      return 'webgpu';
    } catch (cause) {
      store.setState({ backend: 'cpu', backendNote: toOccuscopeError(cause) });
      return 'cpu';
    }
  };

  const run = async (work: (signal: AbortSignal) => Promise<void>) => {
    abort.abort();
    abort = new AbortController();
    const { signal } = abort;
    try {
      await work(signal);
    } catch (cause) {
      if (isAbort(cause)) {
        if (!signal.aborted || abort.signal === signal) store.setState({ phase: 'cancelled' });
        throw cause;
      }
      const error = toOccuscopeError(cause);
      if (abort.signal === signal) store.setState({ phase: 'failed', error });
      throw error;
    }
  };

  const buildRunner = async (opened: OpenedModel, backend: Backend, signal: AbortSignal) => {
    store.setState({ phase: 'preparing' });
    const context = backend === 'webgpu' ? await holder.open() : null;
    const options = { signal, onProgress: showRuntimeProgress };
    // Neither building sessions nor compiling shaders can be interrupted: who cancels stops waiting, and the rest ends unseen.
    const creating = opened.createRunner(backend, context, options);
    const built = serialiseRuns(await abandonable(creating, signal, (late) => late.dispose()));
    try {
      signal.throwIfAborted();
      store.setState({ phase: 'warming' });
      const start = performance.now();
      await abandonable(built.warmUp(), signal);
      signal.throwIfAborted();
      store.setState({ phase: 'ready', warmUpMilliseconds: performance.now() - start });
    } catch (error) {
      built.dispose();
      throw error;
    }
    runner = built;
  };

  const loadRuntime = (backend: Backend, signal: AbortSignal) =>
    ports.loadRuntime(backend, { signal, onProgress: showRuntimeProgress });

  return {
    get model() {
      return model;
    },
    get runner() {
      return runner;
    },
    settleBackend,
    open: (id) =>
      run(async (signal) => {
        disposeRunner();
        model = null;
        store.setState({ phase: 'downloading', error: null, card: null, modelProgress: null, runtimeProgress: null });
        const backend = await settleBackend(store.getState().backend);
        const onProgress = (modelProgress: LoadProgress) => store.setState({ modelProgress });
        const [opened] = await Promise.all([ports.openModel(id, { signal, onProgress }), loadRuntime(backend, signal)]);
        signal.throwIfAborted();
        model = opened;
        store.setState({ card: opened.card });
        await buildRunner(opened, backend, signal);
      }),
    rebuild: (wanted) =>
      run(async (signal) => {
        disposeRunner();
        if (!model) throw new OccuscopeError('model-run-failed', { detail: 'No model is open.' });
        if (store.getState().phase !== 'rebuilding') store.setState({ phase: 'downloading', runtimeProgress: null });
        store.setState({ error: null });
        const backend = await settleBackend(wanted);
        await loadRuntime(backend, signal);
        signal.throwIfAborted();
        await buildRunner(model, backend, signal);
      }),
    cancel: () => abort.abort(),
  };
}

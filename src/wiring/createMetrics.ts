import type { GpuContext } from '../gpu/device.ts';
import type { GpuFrameCounter, GpuFrameCounts } from '../metrics/gpuFrameCounter.ts';
import { listRayOrigins } from '../metrics/rayOrigins.ts';
import type { SessionHandle } from '../session/createSession.ts';
import type { Measurer, MeterPort } from '../session/measurer.ts';
import type { MetricsReply, MetricsRequest } from '../session/metricsProtocol.ts';
import type { MeterFrame, MeterResult, MeterScene } from '../session/sceneMeter.ts';
import { type PredictionId, readContent } from '../stores/paneContent.ts';
import { areSourcesSettled } from '../stores/sourcesStore.ts';
import { notify } from '../stores/statusStore.ts';
import type { Stores } from '../stores/stores.ts';

/** Measuring as the page knows it: nothing of it is loaded before somebody looks. */
export interface Metrics {
  /** Voxels that flicker in a measured frame, or null. */
  flickerOf(id: PredictionId, frameIndex: number): Uint32Array | null;
  /** Predict and measure every frame from the first, or stop doing so. */
  toggleClipRun(): void;
}

export function createMetrics(stores: Stores, session: SessionHandle): Metrics {
  const { metrics, view, clip } = stores;
  let measurer: Promise<Measurer> | null = null;
  let opened: Measurer | null = null;
  const load = async () => {
    const { createMeasurer } = await import('../session/measurer.ts');
    opened = createMeasurer({
      stores,
      openMeter: (scene) => withGpu(openMeterWorker(scene), scene, session),
      readPrediction: (id, frame) => session.readPrediction(id, frame),
    });
    return opened;
  };
  const update = () => {
    const isWanted =
      metrics.getState().isOpen || view.getState().panes.some(({ content }) => readContent(content).kind === 'flicker');
    if (!isWanted || measurer) return;
    measurer = load();
    measurer.then(
      (own) => own.update(),
      (error: unknown) => {
        measurer = null;
        notify(stores.status, 'error', `The metrics could not be loaded. ${String(error)}`);
      },
    );
  };
  metrics.subscribe(update);
  view.subscribe(update);
  // The address may have opened them already.
  update();

  const runClip = async () => {
    const count = clip.getState().clip?.frames.length ?? 0;
    for (let frame = 0; frame < count && metrics.getState().isRunningClip; frame++) {
      const isKnown = [...stores.sources.getState().used.values()].every((used) => used.predictedFrames.has(frame));
      if (isKnown && stores.playback.getState().predictedFrames.has(frame)) continue;
      await session.seek(frame);
      await waitForSources(stores, frame);
    }
  };
  return {
    flickerOf: (id, frameIndex) => opened?.flickerOf(id, frameIndex) ?? null,
    toggleClipRun() {
      const isRunningClip = !metrics.getState().isRunningClip;
      metrics.setState({ isRunningClip, isOpen: true });
      if (!isRunningClip) return;
      // Another seek takes over and ends the run: what is measured stays.
      runClip()
        .catch(() => undefined)
        .finally(() => metrics.setState({ isRunningClip: false }));
    },
  };
}

/** Resolves when what stands beside the open model has said what it can of the frame; rejects when another frame is asked for. */
function waitForSources(stores: Stores, frameIndex: number): Promise<void> {
  const { sources, playback } = stores;
  return new Promise((resolve, reject) => {
    const check = () => {
      const isLeft = playback.getState().frameIndex !== frameIndex;
      if (!isLeft && !areSourcesSettled(sources.getState(), frameIndex)) return;
      for (const stop of stops) stop();
      if (isLeft) reject(new DOMException('Another frame was asked for.', 'AbortError'));
      else resolve();
    };
    const stops = [sources.subscribe(check), playback.subscribe(check)];
    check();
  });
}

/**
 * The meter with its voxels and rays counted on the page's GPU, where there is one; the worker does the rest.
 * Not on a software adapter, which takes the CPU's own time. What fails on the GPU is counted by the worker alone: the same integers.
 */
function withGpu(meter: MeterPort, scene: MeterScene, session: SessionHandle): MeterPort {
  let counter: { readonly context: GpuContext; readonly made: Promise<GpuFrameCounter> } | null = null;
  const drop = () => {
    counter?.made.then((made) => made.destroy()).catch(() => undefined);
    counter = null;
  };
  const countOnGpu = async (frame: MeterFrame): Promise<GpuFrameCounts | null> => {
    const { context } = session;
    if (counter && counter.context !== context) drop();
    if (!context || context.isSoftware) return null;
    counter ??= {
      context,
      made: import('../metrics/gpuFrameCounter.ts').then(({ createGpuFrameCounter }) =>
        createGpuFrameCounter(context.device, scene.classes, scene.grid),
      ),
    };
    const { truth, labels: prediction, frameIndex } = frame;
    const origins = listRayOrigins(scene.worldFromEgo, scene.lidar, frameIndex);
    return await (await counter.made).count({ truth: truth.labels, prediction, mask: truth.cameraMask }, origins);
  };
  return {
    async measure(frame) {
      const gpu = await countOnGpu(frame).catch(() => null);
      return await meter.measure({ ...frame, gpu });
    },
    dispose() {
      drop();
      meter.dispose();
    },
  };
}

/** The worker's other end: one reply for each frame. */
function openMeterWorker(scene: MeterScene): MeterPort {
  const worker = new Worker(new URL('../workers/metrics.worker.ts', import.meta.url), { type: 'module' });
  const send = (request: MetricsRequest) => worker.postMessage(request);
  let settle: { resolve: (result: MeterResult) => void; reject: (error: Error) => void } | null = null;
  worker.onmessage = ({ data }: MessageEvent<MetricsReply>) => {
    if (data.kind === 'measured') settle?.resolve(data.result);
    else settle?.reject(new Error(data.message));
  };
  worker.onerror = (event) => settle?.reject(new Error(event.message || 'The metrics worker stopped.'));
  send({ kind: 'open', scene });
  return {
    measure: (frame: MeterFrame) =>
      new Promise((resolve, reject) => {
        settle = { resolve, reject };
        send({ kind: 'measure', frame });
      }),
    dispose: () => worker.terminate(),
  };
}

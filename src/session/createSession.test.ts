import { describe, expect, test } from 'vitest';
import { makeEmptyClip } from '../../tests/support/emptyClip.ts';
import { OCC3D_CLASSES } from '../domain/classes.ts';
import type { Clip, Frame } from '../domain/clip.ts';
import { OccuscopeError } from '../errors/catalogue.ts';
import type { GpuContext } from '../gpu/device.ts';
import type { FrameRunner } from '../pipeline/frameRunner.ts';
import { noteSight } from '../stores/sightStore.ts';
import { createStores } from '../stores/stores.ts';
import { createPredictionSource } from '../wiring/predictionSource.ts';
import { createAutomation } from './automation.ts';
import { createSession } from './createSession.ts';
import type { OpenedModel, SessionPorts } from './ports.ts';

const grid = { lower: [0, 0, 0], voxel: [1, 1, 1], size: [2, 2, 1] } as const;

function makeClip(id: string, frameCount: number): Clip {
  const frames = Array.from(
    { length: frameCount },
    (_, index): Frame => ({
      index,
      token: `${id}-${index}`,
      timestampMicroseconds: index * 500_000,
      worldFromEgo: new Float64Array(16),
      cameras: [],
    }),
  );
  return makeEmptyClip({ id, grid, frames });
}

/** A runner whose first label is the number of frames run since the reset. */
function makeRunner(backend: 'webgpu' | 'cpu', log: string[]): FrameRunner {
  let framesRun = 0;
  return {
    backend,
    warmUp: async () => void log.push(`warm up ${backend}`),
    reset: () => {
      framesRun = 0;
    },
    async run(frame) {
      framesRun += 1;
      log.push(`run ${frame.index}`);
      const labels = Uint8Array.of(framesRun, 17, 17, 4);
      const result = { frameIndex: frame.index, labels, flow: null, timings: [], wallMilliseconds: 1 };
      return { gpu: null, read: async () => result };
    },
    readState: async () => [{ name: 'memory', shape: [1], values: Float32Array.of(framesRun), grid: null }],
    readTensor: async (name) => ({ name, shape: [1], values: Float32Array.of(framesRun) }),
    dispose: () => void log.push(`dispose ${backend}`),
  };
}

function makeModel(log: string[]): OpenedModel {
  return {
    card: {
      id: 'm',
      address: 'm',
      title: 'M',
      summary: '',
      licence: '',
      origin: '',
      bytes: 1,
      imageSize: [1, 1],
      hasMemory: true,
      cameras: 6,
      hasFlow: false,
      readCard: null,
    },
    grid,
    classes: OCC3D_CLASSES,
    createRunner: async (backend) => makeRunner(backend, log),
  };
}

function makeContext() {
  let lose: (info: GPUDeviceLostInfo) => void = () => undefined;
  const lost = new Promise<GPUDeviceLostInfo>((resolve) => {
    lose = resolve;
  });
  const context = {
    device: { lost } as unknown as GPUDevice,
    adapterName: 'test adapter',
    isSoftware: false,
    hasTimestamps: false,
  } satisfies GpuContext;
  return { context, lose: () => lose({ reason: 'unknown', message: 'pulled the plug' } as GPUDeviceLostInfo) };
}

function setUp(changes: Partial<SessionPorts> = {}) {
  const stores = createStores();
  const log: string[] = [];
  const contexts: ReturnType<typeof makeContext>[] = [];
  const model = makeModel(log);
  const ports: SessionPorts = {
    listClips: async () => [
      { id: 'hidden', title: 'Hidden', isHidden: true },
      { id: 'a', title: 'A', isHidden: false },
      { id: 'b', title: 'B', isHidden: false },
    ],
    openClip: async (id) => makeClip(id, 4),
    listModels: async () => [{ id: 'm', title: 'M', isHidden: false, isLight: false }],
    openModel: async () => model,
    loadRuntime: async () => undefined,
    createContext: async () => {
      contexts.push(makeContext());
      return contexts.at(-1)!.context;
    },
    castMask: async (labels) => labels.map(() => 1),
    createPredictions: createPredictionSource,
    versions: {},
    describeBrowser: () => 'test',
    ...changes,
  };
  return { stores, log, contexts, session: createSession(stores, ports) };
}

const settle = () => new Promise((resolve) => setTimeout(resolve, 20));

describe('the session', () => {
  test('opens the first offered clip and model and predicts the frame of the link, from the first on', async () => {
    const { session, stores, log } = setUp();
    await session.start({ frame: 2 });
    expect(stores.clip.getState().clip?.id).toBe('a');
    expect(log).toEqual(['warm up webgpu', 'run 0', 'run 1', 'run 2']);
    expect(stores.playback.getState()).toMatchObject({ shownFrame: 2, memoryFrames: 3, catchingUp: null });
    expect([...session.current!.labels]).toEqual([3, 17, 17, 4]);
    expect(session.current!.counts[17]).toBe(2);
  });

  test('a prediction has the grid of its model, whatever the clip’s is', async () => {
    const other = { ...grid, lower: [-5, 0, 0], voxel: [2, 2, 2] } as const;
    const { session } = setUp({ openModel: async () => ({ ...makeModel([]), grid: other }) });
    await session.start({});
    expect(session.current!.grid).toEqual(other);
    expect(session.predictionOf('prediction')!.grid).toEqual(other);
  });

  test('seeking back runs nothing; seeking on runs only what is missing', async () => {
    const { session, log } = setUp();
    await session.start({ frame: 1 });
    log.length = 0;
    await session.seek(0);
    expect(log).toEqual([]);
    expect(session.current!.frameIndex).toBe(0);
    await session.seek(99);
    expect(log).toEqual(['run 2', 'run 3']);
  });

  test('without WebGPU the CPU is used and the reason is kept', async () => {
    const createContext = () => Promise.reject(new OccuscopeError('gpu-missing'));
    const { session, stores, log } = setUp({ createContext });
    await session.start({});
    expect(log[0]).toBe('warm up cpu');
    expect(stores.model.getState()).toMatchObject({ backend: 'cpu', phase: 'ready' });
    expect(stores.model.getState().backendNote?.code).toBe('gpu-missing');
    expect(session.makeReport().problems).toEqual(['gpu-missing: This browser offers no WebGPU adapter.']);
    await session.setBackend('webgpu');
    expect(stores.model.getState().backend).toBe('cpu');
  });

  test.each([
    ['without WebGPU', false, {}, 'small'],
    ['on the CPU by wish', true, { backend: 'cpu' }, 'small'],
    ['on WebGPU', true, {}, 'large'],
    ['on the CPU, by name', true, { backend: 'cpu', model: 'large' }, 'large'],
  ] as const)('the light model opens first where the CPU computes: %s', async (_, hasGpu, url, expected) => {
    const opened: string[] = [];
    const { session } = setUp({
      listModels: async () => [
        { id: 'large', title: 'Large', isHidden: false, isLight: false },
        { id: 'small', title: 'Small', isHidden: false, isLight: true },
      ],
      openModel: async (id) => {
        opened.push(id);
        return makeModel([]);
      },
      ...(hasGpu ? {} : { createContext: () => Promise.reject(new OccuscopeError('gpu-missing')) }),
    });
    await session.start(url);
    expect(opened).toEqual([expected]);
  });

  test('the report tells what the images of this very frame are worth', async () => {
    const openClip = async (id: string) => ({ ...makeClip(id, 4), cameraNames: ['CAM_FRONT'] });
    const { session, stores } = setUp({ openClip });
    await session.start({ frame: 1 });
    expect(session.makeReport().cameras).toEqual([{ name: 'CAM_FRONT', sight: null }]);
    const light = { mean: 9, nearBlack: 0.9, saturated: 0 };
    const sight = { clipId: 'a', frameIndex: 1, verdict: 'too-dark', light, badge: null } as const;
    noteSight(stores.sight, 0, sight);
    expect(session.makeReport().cameras[0]?.sight).toEqual({ verdict: 'too-dark', light });
    noteSight(stores.sight, 0, { ...sight, clipId: 'b' });
    expect(session.makeReport().cameras[0]?.sight).toBeNull();
    noteSight(stores.sight, 0, sight);
    await session.seek(0);
    expect(session.makeReport().cameras[0]?.sight).toBeNull();
  });

  test('a lost device is rebuilt once, with the stored predictions kept', async () => {
    const { session, stores, log, contexts } = setUp();
    await session.start({ frame: 1 });
    log.length = 0;
    contexts[0]!.lose();
    await settle();
    expect(stores.model.getState()).toMatchObject({ phase: 'ready', error: null });
    expect(contexts).toHaveLength(2);
    expect(session.context).toBe(contexts[1]!.context);
    expect(log).toEqual(['dispose webgpu', 'warm up webgpu']);
    expect(stores.playback.getState().predictedFrames.size).toBe(2);
    await session.seek(2);
    expect(log.slice(2)).toEqual(['run 0', 'run 1', 'run 2']);
    contexts[1]!.lose();
    await settle();
    expect(stores.model.getState()).toMatchObject({ phase: 'lost' });
    expect(contexts).toHaveLength(2);
    await session.retry();
    expect(stores.model.getState().phase).toBe('ready');
  });

  test('a model that does not open leaves the clip usable, and can be tried again', async () => {
    let isBroken = true;
    const { session, stores } = setUp({
      openModel: async () => {
        if (isBroken) throw new OccuscopeError('model-file-corrupt', { detail: 'head.onnx' });
        return makeModel([]);
      },
    });
    await session.start({});
    expect(stores.clip.getState().phase).toBe('ready');
    expect(stores.model.getState()).toMatchObject({ phase: 'failed' });
    await expect(session.seek(1)).rejects.toMatchObject({ code: 'model-file-corrupt' });
    expect(stores.playback.getState().frameIndex).toBe(1);
    isBroken = false;
    await session.retry();
    expect(stores.playback.getState().shownFrame).toBe(1);
  });

  test('a tensor is given out for the frame that was run last and for no other', async () => {
    const { session, stores } = setUp();
    const automation = createAutomation(session, stores, session.start({ frame: 2 }));
    await expect(automation.tensor('depth')).rejects.toThrow('wait for occuscope.ready');
    await automation.ready;
    expect(await automation.tensor('depth')).toEqual({ name: 'depth', shape: [1], values: Float32Array.of(3) });
    await automation.seek(1);
    await expect(automation.tensor('depth')).rejects.toThrow('those of frame 2, not of 1');
  });

  test('without its memory the network sees every frame as a first one, and there is nothing to read', async () => {
    const { session, stores, log } = setUp();
    await session.start({ frame: 2 });
    expect((await session.readMemory('prediction'))?.frameIndex).toBe(2);
    log.length = 0;
    await session.setMemoryUse('off');
    expect(log, 'only the frame itself').toEqual(['run 2']);
    expect([...session.current!.labels][0]).toBe(1);
    expect(await session.readMemory('prediction')).toBeNull();
    await session.setMemoryUse('moved');
    expect([...session.current!.labels][0]).toBe(3);
    expect(stores.model.getState().memoryUse).toBe('moved');
  });

  test('another clip starts from its first frame with an empty memory', async () => {
    const { session, stores, log } = setUp();
    await session.start({ frame: 3 });
    log.length = 0;
    await session.openClip('b');
    expect(log).toEqual(['run 0']);
    expect(stores.playback.getState()).toMatchObject({ frameIndex: 0, shownFrame: 0, memoryFrames: 1 });
    expect([...session.current!.labels][0]).toBe(1);
  });

  test('a failing run is reported and stops nothing else', async () => {
    const { session, stores } = setUp({
      createPredictions: () => ({
        ensure: () => Promise.reject(new OccuscopeError('model-run-failed')),
        has: () => false,
        read: () => null,
        storedFrames: [],
        storedBytes: 0,
        memoryFrames: 0,
        readMemory: async () => null,
        readTensor: async () => null,
        replaceRunner: () => undefined,
        dispose: () => undefined,
      }),
    });
    await session.start({});
    expect(stores.model.getState()).toMatchObject({ phase: 'failed' });
    expect(stores.playback.getState().catchingUp).toBeNull();
    expect(session.current).toBeNull();
  });

  test('a warm-up that is cancelled is over at once, and its runner is disposed when it ends', async () => {
    let endWarmUp: () => void = () => undefined;
    const log: string[] = [];
    const model = makeModel(log);
    const { session, stores } = setUp({
      openModel: async () => ({
        ...model,
        createRunner: async (backend) => ({
          ...makeRunner(backend, log),
          warmUp: () => new Promise<void>((resolve) => (endWarmUp = resolve)),
        }),
      }),
    });
    const started = session.start({});
    await expect.poll(() => stores.model.getState().phase).toBe('warming');
    session.cancelLoading();
    await started;
    expect(stores.model.getState().phase).toBe('cancelled');
    expect(log).toEqual([]);
    endWarmUp();
    await settle();
    expect(log).toEqual(['dispose webgpu']);
  });

  test('a runner that is built after the cancelling is thrown away', async () => {
    const log: string[] = [];
    let build: () => void = () => undefined;
    const { session, stores } = setUp({
      openModel: async () => ({
        ...makeModel(log),
        createRunner: (backend) => new Promise((resolve) => (build = () => resolve(makeRunner(backend, log)))),
      }),
    });
    const started = session.start({});
    await expect.poll(() => stores.model.getState().phase).toBe('preparing');
    session.cancelLoading();
    await started;
    expect(stores.model.getState().phase).toBe('cancelled');
    build();
    await settle();
    expect(log).toEqual(['dispose webgpu']);
  });

  test('opening a clip can be cancelled and tried again', async () => {
    let isSlow = true;
    const { session, stores } = setUp({
      openClip: (id, { signal }) =>
        isSlow
          ? new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)))
          : Promise.resolve(makeClip(id, 4)),
    });
    const started = session.start({});
    await expect.poll(() => stores.clip.getState().phase).toBe('loading');
    await settle();
    session.cancelClip();
    await started;
    expect(stores.clip.getState()).toMatchObject({ phase: 'cancelled', clip: null, error: null });
    isSlow = false;
    await session.retry();
    expect(stores.clip.getState()).toMatchObject({ phase: 'ready', clip: { id: 'a' } });
  });

  test('a model may be the path of a zip, which the address keeps', async () => {
    const asked: string[] = [];
    const { session, stores } = setUp({
      openModel: async (id) => {
        asked.push(id);
        return makeModel([]);
      },
    });
    await session.start({ model: 'models/own.zip' });
    expect(asked).toEqual(['models/own.zip']);
    expect(stores.status.getState().notices).toEqual([]);
  });
});

import { describe, expect, test } from 'vitest';
import { OCC3D_CLASSES } from '../domain/classes.ts';
import type { Clip, Frame } from '../domain/clip.ts';
import type { StoredPredictions } from '../domain/storedPredictions.ts';
import { OccuscopeError } from '../errors/catalogue.ts';
import type { FrameRunner } from '../pipeline/frameRunner.ts';
import type { PredictionId } from '../stores/paneContent.ts';
import { createPanes } from '../stores/panes.ts';
import { createStores } from '../stores/stores.ts';
import { createPredictionSource } from '../wiring/predictionSource.ts';
import { createOthers } from './others.ts';
import type { OpenedModel, SessionPorts } from './ports.ts';

const grid = { lower: [0, 0, 0], voxel: [1, 1, 1], size: [2, 1, 1] } as const;

function makeClip(frameCount = 4): Clip {
  const frames = Array.from({ length: frameCount }, (_, index) => {
    const worldFromEgo = Float64Array.of(1, 0, 0, index, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1);
    return { index, token: `t${index}`, timestampMicroseconds: index, worldFromEgo, cameras: [] } satisfies Frame;
  });
  return { id: 'c', classes: OCC3D_CLASSES, grid, cameraNames: [], frames, hasTruth: true } as unknown as Clip;
}

/** A network whose first label counts the frames since its reset, and whose second says how far the ego went meanwhile. */
function makeModel(id: string, log: string[]): OpenedModel {
  const createRunner = async (): Promise<FrameRunner> => {
    let count = 0;
    let start: number | null = null;
    return {
      backend: 'cpu',
      warmUp: async () => void log.push(`${id} warm`),
      reset: () => {
        count = 0;
        start = null;
      },
      async run(frame) {
        count += 1;
        start ??= frame.worldFromEgo[3]!;
        log.push(`${id} ${frame.index}`);
        const labels = Uint8Array.of(count, frame.worldFromEgo[3]! - start);
        const result = { frameIndex: frame.index, labels, flow: null, timings: [], wallMilliseconds: 1 };
        return { gpu: null, read: async () => result };
      },
      readState: async () => [{ name: 'memory', shape: [1], values: Float32Array.of(count), grid: null }],
      readTensor: async (name) => ({ name, shape: [1], values: Float32Array.of(count) }),
      dispose: () => void log.push(`${id} gone`),
    };
  };
  const card = { id, address: id, hasMemory: true } as OpenedModel['card'];
  return { card, grid, classes: OCC3D_CLASSES, createRunner };
}

function setUp({ stored, failing = false }: { stored?: StoredPredictions; failing?: boolean } = {}) {
  const log: string[] = [];
  const stores = createStores();
  const main = makeModel('main', log);
  const ports = {
    openModel: async (id: string) => {
      log.push(`open ${id}`);
      if (failing) throw new OccuscopeError('model-download-failed');
      return makeModel(id, log);
    },
    loadRuntime: async () => undefined,
    createPredictions: createPredictionSource,
  } as unknown as SessionPorts;
  stores.clip.setState({ clip: makeClip() });
  stores.model.setState({ backend: 'cpu', phase: 'ready' });
  stores.playback.setState({ shownFrame: 0 });
  const show = (...contents: readonly PredictionId[]) => stores.view.setState({ panes: createPanes(contents) });
  const others = createOthers({
    stores,
    ports,
    holder: { context: null },
    getMainModel: () => main,
    getStored: () => stored ?? null,
  });
  const stateOf = (id: PredictionId) => stores.sources.getState().used.get(id);
  const seek = (frameIndex: number) => stores.playback.setState({ frameIndex, shownFrame: frameIndex });
  const labelsOf = (id: PredictionId) => [...(others.shownOf(id)?.current.labels ?? [])];
  return { log, stores, others, show, stateOf, seek, labelsOf };
}

describe('predictions beside the open model', () => {
  test('another network is opened once, warmed up, run in order after the first, and closed with its column', async () => {
    const { log, show, stateOf, seek, labelsOf } = setUp();
    show('prediction', 'model:b');
    await expect.poll(() => stateOf('model:b')?.shownFrame).toBe(0);
    seek(2);
    await expect.poll(() => stateOf('model:b')?.shownFrame).toBe(2);
    expect(log).toEqual(['open b', 'b warm', 'b 0', 'b 1', 'b 2']);
    expect(labelsOf('model:b')).toEqual([3, 2]);
    show('prediction');
    await expect.poll(() => log.at(-1)).toBe('b gone');
    expect(stateOf('model:b')).toBeUndefined();
    show('model:b');
    await expect.poll(() => stateOf('model:b')?.shownFrame).toBe(2);
    expect(
      log.filter((line) => line === 'open b'),
      'its package is kept',
    ).toHaveLength(1);
  });

  test('another truth of the same drive leaves predictions standing; another drive does not', async () => {
    const { log, stores, show, stateOf } = setUp();
    show('prediction', 'model:b');
    await expect.poll(() => stateOf('model:b')?.shownFrame).toBe(0);
    const { clip } = stores.clip.getState();
    stores.clip.setState({ clip: { ...clip!, truthId: 'surround-occ', openTruth: async () => null } });
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(stateOf('model:b')?.shownFrame).toBe(0);
    expect(log).toEqual(['open b', 'b warm', 'b 0']);
    stores.clip.setState({ clip: makeClip(2) });
    await expect.poll(() => log.includes('b gone')).toBe(true);
    await expect.poll(() => stateOf('model:b')?.shownFrame).toBe(0);
  });

  test('nothing runs while the open model is busy or has not shown the frame', async () => {
    const { log, stores, show, stateOf } = setUp();
    stores.model.setState({ phase: 'warming' });
    show('model:b');
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(log).toEqual([]);
    stores.playback.setState({ shownFrame: null, frameIndex: 1 });
    stores.model.setState({ phase: 'ready' });
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(log).toEqual([]);
    stores.playback.setState({ shownFrame: 1 });
    await expect.poll(() => stateOf('model:b')?.shownFrame).toBe(1);
  });

  test('without memory every frame is a first one; unmoved, the ego stands still; both use the open package', async () => {
    const { log, show, stateOf, seek, labelsOf, others } = setUp();
    const [off, unmoved] = ['model:main?memory=off', 'model:main?memory=unmoved'] as const;
    show('prediction', off, unmoved);
    seek(2);
    await expect.poll(() => [off, unmoved].map((id) => stateOf(id)?.shownFrame)).toEqual([2, 2]);
    expect(labelsOf(off)).toEqual([1, 0]);
    expect(labelsOf(unmoved)).toEqual([3, 0]);
    expect(log.filter((line) => line.startsWith('open'))).toEqual([]);
    expect(await others.readMemory(off)).toBeNull();
    expect(await others.readMemory(unmoved)).toMatchObject({ frameIndex: 2, tensors: [{ name: 'memory' }] });
  });

  test('stored predictions are read per frame, and a frame without one says so', async () => {
    const asked: string[] = [];
    const stored: StoredPredictions = {
      id: 's',
      title: 'Mine',
      grid,
      classes: OCC3D_CLASSES,
      read: async ({ token }) => {
        asked.push(token);
        return token === 't1' ? null : { labels: Uint8Array.of(4, 17), flow: null };
      },
      close: () => undefined,
    };
    const { show, stateOf, seek, labelsOf, others } = setUp({ stored });
    show('stored:s');
    await expect.poll(() => stateOf('stored:s')?.shownFrame).toBe(0);
    expect(labelsOf('stored:s')).toEqual([4, 17]);
    expect([...others.read('stored:s', 0)!.labels]).toEqual([4, 17]);
    seek(1);
    await expect.poll(() => stateOf('stored:s')?.missingFrame).toBe(1);
    expect(others.shownOf('stored:s')).toBeNull();
    seek(0);
    await expect.poll(() => stateOf('stored:s')?.shownFrame).toBe(0);
    expect(asked).toEqual(['t0', 't1']);
  });

  test('a stored volume that does not fill its grid is refused; what is not open is named', async () => {
    const short = { id: 's', title: '', grid, classes: OCC3D_CLASSES, close: () => undefined } as const;
    const broken = setUp({ stored: { ...short, read: async () => ({ labels: new Uint8Array(3), flow: null }) } });
    broken.show('stored:s');
    await expect.poll(() => broken.stateOf('stored:s')?.error?.code).toBe('stored-prediction-invalid');
    const absent = setUp();
    absent.show('stored:s');
    await expect.poll(() => absent.stateOf('stored:s')?.error?.code).toBe('stored-prediction-missing');
  });

  test('a network that does not open fails alone and can be tried again', async () => {
    const { log, show, stateOf, others } = setUp({ failing: true });
    show('prediction', 'model:b');
    await expect.poll(() => stateOf('model:b')?.phase).toBe('failed');
    others.retry('model:b');
    await expect.poll(() => log.filter((line) => line === 'open b').length).toBe(2);
  });

  test('another clip, backend or device opens everything anew', async () => {
    const { log, stores, show, stateOf } = setUp();
    show('model:b');
    await expect.poll(() => stateOf('model:b')?.shownFrame).toBe(0);
    stores.clip.setState({ clip: makeClip() });
    await expect.poll(() => log.filter((line) => line === 'b warm').length).toBe(2);
    expect(log).toContain('b gone');
  });
});

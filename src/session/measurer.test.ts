import { describe, expect, test } from 'vitest';
import { OCC3D_CLASSES } from '../domain/classes.ts';
import type { Clip } from '../domain/clip.ts';
import { createCounts } from '../metrics/counts.ts';
import { NUSCENES_LIDAR } from '../metrics/rayOrigins.ts';
import type { PredictionId } from '../stores/paneContent.ts';
import { createStores } from '../stores/stores.ts';
import { createMeasurer } from './measurer.ts';
import type { MeterScene } from './sceneMeter.ts';

const grid = { lower: [0, 0, 0], voxel: [1, 1, 1], size: [1, 1, 1] } as const;

function setUp(clipParts: Partial<Clip> = {}) {
  const stores = createStores();
  const frames = [0, 1, 2].map((index) => ({ index, worldFromEgo: new Float64Array(16), cameras: [] }));
  const openTruth = async () => ({ labels: Uint8Array.of(4), cameraMask: null, flow: null });
  const clip = { classes: OCC3D_CLASSES, grid, frames, hasTruth: true, openTruth, ...clipParts } as unknown as Clip;
  stores.clip.setState({ clip });
  const scenes: MeterScene[] = [];
  const log: string[] = [];
  const measurer = createMeasurer({
    stores,
    openMeter: (scene) => {
      scenes.push(scene);
      return {
        async measure({ frameIndex, labels }) {
          log.push(`${labels[0]} ${frameIndex}`);
          const none = createCounts(OCC3D_CLASSES);
          const counts = { ...none, frames: { ...none.frames, withTruth: 1 } };
          return { frameIndex, counts, flicker: Uint32Array.of(labels[0]!) };
        },
        dispose: () => log.push('gone'),
      };
    },
    readPrediction: (id, frameIndex) => ({
      frameIndex,
      labels: Uint8Array.of(id === 'prediction' ? 1 : 2),
      flow: null,
      timings: [],
      wallMilliseconds: 0,
    }),
  });
  const use = (id: PredictionId, predicted: readonly number[], isComparable = true) =>
    stores.sources.setState({
      used: new Map([[id, { ...source, predictedFrames: new Set(predicted), isComparable }]]),
    });
  return { stores, measurer, scenes, log, use };
}

const source = {
  phase: 'ready',
  progress: null,
  error: null,
  shownFrame: 0,
  missingFrame: null,
  catchingUp: null,
  version: 1,
} as const;

describe('measuring two predictions', () => {
  test('each has its own meter; the panel gets the chosen one and the one beside it', async () => {
    const { stores, measurer, scenes, log, use } = setUp();
    stores.metrics.setState({ isOpen: true, second: 'stored:s' });
    stores.playback.setState({ predictedFrames: new Set([0, 1]) });
    use('stored:s', [1]);
    await expect.poll(() => stores.metrics.getState().beside?.frames.size).toBe(1);
    expect(log).toEqual(['1 0', '1 1', '2 1']);
    expect(scenes).toHaveLength(2);
    const { frames, total } = stores.metrics.getState();
    expect([...frames.keys()]).toEqual([0, 1]);
    expect(total?.counts.frames.withTruth).toBe(2);
    expect(measurer.flickerOf('stored:s', 1)).toEqual(Uint32Array.of(2));

    stores.metrics.setState({ subject: 'stored:s', second: 'prediction' });
    expect([...stores.metrics.getState().frames.keys()]).toEqual([1]);
    expect(stores.metrics.getState().beside?.frames.size).toBe(2);
    expect(log, 'nothing is measured twice').toHaveLength(3);
  });

  test('what lies on another grid is not measured, and predictions that are gone take their numbers along', async () => {
    const { stores, log, use } = setUp();
    stores.metrics.setState({ isOpen: true, subject: 'stored:s' });
    use('stored:s', [0], false);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(log).toEqual([]);
    use('stored:s', [0]);
    await expect.poll(() => stores.metrics.getState().frames.size).toBe(1);
    stores.sources.setState({ used: new Map() });
    expect(stores.metrics.getState()).toMatchObject({ total: null, series: null });
    expect(log.at(-1)).toBe('gone');
  });

  test('rays start where the clip says that its lidar stands', async () => {
    const egoFromLidar = Float64Array.of(1, 0, 0, 0.5, 0, 1, 0, -0.1, 0, 0, 1, 1.7, 0, 0, 0, 1);
    for (const [parts, lidar] of [
      [{}, NUSCENES_LIDAR],
      [{ egoFromLidar }, [0.5, -0.1, 1.7]],
    ] as const) {
      const { stores, scenes } = setUp(parts);
      stores.playback.setState({ predictedFrames: new Set([0]) });
      await expect.poll(() => scenes.length).toBe(1);
      expect(scenes[0]!.lidar).toEqual(lidar);
    }
  });
});

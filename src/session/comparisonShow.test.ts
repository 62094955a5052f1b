import { expect, test } from 'vitest';
import { OCC3D_CLASSES } from '../domain/classes.ts';
import type { Clip } from '../domain/clip.ts';
import type { PredictionId } from '../stores/paneContent.ts';
import { createPanes } from '../stores/panes.ts';
import { createStores } from '../stores/stores.ts';
import { createComparisonShow } from './comparisonShow.ts';
import type { ShownPrediction } from './frameShow.ts';

const grid = { lower: [0, 0, 0], voxel: [1, 1, 1], size: [2, 1, 1] } as const;

function show(frameIndex: number, size: readonly [number, number, number] = grid.size): ShownPrediction {
  const current = { frameIndex, labels: Uint8Array.of(4, 17), flow: null };
  return { current, grid: { ...grid, size }, classes: OCC3D_CLASSES, gpu: null, version: 1 } as never;
}

function setUp(shown: Partial<Record<PredictionId, ShownPrediction>>) {
  const stores = createStores();
  const asked: string[] = [];
  const clip = {
    classes: OCC3D_CLASSES,
    grid,
    frames: [0, 1, 2].map((index) => ({ index, cameras: [] })),
    hasTruth: true,
    openTruth: async (frame: number) => {
      asked.push(`truth ${frame}`);
      return { labels: Uint8Array.of(frame, 17), cameraMask: null, flow: null };
    },
  } as unknown as Clip;
  stores.clip.setState({ clip });
  let finish: (mask: Uint8Array) => void = () => undefined;
  const castMask = () => {
    asked.push('mask');
    return new Promise<Uint8Array>((resolve) => {
      finish = resolve;
    });
  };
  const comparison = createComparisonShow({ stores, getShown: (id) => shown[id] ?? null, castMask });
  return { stores, asked, comparison, finishMask: () => finish(Uint8Array.of(1, 0)) };
}

test('truth is opened once per frame on screen, for whoever is compared; masks come from the worker when asked for', async () => {
  const { stores, asked, comparison, finishMask } = setUp({ prediction: show(1), 'stored:s': show(0) });
  stores.playback.setState({ version: 1 });
  expect(asked, 'nobody compares yet').toEqual([]);
  stores.view.setState({ panes: createPanes(['difference', 'difference@stored:s']) });
  await expect.poll(() => comparison.of('stored:s')?.truth.labels[0]).toBe(0);
  expect(comparison.of('prediction')!.truth.labels[0]).toBe(1);
  expect(asked).toEqual(['truth 1', 'truth 0']);
  expect(comparison.of('prediction'), 'the same as long as nothing changes').toBe(comparison.of('prediction'));

  expect(comparison.of('prediction')!.mask).toBeNull();
  expect(comparison.of('prediction')!.mask).toBeNull();
  expect(asked.filter((word) => word === 'mask')).toHaveLength(1);
  const before = stores.playback.getState().comparisonVersion;
  finishMask();
  await expect.poll(() => comparison.of('prediction')!.mask).toEqual(Uint8Array.of(1, 0));
  expect(stores.playback.getState().comparisonVersion).toBeGreaterThan(before);
});

test('what lies on another grid is not compared', async () => {
  const { stores, comparison, asked } = setUp({ prediction: show(0), 'stored:s': show(0, [4, 1, 1]) });
  stores.view.setState({ panes: createPanes(['difference', 'difference@stored:s']) });
  await expect.poll(() => comparison.of('prediction')?.frameIndex).toBe(0);
  expect(comparison.of('stored:s')).toBeNull();
  expect(asked).toEqual(['truth 0']);
});

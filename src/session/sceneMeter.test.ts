import { describe, expect, test } from 'vitest';
import { OCC3D_CLASSES } from '../domain/classes.ts';
import type { FrameTruth } from '../domain/clip.ts';
import type { GridSpec } from '../domain/geometry.ts';
import { NUSCENES_LIDAR } from '../metrics/rayOrigins.ts';
import { summarise } from '../metrics/summarise.ts';
import { createSceneMeter } from './sceneMeter.ts';

const grid: GridSpec = { lower: [-4, -4, -1], voxel: [0.5, 0.5, 0.5], size: [16, 16, 8] };
const identity = Float64Array.of(1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1);
const voxels = 16 * 16 * 8;

/** A road with a car on it; `car` moves the car's only voxel. */
function makeLabels(car: number): Uint8Array {
  const labels = new Uint8Array(voxels).fill(17);
  for (let column = 0; column < 256; column++) labels[column * 8] = 11;
  labels[car] = 4;
  return labels;
}

const makeTruth = (labels: Uint8Array): FrameTruth => ({
  labels,
  cameraMask: new Uint8Array(voxels).fill(1),
  flow: new Float32Array(2 * voxels),
});

describe('measuring a scene', () => {
  test('a perfect prediction scores 1 in everything and does not flicker', () => {
    const meter = createSceneMeter({
      classes: OCC3D_CLASSES,
      grid,
      worldFromEgo: [identity, identity],
      lidar: NUSCENES_LIDAR,
    });
    const labels = makeLabels(1001);
    for (const frameIndex of [0, 1]) {
      const flow = new Float32Array(2 * voxels);
      const { counts, flicker } = meter.measure({
        frameIndex,
        labels,
        flow,
        truth: makeTruth(labels),
        cameras: [],
        gpu: null,
      });
      const summary = summarise(counts, OCC3D_CLASSES);
      expect(summary.camera?.miou).toBe(1);
      expect(summary.rays?.mean).toBe(1);
      expect(summary.flow?.voxels.mean).toBe(0);
      expect(flicker).toEqual(new Uint32Array());
    }
  });

  test('a car that jumps in the prediction alone flickers at both places', () => {
    const meter = createSceneMeter({
      classes: OCC3D_CLASSES,
      grid,
      worldFromEgo: [identity, identity],
      lidar: NUSCENES_LIDAR,
    });
    const truth = makeTruth(makeLabels(1001));
    const shared = { flow: null, truth, cameras: [], gpu: null };
    meter.measure({ frameIndex: 0, labels: makeLabels(1001), ...shared });
    const { counts, flicker } = meter.measure({ frameIndex: 1, labels: makeLabels(1009), ...shared });
    expect([...flicker!]).toContain(1001);
    expect(counts.variability.changedPrediction).toBeGreaterThan(0);
    expect(counts.variability.changedTruth).toBe(0);
  });

  test('a frame out of order is counted, but says nothing about flicker', () => {
    const meter = createSceneMeter({
      classes: OCC3D_CLASSES,
      grid,
      worldFromEgo: [identity, identity],
      lidar: NUSCENES_LIDAR,
    });
    const labels = makeLabels(1001);
    const { counts, flicker } = meter.measure({
      gpu: null,
      frameIndex: 1,
      labels,
      flow: null,
      truth: makeTruth(labels),
      cameras: [],
    });
    expect(flicker).toBeNull();
    expect(counts.variability.frames).toBe(0);
    expect(counts.frames.withTruth).toBe(1);
  });
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { OCC3D_CLASSES } from '../domain/classes.ts';
import type { GridSpec } from '../domain/geometry.ts';
import { createCounts, mergeCounts, sumCounts } from './counts.ts';
import { measureFrame } from './measureFrame.ts';
import type { MetricCounts } from './model.ts';
import { parseCounts } from './parseCounts.ts';
import { listRayOrigins } from './rayOrigins.ts';
import { getMetric, METRICS } from './registry.ts';
import { computeOccScore, scoreVoxels, summarise } from './summarise.ts';
import { createVariabilityTracker, planVariability } from './variability.ts';

const grid: GridSpec = { lower: [-4, -4, -1], voxel: [1, 1, 1], size: [8, 8, 4] };
const voxels = 256;
const identity = Float64Array.of(1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1);

const frameArbitrary = fc.record({
  seed: fc.nat(1000),
  hasMask: fc.boolean(),
  hasFlow: fc.boolean(),
});

function measure({ seed, hasMask, hasFlow }: { seed: number; hasMask: boolean; hasFlow: boolean }): MetricCounts {
  const label = (voxel: number, salt: number) => ((voxel * 7 + seed * salt) % 5 === 0 ? (voxel + seed) % 17 : 17);
  const volume = (salt: number) => Uint8Array.from({ length: voxels }, (_, voxel) => label(voxel, salt));
  const flow = (salt: number) => Float32Array.from({ length: 2 * voxels }, (_, i) => Math.sin(i * salt + seed));
  return measureFrame(
    {
      labels: volume(3),
      flow: hasFlow ? flow(2) : null,
      truth: {
        labels: volume(4),
        cameraMask: hasMask ? Uint8Array.from({ length: voxels }, (_, voxel) => voxel % 2) : null,
        flow: flow(3),
      },
      computedMask: null,
      rayOrigins: Float32Array.of(0.1, 0.2, 0.3),
      variability: { frames: 1, sum: -seed, changedPrediction: seed, changedTruth: 1, occupied: 9 },
    },
    OCC3D_CLASSES,
    grid,
  );
}

describe('counts', () => {
  test('any order and grouping of frames gives the same total, also through JSON', () => {
    fc.assert(
      fc.property(fc.array(frameArbitrary, { minLength: 1, maxLength: 5 }), fc.nat(), (frames, pick) => {
        const counts = frames.map(measure);
        const total = sumCounts(OCC3D_CLASSES, counts);
        const cut = pick % counts.length;
        const parts = [counts.slice(cut), counts.slice(0, cut)].map((part) => sumCounts(OCC3D_CLASSES, part));
        const merged = mergeCounts(parseCounts(JSON.parse(JSON.stringify(parts[0]))), parts[1]!);
        expect(merged).toEqual(total);
        expect(total.frames.predicted).toBe(frames.length);
        expect(total.classCount).toBe(18);
      }),
      { numRuns: 20 },
    );
  });

  test('what does not fit is refused', () => {
    const none = createCounts(OCC3D_CLASSES);
    expect(() => mergeCounts(none, { ...none, classes: 'other' })).toThrow(RangeError);
    const large = { ...none, frames: { ...none.frames, predicted: Number.MAX_SAFE_INTEGER } };
    expect(() => mergeCounts(large, large)).toThrow('no safe integer');
    expect(() => parseCounts({ ...none, classCount: 17 })).toThrow('classCount');
    const frame = { flow: null, truth: null, computedMask: null, rayOrigins: null, variability: null };
    const truth = { labels: new Uint8Array(voxels), cameraMask: null, flow: null };
    const labels = new Uint8Array(voxels).fill(99);
    expect(() => measureFrame({ ...frame, labels, truth }, OCC3D_CLASSES, grid)).toThrow('not in the class table');
    expect(() => measureFrame({ ...frame, labels: labels.subarray(1), truth }, OCC3D_CLASSES, grid)).toThrow('255');
  });
});

describe('scores', () => {
  test('by hand: two classes, one of them half right', () => {
    const confusion = Array<number>(18 * 18).fill(0);
    const put = (truth: number, prediction: number, count: number) => {
      confusion[truth * 18 + prediction] = count;
    };
    put(4, 4, 6);
    put(4, 17, 2);
    put(17, 4, 4);
    put(11, 11, 5);
    put(11, 4, 0);
    put(17, 17, 100);
    const scores = scoreVoxels(confusion, OCC3D_CLASSES);
    expect(scores.perClass[4]).toMatchObject({ iou: 6 / 12, precision: 6 / 10, recall: 6 / 8 });
    expect(scores.miou).toBeCloseTo((0.5 + 1) / 2);
    expect(scores.miouDynamic).toBe(0.5);
    expect(scores.iou).toBeCloseTo(11 / 17);
    expect(scores.perClass[0]!.iou).toBeNull();
  });

  test('no frame, no score; a perfect frame, perfect scores', () => {
    const none = summarise(createCounts(OCC3D_CLASSES), OCC3D_CLASSES);
    expect(METRICS.map(({ read }) => read(none))).toEqual(METRICS.map(() => null));
    const labels = Uint8Array.from({ length: voxels }, (_, voxel) => (voxel % 4 === 0 ? 4 : 17));
    const flow = new Float32Array(2 * voxels).fill(1);
    const cameraMask = new Uint8Array(voxels).fill(1);
    const frame = { labels, flow, truth: { labels, flow, cameraMask }, computedMask: null, variability: null };
    const counts = measureFrame({ ...frame, rayOrigins: Float32Array.of(0, 0, 2) }, OCC3D_CLASSES, grid);
    const summary = summarise(counts, OCC3D_CLASSES);
    for (const id of ['miou', 'iou', 'recall', 'ray-iou', 'occ-score']) expect(getMetric(id).read(summary)).toBe(1);
    expect(getMetric('mave-tp').read(summary)).toBe(0);
    expect(computeOccScore(0.40841, 0.44488)).toBeCloseTo(0.4230856, 4);
    expect(() => getMetric('nonsense')).toThrow(RangeError);
  });
});

describe('over a scene', () => {
  test('origins beyond 39 m are left out, and eight are picked evenly', () => {
    const poses = Array.from({ length: 40 }, (_, frame) =>
      identity.map((value, place) => (place === 3 ? frame * 3 : value)),
    );
    const origins = listRayOrigins(poses, [1, 0, 2], 0);
    expect(origins.length).toBe(24);
    expect([...origins.slice(0, 3), ...origins.slice(21)]).toEqual([1, 0, 2, 37, 0, 2]);
  });

  test('a still world: only a prediction that changes its mind counts; moving voxels and label 0 do not', () => {
    const tracker = createVariabilityTracker(planVariability([identity], grid, 17));
    const truth = new Uint8Array(voxels).fill(11);
    const mask = new Uint8Array(voxels).fill(1);
    const truthFlow = new Float32Array(2 * voxels);
    truthFlow[2 * 7] = 1;
    const frame = (prediction: Uint8Array) => ({ worldFromEgo: identity, truth, prediction, mask, truthFlow });
    const first = truth.slice();
    first[9] = 0;
    expect(tracker.addFrame(frame(first)).changedPrediction).toBe(0);
    const second = truth.slice();
    second.set([4, 4, 4], 5);
    const flicker = new Uint8Array(voxels);
    const counts = tracker.addFrame(frame(second), flicker);
    expect(counts).toMatchObject({ changedPrediction: 2, changedTruth: 0, occupied: voxels });
    expect([flicker[5], flicker[6], flicker[7], flicker[9]]).toEqual([1, 1, 0, 0]);
  });
});

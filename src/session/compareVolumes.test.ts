import { describe, expect, test } from 'vitest';
import { OCC3D_CLASSES } from '../domain/classes.ts';
import { OUTCOME_CLASSES } from '../domain/comparisonClasses.ts';
import { DIFFERENCE } from '../reference/difference.ts';
import { compareOutcomes, compareSpeeds, showFlicker } from './compareVolumes.ts';

const [car, road, free] = [4, 11, 17];
const everything = { visibleClasses: 0x1ffff, mask: null };

/** Right, missed, invented, wrong class, free in both. */
const volumes = {
  truth: Uint8Array.of(car, car, free, road, free),
  prediction: Uint8Array.of(car, free, road, car, free),
  truthFlow: Float32Array.of(2, 0, 1, 1, 0, 0, 5, 5, 0, 0),
  predictionFlow: Float32Array.of(2, 0.3, 0, 0, 9, 9, 0, 0, 0, 0),
};

describe('outcomes', () => {
  test('the names stand in the order of the labels', () => {
    const named = Object.entries(DIFFERENCE).map(([key, label]) => [label, key.slice(0, 5).toLowerCase()]);
    for (const [label, start] of named) {
      if (label === DIFFERENCE.unseen) continue;
      expect(OUTCOME_CLASSES.classes[label as number]!.name.replace(' ', '').slice(0, 5)).toBe(start);
    }
    expect(OUTCOME_CLASSES.free).toBe(DIFFERENCE.free);
  });

  test('each voxel has its outcome, outside the mask as unseen', () => {
    expect([...compareOutcomes(volumes, OCC3D_CLASSES, everything).labels]).toEqual([0, 1, 2, 3, 5]);
    const mask = Uint8Array.of(1, 0, 0, 1, 0);
    expect([...compareOutcomes(volumes, OCC3D_CLASSES, { ...everything, mask }).labels]).toEqual([0, 4, 4, 3, 5]);
  });

  test('a class that is shown alone keeps every voxel that truth or prediction gives it', () => {
    const only = { visibleClasses: 1 << road, mask: null };
    expect([...compareOutcomes(volumes, OCC3D_CLASSES, only).labels]).toEqual([5, 5, 2, 3, 5]);
  });
});

describe('speed errors', () => {
  test('steps and error vectors where the true class moves', () => {
    const { labels, flow } = compareSpeeds(volumes, OCC3D_CLASSES, everything)!;
    expect([...labels]).toEqual([1, 3, 5, 5, 6]);
    const expected = [0, 0.3, -1, -1, 0, 0, 0, 0, 0, 0];
    expect(flow!.length).toBe(expected.length);
    for (const [index, value] of expected.entries()) expect(flow![index]).toBeCloseTo(value, 6);
  });

  test('nothing is made up without flow', () => {
    expect(compareSpeeds({ ...volumes, predictionFlow: null }, OCC3D_CLASSES, everything)).toBeNull();
    expect(compareOutcomes({ ...volumes, truthFlow: null }, OCC3D_CLASSES, everything).flow).toBeNull();
  });
});

test('flicker is lit also where the prediction is free now', () => {
  const flicker = Uint32Array.of(1, 3);
  expect([...showFlicker(volumes, flicker, OCC3D_CLASSES, everything).labels]).toEqual([0, 1, 0, 1, 2]);
});

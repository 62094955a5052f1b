import { describe, expect, test } from 'vitest';
import { describeGpu, withoutGpuErrors } from '../../tests/support/gpu.ts';
import { castRaysOnGpu, compareLabelsOnGpu, countConfusionOnGpu } from '../../tools/support/runMetrics.ts';
import { OCC3D_CLASSES } from '../domain/classes.ts';
import { countConfusion, planConfusion } from '../reference/confusion.ts';
import { compareLabels, DIFFERENCE } from '../reference/difference.ts';
import { createRayDirections, planRayCast } from '../reference/rayCast.ts';
import { castFrameRays, countRays } from './rays.ts';

// Plan: sizes 1, not a multiple of a word or a workgroup, and the whole Occ3D grid; with and without a mask; labels outside the
// table; rays in a small grid against the twin. Golden numbers: tests/goldens.test.ts.

const free = OCC3D_CLASSES.free;

/** Labels 0 to 19, so that some are outside the table; no pattern that a stride could hide behind. */
function makeVolume(size: number, salt: number): Uint8Array {
  let state = salt;
  return Uint8Array.from({ length: size }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state >>> 16) % 20;
  });
}

const sizes = [1, 3, 255, 4 * 256 + 1, 640_000];
const cases = sizes.flatMap((size) => [true, false].map((hasMask) => ({ size, hasMask })));

function makeCase({ size, hasMask }: (typeof cases)[number]) {
  const mask = hasMask ? makeVolume(size, 3).map((value) => value % 2) : null;
  return { truth: makeVolume(size, 1), prediction: makeVolume(size, 2), mask };
}

describe('difference, by hand', () => {
  test('every pair of labels, seen and unseen', () => {
    const { right, missed, invented, wrongClass, unseen } = DIFFERENCE;
    const truth = Uint8Array.of(4, 4, free, 4, free, 4, free);
    const prediction = Uint8Array.of(4, free, 4, 5, free, 4, free);
    const seen = Uint8Array.of(1, 1, 1, 1, 1, 0, 0);
    const expected = [right, missed, invented, wrongClass, DIFFERENCE.free, unseen, DIFFERENCE.free];
    expect([...compareLabels(truth, prediction, seen, free)]).toEqual(expected);
  });
});

describeGpu('metrics kernels against their twins', (getContext) => {
  test.each(cases)('confusion of $size voxels, mask $hasMask', async (example) => {
    const { truth, prediction, mask } = makeCase(example);
    const { device } = getContext();
    const plan = planConfusion(18, example.size);
    const found = await withoutGpuErrors(device, () => countConfusionOnGpu(device, plan, { truth, prediction, mask }));
    expect(found).toEqual(countConfusion(plan, truth, prediction, mask));
  });

  test.each(cases)('difference of $size voxels, mask $hasMask', async (example) => {
    const { truth, prediction, mask } = makeCase(example);
    const { device } = getContext();
    const found = await withoutGpuErrors(device, () => compareLabelsOnGpu(device, { truth, prediction, mask }, free));
    // As bytes: comparing 640,000 elements one by one takes the test library seconds.
    expect(Buffer.compare(found, compareLabels(truth, prediction, mask, free))).toBe(0);
  });

  test('rays in a small grid of half-metre voxels end where the twin says', async () => {
    const grid = { lower: [-5, -5, -1], voxel: [0.5, 0.5, 0.5], size: [20, 21, 9] } as const;
    const thin = (volume: Uint8Array) => volume.map((label, voxel) => (voxel % 29 === 0 ? label % 17 : free));
    const [truth, prediction] = [thin(makeVolume(3780, 5)), thin(makeVolume(3780, 6))];
    const plan = planRayCast(grid, free, createRayDirections());
    const origins = [0.3, 0.2, 0.6, -1.2, 3.3, 2.1];
    const { device } = getContext();
    const found = await withoutGpuErrors(device, () => castRaysOnGpu(device, plan, 18, { truth, prediction }, origins));
    const volumes = { truth, prediction, truthFlow: null, predictionFlow: null };
    const expected = castFrameRays(plan, volumes, origins);
    const differing = found.pairs.flatMap((pair, origin) =>
      [0, 1].flatMap((index) =>
        [...pair[index as 0 | 1].voxels].filter(
          (voxel, ray) => voxel !== expected[origin]![index as 0 | 1].voxels[ray],
        ),
      ),
    );
    expect(differing.length).toBeLessThanOrEqual(5);
    expect(found.counts.truth.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(5000);
    // Counting is exact for the same hits.
    expect(found.counts).toEqual(countRays(found.pairs, volumes, OCC3D_CLASSES).rays);
  });
});

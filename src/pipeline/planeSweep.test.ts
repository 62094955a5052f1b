import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { describeGpu, withoutGpuErrors } from '../../tests/support/gpu.ts';
import { sweepPlanesOnGpu } from '../../tools/support/runStage.ts';
import { createCamera, createMotionMatrix, createRandom, createRig } from '../../tools/support/sampleRig.ts';
import { OccuscopeError } from '../errors/catalogue.ts';
import { sweepPlanes } from '../reference/planeSweep.ts';
import { createBlindCamera } from './blindCamera.ts';
import {
  computeSweepMaps,
  NEAREST_METRES,
  type PlaneSweepEntry,
  type PlaneSweepPlan,
  planeSweepSchema,
  planPlaneSweep,
} from './planeSweep.ts';
import { countElements, type FrameGeometry } from './stage.ts';

const entry: PlaneSweepEntry = {
  kind: 'plane-sweep',
  in: 'descriptors',
  out: 'matches',
  depths: [2, 4, 8, 16],
  pixels: 'centres',
};

/** A frame in front of which the ego moved by `motion`: the same cameras before and after. */
function moveRig(rig: FrameGeometry, motion: Float64Array): FrameGeometry {
  return { ...rig, previousEgoFromEgo: motion, previousCameras: rig.cameras };
}

/** Random descriptors of length 1. */
function createDescriptors({ cameras, rows, columns, channels }: PlaneSweepPlan, seed: number): Float32Array {
  const random = createRandom(seed);
  const values = new Float32Array(cameras * rows * columns * channels);
  for (let at = 0; at < values.length; at += channels) {
    const raw = Array.from({ length: channels }, () => random() * 2 - 1);
    values.set(
      raw.map((value) => value / Math.hypot(...raw)),
      at,
    );
  }
  return values;
}

describe('plan of a plane sweep', () => {
  test('a match for each camera, depth and cell', () => {
    expect(planPlaneSweep(entry, [6, 32, 88, 16]).outShape).toEqual([6, 4, 32, 88]);
  });

  test.each([
    ['three axes', [6, 32, 16]],
    ['a single row of cells', [6, 1, 88, 16]],
    ['channels that are no multiple of four', [6, 32, 88, 6]],
    ['more than 32 bits can count', [600, 2000, 2000, 4]],
  ])('%s: refused', (_, shape) => expect(() => planPlaneSweep(entry, shape)).toThrow(OccuscopeError));

  test('the schema refuses depths that are none', () => {
    expect(planeSweepSchema.safeParse(entry).success).toBe(true);
    expect(planeSweepSchema.safeParse({ ...entry, depths: [] }).success).toBe(false);
    expect(planeSweepSchema.safeParse({ ...entry, depths: [0] }).success).toBe(false);
  });
});

describe('CPU twin of the plane sweep: cases worked out by hand', () => {
  const plan = planPlaneSweep({ ...entry, depths: [4, 8] }, [1, 2, 9, 4]);
  // One pixel to a cell; one cell to the right is a quarter of the depth to the right.
  const camera = createCamera(0, [0, 0, 1.5], 4, [9, 2]);
  const rig: FrameGeometry = {
    width: 9,
    height: 2,
    cameras: [camera],
    previousEgoFromEgo: null,
    previousCameras: null,
  };
  const none = new Float32Array(2 * 9 * 4);
  const mark = (cell: number, channel = 0) => none.with(cell * 4 + channel, 1);

  test('the first frame of a drive has nothing to be compared with', () => {
    const full = none.map(() => 1);
    expect([...sweepPlanes(plan, rig, full, full)]).toEqual(Array(2 * 2 * 9).fill(0));
  });

  test('standing still, every depth looks the same; the last row and column are not looked up', () => {
    const full = createDescriptors(plan, 3);
    const matches = sweepPlanes(plan, moveRig(rig, createMotionMatrix(0, 0, [0, 0, 0])), full, full);
    for (const bin of [0, 1]) {
      for (let x = 0; x < 9; x++) {
        expect(matches[bin * 18 + x]).toBeCloseTo(x < 8 ? 1 : 0, 5);
        expect(matches[bin * 18 + 9 + x]).toBe(0);
      }
    }
  });

  test('a step to the left of 1 m: what is 4 m away was one cell further left, what is 8 m away half a cell', () => {
    // Ego y points to the left, so a point of this ego lies 1 m further left in the previous one.
    const geometry = moveRig(rig, createMotionMatrix(0, 0, [0, 1, 0]));
    const matches = sweepPlanes(plan, geometry, mark(5), mark(4));
    expect(matches[5]).toBeCloseTo(1, 6);
    expect(matches[18 + 5]).toBeCloseTo(0.5, 6);
    expect(matches.reduce((sum, value) => sum + value)).toBeCloseTo(1.5, 6);
    // Other channels are other looks.
    expect(sweepPlanes(plan, geometry, mark(5, 1), mark(4)).every((value) => value === 0)).toBe(true);
  });

  test('what was behind the camera, or nearer than half a metre, was not seen', () => {
    const tall = planPlaneSweep({ ...entry, depths: [4, 8] }, [1, 3, 9, 4]);
    const centred = { ...rig, cameras: [createCamera(0, [0, 0, 1.5], 4, [9, 3])], height: 3 };
    const full = new Float32Array(3 * 9 * 4).fill(0.5);
    // In the middle of the image: what lies 4 m ahead of this ego lay `metres` nearer to the previous one, which stood ahead of it.
    const matches = (metres: number) => {
      const swept = sweepPlanes(tall, moveRig(centred, createMotionMatrix(0, 0, [-metres, 0, 0])), full, full);
      return [swept[9 + 4]!, swept[27 + 9 + 4]!];
    };
    expect(matches(3.4)).toEqual([expect.closeTo(1, 6), expect.closeTo(1, 6)]);
    expect(matches(4 - NEAREST_METRES + 0.01)).toEqual([0, expect.closeTo(1, 6)]);
    expect(matches(5)).toEqual([0, expect.closeTo(1, 6)]);
  });

  test('two cameras that saw the same point: the mean of both', () => {
    const twice = planPlaneSweep({ ...entry, depths: [4] }, [2, 2, 9, 4]);
    const pair = { ...rig, cameras: [camera, camera] };
    const [current, previous] = [new Float32Array(2 * 18 * 4), new Float32Array(2 * 18 * 4)];
    current[4 * 4] = previous[4 * 4] = 1;
    const matches = sweepPlanes(twice, moveRig(pair, createMotionMatrix(0, 0, [0, 0, 0])), current, previous);
    expect(matches[4]).toBeCloseTo(0.5, 6);
    expect(matches[18 + 4]).toBe(0);
  });

  test('a camera that is not there sees nothing of the others', () => {
    const twice = planPlaneSweep({ ...entry, depths: [4] }, [2, 2, 9, 4]);
    const pair = { ...rig, cameras: [camera, createBlindCamera(9, 2)] };
    const full = new Float32Array(2 * 18 * 4).fill(0.5);
    const matches = sweepPlanes(twice, moveRig(pair, createMotionMatrix(0, 0, [0, 0, 0])), full, full);
    expect(matches[4]).toBeCloseTo(1, 6);
  });

  test('samples on the outermost pixels land on cells too', () => {
    const linspace = planPlaneSweep({ ...entry, pixels: 'linspace', depths: [4] }, [1, 3, 5, 4]);
    const wide = { ...rig, cameras: [createCamera(0, [0, 0, 1.5], 8, [17, 9])], width: 17, height: 9 };
    const maps = computeSweepMaps(linspace, moveRig(wide, createMotionMatrix(0, 0, [0, 0, 0])));
    // Nothing moves: cell (3, 1) at 4 m is cell (3, 1) at 4 m.
    const rows = [0, 1, 2].map((row) => maps.subarray(4 + row * 4, 8 + row * 4));
    const [zu, zv, z] = rows.map((row) => row[0]! * 12 + row[1]! * 4 + row[2]! * 4 + row[3]!);
    expect([zu! / z!, zv! / z!, z]).toEqual([3, 1, 4].map((value) => expect.closeTo(value, 5)));
  });

  test('a frame of other cameras than the plan was made for is refused', () => {
    const geometry = moveRig({ ...rig, cameras: [camera, camera] }, createMotionMatrix(0, 0, [0, 0, 0]));
    expect(() => sweepPlanes(plan, geometry, none, none)).toThrow(/needs 1 cameras/);
  });
});

test('no match leaves -1 to 1, whatever the motion', () => {
  const plan = planPlaneSweep(entry, [3, 4, 6, 8]);
  const angle = fc.double({ min: -0.5, max: 0.5, noNaN: true });
  const metres = fc.double({ min: -6, max: 6, noNaN: true });
  fc.assert(
    fc.property(angle, angle, metres, metres, fc.integer({ min: 0, max: 1e6 }), (yaw, pitch, x, y, seed) => {
      const geometry = moveRig(createRig(3, 24, 16), createMotionMatrix(yaw, pitch, [x, y, 0.1]));
      const matches = sweepPlanes(plan, geometry, createDescriptors(plan, seed), createDescriptors(plan, seed + 1));
      expect(matches.every((value) => Math.abs(value) <= 1 + 1e-6)).toBe(true);
    }),
    { numRuns: 40 },
  );
});

/** How near (cells, metres) any of the places that a match looks up is to where a camera's view ends. */
function measureMargin(plan: PlaneSweepPlan, maps: Float32Array, index: number): number {
  const {
    cameras,
    columns,
    rows,
    entry: { depths },
  } = plan;
  const cell = index % (columns * rows);
  const d = depths[Math.floor(index / (columns * rows)) % depths.length]!;
  const camera = Math.floor(index / (columns * rows * depths.length));
  let margin = Number.POSITIVE_INFINITY;
  for (let other = 0; other < cameras; other++) {
    const [zu, zv, z] = [0, 4, 8].map((row) => {
      const at = 4 + (camera * cameras + other) * 12 + row;
      return (
        d * (maps[at]! * (cell % columns) + maps[at + 1]! * Math.floor(cell / columns) + maps[at + 2]!) + maps[at + 3]!
      );
    }) as [number, number, number];
    margin = Math.min(margin, Math.abs(z - NEAREST_METRES));
    if (z <= NEAREST_METRES) continue;
    for (const place of [zu / z, zu / z - columns + 1, zv / z, zv / z - rows + 1])
      margin = Math.min(margin, Math.abs(place));
  }
  return margin;
}

describeGpu('plane-sweep kernel', (getContext) => {
  test.each([
    ['six cameras, turning', 6, [6, 8, 22, 16], createMotionMatrix(0.1, 0.01, [3, 0.2, 0.05]), 0.9],
    ['one camera, backwards', 1, [1, 5, 7, 4], createMotionMatrix(0, 0, [-2, 0, 0]), 0.9],
    // Of a rig that stands still, the outermost cells are looked up on the very border.
    ['standing still, odd sizes', 3, [3, 4, 5, 8], createMotionMatrix(0, 0, [0, 0, 0]), 0.25],
    ['fast, in a curve', 6, [6, 16, 44, 12], createMotionMatrix(-0.35, 0, [12, 1.5, 0]), 0.9],
  ] as const)('agrees with the twin: %s', async (_, cameras, shape, motion, share) => {
    const plan = planPlaneSweep({ ...entry, depths: [1, 1.7, 3, 5.5, 9, 17, 31] }, [...shape]);
    const geometry = moveRig(createRig(cameras, shape[2] * 4, shape[1] * 4), motion);
    const [current, previous] = [createDescriptors(plan, 5), createDescriptors(plan, 6)];
    const found = await withoutGpuErrors(getContext().device, () =>
      sweepPlanesOnGpu(getContext(), plan, geometry, current, previous),
    );
    const expected = sweepPlanes(plan, geometry, current, previous);
    const maps = computeSweepMaps(plan, geometry);
    let compared = 0;
    found.forEach((value, index) => {
      if (measureMargin(plan, maps, index) < 1e-3) return;
      compared += 1;
      if (Math.abs(value - expected[index]!) > 1e-3) expect.fail(`${index}: ${value}, not ${expected[index]}`);
    });
    expect(compared).toBeGreaterThan(share * countElements(plan.outShape));
    expect(expected.some((value) => value !== 0)).toBe(true);
  });

  test('the first frame of a drive: zeros everywhere', async () => {
    const plan = planPlaneSweep(entry, [2, 3, 4, 4]);
    const full = createDescriptors(plan, 1);
    const found = await sweepPlanesOnGpu(getContext(), plan, createRig(2, 16, 12), full, full);
    expect(found.every((value) => value === 0)).toBe(true);
  });

  test('the same inputs give the same bits', async () => {
    const plan = planPlaneSweep(entry, [3, 8, 12, 8]);
    const geometry = moveRig(createRig(3, 48, 32), createMotionMatrix(0.05, 0, [2, 0, 0]));
    const [current, previous] = [createDescriptors(plan, 8), createDescriptors(plan, 9)];
    const run = () => sweepPlanesOnGpu(getContext(), plan, geometry, current, previous);
    expect(await run()).toEqual(await run());
  });
});

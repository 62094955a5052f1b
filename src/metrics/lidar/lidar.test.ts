import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { OCC3D_CLASSES } from '../../domain/classes.ts';
import { OCC3D_GRID } from '../../domain/geometry.ts';
import type { LidarBox } from './boxes.ts';
import { createLidarCounts, parseLidarCounts, sumLidarCounts } from './counts.ts';
import { findMedianDepths } from './depth.ts';
import { castReturns } from './firstHits.ts';
import { type LidarFrame, layFlatGround, measureLidarFrame } from './measureLidarFrame.ts';
import { chooseReturns, type SeeingCameras } from './returns.ts';
import { summariseLidar } from './summarise.ts';

const grid = OCC3D_GRID;
const free = OCC3D_CLASSES.free;
const origin = [0.94, 0, 1.84] as const;

/** One camera at the lidar, looking ahead, 90 degrees wide and as high as it is wide: 16 x 16 pixels. */
const seeing: SeeingCameras = {
  width: 16,
  height: 16,
  cameras: [
    {
      intrinsics: Float64Array.of(8, 0, 7.5, 0, 8, 7.5, 0, 0, 1),
      egoFromCamera: Float64Array.of(0, 0, 1, 0.94, -1, 0, 0, 0, 0, -1, 0, 1.84, 0, 0, 0, 1),
    },
  ],
};

type Point = readonly [number, number, number];
const choose = (points: readonly Point[]) =>
  chooseReturns({ origin, points: Float64Array.from(points.flat()) }, grid, seeing);

const empty = () => new Uint8Array(640_000).fill(free);
const cellOf = (value: number, axis: number) => Math.floor((value - grid.lower[axis]!) / grid.voxel[axis]!);
const voxelAt = ([x, y, z]: Point) => (cellOf(x, 0) * 200 + cellOf(y, 1)) * 16 + cellOf(z, 2);

/** A wall across the road whose front is at x metres, from the ground to the top of the grid. */
function buildWall(labels: Uint8Array, x: number): Uint8Array {
  for (let y = 0; y < 200; y++)
    labels.fill(15, (cellOf(x + 0.2, 0) * 200 + y) * 16, (cellOf(x + 0.2, 0) * 200 + y) * 16 + 16);
  return labels;
}

function measure(labels: Uint8Array, points: readonly Point[], more: Partial<LidarFrame> = {}) {
  const frame = { labels, grid, classes: OCC3D_CLASSES, returns: choose(points), seeing, boxes: null, depth: null };
  return measureLidarFrame({ ...frame, ...more });
}

/** A return of the ray straight ahead and level, at x metres. */
const ahead = (x: number): Point => [x, 0, 1.84];

describe('which returns count', () => {
  test('those inside the grid, outside the ego box and in a camera’s image', () => {
    const behind = [-10, 0, 1] as const;
    const { points, gridPoints, views } = choose([
      ahead(10),
      ahead(50),
      [2, 0, 0.9],
      behind,
      [10, 0, 6],
      [10, 8.9, 1.84],
      [10, 9.2, 1.84],
    ]);
    expect([...points]).toEqual([...ahead(10), 10, 8.9, 1.84]);
    expect([...gridPoints]).toEqual([...ahead(10), ...behind, 10, 8.9, 1.84, 10, 9.2, 1.84]);
    expect(views[0]).toMatchObject({ place: 0, camera: 0, u: 7.5, v: 7.5 });
    expect(views[0]!.z).toBeCloseTo(9.06, 9);
  });
});

describe('first hits', () => {
  test('are measured to where the ray enters the voxel, whatever its slope', () => {
    const returns = choose([ahead(20.1), [20.1, 6, 3]]);
    const [straight, slanted] = castReturns(buildWall(empty(), 20), grid, free, returns);
    expect(straight).toBeCloseTo(20 - 0.94, 6);
    const share = (20 - 0.94) / (20.1 - 0.94);
    expect(slanted).toBeCloseTo(share * Math.hypot(20.1 - 0.94, 6, 3 - 1.84), 5);
  });

  test.each([
    ['a wall where it is', buildWall(empty(), 20), { within1: 1, within2: 1, within4: 1, early: 0, missing: 0 }],
    ['a hole where the wall is', empty(), { within1: 0, within2: 0, within4: 0, early: 0, missing: 1 }],
    ['a wall 1.6 m behind', buildWall(empty(), 21.6), { within1: 0, within2: 1, within4: 1, early: 0, missing: 0 }],
    ['a wall 3.2 m before', buildWall(empty(), 16.8), { within1: 0, within2: 0, within4: 1, early: 1, missing: 0 }],
    [
      'a stray voxel far before',
      buildWall(empty(), 20).fill(4, voxelAt(ahead(5)), voxelAt(ahead(5)) + 1),
      { within1: 0, within2: 0, within4: 0, early: 1, missing: 0 },
    ],
  ])('%s', (_, labels, expected) => {
    const { hits } = measure(labels, [ahead(20.1)]).subjects.network;
    expect(hits.all).toEqual({ rays: 1, ...expected });
    expect(hits.raised).toEqual(hits.all);
    expect(hits.ground.rays).toBe(0);
  });

  test('raised points and ground are apart, and what is between is in neither', () => {
    const { hits } = measure(empty(), [
      [20, 0, 0.6],
      [20, 0, 0.4],
      [20, 0, 0.1],
      [20, 0, -0.2],
      [20, 0, -0.6],
    ]).subjects.network;
    expect([hits.all.rays, hits.raised.rays, hits.ground.rays]).toEqual([5, 1, 2]);
  });

  test('the flat ground plane is right on flat ground; the sweep’s own voxels are right wherever no neighbour is in the way', () => {
    const road: Point[] = [
      [6, 0, 0],
      [10, 1, 0.05],
      [15, -2, 0],
    ];
    const { subjects } = measure(empty(), [...road, [12, 4, 3]]);
    expect(subjects.flatGround.hits.ground).toMatchObject({ rays: 3, within2: 3, missing: 0 });
    expect(subjects.flatGround.hits.raised).toMatchObject({ rays: 1, within4: 0, missing: 1 });
    expect(subjects.lidarVoxels.hits.all).toMatchObject({ rays: 4, within1: 4 });
    expect(layFlatGround(grid, free).filter((label) => label === 11)).toHaveLength(40_000);
    expect(layFlatGround(grid, free)[voxelAt([3, 3, 0])]).toBe(11);
  });
});

describe('boxes', () => {
  const turned: LidarBox = {
    group: 'vehicle',
    // Turned to the left by 90 degrees: its length of 4 m runs along y.
    egoFromBox: Float64Array.of(0, -1, 0, 20, 1, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 1),
    size: [4, 2, 1.6],
  };
  const points: Point[] = [
    [20, 1.9, 1],
    [20.9, 0, 1],
    [21.5, 0, 1],
    [20, 0, 1.9],
  ];

  test('a return counts in its box, once however many boxes hold it', () => {
    const { boxes } = measure(empty(), points, { boxes: [turned, turned] }).subjects.network;
    expect(boxes.vehicle).toEqual({ returns: 2, covered: 0 });
    expect(boxes.pedestrian).toEqual({ returns: 0, covered: 0 });
  });

  test('a voxel of the group among the 26 neighbours covers it; two away, or of another group, does not', () => {
    const cover = (label: number, [x, y, z]: Point) => {
      const labels = empty();
      labels[voxelAt([20 + x * 0.4, 1.9 + y * 0.4, 1 + z * 0.4])] = label;
      return measure(labels, points, { boxes: [turned] }).subjects.network.boxes.vehicle.covered;
    };
    expect(cover(4, [0, 0, 0])).toBe(1);
    expect(cover(10, [1, 1, -1])).toBe(1);
    expect(cover(4, [-2, 0, 0])).toBe(0);
    expect(cover(7, [0, 0, 0])).toBe(0);
  });

  test('without annotations nothing is counted, and the share is null', () => {
    const counts = measure(empty(), points);
    expect(counts.framesWithBoxes).toBe(0);
    expect(summariseLidar(counts).subjects.network.boxes.vehicle).toBeNull();
  });
});

describe('depth', () => {
  const depths = [5, 10, 20];
  /** Two by two cells of eight pixels. */
  const distribution = (...cells: readonly (readonly number[])[]) => ({
    shape: [1, 3, 2, 2] as const,
    values: Float32Array.from([0, 1, 2].flatMap((bin) => cells.map((cell) => cell[bin]!))),
    depths,
  });

  test('the median is the bin that passes one half, and the last one where most lies behind it', () => {
    const found = findMedianDepths(distribution([0.6, 0.4, 0], [0.3, 0.3, 0.4], [0.1, 0.1, 0.8], [0.1, 0.1, 0.1]));
    expect([...found]).toEqual([5, 10, 20, 20]);
  });

  test('is compared along the camera’s axis, in the cell that the return falls into', () => {
    const depth = distribution([1, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]);
    // Below the middle: the left cell says 10 m, the right one 20 m. Camera z of a return at x is x - 0.94.
    const counts = measure(
      empty(),
      [
        [10.94, 1, 0],
        [10.94, -1, 0.2],
      ],
      { depth },
    );
    expect(counts.depth.ground).toEqual({ views: 2, relativeError: 2 ** 20, within25: 1 });
    expect(summariseLidar(counts).depth.ground).toEqual({ views: 2, absRel: 0.5, d1: 0.5 });
    expect(summariseLidar(counts).depth.raised).toEqual({ views: 0, absRel: null, d1: null });
  });
});

describe('counts', () => {
  const point = fc.tuple(
    fc.double({ min: 5, max: 39, noNaN: true }),
    fc.double({ min: -5, max: 5, noNaN: true }),
    fc.double({ min: -1, max: 5, noNaN: true }),
  );

  test('add up to the same in any grouping, and survive JSON', () => {
    fc.assert(
      fc.property(fc.array(fc.array(point, { maxLength: 6 }), { minLength: 2, maxLength: 4 }), (frames) => {
        const parts = frames.map((points) => measure(layFlatGround(grid, free), points));
        const total = sumLidarCounts(parts);
        expect(sumLidarCounts([...parts].reverse())).toEqual(total);
        expect(sumLidarCounts([sumLidarCounts(parts.slice(0, 1)), sumLidarCounts(parts.slice(1))])).toEqual(total);
        expect(total.subjects.network).toEqual(total.subjects.flatGround);
        expect(parseLidarCounts(JSON.parse(JSON.stringify(total)))).toEqual(total);
      }),
      { numRuns: 8 },
    );
    expect(() => parseLidarCounts({ ...createLidarCounts(), frames: 0.5 })).toThrow();
  });
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compareWithTwin, makeClasses, makeGrid, makeNoise } from '../../tests/support/decodeCases.ts';
import { describeGpu } from '../../tests/support/gpu.ts';
import { OCC3D_GRID, type Vector3 } from '../domain/geometry.ts';
import { type DecodeTensors, decodeReference } from '../reference/decode.ts';
import { type DecodeEntry, type DecodePlan, decodeSchema, planDecode } from './decode.ts';
import type { Shape } from './stage.ts';

const entry: DecodeEntry = {
  kind: 'decode',
  occupancy: 'occupancy',
  occupancyLayout: 'zyx',
  logits: 'classes',
  layout: 'gcyx',
  heightGroups: [0, 0, 0, 1, 1, 2, 2, 3, 3, 3, 4, 4, 5, 5, 5, 5],
  dropFirst: false,
  free: 17,
};

interface Case {
  readonly size: Vector3;
  readonly heightGroups: readonly number[];
  readonly labels?: number;
  readonly layout?: string;
  readonly occupancyLayout?: string;
  readonly dropFirst?: boolean;
  readonly flattened?: boolean;
  readonly occupiedAbove?: readonly number[];
}

/** A plan whose tensors have exactly the groups that `heightGroups` names. */
function planCase(options: Case): { plan: DecodePlan; groups: number } {
  const { size, heightGroups, labels = 5, layout = 'gcyx', occupancyLayout = 'zyx', dropFirst = false } = options;
  const groups = Math.max(...heightGroups) + 1;
  const sizes = { g: groups, c: labels - 1 + (dropFirst ? 1 : 0), x: size[0], y: size[1], z: size[2] };
  const shapeOf = (letters: string) => [...letters].map((letter) => sizes[letter as keyof typeof sizes]);
  const flat = layout.replace(/gc|cg/, 'f');
  const classes = options.flattened
    ? [...flat].map((letter) => (letter === 'f' ? sizes.g * sizes.c : sizes[letter as keyof typeof sizes]))
    : shapeOf(layout);
  const shapes = new Map<string, Shape>([
    ['classes', [1, ...classes]],
    ['occupancy', [1, ...shapeOf(occupancyLayout)]],
    ['flow', [2, size[1], size[0]]],
  ]);
  const above = options.occupiedAbove ? { occupiedAbove: [...options.occupiedAbove] } : {};
  const full = {
    ...entry,
    layout,
    occupancyLayout,
    heightGroups: [...heightGroups],
    dropFirst,
    free: labels - 1,
    ...above,
  };
  const withFlow = { ...full, flow: 'flow', flowLayout: 'cyx' };
  return { plan: planDecode(withFlow, shapes, makeGrid(size), makeClasses(labels)), groups };
}

function makeTensors({ plan, groups }: ReturnType<typeof planCase>, seed: number, steps = Infinity): DecodeTensors {
  const round = (value: number) => (steps === Infinity ? value : Math.round(value * steps));
  const columns = plan.size[0] * plan.size[1];
  return {
    logits: makeNoise(columns * groups * (plan.candidateCount + plan.firstLogit), seed).map(round),
    occupancy: makeNoise(plan.voxelCount, seed + 1).map(round),
    flow: makeNoise(2 * columns, seed + 2),
  };
}

const occ3dShapes = (classes: Shape) =>
  new Map<string, Shape>([
    ['occupancy', [1, 16, 200, 200]],
    ['classes', classes],
  ]);

describe('planDecode with occupancy', () => {
  test.each<[string, Shape]>([
    ['apart', [6, 17, 200, 200]],
    ['apart, batch of one', [1, 6, 17, 200, 200]],
    ['flattened', [102, 200, 200]],
    ['flattened, batch of one', [1, 102, 200, 200]],
  ])('takes six groups of 17 classes: %s', (_, classes) => {
    const plan = planDecode(decodeSchema.parse(entry), occ3dShapes(classes), OCC3D_GRID);
    expect(plan).toMatchObject({
      labelCount: 18,
      candidateCount: 17,
      strides: { channel: 40_000, x: 1, y: 200, z: 0 },
      occupancy: { strides: { channel: 0, x: 1, y: 200, z: 40_000 }, groupStride: 680_000, groupCount: 6, free: 17 },
      wordLoops: [
        { count: 200, stride: 800 },
        { count: 200, stride: 4 },
        { count: 4, stride: 1 },
      ],
    });
    expect([...plan.occupancy!.groupOfHeight]).toEqual(entry.heightGroups);
  });

  test.each<[string, Shape, object, RegExp]>([
    ['a class too many', [6, 18, 200, 200], {}, /\[6,18,200,200\], which is not laid out as "gcyx" with 17 channels/],
    ['a torn group', [103, 200, 200], {}, /not laid out as "gcyx" with 17 channels/],
    ['flattened axes that are no neighbours', [102, 200, 200], { layout: 'gycx' }, /not laid out as "gycx"/],
    ['another grid', [6, 17, 100, 200], {}, /100 cells along y; the grid has 200/],
    ['occupancy of another grid', [6, 17, 200, 200], { occupancyLayout: 'xyz' }, /200 cells along z; the grid has 16/],
    ['occupancy that nothing produces', [102, 200, 200], { occupancy: 'o' }, /"o" is produced by no stage/],
    ['a height too few', [102, 200, 200], { heightGroups: [0] }, /heightGroups has 1 entries; the grid has 16/],
    ['an unknown group', [85, 200, 200], {}, /heightGroups names group 5; "classes" has 5/],
    ['logits with heights', [102, 200, 200], { layout: 'czyx' }, /no permutation of "gcyx"/],
    [
      'a threshold too many',
      [102, 200, 200],
      { occupiedAbove: Array(18).fill(0) },
      /occupiedAbove has 18 entries; there are 17/,
    ],
    ['groups without occupancy', [102, 200, 200], { occupancy: undefined }, /groups of heights, which need occupancy/],
  ])('%s is refused', (_, classes, change, message) => {
    expect(() => planDecode({ ...entry, ...change }, occ3dShapes(classes), OCC3D_GRID)).toThrow(message);
  });

  test('free in the middle of the labels is refused: its place among the logits would be a guess', () => {
    const classes = { ...makeClasses(18), free: 3 };
    expect(() => planDecode({ ...entry, free: 3 }, occ3dShapes([102, 200, 200]), OCC3D_GRID, classes)).toThrow(
      /must be the last label, 17/,
    );
  });

  test.each(['occupancy', 'occupancyLayout', 'heightGroups'] as const)('an entry without %s is incomplete', (key) => {
    const { [key]: _, ...rest } = entry;
    const issues = decodeSchema.safeParse(rest).error?.issues.map(({ path, message }) => `${path}: ${message}`);
    expect(issues).toEqual([
      `${key}: is missing; occupancy, occupancyLayout, heightGroups come together or not at all`,
    ]);
  });
});

describe('decodeReference with occupancy', () => {
  const { plan } = planCase({ size: [1, 2, 3], heightGroups: [0, 1, 1], labels: 4 });
  // [group][class][y]: column 0 has class 2 below and 1 above, column 1 a tie of 0 and 1 below and of all three above.
  const logits = Float32Array.of(0, 5, 1, 5, 2, 4, /* upper group */ -3, 0, -1, 0, -2, 0);
  const flow = Float32Array.of(10, 20, 1, 2);

  test('each height asks its own group, ties go to the lowest label, free voxels stand still', () => {
    const occupancy = Float32Array.of(1, 1, 1, -1, 1, 1); // [z][y]
    const result = decodeReference(plan, { logits, occupancy, flow });
    expect([...result.labels]).toEqual([2, 1, 1, 0, 3, 0]);
    expect([...result.flow!]).toEqual([10, 1, 10, 1, 10, 1, 20, 2, 0, 0, 20, 2]);
  });

  test('zero, negative zero and NaN are free; the smallest positive number and infinity are occupied', () => {
    const occupancy = Float32Array.of(0, -0, Number.NaN, 2 ** -149, Infinity, -Infinity);
    const { labels } = decodeReference(plan, { logits, occupancy, flow });
    expect([...labels]).toEqual([3, 3, 1, 3, 0, 3]);
  });
});

describe('decodeReference with a threshold for each class', () => {
  // One column of three heights, all of class 1 but the highest, which is of class 0.
  const heightGroups = [0, 0, 1];
  const logits = Float32Array.of(0, 1, -1, /* upper group */ 2, 0, 0);
  const flow = new Float32Array(2);
  const decode = (occupiedAbove: readonly number[], occupancy: readonly number[]) => {
    const { plan } = planCase({ size: [1, 1, 3], heightGroups, labels: 4, occupiedAbove });
    return [...decodeReference(plan, { logits, occupancy: Float32Array.from(occupancy), flow }).labels];
  };

  test('a voxel is held against the threshold of its own class', () => {
    expect(decode([0.5, -2, 9], [-1.9, -2, 0.6])).toEqual([1, 3, 0]);
    expect(decode([0.5, -2, 9], [-2.1, 7, 0.5])).toEqual([3, 1, 3]);
  });

  test('negative zero as a threshold is zero', () => {
    expect(decode([-0, -0, -0], [0, 2 ** -149, -0])).toEqual([3, 1, 3]);
  });
});

describeGpu('factored decode kernel', (getContext) => {
  const layouts = ['gcyx', 'cgyx', 'yxgc', 'xycg', 'gycx'];
  const occupancyLayouts = ['zyx', 'xyz', 'yxz'];
  const shapes: { size: Vector3; heightGroups: number[] }[] = [
    { size: [1, 1, 1], heightGroups: [0] },
    { size: [3, 5, 7], heightGroups: [0, 2, 1, 1, 0, 2, 2] },
    { size: [17, 33, 16], heightGroups: entry.heightGroups! },
  ];
  const cases = shapes.flatMap((shape) =>
    layouts.flatMap((layout) =>
      occupancyLayouts.map((occupancyLayout, index) => {
        const flattened = index === 1 && /gc|cg/.test(layout);
        return { ...shape, layout, occupancyLayout, dropFirst: index === 2, flattened };
      }),
    ),
  );

  test.each(cases)('agrees with the twin: $size $layout $occupancyLayout', async (options) => {
    const made = planCase(options);
    await compareWithTwin(getContext(), made.plan, makeTensors(made, 7));
  });

  test('agrees with the twin on the whole Occ3D grid', async () => {
    const made = planCase({ size: OCC3D_GRID.size, heightGroups: entry.heightGroups!, labels: 18, flattened: true });
    await compareWithTwin(getContext(), made.plan, makeTensors(made, 3));
  });

  test('agrees with the twin on numbers at the edge of positive', async () => {
    const made = planCase({ size: [5, 4, 4], heightGroups: [0, 1, 1, 0] });
    const edges = [0, -0, Number.NaN, 2 ** -149, -(2 ** -149), Infinity, -Infinity, 2 ** -126];
    const negativeNan = new Float32Array(Uint32Array.of(0xffc00000).buffer)[0]!;
    const occupancy = makeTensors(made, 1).occupancy!.map((_, index) => [...edges, negativeNan][index % 9]!);
    await compareWithTwin(getContext(), made.plan, { ...makeTensors(made, 1), occupancy });
  });

  test('agrees with the twin on thresholds of all kinds', async () => {
    const heightGroups = [0, 1, 1, 0, 2, 2, 1];
    const made = planCase({
      size: [9, 8, 7],
      heightGroups,
      labels: 6,
      occupiedAbove: [0, -0, -1.5, 0.25, -(2 ** -149)],
    });
    const values = [
      0,
      -0,
      Number.NaN,
      2 ** -149,
      -(2 ** -149),
      -1.5,
      -1.4999999,
      0.25,
      0.25000003,
      Infinity,
      -Infinity,
      0.1,
      -0.1,
    ];
    const occupancy = makeTensors(made, 1).occupancy!.map((_, index) => values[(index * 5) % values.length]!);
    await compareWithTwin(getContext(), made.plan, { ...makeTensors(made, 1), occupancy });
  });

  test('agrees with the twin wherever logits tie and occupancy is zero', async () => {
    const length = fc.integer({ min: 1, max: 9 });
    const heights = fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 9 });
    const anyLayout = fc.constantFrom(...layouts);
    const property = fc.asyncProperty(
      length,
      length,
      heights,
      anyLayout,
      fc.integer(),
      async (x, y, z, layout, seed) => {
        const made = planCase({ size: [x, y, z.length], heightGroups: z, layout });
        await compareWithTwin(getContext(), made.plan, makeTensors(made, seed, 2));
      },
    );
    await fc.assert(property, { numRuns: 20 });
  });
});

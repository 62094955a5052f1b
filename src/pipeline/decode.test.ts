import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compareWithTwin, makeClasses, makeGrid, makeNoise } from '../../tests/support/decodeCases.ts';
import { describeGpu } from '../../tests/support/gpu.ts';
import { OCC3D_CLASSES } from '../domain/classes.ts';
import { OCC3D_GRID, type Vector3 } from '../domain/geometry.ts';
import type { GpuContext } from '../gpu/device.ts';
import { decodeReference } from '../reference/decode.ts';
import { type DecodeEntry, type DecodePlan, decodeSchema, planDecode } from './decode.ts';
import type { Shape } from './stage.ts';

const layouts = ['czyx', 'cxyz', 'xyzc', 'zyxc', 'yxcz'];

function shapeOf(layout: string, channels: number, [x, y, z]: Vector3): number[] {
  return [...layout].map((letter) => ({ c: channels, x, y, z })[letter as 'c' | 'x' | 'y' | 'z']);
}

interface Case {
  readonly size: Vector3;
  readonly layout: string;
  readonly labels?: number;
  readonly dropFirst?: boolean;
  readonly flow?: Partial<DecodeEntry> & { flowLayout: string };
}

function planCase({ size, layout, labels = 5, dropFirst = false, flow }: Case): DecodePlan {
  const entry: DecodeEntry = { kind: 'decode', logits: 'logits', layout, dropFirst, free: labels - 1 };
  const shapes = new Map<string, Shape>([['logits', [1, ...shapeOf(layout, labels + (dropFirst ? 1 : 0), size)]]]);
  if (flow) shapes.set('flow', shapeOf(flow.flowLayout, 2, size));
  return planDecode(flow ? { ...entry, flow: 'flow', ...flow } : entry, shapes, makeGrid(size), makeClasses(labels));
}

describe('planDecode', () => {
  test('Occ3D logits of shape [1,18,16,200,200]: words of four labels, neighbours along x', () => {
    const entry = decodeSchema.parse({
      kind: 'decode',
      logits: 'logits',
      layout: 'czyx',
      dropFirst: false,
      free: 17,
      flow: 'flow',
      flowLayout: 'cyx',
      flowOrder: 'yx',
    });
    const shapes = new Map([
      ['logits', [1, 18, 16, 200, 200]],
      ['flow', [1, 2, 200, 200]],
    ]);
    const plan = planDecode(entry, shapes, OCC3D_GRID, OCC3D_CLASSES);
    expect(plan).toMatchObject({
      voxelCount: 640_000,
      labelCount: 18,
      labelBytes: 640_000,
      flowBytes: 2_560_000,
      strides: { channel: 640_000, x: 1, y: 200, z: 40_000 },
      wordLoops: [
        { count: 200, stride: 800 },
        { count: 200, stride: 4 },
        { count: 4, stride: 1 },
      ],
      flow: { strides: { channel: 40_000, x: 1, y: 200, z: 0 }, channelOfX: 1, scale: 1 },
    });
    expect(plan.flow!.carries[17]).toBe(0);
  });

  test.each([
    ['a class too many', { shape: [19, 16, 200, 200] }, /gives 19 labels/],
    ['another grid', { shape: [18, 16, 100, 200] }, /100 cells along y; the grid has 200/],
    ['a batch of two', { shape: [2, 18, 16, 200, 200] }, /not laid out as "czyx"/],
    ['too few axes', { shape: [18, 16, 200] }, /not laid out as "czyx"/],
    ['another free label', { entry: { free: 0 } }, /free is 0/],
    ['flow that nothing produces', { entry: { flow: 'flow', flowLayout: 'cyx' } }, /"flow" is produced by no stage/],
    ['flow without a layout', { entry: { flow: 'logits' } }, /needs flowLayout/],
    ['flow of 18 channels', { entry: { flow: 'logits', flowLayout: 'czyx' } }, /has 18 channels/],
    ['thresholds without occupancy', { entry: { occupiedAbove: [0] } }, /occupiedAbove is given without occupancy/],
    ['flow words without flow', { entry: { flowScale: 2 } }, /flowScale is given without flow/],
  ] as const)(
    '%s is refused',
    (_, { shape = [18, 16, 200, 200], entry = {} }: { shape?: readonly number[]; entry?: object }, message) => {
      const full: DecodeEntry = {
        kind: 'decode',
        logits: 'logits',
        layout: 'czyx',
        dropFirst: false,
        free: 17,
        ...entry,
      };
      expect(() => planDecode(full, new Map([['logits', shape]]), OCC3D_GRID)).toThrow(message);
    },
  );

  test.each(['ccyx', 'abcd', 'czy', 'czyxx'])('layout "%s" is refused by the schema', (layout) => {
    expect(decodeSchema.safeParse({ kind: 'decode', logits: 'l', layout, dropFirst: false, free: 17 }).success).toBe(
      false,
    );
  });
});

describe('decodeReference', () => {
  test.each(layouts)(
    'the largest logit wins in layout %s, ties go to the lowest label, the dummy never wins',
    (layout) => {
      const size: Vector3 = [2, 3, 4];
      const plan = planCase({ size, layout, labels: 3, dropFirst: true });
      const logits = new Float32Array(4 * 24);
      const set = (channel: number, voxel: number, value: number) => {
        const [x, y, z] = [Math.floor(voxel / 12), Math.floor(voxel / 4) % 3, voxel % 4];
        logits[channel * plan.strides.channel + x * plan.strides.x + y * plan.strides.y + z * plan.strides.z] = value;
      };
      for (let voxel = 0; voxel < 24; voxel++) {
        set(0, voxel, 100);
        set(1, voxel, -2);
        set(2, voxel, voxel % 2 ? 1 : -3);
        set(3, voxel, voxel % 3 ? -4 : 1);
      }
      const expected = Array.from({ length: 24 }, (_, voxel) => (voxel % 2 ? 1 : voxel % 3 ? 0 : 2));
      expect([...decodeReference(plan, { logits, occupancy: null, flow: null }).labels]).toEqual(expected);
    },
  );

  test('flow: swapped order, scale, one vector per column, free and unlisted labels stand still', () => {
    const flow = { flowLayout: 'cyx', flowOrder: 'yx', flowScale: 2, flowClasses: [1, 2] } as const;
    const plan = planCase({ size: [1, 2, 2], layout: 'xyzc', labels: 3, flow: { ...flow, flowClasses: [1, 2] } });
    // Labels along z: 0, 1 in the first column, 1, 2 = free in the second.
    const logits = Float32Array.of(1, 0, 0, 0, 1, 0, 0, 1, 0, 0, 0, 1);
    const result = decodeReference(plan, { logits, occupancy: null, flow: Float32Array.of(10, 20, 1, 2) });
    expect([...result.labels]).toEqual([0, 1, 1, 2]);
    expect([...result.flow!]).toEqual([0, 0, 2, 20, 4, 40, 0, 0]);
  });

  test('flow: what is slower than the slowest stands still, in metres per second whatever the direction', () => {
    const flow = { flowLayout: 'cyx', flowScale: 2, flowSlowest: 1 } as const;
    const plan = planCase({ size: [1, 4, 1], layout: 'xyzc', labels: 2, flow });
    const logits = Float32Array.of(1, 0, 1, 0, 1, 0, 1, 0);
    const moves = Float32Array.of(0.25, 0.375, -0.5, 0, /* y */ 0.25, 0.375, 0, 0);
    const result = decodeReference(plan, { logits, occupancy: null, flow: moves });
    expect([...result.flow!]).toEqual([0, 0, 0.75, 0.75, -1, 0, 0, 0]);
  });
});

const flows = [
  undefined,
  { flowLayout: 'cyx', flowOrder: 'yx' },
  { flowLayout: 'czyx', flowScale: -0.5, flowClasses: [1, 3] },
  { flowLayout: 'xyzc', flowSlowest: 0.5 },
] as const;

describeGpu('decode kernels', (getContext) => {
  const sizes: Vector3[] = [
    [1, 1, 1],
    [3, 5, 7],
    [9, 2, 8],
    [17, 33, 16],
  ];
  const cases = sizes.flatMap((size) =>
    layouts.flatMap((layout, index) => {
      const flow = flows[index % flows.length];
      return [
        { size, layout, dropFirst: index % 2 === 1, ...(flow ? { flow: { ...flow } as Case['flow'] & object } : {}) },
      ];
    }),
  );

  test.each(cases)('agree with the twin: $size $layout $flow.flowLayout', async (options) => {
    await compareNoise(getContext(), planCase(options as Case), 1);
  });

  test('agree with the twin for 40 labels, past one word of the flow mask', async () => {
    const carried = [0, 31, 32, 38];
    const plan = planCase({
      size: [5, 4, 4],
      layout: 'czyx',
      labels: 40,
      flow: { flowLayout: 'cyx', flowClasses: carried },
    });
    await compareNoise(getContext(), plan, 3);
  });

  test('agree with the twin on the whole Occ3D grid', async () => {
    const plan = planCase({ size: OCC3D_GRID.size, layout: 'czyx', labels: 4, flow: { flowLayout: 'cyx' } });
    await compareNoise(getContext(), plan, 5);
  });

  test('agree with the twin past one row of 32,768 workgroups', async () => {
    const plan = planCase({ size: [260, 260, 32], layout: 'czyx', labels: 2, flow: { flowLayout: 'cyx' } });
    await compareNoise(getContext(), plan, 5);
  });

  test('agree with the twin wherever logits tie', async () => {
    const size = fc.integer({ min: 1, max: 9 });
    await fc.assert(
      fc.asyncProperty(size, size, size, fc.constantFrom(...layouts), fc.integer(), async (x, y, z, layout, seed) => {
        const plan = planCase({ size: [x, y, z], layout });
        await compareNoise(getContext(), plan, seed, (value) => Math.round(value * 2));
      }),
      { numRuns: 15 },
    );
  });
});

function compareNoise(context: GpuContext, plan: DecodePlan, seed: number, round = (value: number) => value) {
  const logits = makeNoise(plan.voxelCount * (plan.candidateCount + plan.firstLogit), seed).map(round);
  const flow = plan.flow ? makeNoise(2 * plan.voxelCount, seed + 1).map((value) => value * 30) : null;
  return compareWithTwin(context, plan, { logits, occupancy: null, flow });
}

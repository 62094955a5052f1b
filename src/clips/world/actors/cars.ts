import type { Vector3 } from '../../../domain/geometry.ts';
import { MeshBuilder } from '../geometry/meshBuilder.ts';
import type { Random } from '../geometry/random.ts';
import { LABEL, type MaterialTable, SEGMENT } from '../materials.ts';
import { addCabin, addEnd, addLoft, addWheel, createVehicleLooks } from './carBody.ts';
import type { ActorShape } from './model.ts';

const paints: readonly (readonly [number, Vector3])[] = [
  [24, [0.72, 0.72, 0.7]],
  [20, [0.02, 0.02, 0.022]],
  [15, [0.12, 0.125, 0.13]],
  [16, [0.4, 0.41, 0.42]],
  [7, [0.03, 0.06, 0.25]],
  [6, [0.4, 0.02, 0.02]],
  [3, [0.06, 0.16, 0.3]],
  [2, [0.04, 0.12, 0.06]],
  [2, [0.6, 0.42, 0.03]],
  [2, [0.5, 0.18, 0.02]],
  [3, [0.33, 0.28, 0.2]],
];

export function pickPaint(random: Random): Vector3 {
  return random.vary(random.pickWeighted(paints), 0.25);
}

interface CarProportions {
  readonly length: readonly [number, number];
  readonly width: readonly [number, number];
  readonly height: readonly [number, number];
  /** Shares of the length: cabin rear and front at the belt, rear and front at the roof, measured from the rear end. */
  readonly cabin: readonly [number, number, number, number];
  /** Shares of the height: bonnet, boot and belt. */
  readonly bonnet: number;
  readonly boot: number;
  readonly windows: number;
}

const shapes: Record<string, CarProportions> = {
  sedan: {
    length: [4.4, 4.95],
    width: [1.75, 1.9],
    height: [1.4, 1.5],
    cabin: [0.1, 0.72, 0.24, 0.54],
    bonnet: 0.62,
    boot: 0.68,
    windows: 2,
  },
  hatchback: {
    length: [3.6, 4.3],
    width: [1.65, 1.82],
    height: [1.45, 1.58],
    cabin: [0.015, 0.76, 0.1, 0.58],
    bonnet: 0.63,
    boot: 0.62,
    windows: 2,
  },
  estate: {
    length: [4.5, 4.9],
    width: [1.78, 1.9],
    height: [1.45, 1.55],
    cabin: [0.01, 0.72, 0.07, 0.55],
    bonnet: 0.62,
    boot: 0.62,
    windows: 3,
  },
  suv: {
    length: [4.4, 5.05],
    width: [1.82, 2.02],
    height: [1.62, 1.9],
    cabin: [0.01, 0.74, 0.06, 0.6],
    bonnet: 0.63,
    boot: 0.6,
    windows: 3,
  },
  van: {
    length: [4.7, 5.9],
    width: [1.88, 2.1],
    height: [1.9, 2.5],
    cabin: [0.003, 0.9, 0.015, 0.78],
    bonnet: 0.5,
    boot: 0.48,
    windows: 1,
  },
};

/** A car of a random kind, with its paint. Category `vehicle.car`. */
export function createCar(random: Random, materials: MaterialTable): ActorShape {
  const kind = random.pickWeighted([
    [32, 'sedan'],
    [24, 'hatchback'],
    [10, 'estate'],
    [26, 'suv'],
    [8, 'van'],
  ] as const);
  const plan = shapes[kind]!;
  const draw = (range: readonly [number, number]) => random.range(range[0], range[1]);
  const [length, width, height] = [draw(plan.length), draw(plan.width), draw(plan.height)];
  const paint = kind === 'van' && random.chance(0.5) ? ([0.7, 0.7, 0.69] as const) : pickPaint(random);
  const looks = createVehicleLooks(materials, LABEL.car, SEGMENT.car, paint);
  const builder = new MeshBuilder();
  const half = width / 2 - 0.02;
  const low = height * 0.13;
  const [bonnet, boot] = [height * plan.bonnet, height * plan.boot];
  const [r0, f0, r1, f1] = plan.cabin.map((share) => (share - 0.5) * length) as [number, number, number, number];
  const e = length / 2;
  addLoft(
    builder,
    [
      { x: -e, half: half * 0.86, low: low + 0.16, high: boot - 0.1 },
      { x: -e + 0.12, half: half * 0.97, low, high: boot },
      { x: Math.min(Math.max(r0, -e + 0.2), 0), half, low, high: boot + 0.02 },
      { x: f0, half, low, high: bonnet + 0.05 },
      { x: e - 0.35, half: half * 0.95, low, high: bonnet - 0.05 },
      { x: e, half: half * 0.78, low: low + 0.12, high: bonnet - 0.2 },
    ],
    looks.paint,
  );
  const belt = Math.min(boot, bonnet);
  addCabin(
    builder,
    {
      rearBelt: r0,
      frontBelt: f0,
      rearRoof: r1,
      frontRoof: f1,
      beltHalf: half * 0.9,
      roofHalf: half * (kind === 'van' ? 0.82 : 0.72),
      beltZ: belt - 0.02,
      roofZ: height,
      sideWindows: plan.windows,
    },
    looks,
  );
  const radius = height * random.range(0.2, 0.225);
  for (const x of [-length * 0.3, length * 0.31])
    for (const side of [-1, 1]) addWheel(builder, x, side * half * 0.99, radius, 0.22, looks);
  addEnd(builder, e, 1, half, bonnet - 0.36, low + 0.1, looks);
  addEnd(builder, e, -1, half, boot - 0.34, low + 0.14, looks);
  for (const side of [-1, 1])
    builder.addBox(f0 - 0.25, side * (half + 0.04), belt + 0.02, [0.1, 0.16, 0.13], looks.paint);
  if (random.chance(0.06)) builder.addBox((r1 + f1) / 2, 0, height, [0.25, 0.7, 0.14], looks.headLamp);
  return { category: 'vehicle.car', phases: [builder.build()], boxSize: [length + 0.06, width + 0.04, height] };
}

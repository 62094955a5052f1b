import type { Vector3 } from '../../../domain/geometry.ts';
import { MeshBuilder } from '../geometry/meshBuilder.ts';
import type { Random } from '../geometry/random.ts';
import { LABEL, type MaterialTable, SEGMENT } from '../materials.ts';
import { pickPaint } from './cars.ts';
import type { ActorShape } from './model.ts';
import { addTorso, createPersonLooks, type PersonLooks } from './people.ts';

function addThinWheel(builder: MeshBuilder, x: number, radius: number, width: number, tyre: number, hub: number): void {
  const sides = 14;
  const inner = radius * 0.86;
  const point = (angle: number, r: number, y: number): Vector3 => [
    x + Math.cos(angle) * r,
    y,
    radius + Math.sin(angle) * r,
  ];
  for (let i = 0; i < sides; i++) {
    const [a, b] = [(2 * Math.PI * i) / sides, (2 * Math.PI * (i + 1)) / sides];
    for (const s of [-1, 1]) {
      const y = (s * width) / 2;
      if (s < 0)
        builder.addQuad(point(a, inner, y), point(b, inner, y), point(b, radius, y), point(a, radius, y), tyre);
      else builder.addQuad(point(b, inner, y), point(a, inner, y), point(a, radius, y), point(b, radius, y), tyre);
    }
    builder.addQuad(
      point(a, radius, width / 2),
      point(a, radius, -width / 2),
      point(b, radius, -width / 2),
      point(b, radius, width / 2),
      tyre,
    );
  }
  for (let i = 0; i < 3; i++)
    builder.addCylinder(
      point((i * Math.PI) / 3, inner, 0),
      point((i * Math.PI) / 3 + Math.PI, inner, 0),
      0.012,
      0.012,
      4,
      hub,
    );
}

function addRider(
  builder: MeshBuilder,
  h: number,
  seatZ: number,
  lean: number,
  pedal: number,
  spread: number,
  looks: PersonLooks,
  bars: Vector3,
): void {
  const lift = seatZ - 0.47 * h;
  addTorso(builder, h, 1.05, [lean, 0, lift], looks);
  for (const side of [-1, 1]) {
    const hip: Vector3 = [0, side * 0.06 * h, seatZ];
    const phase = pedal + (side > 0 ? Math.PI : 0);
    const foot: Vector3 = [0.22 + 0.16 * Math.cos(phase), side * spread, Math.max(0.1, 0.32 + 0.16 * Math.sin(phase))];
    const knee: Vector3 = [(hip[0] + foot[0]) / 2 + 0.22, side * spread, (hip[2] + foot[2]) / 2 + 0.08];
    builder.addCylinder(knee, hip, 0.055, 0.075, 6, looks.trousers);
    builder.addCylinder(foot, knee, 0.04, 0.055, 6, looks.trousers);
    builder.addBox(foot[0] + 0.05, foot[1], foot[2] - 0.06, [0.24, 0.09, 0.07], looks.shoes);
    const shoulder: Vector3 = [lean, side * 0.115 * h, 0.79 * h + lift];
    builder.addCylinder([bars[0], side * bars[1], bars[2]], shoulder, 0.035, 0.05, 6, looks.top);
  }
}

/** A bicycle, with a rider (two pedal phases) or leaning alone. Category `vehicle.bicycle`. */
export function createBicycle(random: Random, materials: MaterialTable, ridden: boolean): ActorShape {
  const add = (name: string, colour: Vector3, pattern: 'metal' | 'rubber' | 'carPaint') =>
    materials.add(name, LABEL.bicycle, SEGMENT.bicycle, colour, { pattern });
  const frame = add('bicycle frame', pickPaint(random), 'carPaint');
  const tyre = add('bicycle tyre', [0.02, 0.02, 0.02], 'rubber');
  const metal = add('bicycle metal', [0.3, 0.3, 0.3], 'metal');
  const looks = createPersonLooks(random, materials, LABEL.bicycle, SEGMENT.rider);
  const height = random.range(1.6, 1.85);
  const phases = (ridden ? [0.3, 0.3 + Math.PI] : [0]).map((pedal) => {
    const builder = new MeshBuilder();
    for (const x of [-0.52, 0.52]) addThinWheel(builder, x, 0.34, 0.05, tyre, metal);
    const [seat, crank, head]: [Vector3, Vector3, Vector3] = [
      [-0.18, 0, 0.88],
      [-0.05, 0, 0.3],
      [0.38, 0, 0.82],
    ];
    const tubes: [Vector3, Vector3][] = [
      [seat, crank],
      [crank, head],
      [head, [-0.15, 0, 0.78]],
      [head, [0.52, 0, 0.34]],
      [crank, [-0.52, 0, 0.34]],
      [
        [-0.16, 0, 0.8],
        [-0.52, 0, 0.34],
      ],
      [head, [0.36, 0, 1.0]],
    ];
    for (const [a, b] of tubes) builder.addCylinder(a, b, 0.022, 0.022, 5, frame);
    builder.addCylinder([0.36, -0.3, 1.0], [0.36, 0.3, 1.0], 0.018, 0.018, 5, metal);
    builder.addBox(-0.2, 0, 0.88, [0.26, 0.14, 0.07], tyre);
    if (ridden) addRider(builder, height, 0.93, 0.22, pedal, 0.13, looks, [0.36, 0.26, 1.0]);
    return builder.build();
  });
  return {
    category: 'vehicle.bicycle',
    phases,
    boxSize: [1.74, ridden ? 0.65 : 0.62, ridden ? 0.93 + 0.53 * height : 1.05],
  };
}

/** A motorcycle or scooter, ridden or parked. Category `vehicle.motorcycle`. */
export function createMotorcycle(random: Random, materials: MaterialTable, ridden: boolean): ActorShape {
  const add = (name: string, colour: Vector3, pattern: 'metal' | 'rubber' | 'carPaint' | 'lamp' | 'plain') =>
    materials.add(name, LABEL.motorcycle, SEGMENT.motorcycle, colour, { pattern });
  const paint = add('motorcycle paint', pickPaint(random), 'carPaint');
  const dark = add('motorcycle dark', [0.025, 0.025, 0.025], 'plain');
  const tyre = add('motorcycle tyre', [0.02, 0.02, 0.02], 'rubber');
  const builder = new MeshBuilder();
  const scooter = random.chance(0.45);
  const radius = scooter ? 0.25 : 0.31;
  for (const x of [-0.66, 0.66])
    builder.addCylinder([x, -0.07, radius], [x, 0.07, radius], radius, radius, 12, tyre, dark);
  builder.addBox(-0.35, 0, radius + 0.12, [0.95, 0.34, 0.42], paint, dark, 0.85);
  builder.addBox(-0.3, 0, radius + 0.52, [0.75, 0.3, 0.14], dark);
  if (scooter) builder.addBox(0.3, 0, 0.28, [0.5, 0.36, 0.1], dark);
  else builder.addBlob([0.18, 0, 0.8], [0.32, 0.18, 0.17], 0, 1, paint, 1);
  builder.addCylinder([0.66, 0, radius], [0.42, 0, 1.02], 0.06, 0.05, 6, dark);
  builder.addBox(0.5, 0, 0.55, [0.16, scooter ? 0.4 : 0.2, 0.5], paint);
  builder.addCylinder([0.4, -0.36, 1.02], [0.4, 0.36, 1.02], 0.022, 0.022, 5, dark);
  builder.addBlob([0.56, 0, 0.92], [0.09, 0.1, 0.1], 0, 1, add('motorcycle lamp', [0.7, 0.7, 0.65], 'lamp'), 0);
  builder.addBox(-0.92, 0, 0.62, [0.06, 0.2, 0.1], add('motorcycle tail', [0.5, 0.02, 0.02], 'lamp'));
  const height = random.range(1.65, 1.85);
  if (ridden)
    addRider(
      builder,
      height,
      0.8,
      0.18,
      0.4,
      0.2,
      createPersonLooks(random, materials, LABEL.motorcycle, SEGMENT.rider),
      [0.4, 0.3, 1.02],
    );
  return {
    category: 'vehicle.motorcycle',
    phases: [builder.build()],
    boxSize: [1.96, 0.76, ridden ? 0.8 + 0.53 * height : 1.1],
  };
}

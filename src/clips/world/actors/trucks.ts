import type { Vector3 } from '../../../domain/geometry.ts';
import { MeshBuilder } from '../geometry/meshBuilder.ts';
import type { Random } from '../geometry/random.ts';
import { LABEL, type MaterialTable, SEGMENT } from '../materials.ts';
import { addCabin, addEnd, addLoft, addWheel, createVehicleLooks, type VehicleLooks } from './carBody.ts';
import { addOpenBody, addTailLift, addUnderside } from './cargoBodies.ts';
import { addCargoMarks, type Paint } from './cargoMarks.ts';
import { pickPaint } from './cars.ts';
import type { ActorShape } from './model.ts';

/** Random stream of the marks on a box. */
const MARKS = 77;

function addTruckCab(
  builder: MeshBuilder,
  rear: number,
  front: number,
  half: number,
  height: number,
  looks: VehicleLooks,
): void {
  const belt = height * 0.58;
  builder.addBox((rear + front) / 2, 0, 0.45, [front - rear, half * 2, belt - 0.45], looks.paint);
  addCabin(
    builder,
    {
      rearBelt: rear,
      frontBelt: front,
      rearRoof: rear,
      frontRoof: front - 0.25,
      beltHalf: half,
      roofHalf: half * 0.93,
      beltZ: belt,
      roofZ: height,
      sideWindows: 1,
    },
    looks,
  );
  for (const side of [-1, 1]) {
    builder.addBox(front - 0.02, side * half * 0.75, 0.6, [0.1, 0.3, 0.2], looks.headLamp);
    builder.addBox(front + 0.05, side * (half + 0.15), belt + 0.1, [0.08, 0.12, 0.5], looks.dark);
  }
  builder.addBox(front, 0, 0.95, [0.08, half * 1.1, belt - 1.15], looks.dark);
  builder.addBox(front, 0, 0.4, [0.14, half * 1.95, 0.2], looks.dark);
}

function addCargo(
  builder: MeshBuilder,
  random: Random,
  materials: MaterialTable,
  rear: number,
  front: number,
  half: number,
  floor: number,
  height: number,
  label: number,
  looks: VehicleLooks,
): void {
  const kind = random.pickWeighted([
    [48, 'box'],
    [22, 'open'],
    [11, 'flat'],
    [11, 'tipper'],
    [8, 'tank'],
  ] as const);
  const colour: Vector3 = random.chance(0.5) ? [0.66, 0.66, 0.64] : pickPaint(random);
  const pattern = random.pick(['plain', 'metal', 'stripes'] as const);
  // A stream of its own, so that everything else in the drive stays what it was.
  const marks = random.fork(MARKS);
  const segmentation = label === LABEL.trailer ? SEGMENT.trailer : SEGMENT.truck;
  const side = materials.add('cargo', label, segmentation, colour, {
    pattern,
    scale: 0.5,
    second: random.vary(colour, 0.3),
  });
  const middle = (rear + front) / 2;
  const length = front - rear;
  const paint: Paint = (name, value, look) => materials.add(name, label, segmentation, value, look);
  const box = { rear, front, half, floor, height };
  builder.addBox(middle, 0, floor - 0.25, [length, half * 1.3, 0.25], looks.dark);
  addUnderside(builder, marks.fork(1), paint, box, looks);
  if (kind === 'box') {
    builder.addBox(middle, 0, floor, [length, half * 2, height - floor], side);
    addCargoMarks(builder, marks, paint, box, looks);
    if (marks.chance(0.3)) addTailLift(builder, marks.fork(2), paint, box, looks);
  } else if (kind === 'open') addOpenBody(builder, marks, paint, box, looks);
  else if (kind === 'tank')
    builder.addCylinder(
      [rear, 0, floor + half * 0.9],
      [front, 0, floor + half * 0.9],
      half * 0.92,
      half * 0.92,
      14,
      side,
    );
  else {
    builder.addBox(middle, 0, floor, [length, half * 2, 0.15], looks.dark);
    const wall = kind === 'flat' ? 0.5 : 1.2;
    for (const s of [-1, 1]) builder.addBox(middle, s * (half - 0.04), floor, [length, 0.08, wall], side);
    for (const x of [rear + 0.04, front - 0.04]) builder.addBox(x, 0, floor, [0.08, half * 2, wall], side);
    if (random.chance(0.7))
      builder.addBlob(
        [middle, 0, floor + wall * 0.6],
        [length * 0.42, half * 0.8, wall * 0.8],
        0.12,
        random.range(0, 50),
        side,
        1,
      );
  }
  for (const s of [-1, 1]) builder.addBox(rear - 0.02, s * half * 0.8, floor - 0.2, [0.06, 0.3, 0.16], looks.tailLamp);
}

/** A pickup, or more often a lorry. Category `vehicle.truck`. */
export function createTruck(random: Random, materials: MaterialTable): ActorShape {
  return random.chance(0.3) ? createPickup(random, materials) : createLorry(random, materials);
}

/** A rigid truck: cab and a box, flat bed, tipper or tank. Category `vehicle.truck`. */
export function createLorry(random: Random, materials: MaterialTable): ActorShape {
  const [length, width, height] = [random.range(5.8, 10.5), random.range(2, 2.55), random.range(2.6, 3.8)];
  const looks = createVehicleLooks(materials, LABEL.truck, SEGMENT.truck, pickPaint(random));
  const builder = new MeshBuilder();
  const half = width / 2;
  const e = length / 2;
  const cab = e - random.range(1.7, 2.2);
  const radius = random.range(0.4, 0.5);
  addTruckCab(builder, cab, e, half * 0.95, Math.min(height, random.range(2.3, 3)), looks);
  addCargo(builder, random, materials, -e, cab - 0.2, half, radius * 2 + 0.15, height, LABEL.truck, looks);
  const axles = length > 8 ? [e - 1.1, -e + 1.3, -e + 2.5] : [e - 1.1, -e + 1.5];
  for (const x of axles) for (const s of [-1, 1]) addWheel(builder, x, s * half * 0.95, radius, 0.35, looks, false);
  return { category: 'vehicle.truck', phases: [builder.build()], boxSize: [length, width, height] };
}

function createPickup(random: Random, materials: MaterialTable): ActorShape {
  const [length, width, height] = [random.range(5, 5.8), random.range(1.85, 2.05), random.range(1.75, 1.95)];
  const looks = createVehicleLooks(materials, LABEL.truck, SEGMENT.truck, pickPaint(random));
  const builder = new MeshBuilder();
  const [e, half, low, deck] = [length / 2, width / 2, 0.35, height * 0.58];
  addLoft(
    builder,
    [
      { x: -e, half: half * 0.95, low: low + 0.1, high: deck },
      { x: 0, half, low, high: deck },
      { x: e - 0.4, half: half * 0.96, low, high: deck - 0.03 },
      { x: e, half: half * 0.85, low: low + 0.1, high: deck - 0.2 },
    ],
    looks.paint,
  );
  addCabin(
    builder,
    {
      rearBelt: -0.55,
      frontBelt: 1.3,
      rearRoof: -0.45,
      frontRoof: 0.75,
      beltHalf: half * 0.9,
      roofHalf: half * 0.76,
      beltZ: deck - 0.02,
      roofZ: height,
      sideWindows: 2,
    },
    looks,
  );
  builder.addBox((-e - 0.6) / 2 - 0.02, 0, deck + 0.005, [e - 0.75, half * 1.55, 0.012], looks.dark);
  for (const x of [-length * 0.31, length * 0.31])
    for (const s of [-1, 1]) addWheel(builder, x, s * half * 0.99, 0.39, 0.25, looks);
  addEnd(builder, e, 1, half, deck - 0.4, low + 0.1, looks);
  addEnd(builder, e, -1, half, deck - 0.4, low + 0.12, looks);
  return { category: 'vehicle.truck', phases: [builder.build()], boxSize: [length, width, height] };
}

/** A bus with rows of windows. Category `vehicle.bus.rigid`. */
export function createBus(random: Random, materials: MaterialTable): ActorShape {
  const [length, width, height] = [
    random.range(9, 12.5),
    random.range(2.45, 2.6),
    random.range(2.9, random.chance(0.2) ? 4.2 : 3.3),
  ];
  const colour = random.pick<Vector3>([
    [0.6, 0.6, 0.58],
    [0.5, 0.04, 0.04],
    [0.05, 0.25, 0.1],
    [0.05, 0.12, 0.4],
    [0.6, 0.45, 0.05],
    [0.4, 0.15, 0.3],
  ]);
  const looks = createVehicleLooks(materials, LABEL.bus, SEGMENT.bus, random.vary(colour, 0.2));
  const band = materials.add('bus band', LABEL.bus, SEGMENT.bus, random.vary([0.4, 0.4, 0.4], 0.9), {
    pattern: 'plain',
  });
  const builder = new MeshBuilder();
  const [e, half] = [length / 2, width / 2];
  builder.addBox(0, 0, 0.35, [length, half * 2, height - 0.35], looks.paint);
  const storeys = height > 3.6 ? [1.15, 2.75] : [1.25];
  for (const z of storeys) {
    for (const s of [-1, 1]) {
      const windows = Math.round(length / 1.5);
      for (let i = 0; i < windows; i++) {
        const x = -e + 0.4 + ((length - 0.8) * (i + 0.5)) / windows;
        const door = s < 0 && z < 2 && (i === windows - 1 || i === Math.floor(windows / 2));
        builder.addBox(
          x,
          s * half,
          door ? 0.5 : z,
          [((length - 0.8) / windows) * 0.88, 0.025, door ? 2 : 1],
          looks.glass,
        );
      }
    }
  }
  for (const s of [-1, 1]) builder.addBox(0, s * half, 0.7, [length * 0.98, 0.015, 0.3], band);
  builder.addBox(e, 0, 1.1, [0.03, half * 1.8, 1.35], looks.glass);
  builder.addBox(e, 0, 2.5, [0.04, half * 1.3, 0.28], looks.dark);
  builder.addBox(-e, 0, 1.5, [0.03, half * 1.5, 0.8], looks.glass);
  addEnd(builder, e, 1, half, 0.65, 0.4, looks);
  addEnd(builder, e, -1, half, 0.8, 0.4, looks);
  for (const x of [-length * 0.27, length * 0.29])
    for (const s of [-1, 1]) addWheel(builder, x, s * half * 0.995, 0.48, 0.3, looks);
  return { category: 'vehicle.bus.rigid', phases: [builder.build()], boxSize: [length, width + 0.05, height] };
}

/** A parked or towed trailer. Category `vehicle.trailer`. */
export function createTrailer(random: Random, materials: MaterialTable): ActorShape {
  const [length, width, height] = [random.range(5, 12.5), random.range(2.2, 2.6), random.range(2.4, 4)];
  const looks = createVehicleLooks(materials, LABEL.trailer, SEGMENT.trailer, pickPaint(random));
  const builder = new MeshBuilder();
  const [e, half] = [length / 2, width / 2];
  addCargo(builder, random, materials, -e, e - 0.8, half, 1.15, height, LABEL.trailer, looks);
  builder.addBox(e - 0.5, 0, 0.6, [1, 0.12, 0.12], looks.dark);
  builder.addBox(e - 1, 0, 0, [0.15, 1, 1], looks.dark);
  for (const x of [-e + 1.2, -e + 2.4])
    for (const s of [-1, 1]) addWheel(builder, x, s * half * 0.95, 0.48, 0.3, looks, false);
  return { category: 'vehicle.trailer', phases: [builder.build()], boxSize: [length, width, height] };
}

/** An excavator or a wheel loader. Category `vehicle.construction`. */
export function createConstructionVehicle(random: Random, materials: MaterialTable): ActorShape {
  const looks = createVehicleLooks(
    materials,
    LABEL.construction,
    SEGMENT.construction,
    random.vary(
      random.pick<Vector3>([
        [0.62, 0.4, 0.02],
        [0.6, 0.22, 0.02],
        [0.55, 0.5, 0.4],
      ]),
      0.15,
    ),
  );
  const builder = new MeshBuilder();
  if (random.chance(0.55)) {
    for (const s of [-1, 1]) builder.addBox(-0.8, s * 1.05, 0, [3.6, 0.55, 0.85], looks.rubber, looks.dark, 0.94);
    builder.addBox(-0.8, 0, 0.55, [2, 1.7, 0.5], looks.dark);
    builder.addBox(-1.1, 0, 1.05, [2.8, 2.4, 1], looks.paint);
    builder.addBox(0.1, 0.65, 1.05, [1.5, 1, 1.75], looks.glass, looks.paint, 0.94);
    const [elbow, tip]: [Vector3, Vector3] = [
      [2.2, -0.2, random.range(3, 4)],
      [3.5, -0.2, random.range(1.2, 2.2)],
    ];
    builder.addCylinder([0.2, -0.2, 1.5], elbow, 0.24, 0.2, 6, looks.paint);
    builder.addCylinder(elbow, tip, 0.2, 0.14, 6, looks.paint);
    builder.addBox(tip[0], -0.2, tip[2] - 0.8, [0.8, 1, 0.85], looks.dark);
    return { category: 'vehicle.construction', phases: [builder.build()], boxSize: [7.4, 2.7, 4.1] };
  }
  builder.addBox(-1.2, 0, 0.7, [3, 2, 1.3], looks.paint);
  builder.addBox(-0.1, 0, 1.4, [1.5, 1.5, 1.8], looks.glass, looks.paint, 0.9);
  builder.addBox(1.3, 0, 0.6, [1.6, 1.4, 0.8], looks.paint);
  builder.addHexahedron(
    [
      [2.2, -1.25, 0.15],
      [3.4, -1.25, 0.15],
      [3.4, 1.25, 0.15],
      [2.2, 1.25, 0.15],
    ],
    [
      [2.1, -1.25, 1.2],
      [2.5, -1.25, 1.2],
      [2.5, 1.25, 1.2],
      [2.1, 1.25, 1.2],
    ],
    looks.dark,
  );
  for (const x of [-1.7, 1.4]) for (const s of [-1, 1]) addWheel(builder, x, s * 1.2, 0.75, 0.5, looks, false);
  return { category: 'vehicle.construction', phases: [builder.build()], boxSize: [6.8, 2.6, 3.2] };
}

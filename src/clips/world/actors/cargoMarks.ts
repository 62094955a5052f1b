import type { Vector3 } from '../../../domain/geometry.ts';
import type { MeshBuilder } from '../geometry/meshBuilder.ts';
import type { Random } from '../geometry/random.ts';
import type { MaterialLook } from '../materials.ts';
import type { VehicleLooks } from './carBody.ts';

/** The closed box of a lorry or a trailer, metres in the vehicle's axes. */
export interface CargoBox {
  readonly rear: number;
  readonly front: number;
  readonly half: number;
  readonly floor: number;
  readonly height: number;
}

/** Gives a material of the vehicle's own class. */
export type Paint = (name: string, colour: Vector3, look?: MaterialLook) => number;

/** How far marks stand out of the wall behind them, metres. */
const RELIEF = 0.012;

/**
 * What tells a box on wheels from a wall: lettering on its sides and doors, and the doors themselves with bolts, a bumper and
 * a strip of reflectors. `paint` gives a plain material of the vehicle's own class.
 */
export function addCargoMarks(
  builder: MeshBuilder,
  random: Random,
  paint: Paint,
  box: CargoBox,
  looks: VehicleLooks,
): void {
  const ink = paint('cargo lettering', pickInk(random));
  const length = box.front - box.rear;
  if (random.chance(0.65)) {
    for (const side of [-1, 1]) {
      const draw: DrawMark = (along, z, width, high, material) =>
        builder.addBox(box.rear + along, side * (box.half + RELIEF / 2), z, [width, RELIEF, high], material);
      addLettering(draw, random.fork(1), length, box, ink, paint('cargo badge', pickInk(random.fork(2))));
    }
  }
  addDoors(builder, random, box, looks, paint('reflector', [0.6, 0.03, 0.02]));
  if (random.chance(0.55)) {
    const draw: DrawMark = (along, z, width, high, material) =>
      builder.addBox(box.rear - RELIEF / 2, along - box.half, z, [RELIEF, width, high], material);
    addLettering(draw, random.fork(3), box.half * 2, box, ink, ink);
  }
}

/** Draws a rectangle on a wall: where its middle lies along the wall, its lower edge, its width and height, its material. */
type DrawMark = (along: number, z: number, width: number, high: number, material: number) => void;

function pickInk(random: Random): Vector3 {
  const colour = random.pick<Vector3>([
    [0.6, 0.03, 0.02],
    [0.02, 0.08, 0.4],
    [0.01, 0.25, 0.06],
    [0.02, 0.02, 0.02],
    [0.7, 0.4, 0.02],
    [0.7, 0.7, 0.7],
  ]);
  return random.vary(colour, 0.3);
}

/** A badge and one to three lines of letters, each a block of its own width. */
function addLettering(draw: DrawMark, random: Random, length: number, box: CargoBox, ink: number, badge: number): void {
  const tall = box.height - box.floor;
  if (random.chance(0.5)) {
    const width = Math.min(random.range(0.5, 1.4), length * 0.4);
    draw(random.range(0.3, 0.7) * length, box.floor + tall * 0.3, width, tall * random.range(0.3, 0.55), badge);
  }
  let z = box.height - random.range(0.25, 0.6);
  for (let line = random.integer(1, 3); line > 0; line--) {
    const high = random.range(0.14, 0.5);
    z -= high * 1.4;
    if (z < box.floor + 0.15) return;
    const end = length - random.range(0.2, 0.35) * Math.min(length, 2);
    let along = random.range(0.1, 0.35) * Math.min(length, 3);
    while (along < end) {
      const width = high * random.range(0.35, 0.8);
      if (along + width > end) break;
      if (random.chance(0.88)) draw(along + width / 2, z, width, high, ink);
      along += width + high * 0.22;
      if (random.chance(0.06)) break;
    }
  }
}

function addDoors(builder: MeshBuilder, random: Random, box: CargoBox, looks: VehicleLooks, reflector: number): void {
  const { rear, half, floor, height } = box;
  const tall = height - floor;
  const x = rear - RELIEF;
  builder.addBox(x, 0, floor, [RELIEF * 2, 0.03, tall], looks.dark);
  for (const side of [-1, 1]) {
    for (const share of [0.25, 0.7])
      builder.addBox(x, side * half * share, floor + 0.08, [0.04, 0.035, tall - 0.16], looks.chrome);
    builder.addBox(x, side * (half - 0.05), floor, [RELIEF * 2, 0.1, tall], looks.dark);
    builder.addBox(x - 0.02, side * half * 0.8, floor - 0.32, [0.05, 0.35, 0.12], looks.tailLamp);
    builder.addBox(rear + 0.25, side * half * 0.72, 0.25, [0.03, 0.5, floor - 0.35], looks.rubber);
  }
  builder.addBox(x, 0, height - 0.1, [RELIEF * 2, half * 2, 0.1], looks.dark);
  builder.addBox(x - 0.02, 0, floor - 0.5, [0.08, half * 1.9, 0.14], looks.dark);
  builder.addBox(x - 0.02, 0, floor - 0.34, [0.03, 0.5, 0.12], looks.plate);
  if (random.chance(0.6)) builder.addBox(x - 0.03, 0, floor + 0.01, [0.02, half * 1.9, 0.06], reflector);
}

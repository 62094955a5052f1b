import type { Vector3 } from '../../../domain/geometry.ts';
import type { MeshBuilder } from '../geometry/meshBuilder.ts';
import type { Random } from '../geometry/random.ts';
import type { VehicleLooks } from './carBody.ts';
import type { CargoBox, Paint } from './cargoMarks.ts';

const hazardPaints: readonly (readonly [Vector3, Vector3])[] = [
  [
    [0.62, 0.04, 0.03],
    [0.7, 0.7, 0.68],
  ],
  [
    [0.7, 0.5, 0.02],
    [0.02, 0.02, 0.02],
  ],
  [
    [0.65, 0.25, 0.02],
    [0.65, 0.65, 0.62],
  ],
];

const goodsColours: readonly Vector3[] = [
  [0.42, 0.3, 0.17],
  [0.55, 0.5, 0.42],
  [0.6, 0.6, 0.6],
  [0.05, 0.15, 0.35],
  [0.1, 0.28, 0.12],
  [0.35, 0.1, 0.06],
  [0.12, 0.12, 0.12],
];
const stakeColours: readonly Vector3[] = [
  [0.05, 0.05, 0.055],
  [0.45, 0.46, 0.47],
  [0.1, 0.16, 0.3],
  [0.3, 0.2, 0.12],
];
const canopyColours: readonly Vector3[] = [
  [0.08, 0.16, 0.32],
  [0.1, 0.2, 0.1],
  [0.5, 0.5, 0.47],
  [0.25, 0.25, 0.26],
];

function pickHazard(random: Random, paint: Paint): number {
  const [colour, second] = random.pick(hazardPaints);
  return paint('hazard stripes', colour, { pattern: 'stripes', scale: random.range(0.12, 0.3), second });
}

/** A loading plate folded up before the doors, with its ribs, arms and posts, and mostly warning stripes. */
export function addTailLift(
  builder: MeshBuilder,
  random: Random,
  paint: Paint,
  box: CargoBox,
  looks: VehicleLooks,
): void {
  const { rear, half, floor, height } = box;
  const plate = paint('loading plate', random.vary(random.chance(0.6) ? [0.5, 0.5, 0.48] : [0.16, 0.16, 0.17], 0.3), {
    pattern: 'metal',
  });
  const low = floor - random.range(0.2, 0.45);
  const high = low + Math.min(random.range(0.9, 1.9), height - low - 0.2);
  const wide = half * random.range(1.6, 1.95);
  builder.addBox(rear - 0.14, 0, low, [0.08, wide, high - low], plate);
  const stripes = pickHazard(random, paint);
  for (const side of [-1, 1]) {
    builder.addBox(rear - 0.06, side * (half - 0.06), low - 0.1, [0.12, 0.12, height - low - 0.1], looks.dark);
    builder.addBox(rear - 0.1, side * half * 0.5, low - 0.25, [0.2, 0.12, 0.35], looks.dark);
    if (random.chance(0.6))
      builder.addBox(rear - 0.19, side * (wide / 2 - 0.1), low, [0.015, 0.18, high - low], stripes);
  }
  if (random.chance(0.5)) builder.addBox(rear - 0.19, 0, low, [0.015, wide, 0.16], stripes);
  for (let z = low + 0.25; z < high - 0.1; z += random.range(0.25, 0.5))
    builder.addBox(rear - 0.185, 0, z, [0.012, wide * 0.98, 0.025], looks.dark);
}

/** Boxes, sacks and pipes on the bed between `rear` and `front`, piled up to `top` at most. */
function addGoods(builder: MeshBuilder, random: Random, paint: Paint, box: CargoBox, top: number): void {
  const kinds = Array.from({ length: 3 }, () =>
    paint('goods', random.vary(random.pick(goodsColours), 0.25), { pattern: random.pick(['plain', 'cloth'] as const) }),
  );
  const step = random.range(0.7, 1.5);
  for (let x = box.rear + step / 2; x < box.front - step / 2 + 0.01; x += step) {
    for (const side of [-1, 1]) {
      if (random.chance(0.2)) continue;
      const tall = (top - box.floor) * random.range(0.2, 0.95);
      const size: Vector3 = [step * random.range(0.7, 0.97), box.half * random.range(0.7, 0.95), tall];
      const y = side * box.half * 0.48;
      if (random.chance(0.75)) builder.addBox(x, y, box.floor + 0.1, size, random.pick(kinds));
      else {
        const radii: Vector3 = [size[0] / 2, size[1] / 2, tall / 2];
        builder.addBlob([x, y, box.floor + 0.1 + tall / 2], radii, 0.1, random.range(0, 50), random.pick(kinds), 1);
      }
    }
  }
  if (random.chance(0.25))
    builder.addCylinder(
      [box.rear + 0.1, 0, top - 0.15],
      [box.front - 0.1, 0, top - 0.15],
      0.09,
      0.09,
      6,
      random.pick(kinds),
    );
}

/** An open body: stakes or a cage around goods, with boards along its sides and mostly a canopy. */
export function addOpenBody(
  builder: MeshBuilder,
  random: Random,
  paint: Paint,
  box: CargoBox,
  looks: VehicleLooks,
): void {
  const { rear, front, half, floor, height } = box;
  const [middle, length] = [(rear + front) / 2, front - rear];
  const frame = paint('stakes', random.vary(random.pick(stakeColours), 0.2), { pattern: 'metal' });
  const boards = random.range(0.3, 0.8);
  builder.addBox(middle, 0, floor, [length, half * 2, 0.1], looks.dark);
  const stakes = Math.max(2, Math.round(length / random.range(0.9, 1.8)));
  for (const side of [-1, 1]) {
    const y = side * (half - 0.04);
    builder.addBox(middle, y, floor, [length, 0.06, boards], frame);
    for (let i = 0; i <= stakes; i++)
      builder.addBox(rear + 0.04 + ((length - 0.08) * i) / stakes, y, floor, [0.07, 0.07, height - floor], frame);
    for (const z of random.chance(0.6) ? [0.45, 0.7, 0.96] : [0.96])
      builder.addBox(middle, y, floor + (height - floor - 0.06) * z, [length, 0.05, 0.07], frame);
  }
  builder.addBox(front - 0.04, 0, floor, [0.08, half * 2, (height - floor) * random.range(0.5, 1)], frame);
  if (random.chance(0.5)) builder.addBox(rear + 0.03, 0, floor, [0.06, half * 2, boards], frame);
  if (random.chance(0.65)) {
    const cover = paint('canopy', random.vary(random.pick(canopyColours), 0.25), { pattern: 'cloth' });
    builder.addBox(middle, 0, height - 0.08, [length, half * 2, 0.08], cover);
    if (random.chance(0.4)) {
      const drop = (height - floor) * random.range(0.2, 0.75);
      for (const side of [-1, 1])
        builder.addBox(middle, side * half, height - drop, [length * random.range(0.5, 1), 0.02, drop], cover);
    }
  }
  addGoods(builder, random, paint, box, height - 0.2);
}

/** What hangs below a body between the axles: rails or a skirt at the sides, or boxes for tools. */
export function addUnderside(
  builder: MeshBuilder,
  random: Random,
  paint: Paint,
  box: CargoBox,
  looks: VehicleLooks,
): void {
  const { rear, front, half, floor } = box;
  const [from, to] = [rear + (front - rear) * 0.38, front - 0.5];
  if (to - from < 0.8) return;
  const low = Math.max(floor - 0.7, 0.25);
  const bare = paint('side rail', random.vary([0.4, 0.41, 0.42], 0.3), { pattern: 'metal' });
  for (const side of [-1, 1]) {
    const kind = random.pick(['rails', 'boxes', 'skirt', 'nothing'] as const);
    const y = side * half * 0.93;
    if (kind === 'rails')
      for (const z of [low, low + 0.3]) builder.addBox((from + to) / 2, y, z, [to - from, 0.04, 0.1], bare);
    else if (kind === 'skirt') builder.addBox((from + to) / 2, y, low, [to - from, 0.04, floor - low - 0.05], bare);
    else if (kind === 'boxes') {
      const length = (to - from) * random.range(0.25, 0.5);
      builder.addBox(from + length / 2, y - side * 0.2, low, [length, 0.4, floor - low - 0.1], looks.dark);
      builder.addBox(to - length / 2, y - side * 0.2, low, [length * 0.9, 0.42, floor - low - 0.15], bare);
    }
  }
}

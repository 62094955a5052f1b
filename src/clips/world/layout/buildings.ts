import type { Vector3 } from '../../../domain/geometry.ts';
import type { MeshBuilder } from '../geometry/meshBuilder.ts';
import type { Random } from '../geometry/random.ts';
import { LABEL, type MaterialTable, SEGMENT } from '../materials.ts';

/** Ground size (metres along the street and away from it), floors and roof of a building; its street front faces -y. */
export interface BuildingPlan {
  readonly width: number;
  readonly depth: number;
  readonly floors: number;
  readonly pitchedRoof: boolean;
  /** How far the walls go below the local origin (sloping ground). */
  readonly below: number;
  readonly hall: boolean;
}

const wallColours: readonly Vector3[] = [
  [0.55, 0.5, 0.42],
  [0.62, 0.58, 0.5],
  [0.4, 0.2, 0.14],
  [0.3, 0.16, 0.12],
  [0.5, 0.5, 0.5],
  [0.33, 0.34, 0.36],
  [0.66, 0.62, 0.55],
  [0.56, 0.42, 0.28],
  [0.42, 0.45, 0.4],
  [0.7, 0.7, 0.68],
  [0.2, 0.22, 0.25],
  [0.6, 0.46, 0.36],
];

/** Builds one building at the builder's local origin (middle of the footprint). */
export function buildBuilding(
  builder: MeshBuilder,
  random: Random,
  plan: BuildingPlan,
  materials: MaterialTable,
): void {
  const { width, depth, floors, below, hall } = plan;
  const floorHeight = hall ? random.range(4, 6) : random.range(2.8, 3.7);
  const colour = random.vary(random.pick(wallColours), 0.25);
  const window: Vector3 = random.chance(0.7) ? [0.05, 0.06, 0.075] : [0.22, 0.25, 0.27];
  const solid = random.pick(['brick', 'plaster', 'plaster', 'concrete'] as const);
  const plain = materials.add('wall', LABEL.manmade, SEGMENT.building, colour, {
    pattern: solid,
    second: random.vary(colour, 0.3),
  });
  const facade =
    hall && random.chance(0.7)
      ? materials.add('cladding', LABEL.manmade, SEGMENT.building, colour, {
          pattern: random.pick(['metal', 'stripes', 'concrete'] as const),
          scale: random.range(0.3, 1.2),
        })
      : materials.add('facade', LABEL.manmade, SEGMENT.building, colour, {
          pattern: 'facade',
          scale: random.pick([1.8, 2.2, 2.6, 3, 3.4]),
          second: window,
        });
  const roof = materials.add(
    'roof',
    LABEL.manmade,
    SEGMENT.building,
    random.chance(0.5) ? random.vary([0.3, 0.12, 0.08], 0.3) : random.vary([0.13, 0.13, 0.14], 0.3),
    { pattern: 'brick', scale: 0.3 },
  );
  const trim = materials.add('trim', LABEL.manmade, SEGMENT.building, random.vary([0.5, 0.48, 0.44], 0.3), {
    pattern: 'concrete',
  });
  const height = floors * floorHeight;
  builder.addBox(0, 0, -below, [width, depth, below], plain);
  const shop = !hall && random.chance(0.4) ? random.range(3, 4.2) : 0;
  if (shop > 0) buildShopFront(builder, random, plan, shop, materials, trim);
  else if (random.chance(0.5)) builder.addBox(0, 0, 0, [width + 0.12, depth + 0.12, 0.5], trim);
  addStoreys(builder, width, depth, shop, height, facade, roof);
  if (plan.pitchedRoof) addPitchedRoof(builder, width, depth, height, random.range(0.5, 0.95), plain, roof);
  else {
    builder.addBox(0, 0, height, [width + 0.5, depth + 0.5, random.range(0.3, 0.9)], trim, roof);
    if (random.chance(0.5))
      builder.addBox(
        random.range(-0.2, 0.2) * width,
        0,
        height + 0.3,
        [width * 0.3, depth * 0.3, random.range(1.5, 3)],
        plain,
      );
  }
  if (!hall) addProjections(builder, random, plan, floorHeight, floors, materials, trim);
}

function addStoreys(
  builder: MeshBuilder,
  width: number,
  depth: number,
  from: number,
  height: number,
  facade: number,
  roof: number,
): void {
  builder.addBox(0, 0, from, [width, depth, height - from], facade, roof);
}

function buildShopFront(
  builder: MeshBuilder,
  random: Random,
  plan: BuildingPlan,
  height: number,
  materials: MaterialTable,
  trim: number,
): void {
  const { width, depth } = plan;
  const wall = materials.add('shop', LABEL.manmade, SEGMENT.building, random.vary([0.35, 0.33, 0.3], 0.5), {
    pattern: 'plaster',
  });
  const glass = materials.add('shop window', LABEL.manmade, SEGMENT.building, [0.07, 0.08, 0.09], { pattern: 'glass' });
  builder.addBox(0, 0, 0, [width - 0.2, depth - 0.2, height], wall);
  const bays = Math.max(1, Math.round(width / random.range(2.5, 4.5)));
  for (let i = 0; i < bays; i++) {
    const x = -width / 2 + ((i + 0.5) * width) / bays;
    const half = (width / bays) * 0.4;
    const y = -depth / 2 + 0.05;
    builder.addQuad(
      [x - half, y, 0.4],
      [x + half, y, 0.4],
      [x + half, y, height - 0.7],
      [x - half, y, height - 0.7],
      glass,
    );
  }
  const sign = materials.add(
    'shop sign',
    LABEL.manmade,
    SEGMENT.building,
    [random.range(0.05, 0.7), random.range(0.05, 0.5), random.range(0.05, 0.5)],
    { pattern: 'plain' },
  );
  builder.addBox(0, -depth / 2 - 0.05, height - 0.65, [width * 0.9, 0.3, 0.55], random.chance(0.7) ? sign : trim);
  if (random.chance(0.35)) {
    const [front, back] = [-depth / 2 - random.range(0.9, 1.6), -depth / 2];
    const low = height - 1;
    builder.addHexahedron(
      [
        [-width * 0.42, front, low - 0.25],
        [width * 0.42, front, low - 0.25],
        [width * 0.42, back, low],
        [-width * 0.42, back, low],
      ],
      [
        [-width * 0.42, front, low - 0.2],
        [width * 0.42, front, low - 0.2],
        [width * 0.42, back, low + 0.1],
        [-width * 0.42, back, low + 0.1],
      ],
      materials.add('awning', LABEL.manmade, SEGMENT.building, random.vary([0.4, 0.2, 0.15], 0.6), {
        pattern: 'stripes',
        scale: 0.5,
        second: [0.6, 0.58, 0.55],
      }),
    );
  }
}

function addPitchedRoof(
  builder: MeshBuilder,
  width: number,
  depth: number,
  base: number,
  steepness: number,
  wall: number,
  roof: number,
): void {
  const over = 0.4;
  const [hx, hy] = [width / 2, depth / 2];
  const rise = hy * steepness;
  const drop = over * steepness;
  for (const sign of [-1, 1]) {
    const eave = (x: number): Vector3 => [x, sign * (hy + over), base - drop];
    const ridge = (x: number): Vector3 => [x, 0, base + rise];
    const [left, right] = [-hx - over, hx + over];
    if (sign < 0) builder.addQuad(eave(left), eave(right), ridge(right), ridge(left), roof);
    else builder.addQuad(eave(right), eave(left), ridge(left), ridge(right), roof);
    builder.addPolygon(
      [
        [sign * hx, -hy * sign, base],
        [sign * hx, hy * sign, base],
        [sign * hx, 0, base + rise],
      ],
      wall,
    );
  }
}

function addProjections(
  builder: MeshBuilder,
  random: Random,
  plan: BuildingPlan,
  floorHeight: number,
  floors: number,
  materials: MaterialTable,
  trim: number,
): void {
  const { width, depth } = plan;
  const door = materials.add('door', LABEL.manmade, SEGMENT.building, random.vary([0.15, 0.1, 0.07], 0.6), {
    pattern: 'plain',
  });
  const x = random.range(-0.35, 0.35) * width;
  builder.addBox(x, -depth / 2, 0, [1.1, 0.1, 2.2], door);
  if (random.chance(0.4)) builder.addBox(x, -depth / 2 - 0.6, 0, [1.8, 1.2, 0.3], trim);
  if (random.chance(0.3)) builder.addBox(x, -depth / 2 - 0.6, 2.4, [2, 1.2, 0.15], trim);
  if (floors > 1 && random.chance(0.35)) {
    const rail = materials.add('balcony', LABEL.manmade, SEGMENT.building, random.vary([0.4, 0.4, 0.4], 0.5), {
      pattern: 'stripes',
      scale: 0.15,
    });
    const bays = Math.max(1, Math.floor(width / 5));
    for (let floor = 1; floor < Math.min(floors, 6); floor++) {
      for (let bay = 0; bay < bays; bay++)
        builder.addBox(
          -width / 2 + (bay + 0.5) * (width / bays),
          -depth / 2 - 0.55,
          floor * floorHeight,
          [2.4, 1.1, 1],
          rail,
          trim,
        );
    }
  }
  if (random.chance(0.3))
    builder.addBox(random.pick([-1, 1]) * width * 0.3, depth / 2 + 1.5, 0, [width * 0.35, 3, floorHeight], trim);
}

import type { Vector3 } from '../../../domain/geometry.ts';
import { MeshBuilder } from '../geometry/meshBuilder.ts';
import type { Random } from '../geometry/random.ts';
import { LABEL, type MaterialTable, SEGMENT } from '../materials.ts';
import type { ActorShape } from './model.ts';

/** Clothes, skin and hair of one person. */
export interface PersonLooks {
  readonly top: number;
  readonly trousers: number;
  readonly skin: number;
  readonly hair: number;
  readonly shoes: number;
  readonly bag: number;
}

export function createPersonLooks(
  random: Random,
  materials: MaterialTable,
  label: number,
  segmentation: number,
  worker = false,
): PersonLooks {
  const cloth = (): Vector3 => {
    if (random.chance(0.55)) return random.vary([0.09, 0.09, 0.1], 0.9);
    return [random.range(0.02, 0.6), random.range(0.02, 0.5), random.range(0.02, 0.55)];
  };
  const add = (name: string, colour: Vector3, pattern: 'cloth' | 'skin' | 'plain') =>
    materials.add(name, label, segmentation, colour, { pattern });
  const skin = random.pick<Vector3>([
    [0.5, 0.32, 0.24],
    [0.42, 0.26, 0.18],
    [0.25, 0.14, 0.09],
    [0.12, 0.065, 0.04],
    [0.55, 0.38, 0.28],
  ]);
  return {
    top: add('top', worker ? [0.75, 0.4, 0.02] : cloth(), 'cloth'),
    trousers: add('trousers', random.chance(0.4) ? random.vary([0.04, 0.06, 0.13], 0.4) : cloth(), 'cloth'),
    skin: add('skin', skin, 'skin'),
    hair: add(
      'hair',
      worker
        ? [0.7, 0.6, 0.1]
        : random.pick<Vector3>([
            [0.02, 0.015, 0.01],
            [0.1, 0.06, 0.03],
            [0.3, 0.22, 0.12],
            [0.35, 0.35, 0.35],
          ]),
      'plain',
    ),
    shoes: add('shoes', random.chance(0.7) ? [0.03, 0.03, 0.03] : [0.5, 0.5, 0.5], 'plain'),
    bag: add('bag', cloth(), 'cloth'),
  };
}

interface Build {
  readonly height: number;
  readonly stout: number;
  readonly skirt: boolean;
  readonly bag: 'none' | 'back' | 'hand';
}

function addLeg(builder: MeshBuilder, h: number, side: number, swing: number, build: Build, looks: PersonLooks): void {
  const y = side * 0.055 * h;
  const hip: Vector3 = [0, y, 0.49 * h];
  const knee: Vector3 = [0.24 * h * Math.sin(swing + 0.12), y, 0.49 * h - 0.24 * h * Math.cos(swing)];
  const bend = swing < 0 ? swing - 0.45 : swing * 0.7;
  const foot: Vector3 = [knee[0] + 0.24 * h * Math.sin(bend), y, Math.max(0.03, knee[2] - 0.24 * h * Math.cos(bend))];
  const r = 0.047 * h * build.stout;
  builder.addCylinder(knee, hip, r * 0.85, r * 1.15, 7, looks.trousers);
  builder.addCylinder(foot, knee, r * 0.6, r * 0.85, 7, build.skirt ? looks.skin : looks.trousers);
  builder.addBox(foot[0] + 0.03 * h, y, Math.max(0, foot[2] - 0.035 * h), [0.14 * h, 0.05 * h, 0.045 * h], looks.shoes);
}

function addArm(builder: MeshBuilder, h: number, side: number, swing: number, build: Build, looks: PersonLooks): void {
  const shoulder: Vector3 = [0, side * 0.118 * h * build.stout, 0.8 * h];
  const elbow: Vector3 = [
    0.17 * h * Math.sin(swing),
    side * 0.14 * h * build.stout,
    0.8 * h - 0.17 * h * Math.cos(swing),
  ];
  const hand: Vector3 = [
    elbow[0] + 0.16 * h * Math.sin(swing + 0.35),
    elbow[1],
    elbow[2] - 0.16 * h * Math.cos(swing + 0.35),
  ];
  builder.addCylinder(elbow, shoulder, 0.026 * h, 0.034 * h, 6, looks.top);
  builder.addCylinder(hand, elbow, 0.02 * h, 0.026 * h, 6, looks.top);
  builder.addBlob(hand, [0.025 * h, 0.02 * h, 0.03 * h], 0, 1, looks.skin, 0);
  if (build.bag === 'hand' && side > 0)
    builder.addBox(hand[0], hand[1], hand[2] - 0.18 * h, [0.2 * h, 0.07 * h, 0.17 * h], looks.bag);
}

function buildPerson(build: Build, looks: PersonLooks, stride: number): MeshBuilder {
  const builder = new MeshBuilder();
  const h = build.height;
  for (const side of [-1, 1]) {
    addLeg(builder, h, side, side * stride, build, looks);
    addArm(builder, h, side, -side * stride * 0.8, build, looks);
  }
  if (build.skirt) builder.addCylinder([0, 0, 0.28 * h], [0, 0, 0.52 * h], 0.13 * h, 0.085 * h, 9, looks.trousers);
  addTorso(builder, h, build.stout, [0, 0, 0], looks);
  if (build.bag === 'back')
    builder.addBox(-0.115 * h, 0, 0.58 * h, [0.09 * h, 0.17 * h, 0.23 * h], looks.bag, looks.bag, 0.85);
  return builder;
}

/** Hips, chest, neck and head; `shift` moves all of it (riders lean). */
export function addTorso(builder: MeshBuilder, h: number, stout: number, shift: Vector3, looks: PersonLooks): void {
  const ring = (z: number, depth: number, width: number, lean: number): [Vector3, Vector3, Vector3, Vector3] => {
    const [dx, dy, x, y, zz] = [depth * h * stout, width * h * stout, shift[0] * lean, shift[1], z * h + shift[2]];
    return [
      [x - dx, y - dy, zz],
      [x + dx, y - dy, zz],
      [x + dx, y + dy, zz],
      [x - dx, y + dy, zz],
    ];
  };
  const levels = [
    ring(0.46, 0.06, 0.085, 0),
    ring(0.56, 0.058, 0.082, 0.3),
    ring(0.72, 0.066, 0.105, 0.8),
    ring(0.81, 0.05, 0.115, 1),
    ring(0.835, 0.03, 0.05, 1),
  ];
  for (let i = 0; i + 1 < levels.length; i++)
    builder.addHexahedron(levels[i]!, levels[i + 1]!, i === 0 ? looks.trousers : looks.top);
  const x = shift[0] * 1.05;
  builder.addCylinder(
    [x, shift[1], 0.83 * h + shift[2]],
    [x, shift[1], 0.87 * h + shift[2]],
    0.03 * h,
    0.03 * h,
    6,
    looks.skin,
  );
  builder.addBlob(
    [x + 0.005 * h, shift[1], 0.93 * h + shift[2]],
    [0.056 * h, 0.045 * h, 0.067 * h],
    0,
    1,
    looks.skin,
    1,
  );
  builder.addBlob(
    [x - 0.012 * h, shift[1], 0.945 * h + shift[2]],
    [0.056 * h, 0.05 * h, 0.06 * h],
    0.04,
    2,
    looks.hair,
    1,
  );
}

/** A pedestrian with four phases of the walking cycle (or one, standing). */
export function createPerson(random: Random, materials: MaterialTable, walking: boolean, atWork = false): ActorShape {
  const child = !atWork && random.chance(0.08);
  const worker = atWork || (!child && random.chance(0.06));
  const height = child ? random.range(1, 1.45) : random.range(1.55, 1.92);
  const looks = createPersonLooks(random, materials, LABEL.pedestrian, SEGMENT.person, worker);
  const build: Build = {
    height,
    stout: random.range(0.9, child ? 1.1 : 1.3),
    skirt: random.chance(0.18),
    bag: random.pickWeighted([
      [60, 'none'],
      [22, 'back'],
      [18, 'hand'],
    ] as const),
  };
  const strides = walking ? [0.5, 0.12, -0.5, -0.12] : [random.range(-0.12, 0.12)];
  const category = child
    ? 'human.pedestrian.child'
    : worker
      ? 'human.pedestrian.construction_worker'
      : 'human.pedestrian.adult';
  return {
    category,
    phases: strides.map((stride) => buildPerson(build, looks, stride).build()),
    boxSize: [walking ? 0.42 * height : 0.4, 0.33 * height * build.stout, height],
  };
}

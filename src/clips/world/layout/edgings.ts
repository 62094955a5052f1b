import type { Vector3 } from '../../../domain/geometry.ts';
import type { MeshBuilder } from '../geometry/meshBuilder.ts';
import type { Random } from '../geometry/random.ts';
import { LABEL, type MaterialTable, SEGMENT } from '../materials.ts';

/** Height of the ground at a place of the run, relative to the builder's origin. */
type GroundAt = (x: number) => number;

function addRun(
  builder: MeshBuilder,
  length: number,
  from: number,
  to: number,
  thickness: number,
  material: number,
  groundAt: GroundAt,
): void {
  const count = Math.max(1, Math.ceil(length / 3));
  for (let i = 0; i < count; i++) {
    const [a, b] = [(length * i) / count, (length * (i + 1)) / count];
    const at = (x: number, y: number, z: number): Vector3 => [x, y, groundAt(x) + z];
    const t = thickness / 2;
    builder.addHexahedron(
      [at(a, -t, from), at(b, -t, from), at(b, t, from), at(a, t, from)],
      [at(a, -t, to), at(b, -t, to), at(b, t, to), at(a, t, to)],
      material,
    );
  }
}

/** A solid wall along local x. */
export function addWall(
  builder: MeshBuilder,
  random: Random,
  length: number,
  height: number,
  materials: MaterialTable,
  groundAt: GroundAt,
): void {
  const pattern = random.pick(['brick', 'plaster', 'concrete', 'brick'] as const);
  const colour: Vector3 =
    pattern === 'brick' ? random.vary([0.33, 0.17, 0.12], 0.35) : random.vary([0.45, 0.43, 0.4], 0.35);
  const wall = materials.add('wall', LABEL.manmade, SEGMENT.wall, colour, { pattern, scale: 0.25 });
  const cap = materials.add('coping', LABEL.manmade, SEGMENT.wall, random.vary([0.4, 0.39, 0.37], 0.2), {
    pattern: 'concrete',
  });
  addRun(builder, length, -0.4, height, 0.25, wall, groundAt);
  addRun(builder, length, height, height + 0.08, 0.35, cap, groundAt);
}

/** A fence along local x: boards, railings, or mesh between posts. */
export function addFence(
  builder: MeshBuilder,
  random: Random,
  length: number,
  height: number,
  materials: MaterialTable,
  groundAt: GroundAt,
): void {
  const kind = random.pick(['boards', 'rails', 'bars'] as const);
  const colour: Vector3 =
    kind === 'boards' ? random.vary([0.28, 0.19, 0.11], 0.4) : random.vary([0.18, 0.19, 0.19], 0.7);
  const fence = materials.add('fence', LABEL.manmade, SEGMENT.fence, colour, {
    pattern: kind === 'boards' ? 'stripes' : 'metal',
    scale: 0.15,
  });
  if (kind === 'boards') addRun(builder, length, 0.05, height, 0.05, fence, groundAt);
  else {
    const rails = kind === 'rails' ? [0.35, 0.65, 0.98] : [0.15, 0.98];
    for (const share of rails) addRun(builder, length, height * share - 0.06, height * share, 0.06, fence, groundAt);
  }
  const gap = kind === 'bars' ? 0.35 : 2.2;
  for (let x = 0; x <= length; x += gap) {
    const z = groundAt(x);
    builder.addBox(x, 0, z - 0.3, kind === 'bars' ? [0.05, 0.05, height + 0.3] : [0.1, 0.1, height + 0.35], fence);
  }
}

/** A guard rail along local x. */
export function addGuardRail(builder: MeshBuilder, length: number, materials: MaterialTable, groundAt: GroundAt): void {
  const rail = materials.add('guard rail', LABEL.barrier, SEGMENT.barrier, [0.4, 0.41, 0.42], { pattern: 'metal' });
  addRun(builder, length, 0.45, 0.78, 0.08, rail, groundAt);
  for (let x = 0; x <= length; x += 2) builder.addBox(x, 0.08, groundAt(x) - 0.3, [0.1, 0.1, 1.05], rail);
}

/** A tubular railing along local x on level ground. */
export function addRailing(builder: MeshBuilder, length: number, materials: MaterialTable): void {
  const rail = materials.add('railing', LABEL.barrier, SEGMENT.barrier, [0.36, 0.37, 0.38], { pattern: 'metal' });
  for (const z of [0.3, 0.65, 1]) builder.addBox(length / 2, 0, z, [length, 0.05, 0.05], rail);
  for (let x = 0.05; x < length; x += 0.5) builder.addBox(x, 0, -0.1, [0.04, 0.04, 1.1], rail);
}

/** Concrete or plastic barrier blocks along local x, sloped like a Jersey barrier. */
export function addBarrierBlock(builder: MeshBuilder, material: number, length: number): void {
  const foot: [Vector3, Vector3, Vector3, Vector3] = [
    [-length / 2, -0.3, 0],
    [length / 2, -0.3, 0],
    [length / 2, 0.3, 0],
    [-length / 2, 0.3, 0],
  ];
  const waist: [Vector3, Vector3, Vector3, Vector3] = [
    [-length / 2, -0.14, 0.35],
    [length / 2, -0.14, 0.35],
    [length / 2, 0.14, 0.35],
    [-length / 2, 0.14, 0.35],
  ];
  const top: [Vector3, Vector3, Vector3, Vector3] = [
    [-length / 2, -0.09, 0.85],
    [length / 2, -0.09, 0.85],
    [length / 2, 0.09, 0.85],
    [-length / 2, 0.09, 0.85],
  ];
  builder.addHexahedron(foot, waist, material);
  builder.addHexahedron(waist, top, material);
}

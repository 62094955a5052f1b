import type { Vector3 } from '../../../domain/geometry.ts';
import type { MeshBuilder } from '../geometry/meshBuilder.ts';
import type { Random } from '../geometry/random.ts';
import { LABEL, type MaterialTable, SEGMENT } from '../materials.ts';

const greens: readonly Vector3[] = [
  [0.05, 0.12, 0.03],
  [0.08, 0.16, 0.04],
  [0.11, 0.17, 0.05],
  [0.04, 0.09, 0.035],
  [0.14, 0.16, 0.05],
  [0.2, 0.15, 0.05],
  [0.07, 0.13, 0.06],
];

function leafMaterial(random: Random, materials: MaterialTable, pattern: 'leaves' | 'hedge'): number {
  const colour = random.vary(random.pick(greens), 0.3);
  return materials.add(pattern, LABEL.vegetation, SEGMENT.vegetation, colour, {
    pattern,
    second: [colour[0] * 0.5, colour[1] * 0.5, colour[2] * 0.5],
  });
}

/** Plants of one drive share a few leaf and bark looks. */
export class PlantKit {
  private readonly leaves: number[];
  private readonly hedges: number[];
  private readonly barks: number[];

  constructor(
    private readonly random: Random,
    materials: MaterialTable,
  ) {
    this.leaves = Array.from({ length: 5 }, () => leafMaterial(random, materials, 'leaves'));
    this.hedges = Array.from({ length: 3 }, () => leafMaterial(random, materials, 'hedge'));
    this.barks = Array.from({ length: 2 }, () =>
      materials.add('bark', LABEL.vegetation, SEGMENT.vegetation, random.vary([0.16, 0.12, 0.09], 0.4), {
        pattern: 'bark',
      }),
    );
  }

  /** A tree at the local origin; returns its trunk radius in metres. */
  addTree(builder: MeshBuilder, size: number): number {
    const { random } = this;
    const kind = random.pickWeighted([
      [60, 'round'],
      [15, 'conifer'],
      [12, 'column'],
      [8, 'bare'],
      [5, 'palm'],
    ] as const);
    const radius = 0.05 + 0.022 * size * random.range(0.7, 1.4);
    const trunk = kind === 'conifer' ? 0.12 * size : size * random.range(0.25, 0.45);
    const bark = random.pick(this.barks);
    const lean: Vector3 = [
      random.range(-0.06, 0.06) * size,
      random.range(-0.06, 0.06) * size,
      trunk + (kind === 'palm' ? size * 0.5 : 0.12 * size),
    ];
    builder.addCylinder([0, 0, -0.4], lean, radius * 1.25, radius * 0.75, 7, bark);
    if (kind === 'conifer') this.addConifer(builder, size, trunk);
    else if (kind === 'bare') this.addBranches(builder, size, lean, radius, bark);
    else if (kind === 'palm') this.addPalm(builder, size, lean);
    else this.addCrown(builder, size, trunk, lean, kind === 'column', radius, bark);
    return radius;
  }

  private addCrown(
    builder: MeshBuilder,
    size: number,
    trunk: number,
    top: Vector3,
    column: boolean,
    radius: number,
    bark: number,
  ): void {
    const { random } = this;
    const leaf = random.pick(this.leaves);
    const height = size - trunk;
    const spread = (column ? 0.22 : random.range(0.42, 0.7)) * height;
    const lumps = random.integer(4, 8);
    for (let i = 0; i < lumps; i++) {
      const angle = (i / lumps) * 2 * Math.PI + random.range(-0.5, 0.5);
      const out = i === 0 ? 0 : spread * random.range(0.3, 0.6);
      const up = trunk + height * (i === 0 ? 0.6 : random.range(0.22, 0.82));
      const r = spread * (i === 0 ? 0.85 : random.range(0.4, 0.72));
      const centre: Vector3 = [top[0] + out * Math.cos(angle), top[1] + out * Math.sin(angle), up];
      const flat = column ? 1.5 : random.range(0.6, 0.95);
      builder.addBlob(
        centre,
        [r, r * random.range(0.85, 1.1), r * flat],
        random.range(0.14, 0.3),
        random.range(0, 50),
        leaf,
        1,
      );
      if (i > 0 && i < 4)
        builder.addCylinder([top[0] * 0.8, top[1] * 0.8, trunk * 0.9], centre, radius * 0.5, radius * 0.2, 4, bark);
    }
  }

  private addConifer(builder: MeshBuilder, size: number, trunk: number): void {
    const { random } = this;
    const leaf = random.pick(this.leaves);
    const layers = random.integer(3, 5);
    const base = size * random.range(0.16, 0.28);
    for (let i = 0; i < layers; i++) {
      const t = i / layers;
      const r = base * (1 - t * 0.8);
      const z = trunk + (size - trunk) * (t + 0.5 / layers);
      builder.addBlob([0, 0, z], [r, r, ((size - trunk) / layers) * 0.85], 0.22, random.range(0, 50), leaf, 1);
    }
  }

  private addBranches(builder: MeshBuilder, size: number, top: Vector3, radius: number, bark: number): void {
    const { random } = this;
    for (let i = 0; i < 9; i++) {
      const angle = random.range(0, 6.28);
      const reach = size * random.range(0.12, 0.3);
      const end: Vector3 = [
        top[0] + reach * Math.cos(angle),
        top[1] + reach * Math.sin(angle),
        size * random.range(0.6, 1),
      ];
      builder.addCylinder([top[0], top[1], top[2] * random.range(0.75, 1)], end, radius * 0.5, 0.02, 4, bark);
    }
    builder.addCylinder(top, [top[0], top[1], size], radius * 0.7, 0.03, 5, bark);
  }

  private addPalm(builder: MeshBuilder, size: number, top: Vector3): void {
    const { random } = this;
    const leaf = random.pick(this.leaves);
    for (let i = 0; i < 9; i++) {
      const angle = (i / 9) * 6.28 + random.range(-0.2, 0.2);
      const r = size * 0.16;
      builder.addBlob(
        [top[0] + r * Math.cos(angle), top[1] + r * Math.sin(angle), top[2] + random.range(-0.1, 0.2) * r],
        [r * 0.75, r * 0.75, r * 0.3],
        0.3,
        random.range(0, 50),
        leaf,
        0,
      );
    }
  }

  /** A bush: one to three low lumps about `size` metres tall. */
  addBush(builder: MeshBuilder, size: number): void {
    const { random } = this;
    const leaf = random.pick(random.chance(0.7) ? this.leaves : this.hedges);
    for (let i = random.integer(1, 3); i > 0; i--) {
      const r = size * random.range(0.5, 0.8);
      builder.addBlob(
        [random.range(-0.5, 0.5) * size, random.range(-0.5, 0.5) * size, r * 0.45],
        [r, r * random.range(0.8, 1.2), r * random.range(0.6, 0.9)],
        0.25,
        random.range(0, 50),
        leaf,
        1,
      );
    }
  }

  /** A clipped or rough hedge along local x from 0 to `length`, following `groundAt(x)`. */
  addHedge(builder: MeshBuilder, length: number, height: number, width: number, groundAt: (x: number) => number): void {
    const { random } = this;
    const leaf = random.pick(this.hedges);
    const rough = random.chance(0.4) ? 0.16 : 0.06;
    const count = Math.max(1, Math.ceil(length / 0.9));
    const profile = Array.from({ length: count + 1 }, (_, i) => {
      const x = (length * i) / count;
      const z = groundAt(x);
      const w = (width / 2) * (1 + random.range(-rough, rough) * 1.5);
      const h = height * (1 + random.range(-rough, rough));
      return [
        [x, -w, z - 0.3],
        [x, -w * 1.05, z + h * 0.7],
        [x, -w * 0.7, z + h],
        [x, w * 0.7, z + h],
        [x, w * 1.05, z + h * 0.7],
        [x, w, z - 0.3],
      ] as Vector3[];
    });
    for (let i = 0; i < count; i++) {
      for (let k = 0; k < 5; k++)
        builder.addQuad(
          profile[i]![k]!,
          profile[i + 1]![k]!,
          profile[i + 1]![k + 1]!,
          profile[i]![k + 1]!,
          leaf,
          (length * i) / count,
          k * 0.5,
        );
    }
    builder.addPolygon([...profile[0]!].reverse(), leaf);
    builder.addPolygon(profile[count]!, leaf);
  }

  /** One lump of a thicket. */
  addThicketLump(builder: MeshBuilder, radius: number, height: number): void {
    const { random } = this;
    builder.addBlob(
      [0, 0, height * 0.4],
      [radius, radius * random.range(0.8, 1.2), height * 0.62],
      0.28,
      random.range(0, 50),
      random.pick(this.leaves),
      1,
    );
  }
}

import type { Vector3 } from '../../../domain/geometry.ts';
import type { MeshBuilder } from '../geometry/meshBuilder.ts';
import type { Random } from '../geometry/random.ts';
import { LABEL, type MaterialTable, SEGMENT } from '../materials.ts';

/** Small things that stand about on sidewalks and along walls; every `add…` builds at the local origin, street towards -y. */
export class ClutterKit {
  private readonly wood: number;
  private readonly steel: number;
  private readonly black: number;

  constructor(
    private readonly random: Random,
    private readonly materials: MaterialTable,
  ) {
    this.wood = materials.add('crate', LABEL.others, SEGMENT.object, random.vary([0.32, 0.22, 0.12], 0.3), {
      pattern: 'stripes',
      scale: 0.14,
    });
    this.steel = materials.add('rack', LABEL.manmade, SEGMENT.pole, random.vary([0.3, 0.31, 0.32], 0.3), {
      pattern: 'metal',
    });
    this.black = materials.add('rubbish bag', LABEL.others, SEGMENT.object, [0.025, 0.026, 0.028], {
      pattern: 'plain',
    });
  }

  /** One thing by chance; returns nothing, since nobody needs to know which. */
  addAny(builder: MeshBuilder): void {
    const kind = this.random.pickWeighted([
      [16, 'crates'],
      [14, 'bags'],
      [12, 'box'],
      [12, 'rack'],
      [12, 'post'],
      [12, 'board'],
      [8, 'hydrant'],
      [8, 'barrels'],
      [6, 'table'],
    ] as const);
    if (kind === 'crates') this.addCrates(builder);
    else if (kind === 'bags') this.addBags(builder);
    else if (kind === 'box') this.addPostBox(builder);
    else if (kind === 'rack') this.addRack(builder);
    else if (kind === 'post') this.addMeter(builder);
    else if (kind === 'board') this.addStandingBoard(builder);
    else if (kind === 'hydrant') this.addHydrant(builder);
    else if (kind === 'barrels') this.addBarrels(builder);
    else this.addTable(builder);
  }

  private paint(name: string, label: number, segmentation: number): number {
    const colour = this.random.pick<Vector3>([
      [0.5, 0.05, 0.04],
      [0.05, 0.12, 0.42],
      [0.6, 0.42, 0.03],
      [0.06, 0.25, 0.1],
      [0.4, 0.4, 0.4],
    ]);
    return this.materials.add(name, label, segmentation, colour, { pattern: 'carPaint' });
  }

  private addCrates(builder: MeshBuilder): void {
    const { random } = this;
    for (let i = random.integer(1, 4), z = -0.05; i > 0; i--) {
      const tall = random.range(0.25, 0.6);
      builder.addBox(
        random.range(-0.08, 0.08),
        0,
        z,
        [random.range(0.6, 1.1), random.range(0.5, 0.8), tall],
        this.wood,
      );
      z += tall;
    }
  }

  private addBags(builder: MeshBuilder): void {
    const { random } = this;
    for (let i = random.integer(2, 5); i > 0; i--) {
      const r = random.range(0.22, 0.36);
      const [x, y] = [random.range(-0.5, 0.5), random.range(-0.3, 0.3)];
      builder.addBlob([x, y, r * 0.7], [r, r, r * 0.9], 0.2, random.range(0, 50), this.black, 1);
    }
  }

  private addPostBox(builder: MeshBuilder): void {
    const box = this.paint('post box', LABEL.manmade, SEGMENT.building);
    builder.addBox(0, 0, 0.35, [0.5, 0.45, 0.9], box);
    for (const x of [-0.2, 0.2]) builder.addBox(x, 0, -0.1, [0.06, 0.3, 0.5], this.steel);
  }

  private addRack(builder: MeshBuilder): void {
    for (let i = this.random.integer(2, 5), x = -1; i > 0; i--, x += 0.7) {
      builder.addCylinder([x, -0.3, -0.1], [x, -0.3, 0.8], 0.03, 0.03, 5, this.steel);
      builder.addCylinder([x, 0.3, -0.1], [x, 0.3, 0.8], 0.03, 0.03, 5, this.steel);
      builder.addCylinder([x, -0.3, 0.8], [x, 0.3, 0.8], 0.03, 0.03, 5, this.steel);
    }
  }

  private addMeter(builder: MeshBuilder): void {
    builder.addCylinder([0, 0, -0.1], [0, 0, 1.1], 0.04, 0.04, 6, this.steel);
    builder.addBox(0, 0, 1.1, [0.22, 0.18, 0.4], this.steel);
  }

  private addStandingBoard(builder: MeshBuilder): void {
    const board = this.paint('standing board', LABEL.others, SEGMENT.sign);
    for (const s of [-1, 1]) {
      builder.addHexahedron(
        [
          [-0.32, s * 0.3, 0],
          [0.32, s * 0.3, 0],
          [0.32, s * 0.3 + 0.03, 0],
          [-0.32, s * 0.3 + 0.03, 0],
        ],
        [
          [-0.32, -0.01, 1.05],
          [0.32, -0.01, 1.05],
          [0.32, 0.02, 1.05],
          [-0.32, 0.02, 1.05],
        ],
        board,
      );
    }
  }

  private addHydrant(builder: MeshBuilder): void {
    const paint = this.paint('hydrant', LABEL.manmade, SEGMENT.pole);
    builder.addCylinder([0, 0, -0.1], [0, 0, 0.62], 0.12, 0.11, 8, paint);
    builder.addBlob([0, 0, 0.62], [0.13, 0.13, 0.12], 0, 1, paint, 1);
    builder.addCylinder([-0.2, 0, 0.42], [0.2, 0, 0.42], 0.06, 0.06, 6, paint);
  }

  private addBarrels(builder: MeshBuilder): void {
    const barrel = this.paint('barrel', LABEL.others, SEGMENT.object);
    for (let i = this.random.integer(1, 3), x = -0.5; i > 0; i--, x += 0.62)
      builder.addCylinder([x, 0, -0.05], [x, 0, 0.88], 0.29, 0.29, 10, barrel);
  }

  private addTable(builder: MeshBuilder): void {
    builder.addBox(0, 0, 0.7, [1.4, 0.8, 0.06], this.wood);
    for (const y of [-0.6, 0.6]) builder.addBox(0, y, 0.4, [1.4, 0.28, 0.05], this.wood);
    for (const x of [-0.5, 0.5]) builder.addBox(x, 0, -0.1, [0.08, 1.2, 0.8], this.steel);
  }
}

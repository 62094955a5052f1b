import type { Vector3 } from '../../../domain/geometry.ts';
import type { MeshBuilder } from '../geometry/meshBuilder.ts';
import type { Random } from '../geometry/random.ts';
import { LABEL, type MaterialTable, SEGMENT } from '../materials.ts';

/** Street furniture and clutter of one drive; every `add…` builds at the local origin, street towards -y. */
export class FurnitureKit {
  private readonly steel: number;
  private readonly dark: number;
  private readonly concrete: number;
  private readonly wood: number;
  private readonly lampLens: number;
  private readonly lampHeight: number;
  private readonly armed: boolean;

  constructor(
    private readonly random: Random,
    private readonly materials: MaterialTable,
  ) {
    this.steel = materials.add('pole', LABEL.manmade, SEGMENT.pole, random.vary([0.32, 0.33, 0.34], 0.4), {
      pattern: 'metal',
    });
    this.dark = materials.add('dark metal', LABEL.manmade, SEGMENT.pole, [0.04, 0.045, 0.045], { pattern: 'metal' });
    this.concrete = materials.add('concrete', LABEL.manmade, SEGMENT.wall, random.vary([0.4, 0.39, 0.37], 0.2), {
      pattern: 'concrete',
    });
    this.wood = materials.add('wood', LABEL.others, SEGMENT.object, [0.25, 0.15, 0.08], {
      pattern: 'stripes',
      scale: 0.12,
    });
    this.lampLens = materials.add('lamp lens', LABEL.manmade, SEGMENT.pole, [0.6, 0.6, 0.56], { pattern: 'lamp' });
    this.lampHeight = random.range(4.5, 10);
    this.armed = random.chance(0.7);
  }

  /** A street lamp; returns where its light leaves it (local y and z). */
  addLamp(builder: MeshBuilder): [number, number] {
    const radius = 0.06 + this.lampHeight * 0.008;
    builder.addCylinder([0, 0, -0.3], [0, 0, this.lampHeight], radius * 1.2, radius * 0.7, 7, this.steel);
    if (this.armed)
      builder.addCylinder([0, 0, this.lampHeight - 0.1], [0, -1.8, this.lampHeight + 0.3], 0.05, 0.05, 5, this.steel);
    const y = this.armed ? -1.9 : 0;
    builder.addBox(0, y, this.lampHeight + 0.2, [0.3, 0.7, 0.15], this.dark);
    builder.addBox(0, y, this.lampHeight + 0.15, [0.24, 0.6, 0.06], this.lampLens);
    return [y, this.lampHeight + 0.1];
  }

  addUtilityPole(builder: MeshBuilder): void {
    builder.addCylinder(
      [0, 0, -0.3],
      [0, 0, 9],
      0.17,
      0.11,
      8,
      this.materials.add('wooden pole', LABEL.manmade, SEGMENT.pole, [0.17, 0.13, 0.1], { pattern: 'bark' }),
    );
    builder.addBox(0, 0, 8.2, [2, 0.12, 0.14], this.dark);
  }

  addSign(builder: MeshBuilder): void {
    const { random, materials } = this;
    const height = random.range(2, 3);
    builder.addCylinder([0, 0, -0.2], [0, 0, height], 0.035, 0.035, 6, this.steel);
    const colour = random.pick<Vector3>([
      [0.6, 0.05, 0.05],
      [0.05, 0.12, 0.5],
      [0.65, 0.65, 0.65],
      [0.7, 0.5, 0.05],
      [0.05, 0.3, 0.1],
    ]);
    const face = materials.add('sign', LABEL.manmade, SEGMENT.sign, colour, { pattern: 'plain' });
    const round = random.chance(0.5);
    if (round) builder.addCylinder([-0.05, 0, height - 0.3], [-0.02, 0, height - 0.3], 0.34, 0.34, 12, face);
    else builder.addBox(-0.05, 0, height - 0.6, [0.03, random.range(0.5, 1.1), 0.6], face);
  }

  /** A traffic light on a pole, its face looking along local -x; with a long arm over the road (towards -y) when `arm` > 0. */
  addTrafficLight(builder: MeshBuilder, arm: number, green: boolean): void {
    const housing = this.materials.add('signal housing', LABEL.manmade, SEGMENT.light, [0.03, 0.03, 0.03], {
      pattern: 'plain',
    });
    const lit = (name: string, colour: Vector3) =>
      this.materials.add(name, LABEL.manmade, SEGMENT.light, colour, { pattern: 'lamp' });
    const lights = [
      lit('red light', green ? [0.12, 0.01, 0.01] : [1, 0.06, 0.04]),
      lit('amber light', [0.12, 0.08, 0.01]),
      lit('green light', green ? [0.05, 1, 0.35] : [0.01, 0.1, 0.03]),
    ];
    builder.addCylinder([0, 0, -0.2], [0, 0, arm > 0 ? 6 : 3.4], 0.09, 0.07, 7, this.steel);
    const heads: [number, number][] = [[0, 2.4]];
    if (arm > 0) {
      builder.addCylinder([0, 0, 5.7], [0, -arm, 5.9], 0.07, 0.05, 6, this.steel);
      heads.push([-arm, 5.2]);
    }
    for (const [y, z] of heads) {
      builder.addBox(-0.15, y, z, [0.25, 0.34, 0.95], housing);
      for (const [index, light] of lights.entries())
        builder.addBox(-0.285, y, z + 0.66 - index * 0.3, [0.03, 0.2, 0.2], light);
    }
  }

  addBin(builder: MeshBuilder): void {
    const colour = this.random.pick<Vector3>([
      [0.04, 0.12, 0.05],
      [0.05, 0.05, 0.05],
      [0.2, 0.2, 0.2],
      [0.03, 0.06, 0.2],
      [0.35, 0.25, 0.04],
    ]);
    const bin = this.materials.add('bin', LABEL.others, SEGMENT.object, colour, { pattern: 'plain' });
    if (this.random.chance(0.5)) builder.addCylinder([0, 0, -0.1], [0, 0, 0.95], 0.25, 0.29, 9, bin);
    else builder.addBox(0, 0, -0.1, [0.65, 0.6, 1.2], bin);
  }

  addBench(builder: MeshBuilder): void {
    builder.addBox(0, 0, 0.4, [1.7, 0.45, 0.08], this.wood);
    builder.addBox(0, 0.22, 0.5, [1.7, 0.06, 0.4], this.wood);
    for (const x of [-0.7, 0.7]) builder.addBox(x, 0, -0.1, [0.08, 0.4, 0.5], this.dark);
  }

  addCabinet(builder: MeshBuilder): void {
    const { random } = this;
    const box = this.materials.add('cabinet', LABEL.manmade, SEGMENT.building, random.vary([0.3, 0.33, 0.3], 0.5), {
      pattern: 'metal',
    });
    builder.addBox(0, 0, -0.1, [random.range(0.6, 1.6), random.range(0.4, 0.7), random.range(1, 1.8)], box);
  }

  addBollard(builder: MeshBuilder): void {
    builder.addCylinder([0, 0, -0.1], [0, 0, 0.95], 0.07, 0.06, 7, this.dark);
  }

  addShelter(builder: MeshBuilder): void {
    const glass = this.materials.add('shelter glass', LABEL.manmade, SEGMENT.building, [0.12, 0.14, 0.15], {
      pattern: 'glass',
    });
    builder.addBox(0, 0.7, 0.2, [4, 0.06, 2], glass);
    builder.addBox(2, 0, 0.2, [0.06, 1.4, 2], glass);
    builder.addBox(0, 0, 2.4, [4.4, 1.8, 0.15], this.dark);
    for (const x of [-1.95, 1.95]) builder.addCylinder([x, 0.7, -0.1], [x, 0.7, 2.4], 0.05, 0.05, 6, this.dark);
    builder.addBox(0, 0.4, 0.45, [2.5, 0.4, 0.06], this.wood);
  }

  addBillboard(builder: MeshBuilder): void {
    const { random } = this;
    const face = this.materials.add(
      'poster',
      LABEL.manmade,
      SEGMENT.sign,
      [random.range(0.1, 0.7), random.range(0.1, 0.6), random.range(0.1, 0.6)],
      { pattern: 'plain' },
    );
    const wide = random.range(1.3, 4);
    builder.addBox(0, 0, 0.6, [wide, 0.2, random.range(1.6, 2.6)], face);
    for (const x of [-wide * 0.4, wide * 0.4]) builder.addBox(x, 0, -0.2, [0.1, 0.12, 0.8], this.dark);
  }

  addPlanter(builder: MeshBuilder): void {
    builder.addBox(0, 0, -0.1, [this.random.range(0.8, 2.4), 0.8, 0.65], this.concrete);
  }

  addRock(builder: MeshBuilder): void {
    const rock = this.materials.add('rock', LABEL.others, SEGMENT.object, this.random.vary([0.25, 0.24, 0.22], 0.3), {
      pattern: 'concrete',
    });
    const r = this.random.range(0.3, 0.9);
    builder.addBlob([0, 0, r * 0.3], [r, r * 0.8, r * 0.7], 0.25, this.random.range(0, 50), rock, 1);
  }

  addContainer(builder: MeshBuilder): void {
    const paint = this.materials.add(
      'container',
      LABEL.manmade,
      SEGMENT.building,
      this.random.vary([0.25, 0.18, 0.12], 0.9),
      { pattern: 'stripes', scale: 0.3 },
    );
    builder.addBox(0, 0, -0.1, [this.random.range(3, 6), 2.4, this.random.range(1.5, 2.6)], paint);
  }

  addPile(builder: MeshBuilder): void {
    const { random } = this;
    const soil = this.materials.add('pile', LABEL.terrain, SEGMENT.terrain, random.vary([0.22, 0.17, 0.12], 0.3), {
      pattern: 'soil',
    });
    builder.addBlob(
      [0, 0, 0],
      [random.range(1.2, 2.8), random.range(1.2, 2.4), random.range(0.7, 1.6)],
      0.15,
      random.range(0, 50),
      soil,
      1,
    );
  }
}

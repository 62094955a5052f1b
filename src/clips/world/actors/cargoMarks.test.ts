import { expect, test } from 'vitest';
import { Random } from '../geometry/random.ts';
import { LABEL, MaterialTable, SEGMENT } from '../materials.ts';
import { createLorry, createTrailer } from './trucks.ts';

test.each([
  ['lorry', createLorry, LABEL.truck, SEGMENT.truck],
  ['trailer', createTrailer, LABEL.trailer, SEGMENT.trailer],
] as const)('what a %s carries belongs to it and stays on it', (_, create, label, segmentation) => {
  let marked = 0;
  const seen = new Set<string>();
  for (let seed = 1; seed <= 40; seed++) {
    const materials = new MaterialTable();
    const { phases, boxSize } = create(new Random(seed), materials);
    const { positions, materials: triangles } = phases[0]!;
    expect(new Set(materials.list.map((material) => material.label))).toEqual(new Set([label]));
    expect(new Set(materials.list.map((material) => material.segmentation))).toEqual(new Set([segmentation]));
    const used = new Set([...triangles].map((index) => materials.list[index]!.name));
    for (const name of used) seen.add(name);
    if (used.has('cargo lettering')) marked += 1;
    for (const axis of [0, 1]) {
      const farthest = positions.reduce(
        (most, value, at) => (at % 3 === axis ? Math.max(most, Math.abs(value)) : most),
        0,
      );
      expect(farthest).toBeLessThan(boxSize[axis]! / 2 + 0.4);
    }
  }
  expect(marked).toBeGreaterThan(8);
  expect(marked).toBeLessThan(40);
  for (const name of ['loading plate', 'hazard stripes', 'stakes', 'goods', 'canopy', 'side rail'])
    expect(seen).toContain(name);
});

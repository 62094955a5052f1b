import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { GridSpec } from '../domain/geometry.ts';
import { compactFaces, type DrawFilter, planFaceCompaction } from '../reference/faceCompaction.ts';
import { pickVoxel } from './pickVoxel.ts';

const FREE = 17;
const grid: GridSpec = { lower: [-2, -1, 0], voxel: [0.5, 0.5, 0.25], size: [8, 6, 5] };
const everything: DrawFilter = { visibleClasses: 0xffffffff, firstSlice: 0, lastSlice: 255 };

function makeLabels(cells: readonly (readonly [number, number, number, number])[]): Uint8Array {
  const labels = new Uint8Array(8 * 6 * 5).fill(FREE);
  for (const [x, y, z, label] of cells) labels[(x * 6 + y) * 5 + z] = label;
  return labels;
}

describe('picking', () => {
  test('from above, the highest voxel and its upper face', () => {
    const labels = makeLabels([
      [3, 2, 1, 11],
      [3, 2, 3, 4],
    ]);
    const hit = pickVoxel(labels, grid, FREE, everything, [-0.3, 0.2, 10], [0, 0, -1]);
    expect(hit).toMatchObject({ cell: [3, 2, 3], label: 4, face: 5 });
    expect(hit!.distance).toBeCloseTo(9);
  });

  test('sees through hidden classes and cut slices', () => {
    const labels = makeLabels([
      [3, 2, 1, 11],
      [3, 2, 3, 4],
    ]);
    const roads = { ...everything, visibleClasses: 1 << 11 };
    expect(pickVoxel(labels, grid, FREE, roads, [-0.3, 0.2, 10], [0, 0, -1])?.cell).toEqual([3, 2, 1]);
    const low = { ...everything, lastSlice: 2 };
    expect(pickVoxel(labels, grid, FREE, low, [-0.3, 0.2, 10], [0, 0, -1])?.cell).toEqual([3, 2, 1]);
    const high = { ...everything, firstSlice: 4 };
    expect(pickVoxel(labels, grid, FREE, high, [-0.3, 0.2, 10], [0, 0, -1])).toBeNull();
  });

  test('misses beside the grid and looks on from inside a voxel', () => {
    const labels = makeLabels([[0, 0, 0, 4]]);
    expect(pickVoxel(labels, grid, FREE, everything, [5, 5, 10], [0, 0, -1])).toBeNull();
    expect(pickVoxel(labels, grid, FREE, everything, [-1.8, -0.8, 0.1], [0, 0, 1])).toBeNull();
  });

  test('is the nearest of all exposed faces that the ray meets', () => {
    const plan = planFaceCompaction(grid, FREE);
    const number = fc.double({ min: -3, max: 3, noNaN: true });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(7), fc.nat(5), fc.nat(4), fc.nat(16)), { maxLength: 40 }),
        fc.tuple(number, number),
        fc.tuple(number, number, number),
        (cells, [x, y], through) => {
          const labels = makeLabels(cells);
          const origin = [x, y, 6] as const;
          const direction = [through[0] - x, through[1] - y, (through[2] + 3) / 4 - 6] as const;
          const hit = pickVoxel(labels, grid, FREE, everything, origin, direction);
          const { records } = compactFaces(labels, plan, everything);
          // A ray along an edge may take either side: what is met clearly must be found, and what is found must be met.
          const clear = meetFaces(records, origin, direction, 1e-6);
          const grazed = meetFaces(records, origin, direction, -1e-6);
          const found = hit?.distance ?? Number.POSITIVE_INFINITY;
          expect(found).toBeLessThanOrEqual(clear + 1e-6);
          expect(found).toBeGreaterThanOrEqual(grazed - 1e-6);
        },
      ),
      { examples: [[[[3, 2, 4, 0]], [0, 0], [-5e-324, 0, 0]]] },
    );
  });
});

/** Way to the nearest exposed face that the ray meets at least `margin` cells from its rim, by brute force. */
function meetFaces(
  records: Uint32Array,
  origin: readonly number[],
  direction: readonly number[],
  margin: number,
): number {
  let nearest = Number.POSITIVE_INFINITY;
  for (let i = 0; i < records.length; i += 2) {
    const voxel = records[i]! & 0xffffff;
    const face = (records[i]! >>> 24) & 7;
    const cell = [Math.floor(voxel / 30), Math.floor(voxel / 5) % 6, voxel % 5];
    const axis = face >> 1;
    const isUpper = face & 1;
    if (direction[axis] === 0 || direction[axis]! > 0 === (isUpper === 1)) continue;
    const plane = grid.lower[axis]! + (cell[axis]! + isUpper) * grid.voxel[axis]!;
    const way = (plane - origin[axis]!) / direction[axis]!;
    if (way < 0) continue;
    const inside = [0, 1, 2].every((other) => {
      if (other === axis) return true;
      const place = (origin[other]! + way * direction[other]! - grid.lower[other]!) / grid.voxel[other]! - cell[other]!;
      return place >= margin && place <= 1 - margin;
    });
    if (inside) nearest = Math.min(nearest, way);
  }
  return nearest;
}

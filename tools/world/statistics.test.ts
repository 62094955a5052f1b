import { describe, expect, it } from 'vitest';
import { ClassCount, formatTable } from './statistics.ts';

const size = 200 * 200 * 16;
const at = (i: number, j: number, k: number) => (i * 200 + j) * 16 + k;

function makeGrid(drive: string, bus: number) {
  const labels = new Uint8Array(size).fill(17);
  const mask = new Uint8Array(size);
  for (let i = 90; i < 110; i++) labels[at(i, 100, 2)] = 11;
  for (let i = 90; i < 100; i++) mask[at(i, 100, 2)] = 1;
  for (let k = 0; k < bus; k++) {
    labels[at(120, 120, 3 + k)] = 3;
    mask[at(120, 120, 3 + k)] = 1;
  }
  return { drive, labels, mask };
}

describe('ClassCount', () => {
  const count = new ClassCount('drives');
  count.add(makeGrid('a', 10));
  count.add(makeGrid('b', 0));

  it('shares out visible and all occupied voxels', () => {
    expect(count.share(11, 'visible')).toBeCloseTo(20 / 30, 9);
    expect(count.share(3, 'visible')).toBeCloseTo(10 / 30, 9);
    expect(count.share(11, 'all')).toBeCloseTo(40 / 50, 9);
    expect(count.share(4, 'all')).toBe(0);
  });

  it('tells heights, drives and how flat the road is', () => {
    // Layers 3..6 are below 1.8 m over the ground, 7..12 above.
    expect(count.bands(3)).toEqual([0, 0.4, 0.6]);
    expect(count.shown(3)).toBe(0.5);
    expect(count.roadLayers()).toEqual([0, 0, 1, 0, 0, 0]);
  });

  it('prints a line for each class and names files without a mask', () => {
    const other = new ClassCount('labels');
    other.add({ ...makeGrid('c', 4), mask: null });
    const table = formatTable(count, [other]);
    expect(table.split('\n').filter((line) => /^[a-z]+[A-Za-z]* +\d/.test(line))).toHaveLength(17);
    expect(table).toContain('no camera mask, all occupied voxels: labels');
    expect(table).toMatch(/bus +33\.3/);
  });
});

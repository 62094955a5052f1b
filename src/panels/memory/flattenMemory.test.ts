import { describe, expect, test } from 'vitest';
import type { MemoryTensor } from '../../domain/memory.ts';
import { flattenMemory, locateCell, readAxes } from './flattenMemory.ts';
import { chooseScale, colourValue, paintMemory } from './memoryColours.ts';

const grid = { lower: [-2, -3, 0], voxel: [2, 2, 1], size: [2, 3, 2] } as const;

/** Two channels of two layers; value = channel * 100 + layer * 10 + y * 2 + x, negative in channel 1. */
function makeTensor(): MemoryTensor {
  const values: number[] = [];
  for (const channel of [0, 1]) {
    for (const layer of [0, 1]) {
      for (const y of [0, 1, 2]) {
        for (const x of [0, 1]) values.push((channel === 1 ? -1 : 1) * (channel * 100 + layer * 10 + y * 2 + x));
      }
    }
  }
  return { name: 'memory', shape: [1, 2, 2, 3, 2], values: Float32Array.from(values), grid };
}

describe('a memory from above', () => {
  test('a channel shows its strongest layer, front of the vehicle on top, its left at the left', () => {
    const flat = flattenMemory(makeTensor(), 0);
    expect([flat.width, flat.height]).toEqual([3, 2]);
    // First row: x = 1 (front), y from 2 (left) to 0.
    expect([...flat.values]).toEqual([15, 13, 11, 14, 12, 10]);
    expect([flat.smallest, flat.largest]).toEqual([10, 15]);
    expect(flattenMemory(makeTensor(), 1).values[0]).toBe(-115);
  });

  test('the norm is over channels and layers', () => {
    const flat = flattenMemory(makeTensor(), null);
    expect(flat.values[5]).toBeCloseTo(Math.hypot(0, 10, 100, 110), 4);
  });

  test('cells have places in metres, and a tensor without a grid is still a picture', () => {
    expect(locateCell(grid, 0, 0)).toEqual([1, 2]);
    expect(locateCell(grid, 2, 1)).toEqual([-1, -2]);
    const plain = { ...makeTensor(), grid: null };
    expect(readAxes(plain)).toEqual({ channels: 4, layers: 1, size: [2, 3] });
  });

  test('the scale of a channel has zero in its middle; zeros have the colour of zero', () => {
    const scale = chooseScale(flattenMemory(makeTensor(), 1), true);
    expect([scale.low, scale.high]).toEqual([-115, 115]);
    expect(colourValue(0, scale)).toEqual([18, 20, 26]);
    const empty = flattenMemory({ ...makeTensor(), values: new Float32Array(24) }, null);
    expect([...paintMemory(empty, chooseScale(empty, false)).slice(0, 4)]).toEqual([13, 16, 28, 255]);
  });
});

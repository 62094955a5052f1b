import { expect, test } from 'vitest';
import { unpackHalfPairs } from './unpackHalfPairs.ts';

test('half pairs: x in the low bits, signs, smallest and largest values', () => {
  const words = Uint32Array.of(0xc0003c00, 0x00000001, 0x7bff8000, 0x35557c00);
  expect([...unpackHalfPairs(words)]).toEqual([1, -2, 2 ** -24, 0, -0, 65504, Infinity, 0.333251953125]);
});

test('no voxels, no values', () => {
  expect(unpackHalfPairs(new Uint32Array(0))).toHaveLength(0);
});

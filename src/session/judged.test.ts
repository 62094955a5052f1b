import { expect, test } from 'vitest';
import { freeIgnored, withoutIgnored } from './judged.ts';

const labels = Uint8Array.of(4, 4, 17, 4);
const ignored = Uint8Array.of(0, 1, 1, 0);

test('a prediction counts as nothing where the truth judges nothing', () => {
  expect([...freeIgnored(labels, ignored, 17)]).toEqual([4, 17, 17, 4]);
  expect(freeIgnored(labels, null, 17)).toBe(labels);
});

test('what is not judged is left out of a mask, and makes one where there was none', () => {
  expect([...withoutIgnored(Uint8Array.of(1, 1, 0, 0), ignored)!]).toEqual([1, 0, 0, 0]);
  expect([...withoutIgnored(null, ignored)!]).toEqual([1, 0, 0, 1]);
  expect(withoutIgnored(null, undefined)).toBeNull();
});

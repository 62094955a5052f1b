import { describe, expect, test } from 'vitest';
import { maskVisibleClasses, soloClass, toggleClass } from './viewStore.ts';

describe('hidden classes', () => {
  test('toggling hides and shows, and leaves the old set alone', () => {
    const before = new Set([2]);
    expect([...toggleClass(before, 3)]).toEqual([2, 3]);
    expect([...toggleClass(before, 2)]).toEqual([]);
    expect([...before]).toEqual([2]);
  });

  test('solo shows one class, also a hidden one, and twice shows all', () => {
    const labels = [0, 1, 2, 3];
    expect([...soloClass(new Set(), 1, labels)]).toEqual([0, 2, 3]);
    expect([...soloClass(new Set([1]), 1, labels)]).toEqual([0, 2, 3]);
    expect([...soloClass(new Set([0, 2, 3]), 1, labels)]).toEqual([]);
  });

  test('the mask has a bit for each visible class and never for free space', () => {
    expect(maskVisibleClasses(new Set(), 18, 17)).toBe(0x1ffff);
    expect(maskVisibleClasses(new Set([0, 4]), 18, 17)).toBe(0x1ffee);
    expect(maskVisibleClasses(new Set(), 32, 0)).toBe(0xfffffffe);
  });
});

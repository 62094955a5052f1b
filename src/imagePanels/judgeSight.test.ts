import { describe, expect, test } from 'vitest';
import { findSeenRows, judgeLight, judgeSight, measureLight } from './judgeSight.ts';

const grey = (values: readonly number[]) =>
  Uint8ClampedArray.from(values.flatMap((value) => [value, value, value, 255]));

describe('how bright an image is', () => {
  test('mean luminance, and the shares of near-black and saturated pixels', () => {
    expect(measureLight(grey([0, 15, 16, 249, 250, 255]))).toEqual({
      mean: expect.closeTo((15 + 16 + 249 + 250 + 255) / 6, 9),
      nearBlack: 2 / 6,
      saturated: 2 / 6,
    });
    expect(measureLight(Uint8ClampedArray.of(0, 255, 0, 255)).mean).toBeCloseTo(0.7152 * 255, 9);
  });

  test.each([
    ['the darkest real day image that was measured', { mean: 66.4, nearBlack: 0.01, saturated: 0 }, 'clear'],
    ['the darkest image of the bundled drive', { mean: 40, nearBlack: 0.21, saturated: 0 }, 'clear'],
    ['dusk', { mean: 25, nearBlack: 0.3, saturated: 0 }, 'clear'],
    ['night', { mean: 24.9, nearBlack: 0.3, saturated: 0.01 }, 'too-dark'],
    ['a lens half covered', { mean: 60, nearBlack: 0.5, saturated: 0 }, 'too-dark'],
    ['bright sky over half of it', { mean: 190, nearBlack: 0, saturated: 0.5 }, 'clear'],
    ['glare', { mean: 226, nearBlack: 0, saturated: 0.6 }, 'too-bright'],
  ] as const)('%s', (_, light, verdict) => {
    expect(judgeLight(light)).toBe(verdict);
  });
});

describe('which part of an image counts', () => {
  test('what the network sees: its rows from the bottom', () => {
    expect(findSeenRows({ width: 1600, height: 900 }, [352, 128])).toEqual({ top: 318, count: 582 });
    expect(findSeenRows({ width: 352, height: 128 }, [352, 128])).toEqual({ top: 0, count: 128 });
    expect(findSeenRows({ width: 100, height: 20 }, [352, 128])).toEqual({ top: 0, count: 20 });
    expect(findSeenRows({ width: 1600, height: 900 }, null)).toEqual({ top: 0, count: 900 });
  });

  test('a bright sky that is cropped away does not hide a dark road', () => {
    const pixels = grey([...Array(8).fill(255), ...Array(8).fill(10)]);
    const image = { width: 4, height: 4, pixels };
    expect(judgeSight(image, null).verdict).toBe('too-dark');
    expect(judgeSight(image, null).light!.saturated).toBe(0.5);
    const seen = judgeSight(image, [4, 2]);
    expect(seen.light).toEqual({ mean: expect.closeTo(10, 9), nearBlack: 1, saturated: 0 });
    expect(seen.badge!.text).toBe('low confidence: too dark');
    expect(seen.badge!.explanation).toMatch(/mean luminance of 10 of 255; 100 % of it is near black/);
  });

  test('no badge for a clear image; a badge without figures for none', () => {
    expect(judgeSight({ width: 1, height: 1, pixels: grey([120]) }, null).badge).toBeNull();
    expect(judgeSight({ width: 1, height: 1, pixels: grey([255]) }, null).badge!.text).toContain('too bright (glare)');
    expect(judgeSight(null, [352, 128])).toMatchObject({
      verdict: 'no-image',
      light: null,
      badge: { text: 'no image' },
    });
  });
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compilePattern, guessPatterns, matchPattern } from './namePattern.ts';

const range = (count: number) => Array.from({ length: count }, (_, index) => index);
const numbered = (prefix: string, suffix: string, count = 5) =>
  range(count).map((i) => `${prefix}${String(i).padStart(6, '0')}${suffix}`);

describe('the guess', () => {
  test.each<[string, string[], string, string[]]>([
    [
      'a folder for each camera',
      [...numbered('front/', '.jpg'), ...numbered('rear/', '.jpg')],
      '{camera}/{time}.*',
      ['front', 'rear'],
    ],
    [
      'KITTI raw',
      [...numbered('image_02/data/', '.png'), ...numbered('image_03/data/', '.png')],
      '{camera}/data/{time}.*',
      ['image_02', 'image_03'],
    ],
    [
      'nuScenes samples',
      ['CAM_FRONT', 'CAM_BACK'].flatMap((name) =>
        range(4).map((i) => `samples/${name}/n008-2018-08-01-15-16-36-0400__${name}__15331516035${i}7558.jpg`),
      ),
      'samples/{camera}/*{time}.*',
      ['CAM_BACK', 'CAM_FRONT'],
    ],
    [
      'nuScenes names in one folder',
      ['CAM_FRONT', 'CAM_BACK'].flatMap((name) =>
        range(4).map((i) => `n008-2018-08-01-15-16-36-0400__${name}__15331516035${i}7558.jpg`),
      ),
      '*__{camera}__{time}.*',
      ['CAM_BACK', 'CAM_FRONT'],
    ],
    ['prefixes', [...numbered('cam0_', '.png'), ...numbered('cam1_', '.png')], '{camera}_{time}.*', ['cam0', 'cam1']],
    ['suffixes', [...numbered('', '_left.png'), ...numbered('', '_right.png')], '{time}_{camera}.*', ['left', 'right']],
    ['one camera', numbered('', '.jpg'), '{time}.*', ['camera']],
    ['one camera in a folder', numbered('images/', '.jpg'), 'images/{time}.*', ['camera']],
    [
      'fractional seconds',
      range(4).flatMap((i) => [`a/15.${i}.jpg`, `b/15.${i}.jpg`]),
      '{camera}/{time}.*',
      ['a', 'b'],
    ],
    [
      'one picture of each camera',
      ['CAM_FRONT', 'CAM_BACK', 'CAM_LEFT'].map((name) => `frame_000/${name}.jpg`),
      'frame_000/{camera}.*',
      ['CAM_BACK', 'CAM_FRONT', 'CAM_LEFT'],
    ],
  ])('%s', (_, paths, pattern, cameras) => {
    expect(guessPatterns(paths)[0]).toBe(pattern);
    const match = matchPattern(paths, pattern);
    expect(match.cameras.map(({ name }) => name)).toEqual(cameras);
    expect(match.unmatched).toEqual([]);
  });

  test('nothing to guess from', () => {
    expect(guessPatterns([])).toEqual([]);
  });

  test('200,000 names: guessed and sorted within seconds', () => {
    const paths = range(40).flatMap((camera) => numbered(`cam${camera}/`, '.jpg', 5000));
    const startedAt = performance.now();
    expect(matchPattern(paths, guessPatterns(paths)[0]!).cameras).toHaveLength(40);
    expect(performance.now() - startedAt).toBeLessThan(8000);
  });
});

describe('a pattern', () => {
  test('numbers count as people count them, and times keep their digits', () => {
    const { cameras } = matchPattern(['cam10/1.jpg', 'cam2/0002.5.jpg', 'cam2/x.jpg'], '{camera}/{time}.*');
    expect(cameras.map(({ name }) => name)).toEqual(['cam2', 'cam10']);
    expect(cameras[0]!.images).toEqual([{ path: 'cam2/0002.5.jpg', timeText: '0002.5' }]);
  });

  test('what does not fit is told', () => {
    expect(matchPattern(['a/1.jpg', 'readme.png'], '{camera}/{time}.*').unmatched).toEqual(['readme.png']);
  });

  test.each([
    ['{camera}{camera}', /twice/],
    ['{lens}/{time}.*', /braces/],
    ['*****', /more than four/],
    ['x'.repeat(300), /longer than 200/],
  ])('%s is refused', (pattern, expected) => {
    expect(() => compilePattern(pattern)).toThrow(expected);
  });

  test('any pattern on any name ends at once', () => {
    const pieces = fc.constantFrom('{camera}', '{time}', '*', '/', '_', '.', '0', 'a', '(', '+', '\\');
    const pattern = fc.array(pieces, { maxLength: 8 }).map((list) => list.join(''));
    const name = fc.string({ unit: fc.constantFrom('0', '1', 'a', '_', '/', '.'), maxLength: 250 });
    fc.assert(
      fc.property(pattern, fc.array(name, { maxLength: 5 }), (text, paths) => {
        const startedAt = performance.now();
        try {
          const { cameras, unmatched } = matchPattern(paths, text);
          expect(cameras.reduce((sum, { images }) => sum + images.length, unmatched.length)).toBe(paths.length);
        } catch (error) {
          expect(String(error)).toMatch(/pattern/);
        }
        expect(performance.now() - startedAt).toBeLessThan(2000);
      }),
    );
  });
});

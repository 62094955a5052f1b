import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { chooseKeyFrames, findNearest, groupFrames } from './groupFrames.ts';
import { guessUnit, readTimesFile, timeImages } from './imageTimes.ts';
import { readLidarPoints } from './lidarPoints.ts';
import { chooseSweep } from './lidarSweeps.ts';
import { guessTimeUnit, readTime } from './timestamps.ts';

const every = (milliseconds: number, count: number, start = 0) =>
  Float64Array.from({ length: count }, (_, index) => start + index * milliseconds * 1000);

describe('key frames', () => {
  test('12 Hz thinned to 2 Hz: the nearest of each half second', () => {
    const chosen = chooseKeyFrames(every(1000 / 12, 55), 2);
    expect(chosen).toEqual([0, 6, 12, 18, 24, 30, 36, 42, 48, 54]);
  });

  test('a rate above the camera’s keeps every image', () => {
    expect(chooseKeyFrames(every(500, 5), 10)).toEqual([0, 1, 2, 3, 4]);
  });

  test('a pause: the clock goes on where images do', () => {
    const times = Float64Array.from([0, 0.25, 0.5, 60, 60.25, 60.5].map((seconds) => seconds * 1e6));
    expect(chooseKeyFrames(times, 2)).toEqual([0, 2, 3, 5]);
  });

  test('ascending, each once, first included, never denser than asked where images are dense', () => {
    const gaps = fc.array(fc.integer({ min: 1_000, max: 2_000_000 }), { minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(gaps, fc.constantFrom(0.5, 2, 10, 60), (steps, rate) => {
        const times = Float64Array.from(
          steps.map((_, index) => steps.slice(0, index).reduce((sum, step) => sum + step, 0)),
        );
        const chosen = chooseKeyFrames(times, rate);
        expect(chosen[0]).toBe(0);
        expect(chosen.every((index, i) => i === 0 || index > chosen[i - 1]!)).toBe(true);
        const span = (times.at(-1)! - times[0]!) / 1e6;
        expect(chosen.length).toBeLessThanOrEqual(span * rate + 2);
      }),
    );
  });

  test('other cameras add their nearest image; moments without one are counted', () => {
    const { moments, leftOut, missing } = groupFrames([every(500, 4), every(500, 3, 30_000)], {
      rate: 2,
      longestGap: 100_000,
    });
    expect(moments.map(({ images }) => images)).toEqual([
      [0, 0],
      [1, 1],
      [2, 2],
    ]);
    expect([leftOut, missing]).toEqual([1, [0, 1]]);
    const kept = groupFrames([every(500, 4), every(500, 3, 30_000)], { rate: 2, longestGap: 100_000, keepsGaps: true });
    expect(kept.moments.at(-1)).toEqual({ timeMicroseconds: 1_500_000, images: [3, -1] });
    expect([kept.leftOut, kept.incomplete, kept.moments.length]).toEqual([0, 1, 4]);
  });

  test('no camera, no images', () => {
    expect(groupFrames([], { rate: 2, longestGap: 1 }).moments).toEqual([]);
    expect(groupFrames([every(1, 0), every(1, 3)], { rate: 2, longestGap: 1 }).moments).toEqual([]);
    expect(groupFrames([every(1, 3), every(1, 0)], { rate: 2, longestGap: 1 })).toMatchObject({
      moments: [],
      leftOut: 1,
    });
  });

  test('the nearest is the nearest', () => {
    const sorted = fc
      .array(fc.integer({ min: 0, max: 1000 }), { minLength: 1 })
      .map((list) => Float64Array.from([...list].sort((a, b) => a - b)));
    fc.assert(
      fc.property(sorted, fc.integer({ min: -10, max: 1010 }), (times, time) => {
        const best = Math.min(...[...times].map((value) => Math.abs(value - time)));
        expect(Math.abs(times[findNearest(times, time)]! - time)).toBe(best);
      }),
    );
  });

  test('5,000 frames of six cameras are grouped at once', () => {
    const startedAt = performance.now();
    const times = Array.from({ length: 6 }, (_, camera) => every(500, 5000, camera * 7000));
    expect(groupFrames(times, { rate: 2, longestGap: 1e5 }).moments).toHaveLength(5000);
    expect(performance.now() - startedAt).toBeLessThan(2000);
  });
});

describe('times', () => {
  test.each([
    ['1600000000', 'seconds', 1.6e15],
    ['1600000000.25', 'seconds', 1_600_000_000_250_000],
    ['1600000000250', 'milliseconds', 1_600_000_000_250_000],
    ['1533151603512404', 'microseconds', 1_533_151_603_512_404],
    ['1600000000250000500', 'nanoseconds', 1_600_000_000_250_000.5],
    ['000012', 'frame', 1_200_000],
  ] as const)('%s counts %s', (text, unit, microseconds) => {
    expect(guessTimeUnit([text])).toBe(unit);
    expect(readTime(text, unit, 10)).toBe(microseconds);
  });

  const camera = {
    name: 'front',
    images: ['b', 'a', 'c'].map((name, index) => ({ path: `front/${name}.png`, timeText: String(index) })),
  };

  test('a file of times, in order, by name, with dates', () => {
    const inOrder = readTimesFile('0.0\n1.036e-01\n0.2073\n', 'times.txt');
    expect([...timeImages([camera], { unit: 'seconds', rate: 10, file: inOrder })[0]!.times]).toEqual([
      0,
      103_600,
      expect.closeTo(207_300, 6),
    ]);
    const byName = readTimesFile(
      '#timestamp [ns],filename\n1600000000000000000,b.png\n1600000000100000000,c.png\n1600000000050000000,a.png',
      'data.csv',
    );
    expect(guessUnit([camera], byName)).toBe('nanoseconds');
    expect(timeImages([camera], { unit: 'nanoseconds', rate: 10, file: byName })[0]!.paths).toEqual([
      'front/b.png',
      'front/a.png',
      'front/c.png',
    ]);
    const dates = readTimesFile('2011-09-26 13:02:25.964389445\n', 'timestamps.txt');
    expect([...dates.texts.values()]).toEqual(['1317042145.964389445']);
  });

  test('faults of files of times', () => {
    expect(() => readTimesFile('1.0\nsoon\n', 'times.txt')).toThrow(/times\.txt line 2: “soon” holds no time/);
    expect(() => readTimesFile('', 'times.txt')).toThrow(/holds no time/);
    const short = readTimesFile('1.0\n', 'times.txt');
    expect(() => timeImages([camera], { unit: 'seconds', rate: 1, file: short })).toThrow(
      /has 1 times, but front has 3 images/,
    );
    const other = readTimesFile('1.0,z.png\n', 'data.csv');
    expect(() => timeImages([camera], { unit: 'seconds', rate: 1, file: other })).toThrow(/does not name b\.png/);
  });

  test('of two images at one time the first is used, and that is said', () => {
    const doubled = {
      name: 'front',
      images: ['1.5', '1.5', '2.5'].map((timeText, index) => ({ path: `${index}.png`, timeText })),
    };
    const [timed] = timeImages([doubled], { unit: 'seconds', rate: 1, file: null });
    expect(timed!.paths).toEqual(['0.png', '2.png']);
    expect(timed!.notes).toEqual(['front: 1 image has the time of another; the first of each is used.']);
  });
});

describe('lidar', () => {
  const rows = (columns: number, count: number) =>
    new Uint8Array(Float32Array.from({ length: columns * count }, (_, index) => index).buffer);

  test('rows of four or five, points that are no numbers left out', () => {
    expect([...readLidarPoints(rows(5, 2), 'a.pcd.bin')]).toEqual([0, 1, 2, 5, 6, 7]);
    expect([...readLidarPoints(rows(4, 2), 'a.bin')]).toEqual([0, 1, 2, 4, 5, 6]);
    const broken = new Uint8Array(Float32Array.of(Number.NaN, 0, 0, 0, 1, 2, 3, 4).buffer);
    expect([...readLidarPoints(broken, 'a.bin')]).toEqual([1, 2, 3]);
    expect(() => readLidarPoints(new Uint8Array(17), 'a.bin')).toThrow(/a\.bin has 17 bytes/);
    expect(() => readLidarPoints(new Uint8Array(17), 'a.npy')).toThrow();
  });

  test('the sweep of an image: the only one, the same number, or the nearest in time', () => {
    expect(chooseSweep(['x.bin'], 0, 3, 10)).toBe('x.bin');
    expect(chooseSweep(['v/0.bin', 'v/1.bin'], 0, 1, 2)).toBe('v/1.bin');
    const timed = ['l/1600000000000000.bin', 'l/1600000000500000.bin', 'l/1600000001000000.bin'];
    expect(chooseSweep(timed, 1_600_000_000_510_000, 0, 9)).toBe(timed[1]);
    expect(chooseSweep(timed, 1_600_000_005_000_000, 0, 9)).toBeNull();
    expect(chooseSweep([], 0, 0, 9)).toBeNull();
  });
});

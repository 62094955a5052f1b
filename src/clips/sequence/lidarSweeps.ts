import { findNearest } from './groupFrames.ts';
import { matchPattern } from './namePattern.ts';
import { guessTimeUnit, readTime } from './timestamps.ts';

/** Farthest that a sweep may be from an image to be drawn on it, microseconds. */
const longestGap = 200_000;

/**
 * The sweep that belongs to an image: the only one, the one of the same number where there are as many sweeps as images,
 * or the nearest by the time in its name. Null where none is near.
 */
export function chooseSweep(
  paths: readonly string[],
  timeMicroseconds: number,
  imageIndex: number,
  imageCount: number,
): string | null {
  if (paths.length === 1) return paths[0]!;
  if (paths.length === imageCount) return paths[imageIndex] ?? null;
  const folders = paths.reduce((most, path) => Math.max(most, path.split('/').length), 1) - 1;
  const named =
    paths.length === 0 ? [] : matchPattern(paths, `${'*/'.repeat(Math.min(4, folders))}{time}.*`).cameras[0]?.images;
  if (!named || named.length === 0) return null;
  const unit = guessTimeUnit(named.map(({ timeText }) => timeText));
  if (unit === 'frame') return null;
  const timed = named.map(({ path, timeText }) => ({ path, time: readTime(timeText, unit, 1) }));
  timed.sort((a, b) => a.time - b.time);
  const nearest =
    timed[
      findNearest(
        Float64Array.from(timed, ({ time }) => time),
        timeMicroseconds,
      )
    ]!;
  return Math.abs(nearest.time - timeMicroseconds) <= longestGap ? nearest.path : null;
}

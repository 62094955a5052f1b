import type { ClassTable } from '../../src/domain/classes.ts';
import { OCC3D_CLASSES } from '../../src/domain/classes.ts';
import type { Score } from '../../src/metrics/model.ts';
import { OPENOCC_CLASSES } from '../../src/truthFormats/classTables.ts';
import { findLargestDifference } from '../support/findLargestDifference.ts';
import type { CheckRun, Golden, Side } from './golden.ts';

/** The class table that a golden file counts with: known by how many classes its counts have. */
export function tableOfSize(size: number): ClassTable {
  const table = [OCC3D_CLASSES, OPENOCC_CLASSES].find(({ classes }) => classes.length === size);
  if (!table) throw new Error(`No class table has ${size} classes.`);
  return table;
}

export function readBytes(golden: Golden, name: string): Uint8Array {
  const { data } = golden.read(name);
  if (!(data instanceof Uint8Array)) throw new Error(`${name} is not uint8`);
  return data;
}

/** How many numbered arrays `prefix_0`, `prefix_1`, … a golden has. */
export function countNumbered(golden: Golden, prefix: string): number {
  let count = 0;
  while (golden.archive.has(`${prefix}_${count}`)) count++;
  return count;
}

/** Compare scores, where null and NaN both mean that a class is absent. */
export function compareScores(
  run: CheckRun,
  array: string,
  side: Side,
  actual: readonly Score[],
  tolerance: number,
): void {
  const expected = run.golden.numbers(array);
  const absent = (score: Score | undefined) => score === null || Number.isNaN(score);
  const sameAbsent =
    actual.length === expected.length && actual.every((score, i) => absent(score) === absent(expected[i]));
  const present = (scores: readonly Score[]) => scores.filter((score) => !absent(score)) as number[];
  const error = sameAbsent ? findLargestDifference(present(actual), present(expected)) : Number.POSITIVE_INFINITY;
  run.record({ array, side, error, tolerance, unit: 'max abs', note: '' });
}

/** Compare whole numbers; `tolerance` is the largest difference of one of them. */
export function compareCounts(
  run: CheckRun,
  array: string,
  side: Side,
  actual: ArrayLike<number>,
  tolerance = 0,
): void {
  const error = findLargestDifference(actual, run.golden.numbers(array));
  run.record({ array, side, error, tolerance, unit: 'count', note: '' });
}

/** Compare how many entries differ at all. */
export function compareEntries(
  run: CheckRun,
  array: string,
  side: Side,
  actual: ArrayLike<number>,
  allowed: number,
): void {
  const expected = run.golden.read(array).data;
  let differing = actual.length === expected.length ? 0 : Number.POSITIVE_INFINITY;
  for (let index = 0; index < expected.length; index++) if (actual[index] !== expected[index]) differing++;
  run.record({ array, side, error: differing, tolerance: allowed, unit: 'entries that differ', note: '' });
}

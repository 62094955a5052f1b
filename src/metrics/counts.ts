import type { ClassTable } from '../domain/classes.ts';
import { addAlike } from './addAlike.ts';
import { FLOW_BINS, type MetricCounts, type SpeedErrors } from './model.ts';

/** Counts of no frame at all: where adding begins. */
export function createCounts(classes: ClassTable): MetricCounts {
  const classCount = classes.classes.length;
  const perClass = () => Array<number>(classCount).fill(0);
  const speeds = (): SpeedErrors => ({ count: perClass(), error: perClass() });
  return {
    format: 'occuscope-counts/1',
    classes: classes.id,
    classCount,
    frames: { predicted: 0, withTruth: 0, maskGiven: 0, maskComputed: 0 },
    confusion: { all: Array(classCount ** 2).fill(0), camera: Array(classCount ** 2).fill(0) },
    rays: {
      frames: 0,
      origins: 0,
      truth: perClass(),
      prediction: perClass(),
      hits: [perClass(), perClass(), perClass()],
    },
    flow: {
      frames: 0,
      hitRays: speeds(),
      truthRays: speeds(),
      voxels: speeds(),
      histogram: Array(classCount * FLOW_BINS).fill(0),
    },
    variability: { frames: 0, sum: 0, changedPrediction: 0, changedTruth: 0, occupied: 0 },
  };
}

/**
 * Add the counts of two sets of frames. Exact: any order and any grouping gives the same total.
 * Throws RangeError for other class tables, or where a sum leaves the safe integers.
 */
export function mergeCounts(left: MetricCounts, right: MetricCounts): MetricCounts {
  if (left.classes !== right.classes || left.classCount !== right.classCount) {
    throw new RangeError(`Counts of ${left.classes} and ${right.classes} cannot be added.`);
  }
  return addAlike(left, right) as MetricCounts;
}

/** Add all of them; no counts at all give those of no frame. */
export function sumCounts(classes: ClassTable, parts: Iterable<MetricCounts>): MetricCounts {
  let total = createCounts(classes);
  for (const part of parts) total = mergeCounts(total, part);
  return total;
}

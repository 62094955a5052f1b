import { wholeNumber, z } from '../errors/schema.ts';
import { FLOW_BINS, type MetricCounts } from './model.ts';

const count = wholeNumber(0);
const counts = z.array(count);
const speedErrors = z.strictObject({ count: counts, error: counts });

const countsSchema = z
  .strictObject({
    format: z.literal('occuscope-counts/1'),
    classes: z.string(),
    classCount: wholeNumber(2),
    frames: z.strictObject({ predicted: count, withTruth: count, maskGiven: count, maskComputed: count }),
    confusion: z.strictObject({ all: counts, camera: counts }),
    rays: z.strictObject({
      frames: count,
      origins: count,
      truth: counts,
      prediction: counts,
      hits: z.tuple([counts, counts, counts]),
    }),
    flow: z.strictObject({
      frames: count,
      hitRays: speedErrors,
      truthRays: speedErrors,
      voxels: speedErrors,
      histogram: counts,
    }),
    variability: z.strictObject({
      frames: count,
      sum: wholeNumber(Number.MIN_SAFE_INTEGER),
      changedPrediction: count,
      changedTruth: count,
      occupied: count,
    }),
  })
  .check(z.refine(hasMatchingLengths, 'has arrays that do not fit its classCount'));

function hasMatchingLengths({ classCount, confusion, rays, flow }: MetricCounts): boolean {
  const speeds = [flow.hitRays, flow.truthRays, flow.voxels].flatMap(({ count, error }) => [count, error]);
  return (
    [confusion.all, confusion.camera].every(({ length }) => length === classCount ** 2) &&
    [rays.truth, rays.prediction, ...rays.hits, ...speeds].every(({ length }) => length === classCount) &&
    flow.histogram.length === classCount * FLOW_BINS
  );
}

/** Read counts from JSON, for example of a report. Throws a ZodError that names what is wrong. */
export function parseCounts(json: unknown): MetricCounts {
  return countsSchema.parse(json);
}

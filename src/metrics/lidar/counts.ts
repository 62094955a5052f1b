import { wholeNumber, z } from '../../errors/schema.ts';
import { addAlike } from '../addAlike.ts';
import {
  BOX_GROUPS,
  type BoxCounts,
  type BoxGroup,
  type DepthCounts,
  type FirstHitCounts,
  LIDAR_SUBJECTS,
  type LidarCounts,
  type LidarSubject,
  RETURN_GROUPS,
  type ReturnGroup,
  type SubjectCounts,
} from './model.ts';

const noHits: FirstHitCounts = { rays: 0, within1: 0, within2: 0, within4: 0, early: 0, missing: 0 };
const noBoxes: BoxCounts = { returns: 0, covered: 0 };
const noDepth: DepthCounts = { views: 0, relativeError: 0, within25: 0 };

/** The same value for each key. */
function fill<Key extends string, Value>(keys: readonly Key[], value: Value): Record<Key, Value> {
  return Object.fromEntries(keys.map((key) => [key, value])) as Record<Key, Value>;
}

export const NO_BOXES: Readonly<Record<BoxGroup, BoxCounts>> = fill(BOX_GROUPS, noBoxes);
export const NO_DEPTH: Readonly<Record<ReturnGroup, DepthCounts>> = fill(RETURN_GROUPS, noDepth);

/** Counts of no frame at all. */
export function createLidarCounts(): LidarCounts {
  const subject: SubjectCounts = { hits: fill(RETURN_GROUPS, noHits), boxes: NO_BOXES };
  return {
    format: 'occuscope-lidar-counts/1',
    frames: 0,
    framesWithBoxes: 0,
    framesWithDepth: 0,
    subjects: fill<LidarSubject, SubjectCounts>(LIDAR_SUBJECTS, subject),
    depth: NO_DEPTH,
  };
}

/** Add counts of frames. Exact: any order and any grouping gives the same total. Throws RangeError where a sum leaves the safe integers. */
export function sumLidarCounts(parts: Iterable<LidarCounts>): LidarCounts {
  let total = createLidarCounts();
  for (const part of parts) total = addAlike(total, part) as LidarCounts;
  return total;
}

const count = wholeNumber(0);
const hitsSchema = z.strictObject({
  rays: count,
  within1: count,
  within2: count,
  within4: count,
  early: count,
  missing: count,
});
const boxSchema = z.strictObject({ returns: count, covered: count });
const depthSchema = z.strictObject({ views: count, relativeError: count, within25: count });
const subjectSchema = z.strictObject({
  hits: z.record(z.enum(RETURN_GROUPS), hitsSchema),
  boxes: z.record(z.enum(BOX_GROUPS), boxSchema),
});
const countsSchema = z.strictObject({
  format: z.literal('occuscope-lidar-counts/1'),
  frames: count,
  framesWithBoxes: count,
  framesWithDepth: count,
  subjects: z.record(z.enum(LIDAR_SUBJECTS), subjectSchema),
  depth: z.record(z.enum(RETURN_GROUPS), depthSchema),
});

/** Read counts from JSON, for example of a report. Throws a ZodError that names what is wrong. */
export function parseLidarCounts(json: unknown): LidarCounts {
  return countsSchema.parse(json);
}

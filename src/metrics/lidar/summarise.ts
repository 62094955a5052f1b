import {
  BOX_GROUPS,
  type BoxGroup,
  type FirstHitCounts,
  LIDAR_SUBJECTS,
  type LidarCounts,
  type LidarSubject,
  RELATIVE_UNIT,
  RETURN_GROUPS,
  type ReturnGroup,
} from './model.ts';

/** Shares of rays, 0 to 1; null where there is no ray. */
export interface FirstHitShares {
  readonly rays: number;
  readonly within1: number | null;
  readonly within2: number | null;
  readonly within4: number | null;
  readonly early: number | null;
  readonly missing: number | null;
}

/** Scores from counts; what nothing was counted for is null, never 0. */
export interface LidarSummary {
  readonly subjects: Readonly<
    Record<
      LidarSubject,
      {
        readonly hits: Readonly<Record<ReturnGroup, FirstHitShares>>;
        /** Share of the returns in boxes of a group that have a voxel of it beside them. */
        readonly boxes: Readonly<Record<BoxGroup, number | null>>;
      }
    >
  >;
  /** Mean relative error (absrel) and share within a factor of 1.25 (d1) of the network's median depth. */
  readonly depth: Readonly<
    Record<ReturnGroup, { readonly views: number; readonly absRel: number | null; readonly d1: number | null }>
  >;
}

const share = (part: number, whole: number) => (whole === 0 ? null : part / whole);

/** Divide what was counted. */
export function summariseLidar({ subjects, depth }: LidarCounts): LidarSummary {
  return {
    subjects: mapKeys(LIDAR_SUBJECTS, (subject) => ({
      hits: mapKeys(RETURN_GROUPS, (group) => shareHits(subjects[subject].hits[group])),
      boxes: mapKeys(BOX_GROUPS, (group) => {
        const { covered, returns } = subjects[subject].boxes[group];
        return share(covered, returns);
      }),
    })),
    depth: mapKeys(RETURN_GROUPS, (group) => {
      const { views, relativeError, within25 } = depth[group];
      return { views, absRel: share(relativeError / RELATIVE_UNIT, views), d1: share(within25, views) };
    }),
  };
}

function shareHits({ rays, ...counts }: FirstHitCounts): FirstHitShares {
  return { rays, ...mapKeys(['within1', 'within2', 'within4', 'early', 'missing'], (key) => share(counts[key], rays)) };
}

function mapKeys<Key extends string, Value>(keys: readonly Key[], make: (key: Key) => Value): Record<Key, Value> {
  return Object.fromEntries(keys.map((key) => [key, make(key)])) as Record<Key, Value>;
}

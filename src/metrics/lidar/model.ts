/** Groups of returns by their height over the ego's ground. `raised` is above 0.5 m, `ground` within 0.3 m of z = 0; the rest is only in `all`. */
export const RETURN_GROUPS = ['all', 'raised', 'ground'] as const;
export type ReturnGroup = (typeof RETURN_GROUPS)[number];

/** Groups of boxes whose returns should have a voxel of the same group beside them. */
export const BOX_GROUPS = ['vehicle', 'cycle', 'pedestrian', 'barrier', 'cone'] as const;
export type BoxGroup = (typeof BOX_GROUPS)[number];

/** Whose voxels the rays of a sweep were sent through. */
export const LIDAR_SUBJECTS = ['network', 'flatGround', 'lidarVoxels'] as const;
export type LidarSubject = (typeof LIDAR_SUBJECTS)[number];

/** Where rays met their first occupied voxel, against their return. All are numbers of rays. */
export interface FirstHitCounts {
  readonly rays: number;
  readonly within1: number;
  readonly within2: number;
  readonly within4: number;
  /** More than 2 m before the return. */
  readonly early: number;
  /** No occupied voxel on the whole ray. */
  readonly missing: number;
}

/** Returns in boxes of a group, and how many of them have a voxel of that group among their 27 nearest. */
export interface BoxCounts {
  readonly returns: number;
  readonly covered: number;
}

/** The median of the network's depth distribution in a lift cell against the returns that fall into it, one count for each camera that sees one. */
export interface DepthCounts {
  readonly views: number;
  /** Sum of |median - depth| / depth, in units of 2^-20. */
  readonly relativeError: number;
  /** max(median / depth, depth / median) below 1.25. */
  readonly within25: number;
}

/** What one subject scored. */
export interface SubjectCounts {
  readonly hits: Readonly<Record<ReturnGroup, FirstHitCounts>>;
  readonly boxes: Readonly<Record<BoxGroup, BoxCounts>>;
}

/** Integers of any number of frames; adding them is exact, in any order. */
export interface LidarCounts {
  readonly format: 'occuscope-lidar-counts/1';
  readonly frames: number;
  /** Frames whose boxes are known. */
  readonly framesWithBoxes: number;
  /** Frames whose depth distribution could be read. */
  readonly framesWithDepth: number;
  readonly subjects: Readonly<Record<LidarSubject, SubjectCounts>>;
  readonly depth: Readonly<Record<ReturnGroup, DepthCounts>>;
}

/** Units of `DepthCounts.relativeError` in one. */
export const RELATIVE_UNIT = 2 ** 20;

/** Groups that a return at height z belongs to, metres. */
export function listReturnGroups(z: number): readonly ReturnGroup[] {
  if (z > 0.5) return ['all', 'raised'];
  return Math.abs(z) < 0.3 ? ['all', 'ground'] : ['all'];
}

/** Distances in metres within which a ray's hit counts, in the order of `RayCounts.hits`. */
export { RAY_THRESHOLDS } from '../reference/countRayHits.ts';

/** Speed errors are added as integers of this many per m/s, so that sums are the same in any order. */
export const SPEED_UNITS = 2 ** 20;

/** Shares (a frame's variability) are added as integers of this many per 1. */
export const SHARE_UNITS = 2 ** 32;

/** Upper edges of the flow error histogram in m/s; one more bin holds what is larger. */
export const FLOW_BIN_WIDTH = 0.25;
export const FLOW_BINS = 41;

/** How many frames took part in what. */
export interface FrameTally {
  /** Predicted, with or without truth. */
  readonly predicted: number;
  readonly withTruth: number;
  /** Camera mask from the data. */
  readonly maskGiven: number;
  /** Camera mask made by rays because the data had none. */
  readonly maskComputed: number;
}

/**
 * Voxels by (truth, prediction): entry `truth * classCount + prediction`, labels 0..classCount-1 with free among them.
 * Truth labels outside the table are not counted.
 */
export interface ConfusionCounts {
  /** Every voxel of the grid. */
  readonly all: readonly number[];
  /** Voxels inside the camera mask; frames without a mask add nothing. */
  readonly camera: readonly number[];
}

/** Rays whose true label is not free, by class; pooled over frames as in SparseOcc's `calc_rayiou`. */
export interface RayCounts {
  readonly frames: number;
  readonly origins: number;
  readonly truth: readonly number[];
  /** By the predicted class; free is an entry like any other. */
  readonly prediction: readonly number[];
  /** For each of RAY_THRESHOLDS: rays of the right class within the distance. */
  readonly hits: readonly [readonly number[], readonly number[], readonly number[]];
}

/** Count and summed error per class; `error` in 1 / SPEED_UNITS m/s. */
export interface SpeedErrors {
  readonly count: readonly number[];
  readonly error: readonly number[];
}

/** Flow errors |predicted - true| of dynamic classes. */
export interface FlowCounts {
  readonly frames: number;
  /** Rays that hit the right class within 2 m: what mAVE in the Occ score means. */
  readonly hitRays: SpeedErrors;
  /** All rays whose true class it is; predicted flow where the predicted ray ends. */
  readonly truthRays: SpeedErrors;
  /** All voxels whose true class it is, no rays. */
  readonly voxels: SpeedErrors;
  /** Errors of `voxels` by class: entry `label * FLOW_BINS + bin`, bins of FLOW_BIN_WIDTH m/s, the last one open. */
  readonly histogram: readonly number[];
}

/** ST-Occ's flicker over a scene; the scene's own state is not part of the counts. */
export interface VariabilityCounts {
  readonly frames: number;
  /** Sum over frames of (changed predictions - changed truth) / occupied, in 1 / SHARE_UNITS, rounded per frame. */
  readonly sum: number;
  readonly changedPrediction: number;
  readonly changedTruth: number;
  readonly occupied: number;
}

/** Everything counted over any number of frames. Integers below 2^53 only: plain JSON, and adding is exact. */
export interface MetricCounts {
  readonly format: 'occuscope-counts/1';
  /** Id of the class table. */
  readonly classes: string;
  readonly classCount: number;
  readonly frames: FrameTally;
  readonly confusion: ConfusionCounts;
  readonly rays: RayCounts;
  readonly flow: FlowCounts;
  readonly variability: VariabilityCounts;
}

/** Scores are fractions, speeds m/s; `null` where there is nothing to score, so that it survives JSON. */
export type Score = number | null;

export interface ClassScore {
  readonly label: number;
  readonly name: string;
  readonly iou: Score;
  readonly precision: Score;
  readonly recall: Score;
  /** Voxels. */
  readonly truth: number;
  readonly prediction: number;
  readonly hits: number;
}

export interface VoxelScores {
  /** All classes but free, by label. */
  readonly perClass: readonly ClassScore[];
  /** Mean of the classes that occur, free left out. */
  readonly miou: Score;
  /** The same over the dynamic classes. */
  readonly miouDynamic: Score;
  /** Occupied against free, whatever the class; so are precision and recall. */
  readonly iou: Score;
  readonly precision: Score;
  readonly recall: Score;
}

export interface RayScores {
  /** All classes but free, by label; one IoU for each of RAY_THRESHOLDS. */
  readonly perClass: readonly { readonly label: number; readonly name: string; readonly iou: readonly Score[] }[];
  /** RayIoU@1, @2, @4. */
  readonly at: readonly [Score, Score, Score];
  /** RayIoU: mean over classes and thresholds. */
  readonly mean: Score;
  readonly rays: number;
}

export interface SpeedScores {
  /** By label, all labels of the table; null where not dynamic or absent. m/s. */
  readonly perClass: readonly Score[];
  readonly mean: Score;
}

export interface FlowScores {
  /** mAVE_TP. */
  readonly hitRays: SpeedScores;
  /** mAVE&GT_RAY. */
  readonly truthRays: SpeedScores;
  /** mAVE over voxels. */
  readonly voxels: SpeedScores;
  /** Voxels per bin of FLOW_BIN_WIDTH m/s, all dynamic classes; the last bin is open. */
  readonly histogram: readonly number[];
}

export interface VariabilityScores {
  /** mSTCV: mean over frames, as a fraction. Lower is steadier; negative where truth changed more than the prediction. */
  readonly mean: number;
  readonly changedPrediction: number;
  readonly changedTruth: number;
  readonly occupied: number;
  readonly frames: number;
}

/** What people read; made from `MetricCounts` by `summarise`. Parts are null where no frame took part. */
export interface MetricSummary {
  readonly frames: FrameTally;
  readonly camera: VoxelScores | null;
  readonly all: VoxelScores | null;
  readonly rays: RayScores | null;
  readonly flow: FlowScores | null;
  /** 0.9 RayIoU + 0.1 max(1 - mAVE_TP, 0). */
  readonly occScore: Score;
  readonly variability: VariabilityScores | null;
}

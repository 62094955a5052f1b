/** Facts of a confusion count: classes of the table and voxels of the grid. */
export interface ConfusionPlan {
  readonly classCount: number;
  readonly voxelCount: number;
}

/** Counts of one frame: entry `truth * classCount + prediction`. */
export interface Confusion {
  readonly all: Uint32Array;
  /** Voxels where the mask is not 0; all zeros without a mask. */
  readonly camera: Uint32Array;
  /** Voxels whose true label is outside the table: left out, as in the research code. */
  readonly truthOutside: number;
  /** Voxels whose predicted label is outside the table, and whose true label is not: left out, and the caller's mistake. */
  readonly predictionOutside: number;
}

/** Both matrices of the largest table must fit a workgroup's 16 KiB. */
const MAXIMUM_CLASSES = 45;

/** Plan a count. Throws RangeError for more classes than a workgroup can count. */
export function planConfusion(classCount: number, voxelCount: number): ConfusionPlan {
  if (!(classCount >= 2 && classCount <= MAXIMUM_CLASSES)) {
    throw new RangeError(`A table of ${classCount} classes cannot be counted; 2 to ${MAXIMUM_CLASSES} can.`);
  }
  return { classCount, voxelCount };
}

/**
 * Count voxels by (truth, prediction), over the whole grid and inside the camera mask.
 * Source: OccStudio occ_metrics.py `Metric_mIoU.hist_info`. Twin of shaders/metrics/confusion.wgsl.
 */
export function countConfusion(
  { classCount, voxelCount }: ConfusionPlan,
  truth: Uint8Array,
  prediction: Uint8Array,
  mask: Uint8Array | null,
): Confusion {
  const all = new Uint32Array(classCount ** 2);
  const camera = new Uint32Array(classCount ** 2);
  let truthOutside = 0;
  let predictionOutside = 0;
  for (let voxel = 0; voxel < voxelCount; voxel++) {
    const row = truth[voxel]!;
    const column = prediction[voxel]!;
    if (row >= classCount) {
      truthOutside++;
    } else if (column >= classCount) {
      predictionOutside++;
    } else {
      const entry = row * classCount + column;
      all[entry]!++;
      if (mask !== null && mask[voxel] !== 0) camera[entry]!++;
    }
  }
  return { all, camera, truthOutside, predictionOutside };
}

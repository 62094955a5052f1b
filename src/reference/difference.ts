/** What became of a voxel when prediction and truth are laid over each other: the labels of a difference volume. */
export const DIFFERENCE = {
  /** Occupied in both, and the same class. */
  right: 0,
  /** Occupied in truth only. */
  missed: 1,
  /** Occupied in the prediction only. */
  invented: 2,
  /** Occupied in both, but of another class. */
  wrongClass: 3,
  /** Occupied in one of them, where no camera sees it. */
  unseen: 4,
  /** Free in both. */
  free: 5,
} as const;

/**
 * Compare two label volumes voxel by voxel; the result is a label volume of the same order with DIFFERENCE as its labels.
 * `mask` (0 = unseen) may be null: then every voxel is judged. Twin of shaders/metrics/difference.wgsl.
 */
export function compareLabels(
  truth: Uint8Array,
  prediction: Uint8Array,
  mask: Uint8Array | null,
  free: number,
): Uint8Array<ArrayBuffer> {
  const difference = new Uint8Array(truth.length);
  for (let voxel = 0; voxel < truth.length; voxel++) {
    const seen = mask === null || mask[voxel] !== 0;
    difference[voxel] = compareVoxel(truth[voxel]!, prediction[voxel]!, seen, free);
  }
  return difference;
}

function compareVoxel(truth: number, prediction: number, seen: boolean, free: number): number {
  if (truth === free && prediction === free) return DIFFERENCE.free;
  if (!seen) return DIFFERENCE.unseen;
  if (prediction === free) return DIFFERENCE.missed;
  if (truth === free) return DIFFERENCE.invented;
  return truth === prediction ? DIFFERENCE.right : DIFFERENCE.wrongClass;
}

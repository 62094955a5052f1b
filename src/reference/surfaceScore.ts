import type { GridSpec } from '../domain/geometry.ts';

/** Precision, recall and F-score of occupied voxels as points, as fractions. */
export interface SurfaceScore {
  readonly fscore: number;
  readonly precision: number;
  readonly recall: number;
}

const EPSILON = 1e-8;

/**
 * F-score of one frame: the share of predicted points that have a true one nearer than `threshold` metres, the share of true
 * points that have a predicted one, and their harmonic mean. Points are centres of occupied voxels where `mask` is not 0.
 * Distances are taken in double between centres made as index * edge + half an edge + lower: at a threshold of exactly one
 * edge the rounding of those decides, as it does in the research code. No kernel: it is not part of the page's metrics.
 * Source: OccStudio occ_metrics.py `Metric_FScore`.
 */
export function scoreSurface(
  truth: Uint8Array,
  prediction: Uint8Array,
  mask: Uint8Array | null,
  grid: GridSpec,
  free: number,
  threshold: number,
): SurfaceScore {
  const mark = (labels: Uint8Array) =>
    labels.map((label, voxel) => (label !== free && (mask === null || mask[voxel] !== 0) ? 1 : 0));
  const [trueMarks, predictedMarks] = [mark(truth), mark(prediction)];
  const centres = grid.size.map((length, axis) =>
    Float64Array.from({ length }, (_, index) => index * grid.voxel[axis]! + grid.voxel[axis]! / 2 + grid.lower[axis]!),
  );
  const precision = shareNear(predictedMarks, trueMarks, centres, grid, threshold);
  const recall = shareNear(trueMarks, predictedMarks, centres, grid, threshold);
  return { fscore: 2 / (1 / (precision + EPSILON) + 1 / (recall + EPSILON)), precision, recall };
}

/** Share of the points of `from` with a point of `to` nearer than the threshold; 0 where one of them has none. */
function shareNear(
  from: Uint8Array,
  to: Uint8Array,
  centres: readonly Float64Array[],
  { size, voxel }: GridSpec,
  threshold: number,
): number {
  const [nx, ny, nz] = size;
  const reach = voxel.map((edge) => Math.ceil(threshold / edge));
  const hasNear = (x: number, y: number, z: number): boolean => {
    for (let i = Math.max(0, x - reach[0]!); i <= Math.min(nx - 1, x + reach[0]!); i++) {
      for (let j = Math.max(0, y - reach[1]!); j <= Math.min(ny - 1, y + reach[1]!); j++) {
        for (let k = Math.max(0, z - reach[2]!); k <= Math.min(nz - 1, z + reach[2]!); k++) {
          if (to[(i * ny + j) * nz + k] === 0) continue;
          const dx = centres[0]![x]! - centres[0]![i]!;
          const dy = centres[1]![y]! - centres[1]![j]!;
          const dz = centres[2]![z]! - centres[2]![k]!;
          if (Math.sqrt(dx * dx + dy * dy + dz * dz) < threshold) return true;
        }
      }
    }
    return false;
  };
  let [points, near, index] = [0, 0, 0];
  for (let x = 0; x < nx; x++) {
    for (let y = 0; y < ny; y++) {
      for (let z = 0; z < nz; z++, index++) {
        if (from[index] === 0) continue;
        points++;
        if (to[index] === 1 || hasNear(x, y, z)) near++;
      }
    }
  }
  return points > 0 ? near / points : 0;
}

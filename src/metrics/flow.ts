import type { ClassTable } from '../domain/classes.ts';
import { FLOW_BIN_WIDTH, FLOW_BINS, SPEED_UNITS, type SpeedErrors } from './model.ts';

/** Speed errors while they are counted. */
export interface SpeedTally extends SpeedErrors {
  readonly count: number[];
  readonly error: number[];
}

export function createSpeedTally(classCount: number): SpeedTally {
  return { count: Array<number>(classCount).fill(0), error: Array<number>(classCount).fill(0) };
}

/** Length of the difference of two flows, m/s; each taken at its own voxel. */
export function measureSpeedError(
  truthFlow: Float32Array,
  trueVoxel: number,
  predictionFlow: Float32Array,
  predictedVoxel: number,
): number {
  const x = predictionFlow[2 * predictedVoxel]! - truthFlow[2 * trueVoxel]!;
  const y = predictionFlow[2 * predictedVoxel + 1]! - truthFlow[2 * trueVoxel + 1]!;
  return Math.sqrt(x * x + y * y);
}

/** Count one error for the class `label`, rounded to 1 / SPEED_UNITS m/s so that sums are exact. */
export function addSpeedError(
  tally: SpeedTally,
  label: number,
  truthFlow: Float32Array,
  trueVoxel: number,
  predictionFlow: Float32Array,
  predictedVoxel: number,
): void {
  tally.count[label]!++;
  tally.error[label]! += Math.round(
    measureSpeedError(truthFlow, trueVoxel, predictionFlow, predictedVoxel) * SPEED_UNITS,
  );
}

/**
 * Flow errors of every voxel whose true class is dynamic, with the histogram of `FlowCounts`.
 * Source: OccStudio ray_metrics.py `calc_whole_flow`.
 */
export function countVoxelFlow(
  truth: Uint8Array,
  truthFlow: Float32Array,
  predictionFlow: Float32Array,
  table: ClassTable,
): { readonly voxels: SpeedErrors; readonly histogram: readonly number[] } {
  const size = table.classes.length;
  const dynamic = Uint8Array.from({ length: 256 }, (_, label) => (table.classes[label]?.dynamic ? 1 : 0));
  const voxels = createSpeedTally(size);
  const histogram = Array<number>(size * FLOW_BINS).fill(0);
  for (let voxel = 0; voxel < truth.length; voxel++) {
    const label = truth[voxel]!;
    if (dynamic[label] === 0) continue;
    addSpeedError(voxels, label, truthFlow, voxel, predictionFlow, voxel);
    const error = measureSpeedError(truthFlow, voxel, predictionFlow, voxel);
    histogram[label * FLOW_BINS + Math.min(Math.floor(error / FLOW_BIN_WIDTH), FLOW_BINS - 1)]!++;
  }
  return { voxels, histogram };
}

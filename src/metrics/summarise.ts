import type { ClassTable } from '../domain/classes.ts';
import type {
  ClassScore,
  FlowScores,
  MetricCounts,
  MetricSummary,
  RayScores,
  Score,
  SpeedErrors,
  SpeedScores,
  VoxelScores,
} from './model.ts';
import { FLOW_BINS, SHARE_UNITS, SPEED_UNITS } from './model.ts';

/**
 * Turn counts into scores. Parts in which no frame took part are null.
 * Source: OccStudio occ_metrics.py and ray_metrics.py; SparseOcc ray_metrics.py; ST-Occ evaluate_flickering.
 */
export function summarise(counts: MetricCounts, table: ClassTable): MetricSummary {
  const { frames, confusion, variability } = counts;
  const hasMask = frames.maskGiven + frames.maskComputed > 0;
  const rays = counts.rays.frames > 0 ? scoreRays(counts, table) : null;
  const flow = counts.flow.frames > 0 ? scoreFlow(counts, table) : null;
  return {
    frames,
    camera: hasMask ? scoreVoxels(confusion.camera, table) : null,
    all: frames.withTruth > 0 ? scoreVoxels(confusion.all, table) : null,
    rays,
    flow,
    occScore: computeOccScore(rays?.mean ?? null, flow?.hitRays.mean ?? null),
    variability:
      // One frame has nothing before it that could have changed.
      variability.frames > 1
        ? {
            mean: variability.sum / SHARE_UNITS / variability.frames,
            changedPrediction: variability.changedPrediction,
            changedTruth: variability.changedTruth,
            occupied: variability.occupied,
            frames: variability.frames,
          }
        : null,
  };
}

/** Scores of one confusion matrix, entry `truth * classCount + prediction`. */
export function scoreVoxels(confusion: readonly number[], table: ClassTable): VoxelScores {
  const size = table.classes.length;
  const semantic = table.classes.map(({ name, dynamic }, label) => ({ name, dynamic, label }));
  const occupied = semantic.filter(({ label }) => label !== table.free);
  const at = (truth: number, prediction: number) => confusion[truth * size + prediction]!;
  const row = (label: number) => sum(semantic.map((other) => at(label, other.label)));
  const column = (label: number) => sum(semantic.map((other) => at(other.label, label)));
  const perClass = occupied.map(({ label, name }): ClassScore => {
    const [truth, prediction, hits] = [row(label), column(label), at(label, label)];
    return {
      label,
      name,
      truth,
      prediction,
      hits,
      iou: divide(hits, truth + prediction - hits),
      precision: divide(hits, prediction),
      recall: divide(hits, truth),
    };
  });
  const total = sum(confusion);
  const truthOccupied = total - row(table.free);
  const predictionOccupied = total - column(table.free);
  const both = total - row(table.free) - column(table.free) + at(table.free, table.free);
  return {
    perClass,
    miou: average(perClass.map(({ iou }) => iou)),
    miouDynamic: average(perClass.filter(({ label }) => table.classes[label]!.dynamic).map(({ iou }) => iou)),
    iou: divide(both, truthOccupied + predictionOccupied - both),
    precision: divide(both, predictionOccupied),
    recall: divide(both, truthOccupied),
  };
}

function scoreRays({ rays }: MetricCounts, table: ClassTable): RayScores {
  const perClass = table.classes.flatMap(({ name }, label) => {
    if (label === table.free) return [];
    const union = rays.truth[label]! + rays.prediction[label]!;
    return [{ label, name, iou: rays.hits.map((hits) => divide(hits[label]!, union - hits[label]!)) }];
  });
  const at = (threshold: number) => average(perClass.map(({ iou }) => iou[threshold]!));
  return {
    perClass,
    at: [at(0), at(1), at(2)],
    mean: average(perClass.flatMap(({ iou }) => iou)),
    rays: sum(rays.truth),
  };
}

function scoreFlow({ flow, classCount }: MetricCounts, table: ClassTable): FlowScores {
  const speeds = ({ count, error }: SpeedErrors): SpeedScores => {
    const perClass = table.classes.map(({ dynamic }, label) =>
      dynamic ? divide(error[label]! / SPEED_UNITS, count[label]!) : null,
    );
    return { perClass, mean: average(perClass) };
  };
  const labels = Array.from({ length: classCount }, (_, label) => label);
  return {
    hitRays: speeds(flow.hitRays),
    truthRays: speeds(flow.truthRays),
    voxels: speeds(flow.voxels),
    histogram: Array.from({ length: FLOW_BINS }, (_, bin) =>
      sum(labels.map((label) => flow.histogram[label * FLOW_BINS + bin]!)),
    ),
  };
}

/** 0.9 RayIoU + 0.1 max(1 - mAVE_TP, 0); null where one of them is. */
export function computeOccScore(rayIou: Score, meanSpeedError: Score): Score {
  if (rayIou === null || meanSpeedError === null) return null;
  return 0.9 * rayIou + 0.1 * Math.max(1 - meanSpeedError, 0);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** Null for 0 / 0: the class does not occur. */
function divide(part: number, whole: number): Score {
  return whole > 0 ? part / whole : null;
}

/** Mean of those that occur. */
function average(scores: readonly Score[]): Score {
  const present = scores.filter((score) => score !== null);
  return present.length > 0 ? sum(present) / present.length : null;
}

import type { ClassTable } from '../domain/classes.ts';
import {
  FLICKER_CLASSES,
  OUTCOME_CLASSES,
  SPEED_ERROR_CLASSES,
  SPEED_ERROR_EDGES,
} from '../domain/comparisonClasses.ts';
import { compareLabels } from '../reference/difference.ts';

/** Prediction and truth of one frame, in grid order; flow is (vx, vy) per voxel in m/s. */
export interface ComparedVolumes {
  readonly prediction: Uint8Array;
  readonly predictionFlow: Float32Array | null;
  readonly truth: Uint8Array;
  readonly truthFlow: Float32Array | null;
}

/** What of a comparison is drawn: bit c of `visibleClasses` = voxels that truth or prediction gives class c. */
export interface ComparisonFilter {
  readonly visibleClasses: number;
  /** 1 where a voxel is judged, or null for everywhere. */
  readonly mask: Uint8Array | null;
}

/** A label volume with flow, of one of the tables in src/domain/comparisonClasses.ts. */
export interface ComparedVolume {
  readonly labels: Uint8Array;
  readonly flow: Float32Array | null;
}

/** Per label: 1 where the class is drawn. */
function listVisible({ visibleClasses }: ComparisonFilter, { free }: ClassTable): Uint8Array {
  const visible = new Uint8Array(256);
  for (let label = 0; label < 32; label++) visible[label] = (visibleClasses >>> label) & 1;
  visible[free] = 0;
  return visible;
}

/** Outcomes (OUTCOME_CLASSES) with the error of the velocity where truth moves; voxels of hidden classes become free. */
export function compareOutcomes(
  volumes: ComparedVolumes,
  classes: ClassTable,
  filter: ComparisonFilter,
): ComparedVolume {
  const { truth, prediction } = volumes;
  const labels = compareLabels(truth, prediction, filter.mask, classes.free);
  const visible = listVisible(filter, classes);
  for (let voxel = 0; voxel < labels.length; voxel++) {
    if (visible[truth[voxel]!] === 0 && visible[prediction[voxel]!] === 0) labels[voxel] = OUTCOME_CLASSES.free;
  }
  return { labels, flow: subtractFlow(volumes, classes) };
}

/** Steps of speed error (SPEED_ERROR_CLASSES) with predicted minus true velocity; null where either flow is missing. */
export function compareSpeeds(
  volumes: ComparedVolumes,
  classes: ClassTable,
  filter: ComparisonFilter,
): ComparedVolume | null {
  const { truth, prediction } = volumes;
  const flow = subtractFlow(volumes, classes);
  if (!flow) return null;
  const notJudged = SPEED_ERROR_EDGES.length + 1;
  const labels = new Uint8Array(truth.length).fill(SPEED_ERROR_CLASSES.free);
  const visible = listVisible(filter, classes);
  for (let voxel = 0; voxel < labels.length; voxel++) {
    const isTruth = visible[truth[voxel]!] === 1;
    if (!isTruth && visible[prediction[voxel]!] === 0) continue;
    const isJudged = isTruth && classes.classes[truth[voxel]!]?.dynamic && filter.mask?.[voxel] !== 0;
    labels[voxel] = isJudged ? findStep(Math.hypot(flow[2 * voxel]!, flow[2 * voxel + 1]!)) : notJudged;
  }
  return { labels, flow };
}

/** Steady and flickering voxels (FLICKER_CLASSES) of the prediction; `flicker` lists those whose class changed alone. */
export function showFlicker(
  { prediction }: ComparedVolumes,
  flicker: Uint32Array,
  classes: ClassTable,
  filter: ComparisonFilter,
): ComparedVolume {
  const visible = listVisible(filter, classes);
  const labels = new Uint8Array(prediction.length).fill(FLICKER_CLASSES.free);
  for (let voxel = 0; voxel < labels.length; voxel++) {
    if (visible[prediction[voxel]!] === 1) labels[voxel] = 0;
  }
  // What vanished has flickered too, and is shown where it was.
  for (const voxel of flicker) labels[voxel] = 1;
  return { labels, flow: null };
}

function findStep(speed: number): number {
  const step = SPEED_ERROR_EDGES.findIndex((edge) => speed < edge);
  return step < 0 ? SPEED_ERROR_EDGES.length : step;
}

/** Predicted minus true velocity where the true class moves by itself, zero elsewhere. */
function subtractFlow(volumes: ComparedVolumes, classes: ClassTable): Float32Array | null {
  const { truth, truthFlow, predictionFlow } = volumes;
  if (!truthFlow || !predictionFlow) return null;
  const flow = new Float32Array(truthFlow.length);
  for (let voxel = 0; voxel < truth.length; voxel++) {
    if (!classes.classes[truth[voxel]!]?.dynamic) continue;
    flow[2 * voxel] = predictionFlow[2 * voxel]! - truthFlow[2 * voxel]!;
    flow[2 * voxel + 1] = predictionFlow[2 * voxel + 1]! - truthFlow[2 * voxel + 1]!;
  }
  return flow;
}

import type { ClassTable } from '../domain/classes.ts';
import type { FrameTruth } from '../domain/clip.ts';
import type { GridSpec } from '../domain/geometry.ts';
import { countConfusion, planConfusion } from '../reference/confusion.ts';
import { createRayDirections, planRayCast } from '../reference/rayCast.ts';
import { createCounts } from './counts.ts';
import { countVoxelFlow } from './flow.ts';
import type { GpuFrameCounts } from './gpuFrameCounter.ts';
import type { MetricCounts, VariabilityCounts } from './model.ts';
import { castFrameRays, countRays, type RayTally } from './rays.ts';
import { settleRays } from './settleRays.ts';

/** One predicted frame with what is known of it. Volumes are in grid order. */
export interface MeasuredFrame {
  readonly labels: Uint8Array;
  /** (vx, vy) per voxel, m/s, ego axes. */
  readonly flow: Float32Array | null;
  readonly truth: FrameTruth | null;
  /** A mask made by `computeCameraMask`, used where the truth has none. */
  readonly computedMask: Uint8Array | null;
  /** From `listRayOrigins`; without them no rays are cast. */
  readonly rayOrigins: Float32Array | null;
  /** From the scene's tracker; null where the frame is not part of an ordered run. */
  readonly variability: VariabilityCounts | null;
  /** What the GPU has counted already; the result is the same without. */
  readonly gpu?: GpuFrameCounts | null;
}

let directions: Float32Array | null = null;

/**
 * Count everything about one frame on the CPU; frames without truth only count as predicted.
 * Throws RangeError when a volume has another length than the grid, or a predicted label is outside the table.
 */
export function measureFrame(frame: MeasuredFrame, table: ClassTable, grid: GridSpec): MetricCounts {
  const none = createCounts(table);
  const { labels, flow, truth } = frame;
  const mask = truth?.cameraMask ?? frame.computedMask;
  const frames = {
    predicted: 1,
    withTruth: truth ? 1 : 0,
    maskGiven: truth?.cameraMask ? 1 : 0,
    maskComputed: truth && !truth.cameraMask && mask ? 1 : 0,
  };
  if (!truth) return { ...none, frames };
  const voxels = grid.size[0] * grid.size[1] * grid.size[2];
  for (const volume of [labels, truth.labels, mask]) requireLength(volume, voxels);
  for (const vectors of [flow, truth.flow]) requireLength(vectors, 2 * voxels);
  const plan = planConfusion(table.classes.length, voxels);
  const confusion = frame.gpu?.confusion ?? countConfusion(plan, truth.labels, labels, mask);
  if (confusion.predictionOutside > 0) {
    throw new RangeError(`${confusion.predictionOutside} predicted labels are not in the class table ${table.id}.`);
  }
  const rays = frame.rayOrigins ? castFrame(frame, truth, frame.rayOrigins, table, grid) : null;
  const hasFlow = flow !== null && truth.flow !== null;
  return {
    ...none,
    frames,
    confusion: { all: [...confusion.all], camera: [...confusion.camera] },
    rays: rays?.rays ?? none.rays,
    flow: hasFlow
      ? {
          frames: 1,
          hitRays: rays?.hitRays ?? none.flow.hitRays,
          truthRays: rays?.truthRays ?? none.flow.truthRays,
          ...countVoxelFlow(truth.labels, truth.flow, flow, table),
        }
      : none.flow,
    variability: frame.variability ?? none.variability,
  };
}

function castFrame(
  { labels, flow, gpu }: MeasuredFrame,
  truth: FrameTruth,
  origins: Float32Array,
  table: ClassTable,
  grid: GridSpec,
): RayTally {
  directions ??= createRayDirections();
  const volumes = { truth: truth.labels, prediction: labels, truthFlow: truth.flow, predictionFlow: flow };
  const plan = planRayCast(grid, table.free, directions);
  const pairs = gpu ? settleRays(plan, truth.labels, labels, origins, gpu.hits) : castFrameRays(plan, volumes, origins);
  return countRays(pairs, volumes, table);
}

function requireLength(volume: ArrayLike<number> | null, length: number): void {
  if (volume !== null && volume.length !== length) {
    throw new RangeError(`A volume has ${volume.length} values, the grid needs ${length}.`);
  }
}

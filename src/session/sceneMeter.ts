import type { ClassTable } from '../domain/classes.ts';
import type { CameraView, FrameTruth } from '../domain/clip.ts';
import type { GridSpec, Matrix4, Vector3 } from '../domain/geometry.ts';
import type { GpuFrameCounts } from '../metrics/gpuFrameCounter.ts';
import { measureFrame } from '../metrics/measureFrame.ts';
import type { MetricCounts, VariabilityCounts } from '../metrics/model.ts';
import { listRayOrigins } from '../metrics/rayOrigins.ts';
import { createVariabilityTracker, planVariability } from '../metrics/variability.ts';
import { computeCameraMask } from '../reference/cameraMask.ts';

/** What stays the same for all frames of a clip. */
export interface MeterScene {
  readonly classes: ClassTable;
  readonly grid: GridSpec;
  /** Poses of all frames, in order. */
  readonly worldFromEgo: readonly Matrix4[];
  /** Where rays start, ego axes, metres. */
  readonly lidar: Vector3;
}

/** One frame to measure. */
export interface MeterFrame {
  readonly frameIndex: number;
  readonly labels: Uint8Array;
  readonly flow: Float32Array | null;
  readonly truth: FrameTruth;
  readonly cameras: readonly CameraView[];
  /** What the GPU has counted of it already. */
  readonly gpu: GpuFrameCounts | null;
}

export interface MeterResult {
  readonly frameIndex: number;
  readonly counts: MetricCounts;
  /** Voxels whose predicted class changed while the world did not; null where the frame does not follow the last one. */
  readonly flicker: Uint32Array<ArrayBuffer> | null;
}

/** Counts the frames of one clip; the flicker is followed only while frames come in order from the first. */
export interface SceneMeter {
  measure(frame: MeterFrame): MeterResult;
}

export function createSceneMeter({ classes, grid, worldFromEgo, lidar }: MeterScene): SceneMeter {
  const tracker = createVariabilityTracker(planVariability(worldFromEgo, grid, classes.free));
  const changed = new Uint8Array(grid.size[0] * grid.size[1] * grid.size[2]);
  let nextInOrder = 0;
  return {
    measure({ frameIndex, labels, flow, truth, cameras, gpu }) {
      const computedMask = truth.cameraMask ? null : computeCameraMask(truth.labels, cameras, grid, classes.free);
      const mask = truth.cameraMask ?? computedMask!;
      let variability: VariabilityCounts | null = null;
      if (frameIndex === nextInOrder && truth.flow) {
        const pose = worldFromEgo[frameIndex]!;
        const volumes = { truth: truth.labels, prediction: labels, mask, truthFlow: truth.flow };
        variability = tracker.addFrame({ worldFromEgo: pose, ...volumes }, changed);
        nextInOrder += 1;
      }
      const rayOrigins = listRayOrigins(worldFromEgo, lidar, frameIndex);
      const frame = { labels, flow, truth, computedMask, rayOrigins, variability, gpu };
      const counts = measureFrame(frame, classes, grid);
      return { frameIndex, counts, flicker: variability && listMarked(changed) };
    },
  };
}

function listMarked(marks: Uint8Array): Uint32Array<ArrayBuffer> {
  let count = 0;
  for (const mark of marks) count += mark;
  const list = new Uint32Array(count);
  let next = 0;
  for (let voxel = 0; voxel < marks.length; voxel++) if (marks[voxel] === 1) list[next++] = voxel;
  return list;
}

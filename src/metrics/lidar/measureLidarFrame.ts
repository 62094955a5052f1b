import type { ClassTable } from '../../domain/classes.ts';
import type { GridSpec } from '../../domain/geometry.ts';
import { countBoxes, findBoxedReturns, type LidarBox } from './boxes.ts';
import { NO_BOXES, NO_DEPTH } from './counts.ts';
import { countDepth, type DepthDistribution } from './depth.ts';
import { castReturns, countFirstHits } from './firstHits.ts';
import type { LidarCounts, SubjectCounts } from './model.ts';
import { type ChosenReturns, findVoxel, type SeeingCameras } from './returns.ts';

/** Everything that one frame's figures are made from. */
export interface LidarFrame {
  readonly labels: Uint8Array;
  readonly grid: GridSpec;
  readonly classes: ClassTable;
  readonly returns: ChosenReturns;
  readonly seeing: SeeingCameras;
  /** Null where the source has no annotations. */
  readonly boxes: readonly LidarBox[] | null;
  /** Null where the network's depth cannot be read. */
  readonly depth: DepthDistribution | null;
}

const DRIVEABLE = 11;
const MANMADE = 15;

/** Count one frame: the network, a flat ground plane instead of it, and the sweep's own voxels, which no grid of this size can beat by much. */
export function measureLidarFrame(frame: LidarFrame): LidarCounts {
  const { grid, classes, returns, boxes, depth, seeing } = frame;
  const boxed = boxes && findBoxedReturns(returns, boxes);
  const measure = (labels: Uint8Array): SubjectCounts => ({
    hits: countFirstHits(castReturns(labels, grid, classes.free, returns), returns),
    boxes: boxed ? countBoxes(labels, grid, returns, boxed) : NO_BOXES,
  });
  return {
    format: 'occuscope-lidar-counts/1',
    frames: 1,
    framesWithBoxes: boxed ? 1 : 0,
    framesWithDepth: depth ? 1 : 0,
    subjects: {
      network: measure(frame.labels),
      flatGround: measure(layFlatGround(grid, classes.free)),
      lidarVoxels: measure(fillLidarVoxels(returns, grid, classes.free)),
    },
    depth: depth ? countDepth(depth, returns, seeing) : NO_DEPTH,
  };
}

/** The trivial guess: driveable surface in the voxels that hold z = 0, and nothing else. */
export function layFlatGround({ lower, voxel, size }: GridSpec, free: number): Uint8Array {
  const labels = new Uint8Array(size[0] * size[1] * size[2]).fill(free);
  const row = Math.floor(-lower[2] / voxel[2]);
  for (let index = row; index < labels.length; index += size[2]) labels[index] = DRIVEABLE;
  return labels;
}

/** A voxel for each return of the sweep inside the grid; their class says nothing. */
function fillLidarVoxels(returns: ChosenReturns, grid: GridSpec, free: number): Uint8Array {
  const labels = new Uint8Array(grid.size[0] * grid.size[1] * grid.size[2]).fill(free);
  for (let place = 0; 3 * place < returns.gridPoints.length; place++) {
    labels[findVoxel(returns.gridPoints, place, grid)] = MANMADE;
  }
  return labels;
}

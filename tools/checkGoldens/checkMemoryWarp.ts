import type { GridSpec } from '../../src/domain/geometry.ts';
import { invertRigid, multiplyMatrix4 } from '../../src/geometry/rigid.ts';
import { type MemoryWarpPlan, planMemoryWarp } from '../../src/pipeline/memoryWarp.ts';
import type { FrameGeometry } from '../../src/pipeline/stage.ts';
import { warpMemory } from '../../src/reference/memoryWarp.ts';
import { warpMemoryOnGpu } from '../support/runStage.ts';
import type { Checker, CheckRun, Golden } from './golden.ts';

/** Metres above the ego origin of the plane that SOLOFusion's 2D code moves: it sets the homogeneous z to 1. */
const SOLO_PLANE_HEIGHT = 1;

/** A frame that has only ego motion. */
export function createMotion(previousEgoFromEgo: Float64Array | null): FrameGeometry {
  return { width: 1, height: 1, cameras: [], previousEgoFromEgo, previousCameras: null };
}

/** Plan the warp that SOLOFusion and its descendants do for a feature grid [C,y,x] or [C,z,y,x]. */
export function planSoloWarp(
  shape: readonly number[],
  lower: readonly number[],
  interval: readonly number[],
): MemoryWarpPlan {
  const dimensions = shape.length === 3 ? 2 : 3;
  const [nx, ny, nz] = [shape.at(-1)!, shape.at(-2)!, dimensions === 3 ? shape.at(-3)! : 1];
  const grid: GridSpec = {
    lower: [lower[0]!, lower[1]!, lower[2] ?? -1],
    voxel: [interval[0]!, interval[1]!, interval[2] ?? 6.4],
    size: [nx, ny, nz],
  };
  return planMemoryWarp(
    {
      kind: 'memory-warp',
      in: 'history',
      out: 'moved',
      dimensions,
      layout: dimensions === 2 ? 'cyx' : 'czyx',
      grid,
      index: 'lower-edge',
      padding: 'zeros',
      ...(dimensions === 2 ? { planeHeight: SOLO_PLANE_HEIGHT } : {}),
    },
    shape,
  );
}

function readMotion(golden: Golden, name: string): Float64Array {
  const motion = Float64Array.from(golden.read(`curr_to_prev_ego_${name}`).data);
  if (!golden.archive.has(`aug_prev_${name}`)) return motion;
  // Features of an augmented scene lie in rotated axes: A_prev T A_curr^-1.
  const previous = Float64Array.from(golden.read(`aug_prev_${name}`).data);
  const current = Float64Array.from(golden.read(`aug_curr_${name}`).data);
  return multiplyMatrix4(multiplyMatrix4(previous, motion), invertOrthogonal(current));
}

/** Augmentations may mirror, but their 3x3 part stays orthogonal, so the rigid inverse holds. */
const invertOrthogonal = invertRigid;

async function check(run: CheckRun): Promise<void> {
  const { golden, gpu } = run;
  const history = golden.read('history');
  const plan = planSoloWarp(history.shape, golden.numbers('grid_lower'), golden.numbers('grid_interval'));
  const tolerance = plan.entry.dimensions === 2 ? 3e-4 : 5e-4;
  const memory = golden.floats('history');
  for (const array of golden.archive.names.filter((name) => name.startsWith('expected_'))) {
    const motion = createMotion(readMotion(golden, array.slice('expected_'.length)));
    run.compare(array, 'cpu', warpMemory(plan, motion, memory), tolerance);
    if (gpu) run.compare(array, 'gpu', await warpMemoryOnGpu(gpu, plan, motion, memory), tolerance);
  }
}

export const memoryWarpChecker: Checker = {
  title: 'memory warp',
  matches: (names) => names.includes('history') && names.some((name) => name.startsWith('curr_to_prev_ego_')),
  knows: (name) => /^(grid_|history$|curr_to_prev_ego_|expected_|aug_(prev|curr)_)/.test(name),
  check,
};

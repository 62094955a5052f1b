import { listRayOrigins } from '../../src/metrics/rayOrigins.ts';
import {
  createRayDirections,
  createRayVolume,
  planRayCast,
  type RayHits,
  walkRays,
} from '../../src/reference/rayCast.ts';
import { castRaysOnGpu } from '../support/runMetrics.ts';
import type { Checker, CheckRun, Side } from './golden.ts';
import { compareEntries, countNumbered, readBytes } from './metricsGolden.ts';

/** Rays in voxel units through a small volume: ties, zero components, starts outside and on corners. */
async function checkEdges(run: CheckRun): Promise<void> {
  const { golden, gpu } = run;
  const size = golden.read('occ').shape as [number, number, number];
  const labels = readBytes(golden, 'occ');
  const [origins, ends] = [golden.floats('origins'), golden.floats('endpoints')];
  const perOrigin = ends.length / (origins.length / 3);
  // The plan's directions only say how many rays an origin has: these rays are placed already.
  const plan = planRayCast({ lower: [0, 0, 0], voxel: [1, 1, 1], size }, 0, new Float32Array(perOrigin));
  const volume = createRayVolume(plan, labels, null);
  const hits = Array.from({ length: origins.length / 3 }, (_, origin) => {
    const own = ends.subarray(origin * perOrigin, (origin + 1) * perOrigin);
    return walkRays(volume, origins.subarray(3 * origin, 3 * origin + 3), own)[0];
  });
  compareEnds(run, 'cpu', hits, size);
  if (!gpu) return;
  const { pairs } = await castRaysOnGpu(gpu.device, plan, 2, { truth: labels, prediction: labels }, { origins, ends });
  compareEnds(
    run,
    'gpu',
    pairs.map(([first]) => first),
    size,
  );
}

function compareEnds(
  run: CheckRun,
  side: Side,
  hits: readonly RayHits[],
  size: readonly [number, number, number],
): void {
  run.compare('expected_dist', side, Float32Array.from(hits.flatMap(({ metres }) => [...metres])), 1e-5);
  const voxels = hits.flatMap((hit) => [...hit.voxels]).flatMap((voxel) => unflatten(Math.max(0, voxel), size));
  compareEntries(run, 'expected_voxel', side, voxels, 0);
}

function unflatten(voxel: number, [, ny, nz]: readonly [number, number, number]): number[] {
  return [Math.floor(voxel / (ny * nz)), Math.floor(voxel / nz) % ny, voxel % nz];
}

async function checkOrigins(run: CheckRun): Promise<void> {
  const { golden } = run;
  const [rotations, translations] = [
    golden.numbers('origin_ego2global_rot'),
    golden.numbers('origin_ego2global_trans'),
  ];
  const frames = translations.length / 3;
  const worldFromEgo = Array.from({ length: frames }, (_, frame) => {
    const pose = new Float64Array(16);
    for (let row = 0; row < 3; row++) {
      pose.set(rotations.slice(frame * 9 + row * 3, frame * 9 + row * 3 + 3), row * 4);
      pose[row * 4 + 3] = translations[frame * 3 + row]!;
    }
    pose[15] = 1;
    return pose;
  });
  const egoFromLidar = golden.numbers('origin_lidar2ego');
  const lidars = Array.from({ length: frames }, (_, frame) => {
    const at = (row: number) => egoFromLidar[frame * 16 + row * 4 + 3]!;
    return [at(0), at(1), at(2)] as const;
  });
  const references = golden.numbers('origin_ref_index');
  for (let index = 0; index < countNumbered(golden, 'origin_expected'); index++) {
    run.compare(`origin_expected_${index}`, 'cpu', listRayOrigins(worldFromEgo, lidars, references[index]!), 2e-3);
  }
  run.compare('rays', 'cpu', createRayDirections(), 6e-8, 'our own directions');
}

export const rayEdgeChecker: Checker = {
  title: 'ray casting, corner cases',
  matches: (names) => names.includes('occ') && names.includes('endpoints'),
  knows: () => true,
  check: checkEdges,
};

export const rayOriginsChecker: Checker = {
  title: 'RayIoU directions and origins',
  matches: (names) => names.includes('origin_ref_index'),
  knows: () => true,
  check: checkOrigins,
};

import type { ClassTable } from '../../src/domain/classes.ts';
import { OCC3D_GRID } from '../../src/domain/geometry.ts';
import { createCounts, mergeCounts } from '../../src/metrics/counts.ts';
import { countVoxelFlow } from '../../src/metrics/flow.ts';
import type { MetricCounts } from '../../src/metrics/model.ts';
import { countRays, createRayCaster, type RayVolumes } from '../../src/metrics/rays.ts';
import { summarise } from '../../src/metrics/summarise.ts';
import { createRayDirections, planRayCast, type RayHits } from '../../src/reference/rayCast.ts';
import type { Checker, CheckRun, Golden } from './golden.ts';
import {
  compareCounts,
  compareEntries,
  compareScores,
  countNumbered,
  readBytes,
  tableOfSize,
} from './metricsGolden.ts';

function readVolumes(golden: Golden, sample: number): RayVolumes {
  const flow = (name: string) => (golden.archive.has(name) ? golden.floats(name) : null);
  return {
    truth: readBytes(golden, `gt_${sample}`),
    prediction: readBytes(golden, `pred_${sample}`),
    truthFlow: flow(`flow_gt_${sample}`),
    predictionFlow: flow(`flow_pred_${sample}`),
  };
}

function countSample(golden: Golden, sample: number, table: ClassTable): MetricCounts {
  const volumes = readVolumes(golden, sample);
  const plan = planRayCast(OCC3D_GRID, table.free, golden.floats('rays'));
  const cast = createRayCaster(plan, volumes);
  const { rays, hitRays, truthRays } = countRays(cast, volumes, golden.numbers(`lidar_origins_${sample}`), table);
  const counts = createCounts(table);
  const { truth, truthFlow, predictionFlow } = volumes;
  if (truthFlow === null || predictionFlow === null) return { ...counts, rays };
  const voxels = countVoxelFlow(truth, truthFlow, predictionFlow, table);
  return { ...counts, rays, flow: { frames: 1, hitRays, truthRays, ...voxels } };
}

/** Labels, distances and voxels of the first sample's first origins. */
function checkHits(run: CheckRun, table: ClassTable): void {
  const { golden } = run;
  const volumes = readVolumes(golden, 0);
  const plan = planRayCast(OCC3D_GRID, table.free, golden.floats('rays'));
  const cast = createRayCaster(plan, volumes);
  const origins = golden.read('expected_ray_label_gt_0').shape[0]!;
  const numbers = golden.numbers('lidar_origins_0');
  const casts = Array.from({ length: origins }, (_, origin) => cast(numbers.slice(3 * origin, 3 * origin + 3)));
  for (const [index, name, labels] of [
    [0, 'gt', volumes.truth],
    [1, 'pred', volumes.prediction],
  ] as const) {
    const hits = casts.map((pair) => pair[index]);
    const voxels = hits.flatMap((hit) => [...hit.voxels]);
    compareEntries(
      run,
      `expected_ray_label_${name}_0`,
      'cpu',
      voxels.map((voxel) => labels[voxel]!),
      0,
    );
    compareEntries(run, `expected_ray_voxel_${name}_0`, 'cpu', voxels.flatMap(unflattenVoxel), 0);
    run.compare(`expected_ray_dist_${name}_0`, 'cpu', joinMetres(hits), 1e-4);
  }
}

function unflattenVoxel(voxel: number): number[] {
  const [, ny, nz] = OCC3D_GRID.size;
  return [Math.floor(voxel / (ny * nz)), Math.floor(voxel / nz) % ny, voxel % nz];
}

function joinMetres(hits: readonly RayHits[]): Float32Array {
  return Float32Array.from(hits.flatMap(({ metres }) => [...metres]));
}

async function check(run: CheckRun): Promise<void> {
  const { golden } = run;
  const table = tableOfSize(golden.read('expected_gt_count').shape[0]!);
  run.compare('rays', 'cpu', createRayDirections(), 6e-8, 'our own directions');
  checkHits(run, table);
  let counts = createCounts(table);
  for (let sample = 0; sample < countNumbered(golden, 'gt'); sample++) {
    counts = mergeCounts(counts, countSample(golden, sample, table));
  }
  const { rays, flow, occScore } = summarise(counts, table);
  compareCounts(run, 'expected_gt_count', 'cpu', counts.rays.truth);
  compareCounts(run, 'expected_pred_count', 'cpu', counts.rays.prediction);
  compareCounts(run, 'expected_tp_count', 'cpu', counts.rays.hits.flat());
  const perThreshold = [0, 1, 2].flatMap((threshold) => rays!.perClass.map(({ iou }) => iou[threshold]!));
  compareScores(run, 'expected_rayiou_per_class_thr', 'cpu', perThreshold, 1e-5);
  compareScores(run, 'expected_rayiou_at', 'cpu', rays!.at, 1e-5);
  compareScores(run, 'expected_rayiou', 'cpu', [rays!.mean], 1e-5);
  if (!golden.archive.has('expected_mave_tp')) return;
  for (const [name, scores] of [
    ['tp', flow!.hitRays],
    ['gt_ray', flow!.truthRays],
    ['voxel', flow!.voxels],
  ] as const) {
    compareScores(run, `expected_ave_${name}_per_class`, 'cpu', scores.perClass.slice(0, table.free), 1e-4);
    compareScores(run, `expected_mave_${name}`, 'cpu', [scores.mean], 1e-4);
  }
  compareScores(run, 'expected_occ_score', 'cpu', [occScore], 1e-5);
}

export const metricsRayChecker: Checker = {
  title: 'RayIoU and mAVE',
  matches: (names) => names.includes('expected_rayiou') && names.includes('lidar_origins_0'),
  knows: () => true,
  check,
};

import type { ClassTable } from '../../src/domain/classes.ts';
import { OCC3D_GRID } from '../../src/domain/geometry.ts';
import { createCounts, mergeCounts } from '../../src/metrics/counts.ts';
import { countVoxelFlow } from '../../src/metrics/flow.ts';
import type { MetricCounts, RayCounts } from '../../src/metrics/model.ts';
import { castFrameRays, countRaySpeeds, countRays, type RayHitPair, type RayVolumes } from '../../src/metrics/rays.ts';
import { summarise } from '../../src/metrics/summarise.ts';
import { createRayDirections, planRayCast, type RayHits } from '../../src/reference/rayCast.ts';
import { castRaysOnGpu } from '../support/runMetrics.ts';
import type { Checker, CheckRun, Golden, Side } from './golden.ts';
import {
  compareCounts,
  compareEntries,
  compareScores,
  countNumbered,
  readBytes,
  tableOfSize,
} from './metricsGolden.ts';

/** Rays that may end elsewhere: none in double precision, the files' own rule of five in single. */
const ALLOWED_RAYS: Readonly<Record<Side, number>> = { cpu: 0, gpu: 5 };
const DISTANCE_TOLERANCE = 1e-4;

function readVolumes(golden: Golden, sample: number): RayVolumes {
  const flow = (name: string) => (golden.archive.has(name) ? golden.floats(name) : null);
  return {
    truth: readBytes(golden, `gt_${sample}`),
    prediction: readBytes(golden, `pred_${sample}`),
    truthFlow: flow(`flow_gt_${sample}`),
    predictionFlow: flow(`flow_pred_${sample}`),
  };
}

/** Casts a sample's rays on one side: counts of rays, and where the rays of every origin ended. */
type CastSample = (
  volumes: RayVolumes,
  origins: readonly number[],
) => Promise<{ readonly counts: RayCounts; readonly pairs: readonly RayHitPair[] }>;

async function countSample(golden: Golden, sample: number, table: ClassTable, cast: CastSample): Promise<MetricCounts> {
  const volumes = readVolumes(golden, sample);
  const { counts: rays, pairs } = await cast(volumes, golden.numbers(`lidar_origins_${sample}`));
  const counts = createCounts(table);
  const { truth, truthFlow, predictionFlow } = volumes;
  if (truthFlow === null || predictionFlow === null) return { ...counts, rays };
  const voxels = countVoxelFlow(truth, truthFlow, predictionFlow, table);
  return { ...counts, rays, flow: { frames: 1, ...countRaySpeeds(pairs, volumes, table), ...voxels } };
}

/** Labels, distances and voxels of the first sample's first origins. */
async function checkHits(run: CheckRun, side: Side, cast: CastSample): Promise<void> {
  const { golden } = run;
  const volumes = readVolumes(golden, 0);
  const origins = golden.read('expected_ray_label_gt_0').shape[0]!;
  const { pairs } = await cast(volumes, golden.numbers('lidar_origins_0').slice(0, 3 * origins));
  for (const [index, name, labels] of [
    [0, 'gt', volumes.truth],
    [1, 'pred', volumes.prediction],
  ] as const) {
    const hits = pairs.map((pair) => pair[index]);
    const voxels = hits.flatMap((hit) => [...hit.voxels]);
    const rayLabels = voxels.map((voxel) => labels[voxel]!);
    compareEntries(run, `expected_ray_label_${name}_0`, side, rayLabels, ALLOWED_RAYS[side]);
    // A ray that differs may differ in all three indices.
    compareEntries(run, `expected_ray_voxel_${name}_0`, side, voxels.flatMap(unflattenVoxel), 3 * ALLOWED_RAYS[side]);
    compareDistances(run, `expected_ray_dist_${name}_0`, side, joinMetres(hits));
  }
}

function compareDistances(run: CheckRun, array: string, side: Side, actual: Float32Array): void {
  const expected = run.golden.floats(array);
  const far = actual.filter((metres, ray) => !(Math.abs(metres - expected[ray]!) <= DISTANCE_TOLERANCE)).length;
  const note = `more than ${DISTANCE_TOLERANCE} m apart`;
  run.record({ array, side, error: far, tolerance: ALLOWED_RAYS[side], unit: 'rays', note });
}

function unflattenVoxel(voxel: number): number[] {
  const [, ny, nz] = OCC3D_GRID.size;
  return [Math.floor(voxel / (ny * nz)), Math.floor(voxel / nz) % ny, voxel % nz];
}

function joinMetres(hits: readonly RayHits[]): Float32Array {
  return Float32Array.from(hits.flatMap(({ metres }) => [...metres]));
}

async function checkSide(run: CheckRun, side: Side, table: ClassTable, cast: CastSample): Promise<void> {
  const { golden } = run;
  await checkHits(run, side, cast);
  let counts = createCounts(table);
  for (let sample = 0; sample < countNumbered(golden, 'gt'); sample++) {
    counts = mergeCounts(counts, await countSample(golden, sample, table, cast));
  }
  const { rays, flow, occScore } = summarise(counts, table);
  const allowed = ALLOWED_RAYS[side];
  const tolerance = side === 'cpu' ? 1e-5 : 5e-4;
  compareCounts(run, 'expected_gt_count', side, counts.rays.truth, allowed);
  compareCounts(run, 'expected_pred_count', side, counts.rays.prediction, allowed);
  compareCounts(run, 'expected_tp_count', side, counts.rays.hits.flat(), allowed);
  const perThreshold = [0, 1, 2].flatMap((threshold) => rays!.perClass.map(({ iou }) => iou[threshold]!));
  compareScores(run, 'expected_rayiou_per_class_thr', side, perThreshold, tolerance);
  compareScores(run, 'expected_rayiou_at', side, rays!.at, tolerance);
  compareScores(run, 'expected_rayiou', side, [rays!.mean], tolerance);
  if (!golden.archive.has('expected_mave_tp')) return;
  for (const [name, scores] of [
    ['tp', flow!.hitRays],
    ['gt_ray', flow!.truthRays],
    ['voxel', flow!.voxels],
  ] as const) {
    compareScores(run, `expected_ave_${name}_per_class`, side, scores.perClass.slice(0, table.free), 1e-4);
    compareScores(run, `expected_mave_${name}`, side, [scores.mean], 1e-4);
  }
  compareScores(run, 'expected_occ_score', side, [occScore], tolerance);
}

async function check(run: CheckRun): Promise<void> {
  const { golden, gpu } = run;
  run.compare('rays', 'cpu', createRayDirections(), 6e-8, 'our own directions');
  const table = tableOfSize(golden.read('expected_gt_count').shape[0]!);
  const plan = planRayCast(OCC3D_GRID, table.free, golden.floats('rays'));
  await checkSide(run, 'cpu', table, async (volumes, origins) => {
    const pairs = castFrameRays(plan, volumes, origins);
    return { pairs, counts: countRays(pairs, volumes, table).rays };
  });
  if (!gpu) return;
  const size = table.classes.length;
  await checkSide(run, 'gpu', table, (volumes, origins) => castRaysOnGpu(gpu.device, plan, size, volumes, origins));
}

export const metricsRayChecker: Checker = {
  title: 'RayIoU and mAVE',
  matches: (names) => names.includes('expected_rayiou') && names.includes('lidar_origins_0'),
  knows: () => true,
  check,
};

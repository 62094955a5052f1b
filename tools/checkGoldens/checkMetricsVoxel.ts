import type { ClassTable } from '../../src/domain/classes.ts';
import { scoreVoxels } from '../../src/metrics/summarise.ts';
import { type Confusion, countConfusion, planConfusion } from '../../src/reference/confusion.ts';
import { scoreSurface } from '../../src/reference/surfaceScore.ts';
import { countConfusionOnGpu } from '../support/runMetrics.ts';
import type { Checker, CheckRun, Side } from './golden.ts';
import { compareCounts, compareScores, countNumbered, readBytes, tableOfSize } from './metricsGolden.ts';

const OCC3D_GRID = { lower: [-40, -40, -1], voxel: [0.4, 0.4, 0.4], size: [200, 200, 16] } as const;

type Count = (truth: Uint8Array, prediction: Uint8Array, mask: Uint8Array) => Promise<Confusion>;

async function checkSide(run: CheckRun, side: Side, table: ClassTable, countPair: Count): Promise<void> {
  const { golden } = run;
  const size = table.classes.length;
  const pooled = Array<number>(size * size).fill(0);
  for (let pair = 0; pair < countNumbered(golden, 'gt'); pair++) {
    const [truth, prediction, mask] = ['gt', 'pred', 'mask_camera'].map((name) => readBytes(golden, `${name}_${pair}`));
    const { camera } = await countPair(truth!, prediction!, mask!);
    camera.forEach((count, entry) => {
      pooled[entry]! += count;
    });
  }
  const scores = scoreVoxels(pooled, table);
  compareCounts(run, 'expected_hist', side, pooled);
  const free = table.free;
  const sum = (predicate: (truth: number, prediction: number) => boolean) =>
    pooled.reduce((total, count, entry) => total + (predicate(Math.floor(entry / size), entry % size) ? count : 0), 0);
  compareCounts(run, 'expected_hist_occ', side, [
    sum((truth, prediction) => truth === free && prediction === free),
    sum((truth, prediction) => truth === free && prediction !== free),
    sum((truth, prediction) => truth !== free && prediction === free),
    sum((truth, prediction) => truth !== free && prediction !== free),
  ]);
  const freeIou = pooled[free * size + free]! / sum((truth, prediction) => truth === free || prediction === free);
  compareScores(run, 'expected_iou_per_class', side, [...scores.perClass.map(({ iou }) => iou), freeIou], 1e-6);
  compareScores(run, 'expected_miou', side, [scores.miou], 1e-6);
  compareScores(run, 'expected_iou_occupied', side, [scores.iou], 1e-6);
  compareScores(run, 'expected_miou_d', side, [scores.miouDynamic], 1e-6);
}

/** F-score, precision and recall: means over the pairs. */
function checkSurface(run: CheckRun, table: ClassTable): void {
  const { golden } = run;
  const pairs = countNumbered(golden, 'gt');
  for (const [array, threshold] of [
    ['expected_fscore_04', 0.4],
    ['expected_fscore_06', 0.6],
  ] as const) {
    if (!golden.archive.has(array)) continue;
    const mean = [0, 0, 0];
    for (let pair = 0; pair < pairs; pair++) {
      const [truth, prediction, mask] = ['gt', 'pred', 'mask_camera'].map((name) =>
        readBytes(golden, `${name}_${pair}`),
      );
      const score = scoreSurface(truth!, prediction!, mask!, OCC3D_GRID, table.free, threshold);
      [score.fscore, score.precision, score.recall].forEach((value, index) => {
        mean[index]! += value / pairs;
      });
    }
    compareScores(run, array, 'cpu', mean, 1e-6);
  }
}

async function check(run: CheckRun): Promise<void> {
  const { golden, gpu } = run;
  const table = tableOfSize(golden.read('expected_hist').shape[0]!);
  const plan = planConfusion(table.classes.length, golden.read('gt_0').data.length);
  await checkSide(run, 'cpu', table, async (truth, prediction, mask) => countConfusion(plan, truth, prediction, mask));
  checkSurface(run, table);
  if (!gpu) return;
  await checkSide(run, 'gpu', table, (truth, prediction, mask) =>
    countConfusionOnGpu(gpu.device, plan, { truth, prediction, mask }),
  );
}

export const metricsVoxelChecker: Checker = {
  title: 'mIoU, IoU and mIoU_D',
  matches: (names) => names.includes('expected_hist') && names.includes('mask_camera_0'),
  knows: () => true,
  check,
};

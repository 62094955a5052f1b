import { scoreVoxels } from '../../src/metrics/summarise.ts';
import { countConfusion, planConfusion } from '../../src/reference/confusion.ts';
import type { Checker, CheckRun } from './golden.ts';
import { compareCounts, compareScores, countNumbered, readBytes, tableOfSize } from './metricsGolden.ts';

async function check(run: CheckRun): Promise<void> {
  const { golden } = run;
  const size = golden.read('expected_hist').shape[0]!;
  const table = tableOfSize(size);
  const pooled = Array<number>(size * size).fill(0);
  for (let pair = 0; pair < countNumbered(golden, 'gt'); pair++) {
    const [truth, prediction, mask] = ['gt', 'pred', 'mask_camera'].map((name) => readBytes(golden, `${name}_${pair}`));
    const plan = planConfusion(size, truth!.length);
    const { camera } = countConfusion(plan, truth!, prediction!, mask!);
    camera.forEach((count, entry) => {
      pooled[entry]! += count;
    });
  }
  const scores = scoreVoxels(pooled, table);
  compareCounts(run, 'expected_hist', 'cpu', pooled);
  const free = table.free;
  const sum = (predicate: (truth: number, prediction: number) => boolean) =>
    pooled.reduce((total, count, entry) => total + (predicate(Math.floor(entry / size), entry % size) ? count : 0), 0);
  compareCounts(run, 'expected_hist_occ', 'cpu', [
    sum((truth, prediction) => truth === free && prediction === free),
    sum((truth, prediction) => truth === free && prediction !== free),
    sum((truth, prediction) => truth !== free && prediction === free),
    sum((truth, prediction) => truth !== free && prediction !== free),
  ]);
  const freeIou = pooled[free * size + free]! / sum((truth, prediction) => truth === free || prediction === free);
  compareScores(run, 'expected_iou_per_class', 'cpu', [...scores.perClass.map(({ iou }) => iou), freeIou], 1e-6);
  compareScores(run, 'expected_miou', 'cpu', [scores.miou], 1e-6);
  compareScores(run, 'expected_iou_occupied', 'cpu', [scores.iou], 1e-6);
  compareScores(run, 'expected_miou_d', 'cpu', [scores.miouDynamic], 1e-6);
}

export const metricsVoxelChecker: Checker = {
  title: 'mIoU, IoU and mIoU_D',
  matches: (names) => names.includes('expected_hist') && names.includes('mask_camera_0'),
  knows: (name) => !name.startsWith('expected_fscore'),
  check,
};

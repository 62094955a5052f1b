import { OCC3D_CLASSES } from '../../src/domain/classes.ts';
import { OCC3D_GRID } from '../../src/domain/geometry.ts';
import { SHARE_UNITS } from '../../src/metrics/model.ts';
import { createVariabilityTracker } from '../../src/metrics/variability.ts';
import type { Checker, CheckRun } from './golden.ts';
import { compareScores, countNumbered, readBytes } from './metricsGolden.ts';

/** Share by which counts may be off: poses in single precision move voxels across cell borders. The file's own rule. */
const ALLOWED_SHARE = 0.01;

async function check(run: CheckRun): Promise<void> {
  const { golden } = run;
  const [nx, ny, nz] = golden.numbers('grid_res_08') as [number, number, number];
  const centre = golden.numbers('grid_center') as [number, number, number];
  const plan = { grid: OCC3D_GRID, free: OCC3D_CLASSES.free, centre, cells: [2 * nx, 2 * ny, 2 * nz] } as const;
  const tracker = createVariabilityTracker(plan);
  const frames = Array.from({ length: countNumbered(golden, 'gt') }, (_, index) =>
    tracker.addFrame({
      worldFromEgo: Float64Array.from(golden.numbers(`ego2global_${index}`)),
      truth: readBytes(golden, `gt_${index}`),
      prediction: readBytes(golden, `pred_${index}`),
      mask: readBytes(golden, `mask_camera_${index}`),
      truthFlow: golden.floats(`speed_${index}`),
    }),
  );
  const compareShare = (array: string, actual: readonly number[], allowed: number) => {
    const expected = golden.numbers(array);
    const error = Math.max(
      ...expected.map((value, index) => Math.abs(actual[index]! - value) / Math.max(1, Math.abs(value))),
    );
    run.record({ array, side: 'cpu', error, tolerance: allowed, unit: 'share', note: '' });
  };
  compareShare(
    'expected_flicker_pred',
    frames.map(({ changedPrediction }) => changedPrediction),
    ALLOWED_SHARE,
  );
  compareShare(
    'expected_flicker_gt',
    frames.map(({ changedTruth }) => changedTruth),
    ALLOWED_SHARE,
  );
  compareShare(
    'expected_nonfree',
    frames.map(({ occupied }) => occupied),
    0,
  );
  const shares = frames.map(({ sum }) => sum / SHARE_UNITS);
  compareScores(run, 'expected_stcv', 'cpu', shares, 5e-4);
  const mean = shares.reduce((total, share) => total + share, 0) / frames.length;
  compareScores(run, 'expected_mstcv', 'cpu', [mean], 5e-4);
}

export const variabilityChecker: Checker = {
  title: 'ST-Occ’s temporal variability (mSTCV)',
  matches: (names) => names.includes('expected_mstcv'),
  // How the file was made, not what comes out.
  knows: (name) => !/^(write_collisions|borderline|grid_size_m)$/.test(name),
  check,
};

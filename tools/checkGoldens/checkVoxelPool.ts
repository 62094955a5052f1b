import type { FrameGeometry, NetworkCamera } from '../../src/pipeline/stage.ts';
import { planVoxelPool, type VoxelPoolPlan } from '../../src/pipeline/voxelPool.ts';
import {
  buildRuns,
  computeGridCoordinates,
  gatherCells,
  type LocatedEntries,
  locatePoints,
  OUTSIDE_CELL,
  poolVoxels,
} from '../../src/reference/voxelPool.ts';
import { poolLocatedOnGpu, poolVoxelsOnGpu } from '../support/runStage.ts';
import type { Checker, CheckRun, Golden, Side } from './golden.ts';

/** Share of a golden's voxels that may differ because a point lies on a cell face: the files' own rule. */
const ALLOWED_SHARE = 0.005;

function planGolden(golden: Golden, depthName: string, filling: 'nearest' | 'soft'): VoxelPoolPlan {
  const [low, high, step] = golden.numbers('depth_cfg') as [number, number, number];
  const size = golden.numbers('grid_size') as [number, number, number];
  return planVoxelPool(
    {
      kind: 'voxel-pool',
      depth: depthName,
      context: 'feat',
      out: 'volume',
      depths: Array.from({ length: Math.round((high - low) / step) }, (_, bin) => low + bin * step),
      depthLayout: 'ndhw',
      contextLayout: 'nchw',
      pixels: 'linspace',
      index: 'trunc',
      filling,
      grid: {
        lower: golden.numbers('grid_lower') as [number, number, number],
        voxel: golden.numbers('grid_interval') as [number, number, number],
        size,
      },
      outLayout: 'zyxc',
    },
    golden.read(depthName).shape,
    golden.read('feat').shape,
  );
}

/** Fold the image augmentation (u' = A u + t) into the intrinsics: K' = A K with t added to the principal point. */
function readGeometry(golden: Golden): FrameGeometry {
  const [height, width] = golden.numbers('input_hw') as [number, number];
  const [intrinsics, rotations, translations] = ['intrinsics', 'sensor2keyego_rot', 'sensor2keyego_trans'].map(
    golden.numbers,
  );
  const [postRotations, postTranslations] = ['post_rot', 'post_trans'].map(golden.numbers);
  const cameras = Array.from({ length: intrinsics!.length / 9 }, (_, index): NetworkCamera => {
    const take = (values: number[] | undefined, count: number) => values!.slice(index * count, (index + 1) * count);
    const [rotation, translation, shift] = [take(rotations, 9), take(translations, 3), take(postTranslations, 3)];
    const augmented = multiplyMatrix3(take(postRotations, 9), take(intrinsics, 9));
    for (let row = 0; row < 2; row++) {
      for (let column = 0; column < 3; column++) augmented[row * 3 + column]! += shift[row]! * augmented[6 + column]!;
    }
    const egoFromCamera = new Float64Array(16);
    for (let row = 0; row < 3; row++)
      egoFromCamera.set([...rotation.slice(row * 3, row * 3 + 3), translation[row]!], row * 4);
    egoFromCamera[15] = 1;
    return { intrinsics: augmented, egoFromCamera };
  });
  return { width, height, cameras, previousEgoFromEgo: null, previousCameras: null };
}

function multiplyMatrix3(left: readonly number[], right: readonly number[]): Float64Array {
  return Float64Array.from({ length: 9 }, (_, index) => {
    const [row, column] = [Math.floor(index / 3), index % 3];
    return [0, 1, 2].reduce((sum, k) => sum + left[row * 3 + k]! * right[k * 3 + column]!, 0);
  });
}

async function checkPooling(run: CheckRun): Promise<void> {
  const { golden, gpu } = run;
  const plan = planGolden(golden, 'depth_prob', 'nearest');
  const geometry = readGeometry(golden);
  const [depth, features] = [golden.floats('depth_prob'), golden.floats('feat')];
  const located = locatePoints(plan, geometry);
  checkCells(run, located.cellOfEntry);
  checkCoordinates(run, plan, geometry);
  const expectedRanks = golden.read('expected_rank_per_point').data;
  const exact = locateFromRanks(
    Int32Array.from(expectedRanks),
    Array.from({ length: plan.points }, (_, point) => point),
    plan.points,
  );
  const runs = buildRuns(exact.cellOfEntry, plan.cells);
  const lengths = Array.from(runs.starts.subarray(1), (end, cell) => end - runs.starts[cell]!).filter(
    (length) => length > 0,
  );
  run.compare('expected_interval_lengths', 'cpu', Float32Array.from(lengths), 0);
  run.compare('expected_interval_count', 'cpu', Float32Array.of(lengths.length), 0);
  run.compare('expected_volume', 'cpu', gatherCells(plan, exact, runs, depth, features), 0, 'given ranks');
  compareVolume(run, 'cpu', poolVoxels(plan, geometry, depth, features), plan, 2e-4);
  if (!gpu) return;
  run.compare('expected_volume', 'gpu', await poolLocatedOnGpu(gpu, plan, exact, depth, features), 0, 'given ranks');
  compareVolume(run, 'gpu', await poolVoxelsOnGpu(gpu, plan, geometry, depth, features), plan, 2e-4);
}

/** Points may change cell only where the file lists them as borderline. */
function checkCells(run: CheckRun, cells: Uint32Array): void {
  const expected = run.golden.read('expected_rank_per_point').data;
  const borderline = new Set(run.golden.numbers('borderline_points'));
  let [wrong, moved] = [0, 0];
  cells.forEach((cell, point) => {
    if ((cell === OUTSIDE_CELL ? -1 : cell) === expected[point]) return;
    if (borderline.has(point)) moved++;
    else wrong++;
  });
  const note = `(and ${moved} borderline points of ${borderline.size} moved)`;
  run.record({ array: 'expected_rank_per_point', side: 'cpu', error: wrong, tolerance: 0, unit: 'points', note });
}

function checkCoordinates(run: CheckRun, plan: VoxelPoolPlan, geometry: FrameGeometry): void {
  const coordinates = computeGridCoordinates(plan, geometry);
  const expected = run.golden.floats('expected_coords_sample');
  const sample = Float32Array.from(expected, (_, index) => coordinates[Math.floor(index / 3) * 997 * 3 + (index % 3)]!);
  run.compare('expected_coords_sample', 'cpu', sample, 1e-3, '(cells)');
}

/** Voxels that a borderline point may have entered or left do not count, up to the allowed share. */
function compareVolume(run: CheckRun, side: Side, actual: Float32Array, plan: VoxelPoolPlan, tolerance: number): void {
  const expected = run.golden.floats('expected_volume');
  let [worst, differing] = [0, 0];
  for (let cell = 0; cell < plan.cells; cell++) {
    let error = 0;
    for (let k = cell * plan.channels; k < (cell + 1) * plan.channels; k++) {
      error = Math.max(error, Math.abs(actual[k]! - expected[k]!));
      if (Number.isNaN(actual[k]!)) error = Number.POSITIVE_INFINITY;
    }
    if (error > tolerance) differing++;
    else worst = Math.max(worst, error);
  }
  const note = `voxels beyond ${tolerance} (rest within ${worst.toPrecision(2)}), own geometry`;
  const allowed = Math.floor(plan.cells * ALLOWED_SHARE);
  run.record({ array: 'expected_volume', side, error: differing, tolerance: allowed, unit: note, note: '' });
}

function locateFromRanks(ranks: ArrayLike<number>, points: ArrayLike<number>, count: number): LocatedEntries {
  const cellOfEntry = new Uint32Array(count).fill(OUTSIDE_CELL);
  for (let index = 0; index < ranks.length; index++) {
    if (ranks[index]! >= 0) cellOfEntry[points[index]!] = ranks[index]!;
  }
  return { cellOfEntry, shareOfEntry: new Float32Array(count).fill(1) };
}

export const voxelPoolChecker: Checker = {
  title: 'voxel pooling, nearest filling',
  matches: (names) => names.includes('expected_rank_per_point'),
  knows: (name) =>
    !name.startsWith('expected_') || /^expected_(rank_per_point|interval_|coords_sample|volume)/.test(name),
  check: checkPooling,
};

async function checkSoft(run: CheckRun): Promise<void> {
  const { golden, gpu } = run;
  const plan = planGolden(golden, 'expected_occ', 'soft');
  const geometry = readGeometry(golden);
  const [weights, features] = [golden.floats('expected_occ'), golden.floats('feat')];
  run.compare('expected_volume', 'cpu', poolVoxels(plan, geometry, weights, features), 1e-3, 'from expected_occ');
  if (!gpu) return;
  run.compare(
    'expected_volume',
    'gpu',
    await poolVoxelsOnGpu(gpu, plan, geometry, weights, features),
    1e-3,
    'from expected_occ',
  );
}

export const softPoolChecker: Checker = {
  title: 'voxel pooling, soft filling',
  matches: (names) => names.includes('expected_occ') && names.includes('expected_volume'),
  // Depth transfer (depth_prob and occ_weight to expected_occ) has no stage kind; expected_occ is read as the depth.
  knows: (name) => name !== 'depth_prob' && name !== 'occ_weight',
  check: checkSoft,
};

/** The official self-test gives ranks instead of calibration, so the grid is only a size here. */
async function checkSelfTest(run: CheckRun): Promise<void> {
  const { golden, gpu } = run;
  const [, channels, nz, ny, nx] = golden.read('expected').shape as [number, number, number, number, number];
  const depthShape = golden.read('depth').shape;
  const plan = planVoxelPool(
    {
      kind: 'voxel-pool',
      depth: 'depth',
      context: 'feat',
      out: 'volume',
      depths: Array(depthShape.at(-3)!).fill(1),
      depthLayout: 'ndhw',
      contextLayout: 'nhwc',
      pixels: 'centres',
      index: 'trunc',
      filling: 'nearest',
      grid: { lower: [0, 0, 0], voxel: [1, 1, 1], size: [nx, ny, nz] },
      outLayout: 'czyx',
    },
    depthShape,
    golden.read('feat').shape,
  );
  const [depth, features] = [golden.floats('depth'), golden.floats('feat')];
  const located = locateFromRanks(golden.numbers('ranks_bev'), golden.numbers('ranks_depth'), plan.points);
  const runs = buildRuns(located.cellOfEntry, plan.cells);
  const filled = Array.from({ length: plan.cells }, (_, cell) => cell).filter(
    (cell) => runs.starts[cell + 1]! > runs.starts[cell]!,
  );
  run.compare(
    'interval_starts',
    'cpu',
    Float32Array.from(filled, (cell) => runs.starts[cell]!),
    0,
  );
  run.compare(
    'interval_lengths',
    'cpu',
    Float32Array.from(filled, (cell) => runs.starts[cell + 1]! - runs.starts[cell]!),
    0,
  );
  run.compare('expected', 'cpu', gatherCells(plan, located, runs, depth, features), 1e-6);
  if (channels !== plan.channels) throw new Error(`expected has ${channels} channels, feat ${plan.channels}`);
  if (gpu) run.compare('expected', 'gpu', await poolLocatedOnGpu(gpu, plan, located, depth, features), 1e-6);
}

export const selfTestChecker: Checker = {
  title: 'voxel pooling, official self-test',
  matches: (names) => names.includes('ranks_bev') && names.includes('interval_starts'),
  // ranks_feat follows from ranks_depth: features are addressed by the point's pixel.
  knows: () => true,
  check: checkSelfTest,
};

import type { MetricSummary, Score } from './model.ts';

/** One number of the summary with what a tooltip says about it. */
export interface Metric {
  readonly id: MetricId;
  readonly title: string;
  /** One sentence. */
  readonly definition: string;
  /** Paper or code that defines it. */
  readonly source: string;
  readonly unit: 'fraction' | 'm/s';
  readonly higherIsBetter: boolean;
  /** Needs several frames of one scene, in order. */
  readonly needsSequence: boolean;
  read(summary: MetricSummary): Score;
}

export type MetricId =
  | 'miou'
  | 'iou'
  | 'miou-dynamic'
  | 'precision'
  | 'recall'
  | 'miou-all'
  | 'iou-all'
  | 'miou-dynamic-all'
  | 'ray-iou'
  | 'ray-iou-1'
  | 'ray-iou-2'
  | 'ray-iou-4'
  | 'mave-tp'
  | 'mave-truth-rays'
  | 'mave-voxels'
  | 'occ-score'
  | 'mstcv';

const occ3d = 'Occ3D (Tian et al. 2023); counted as in OccStudio occ_metrics.py';
const rayIou = 'SparseOcc (Liu et al. 2024), ray_metrics.py';
const flow = 'OpenOcc challenge; OccStudio ray_metrics.py';

function voxelMetric(
  id: MetricId,
  title: string,
  definition: string,
  read: Metric['read'],
  source: string = occ3d,
): Metric {
  return { id, title, definition, source, unit: 'fraction', higherIsBetter: true, needsSequence: false, read };
}

function speedMetric(id: MetricId, title: string, definition: string, read: Metric['read']): Metric {
  return { id, title, definition, source: flow, unit: 'm/s', higherIsBetter: false, needsSequence: false, read };
}

/** Every number that can be shown, in the order of tables and menus. */
export const METRICS: readonly Metric[] = [
  voxelMetric(
    'miou',
    'mIoU',
    'Mean over the 17 classes of right voxels divided by voxels that truth or prediction gives the class, inside the camera mask.',
    ({ camera }) => camera?.miou ?? null,
  ),
  voxelMetric(
    'iou',
    'IoU',
    'Occupied against free, whatever the class, inside the camera mask.',
    ({ camera }) => camera?.iou ?? null,
  ),
  voxelMetric(
    'miou-dynamic',
    'mIoU_D',
    'mIoU over the eight classes that move by themselves, inside the camera mask.',
    ({ camera }) => camera?.miouDynamic ?? null,
  ),
  voxelMetric(
    'precision',
    'Precision',
    'Share of the predicted occupied voxels that are occupied in truth, inside the camera mask.',
    ({ camera }) => camera?.precision ?? null,
  ),
  voxelMetric(
    'recall',
    'Recall',
    'Share of the truly occupied voxels that are predicted occupied, inside the camera mask.',
    ({ camera }) => camera?.recall ?? null,
  ),
  voxelMetric('miou-all', 'mIoU, no mask', 'mIoU over every voxel of the grid.', ({ all }) => all?.miou ?? null),
  voxelMetric(
    'iou-all',
    'IoU, no mask',
    'Occupied against free over every voxel of the grid.',
    ({ all }) => all?.iou ?? null,
  ),
  voxelMetric(
    'miou-dynamic-all',
    'mIoU_D, no mask',
    'mIoU of the eight moving classes over every voxel of the grid.',
    ({ all }) => all?.miouDynamic ?? null,
  ),
  voxelMetric(
    'ray-iou',
    'RayIoU',
    'Mean of RayIoU at 1, 2 and 4 m: lidar-like rays end in the first occupied voxel, and class and distance must agree.',
    ({ rays }) => rays?.mean ?? null,
    rayIou,
  ),
  ...([1, 2, 4] as const).map((metres, index) =>
    voxelMetric(
      `ray-iou-${metres}`,
      `RayIoU@${metres}`,
      `Mean class IoU of rays where a hit is the right class less than ${metres} m from the true distance.`,
      ({ rays }) => rays?.at[index] ?? null,
      rayIou,
    ),
  ),
  speedMetric(
    'mave-tp',
    'mAVE_TP',
    'Mean speed error of rays that hit the right moving class within 2 m; the one in the Occ score.',
    (summary) => summary.flow?.hitRays.mean ?? null,
  ),
  speedMetric(
    'mave-truth-rays',
    'mAVE on rays',
    'Mean speed error of all rays that truly end in a moving class.',
    (summary) => summary.flow?.truthRays.mean ?? null,
  ),
  speedMetric(
    'mave-voxels',
    'mAVE on voxels',
    'Mean speed error over all voxels that truly belong to a moving class.',
    (summary) => summary.flow?.voxels.mean ?? null,
  ),
  {
    id: 'occ-score',
    title: 'Occ score',
    definition: '0.9 times RayIoU plus 0.1 times what mAVE_TP lacks to 1 m/s, never below 0.',
    source: flow,
    unit: 'fraction',
    higherIsBetter: true,
    needsSequence: false,
    read: ({ occScore }) => occScore,
  },
  {
    id: 'mstcv',
    title: 'mSTCV',
    definition: 'How much more often the prediction changes its class at a still place of the world than truth does.',
    source: 'ST-Occ (2025), evaluate_flickering',
    unit: 'fraction',
    higherIsBetter: false,
    needsSequence: true,
    read: ({ variability }) => variability?.mean ?? null,
  },
];

/** The metric with this id. Throws RangeError for an unknown one. */
export function getMetric(id: string): Metric {
  const metric = METRICS.find((candidate) => candidate.id === id);
  if (!metric) throw new RangeError(`There is no metric "${id}".`);
  return metric;
}

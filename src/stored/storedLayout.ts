import { OCC3D_CLASSES } from '../domain/classes.ts';
import { type GridSpec, OCC3D_GRID, type Vector3 } from '../domain/geometry.ts';
import {
  listOcc3dLabels,
  OPENOCC_CLASSES,
  SEMANTIC_KITTI_CLASSES,
  WAYMO_CLASSES,
} from '../truthFormats/classTables.ts';
import { OPEN_OCCUPANCY_GRID, SEMANTIC_KITTI_GRID, SURROUND_OCC_GRID } from '../truthFormats/grids.ts';

/** Order of a stored volume's axes, outermost first. */
export const VOLUME_AXES = ['xyz', 'yxz', 'zyx', 'zxy', 'xzy', 'yzx'] as const;
export type VolumeAxes = (typeof VOLUME_AXES)[number];

/** What stored values mean. */
export const LABEL_TABLES = [
  'occ3d',
  'occ3d-shifted',
  'openocc',
  'lidarseg',
  'occ3d-waymo',
  'semantic-kitti',
  'geometry',
] as const;
export type LabelTable = (typeof LABEL_TABLES)[number];

export const GRID_CHOICES = ['clip', 'occ3d-range', 'surround-occ', 'open-occupancy', 'semantic-kitti'] as const;
export type GridChoice = (typeof GRID_CHOICES)[number];

/**
 * How the numbers of a file stand for a volume.
 * `volume`: one number (or one logit per class) for each voxel; `rows-xyz` and `rows-zyx`: a row of indices and a class for each occupied voxel;
 * `flat`: a row of flat index and class; `kitti-label` and `kitti-bits`: the files of SemanticKITTI.
 */
export type StoredForm = 'volume' | 'rows-xyz' | 'rows-zyx' | 'flat' | 'kitti-label' | 'kitti-bits';

/** Everything that has to be known to read a stored prediction. */
export interface StoredLayout {
  readonly form: StoredForm;
  /** Member of the npz that holds labels; '' for files with one array. */
  readonly member: string;
  /** Without leading axes of size 1. A letter c among them is the axis of logits. */
  readonly axes: VolumeAxes;
  /** Axis of the classes where the file has logits instead of labels, counted without leading axes of size 1. */
  readonly logitsAxis: number | null;
  readonly table: LabelTable;
  /** Stored value of empty space. */
  readonly free: number;
  readonly grid: GridChoice;
  /** The open clip's grid, where files have its size: what `clip` stands for. */
  readonly clipGrid: GridSpec | null;
  /** Axes of the grid: the vehicle's, or those of the nuScenes lidar, which are turned and moved by its nominal pose. */
  readonly frame: 'ego' | 'lidar';
  readonly flow: StoredFlow | null;
}

export interface StoredFlow {
  readonly member: string;
  readonly order: 'xy' | 'yx';
  /** Stored unit in metres per second: 1, or 2 where files hold metres per half second. */
  readonly scale: number;
}

export const TABLE_TITLES: Readonly<Record<LabelTable, string>> = {
  occ3d: 'Occ3D (17 = free)',
  'occ3d-shifted': 'Occ3D with a dummy class first (18 = free)',
  openocc: 'OpenOcc (16 = free)',
  lidarseg: 'nuScenes lidar classes (SurroundOcc; 0 = free)',
  'occ3d-waymo': 'Occ3D-Waymo (15 or 23 = free)',
  'semantic-kitti': 'SemanticKITTI (0 = free)',
  geometry: 'Occupied or free',
};

export const GRID_TITLES: Readonly<Record<GridChoice, string>> = {
  clip: 'The grid of the open clip',
  'occ3d-range': 'Occ3D range: ±40 m, -1 to 5.4 m',
  'surround-occ': 'SurroundOcc range: ±50 m, -5 to 3 m',
  'open-occupancy': 'OpenOccupancy range: ±51.2 m, -5 to 3 m',
  'semantic-kitti': 'SemanticKITTI range: 0 to 51.2 m ahead, lidar 1.73 m up',
};

/** The Velodyne's height above the ground, metres (KITTI's sensor setup page): SemanticKITTI's grid is about it, the ego is under it. */
const velodyneHeight = 1.73;

/** SemanticKITTI's grid in the ego frame. */
export const KITTI_EGO_GRID: GridSpec = {
  ...SEMANTIC_KITTI_GRID,
  lower: [SEMANTIC_KITTI_GRID.lower[0], SEMANTIC_KITTI_GRID.lower[1], SEMANTIC_KITTI_GRID.lower[2] + velodyneHeight],
};

const ranges: Readonly<Record<Exclude<GridChoice, 'clip'>, GridSpec>> = {
  'occ3d-range': OCC3D_GRID,
  'surround-occ': SURROUND_OCC_GRID,
  'open-occupancy': OPEN_OCCUPANCY_GRID,
  'semantic-kitti': KITTI_EGO_GRID,
};

type ChosenGrid = Pick<StoredLayout, 'grid' | 'clipGrid'>;

function findRange({ grid, clipGrid }: ChosenGrid): GridSpec {
  return grid === 'clip' ? (clipGrid ?? OCC3D_GRID) : ranges[grid];
}

/** The range of a choice cut into `size` voxels. */
export function makeGrid(chosen: ChosenGrid, size: Vector3): GridSpec {
  const range = findRange(chosen);
  const voxel = (axis: 0 | 1 | 2) =>
    range.size[axis] === size[axis] ? range.voxel[axis] : (range.size[axis] * range.voxel[axis]) / size[axis];
  return { lower: range.lower, voxel: [voxel(0), voxel(1), voxel(2)], size };
}

/** The size that a grid has where files hold indices alone. */
export function nativeSize(chosen: ChosenGrid): Vector3 {
  return findRange(chosen).size;
}

/**
 * Stored value to Occ3D label; -1 where the table gives a value no meaning. Values from 0 to 255.
 * OpenOcc and lidar classes are exact; of other data sets the nearest Occ3D class is taken.
 */
export function listTranslations({ table, free }: Pick<StoredLayout, 'table' | 'free'>): Int16Array {
  const labels = new Int16Array(256).fill(-1);
  const others = 0;
  const fill = (values: ArrayLike<number>) => {
    for (let value = 0; value < values.length; value++) labels[value] = values[value]!;
  };
  if (table === 'occ3d') fill(OCC3D_CLASSES.classes.map((_, label) => label));
  else if (table === 'occ3d-shifted') fill([others, ...OCC3D_CLASSES.classes.map((_, label) => label)]);
  else if (table === 'openocc') fill(listOcc3dLabels(OPENOCC_CLASSES));
  else if (table === 'lidarseg') fill([OCC3D_CLASSES.free, ...Array.from({ length: 16 }, (_, index) => index + 1)]);
  else if (table === 'occ3d-waymo') {
    fill(listOcc3dLabels(WAYMO_CLASSES));
    labels[23] = OCC3D_CLASSES.free;
  } else if (table === 'semantic-kitti') fill(listOcc3dLabels(SEMANTIC_KITTI_CLASSES));
  else fill([OCC3D_CLASSES.free, ...new Array<number>(254).fill(others)]);
  // 255 is “do not judge” wherever it occurs: nothing is drawn there.
  if (table !== 'geometry') labels[255] = OCC3D_CLASSES.free;
  if (free >= 0 && free < 256) labels[free] = OCC3D_CLASSES.free;
  return labels;
}

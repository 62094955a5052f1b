/** One semantic class of a label volume. */
export interface OccupancyClass {
  readonly name: string;
  /** Moves by itself: its voxels may carry flow. */
  readonly dynamic: boolean;
}

/** The meaning of the label values 0..classes.length-1. */
export interface ClassTable {
  readonly id: string;
  readonly classes: readonly OccupancyClass[];
  /** Label of empty space. */
  readonly free: number;
}

const occ3dNames = [
  'others',
  'barrier',
  'bicycle',
  'bus',
  'car',
  'construction vehicle',
  'motorcycle',
  'pedestrian',
  'traffic cone',
  'trailer',
  'truck',
  'driveable surface',
  'other flat',
  'sidewalk',
  'terrain',
  'manmade',
  'vegetation',
  'free',
] as const;

const occ3dDynamic = new Set([2, 3, 4, 5, 6, 7, 9, 10]);

/** Occ3D-nuScenes: 17 semantic classes and 17 = free. */
export const OCC3D_CLASSES: ClassTable = {
  id: 'occ3d',
  classes: occ3dNames.map((name, label) => ({ name, dynamic: occ3dDynamic.has(label) })),
  free: 17,
};

import { type ClassTable, OCC3D_CLASSES } from '../domain/classes.ts';

/** Build a table from names; `moving` are the names of classes that may carry flow. */
function makeTable(id: string, names: readonly string[], freeName: string, moving: readonly string[]): ClassTable {
  return {
    id,
    classes: names.map((name) => ({ name, dynamic: moving.includes(name) })),
    free: names.indexOf(freeName),
  };
}

const nuscenesMoving = OCC3D_CLASSES.classes.flatMap(({ name, dynamic }) => (dynamic ? [name] : []));

/** OpenOcc (OccNet challenge, v1 and v2): 16 classes, what moves first, and 16 = free. Flow belongs to 0..7. */
export const OPENOCC_CLASSES: ClassTable = makeTable(
  'openocc',
  [
    'car',
    'truck',
    'trailer',
    'bus',
    'construction vehicle',
    'bicycle',
    'motorcycle',
    'pedestrian',
    'traffic cone',
    'barrier',
    'driveable surface',
    'other flat',
    'sidewalk',
    'terrain',
    'manmade',
    'vegetation',
    'free',
  ],
  'free',
  nuscenesMoving,
);

/** Occ3D-Waymo: 15 classes and 15 = free (23 in files). */
export const WAYMO_CLASSES: ClassTable = makeTable(
  'occ3d-waymo',
  [
    'general object',
    'vehicle',
    'pedestrian',
    'sign',
    'cyclist',
    'traffic light',
    'pole',
    'construction cone',
    'bicycle',
    'motorcycle',
    'building',
    'vegetation',
    'tree trunk',
    'road',
    'walkable',
    'free',
  ],
  'free',
  ['vehicle', 'pedestrian', 'cyclist', 'bicycle', 'motorcycle'],
);

/** SemanticKITTI scene completion: 0 = free and 19 classes. */
export const SEMANTIC_KITTI_CLASSES: ClassTable = makeTable(
  'semantic-kitti',
  [
    'free',
    'car',
    'bicycle',
    'motorcycle',
    'truck',
    'other vehicle',
    'person',
    'bicyclist',
    'motorcyclist',
    'road',
    'parking',
    'sidewalk',
    'other ground',
    'building',
    'fence',
    'vegetation',
    'trunk',
    'terrain',
    'pole',
    'traffic sign',
  ],
  'free',
  ['car', 'bicycle', 'motorcycle', 'truck', 'other vehicle', 'person', 'bicyclist', 'motorcyclist'],
);

/** Something or nothing: networks that predict geometry alone. */
export const GEOMETRY_CLASSES: ClassTable = makeTable('geometry', ['free', 'occupied'], 'free', ['occupied']);

/** The Occ3D class that comes nearest, by name, where the names differ. */
const nearestOcc3d: Readonly<Record<string, string>> = {
  occupied: 'others',
  vehicle: 'car',
  'other vehicle': 'construction vehicle',
  person: 'pedestrian',
  cyclist: 'bicycle',
  bicyclist: 'bicycle',
  motorcyclist: 'motorcycle',
  'construction cone': 'traffic cone',
  road: 'driveable surface',
  parking: 'other flat',
  'other ground': 'other flat',
  walkable: 'sidewalk',
  building: 'manmade',
  fence: 'barrier',
  'tree trunk': 'vegetation',
  trunk: 'vegetation',
  pole: 'manmade',
  sign: 'manmade',
  'traffic sign': 'manmade',
  'traffic light': 'manmade',
  'general object': 'others',
};

const occ3dLabels = new Map(OCC3D_CLASSES.classes.map(({ name }, label) => [name, label]));

/**
 * The Occ3D label that each label of `table` comes nearest to, by the names of the classes; 0 (others) where none does.
 * Exact for OpenOcc; for other data sets a help for colours and rough comparison.
 */
export function listOcc3dLabels(table: ClassTable): Uint8Array {
  return Uint8Array.from(table.classes, ({ name }) => occ3dLabels.get(nearestOcc3d[name] ?? name) ?? 0);
}

/** `labels` of `from` as Occ3D labels; the same array where they are that already. */
export function toOcc3dLabels(labels: Uint8Array, from: ClassTable): Uint8Array {
  if (from.id === OCC3D_CLASSES.id) return labels;
  const table = listOcc3dLabels(from);
  return labels.map((label) => table[label]!);
}

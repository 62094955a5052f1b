import { openNpz } from '../clips/npz/readNpz.ts';
import { OCC3D_GRID } from '../domain/geometry.ts';
import { WAYMO_CLASSES } from './classTables.ts';
import { readOptionalMask } from './readOcc3d.ts';
import { readLabels, refuse, type TruthVolume } from './truthVolume.ts';

/** Free is 23 in files and the last label in the benchmark. */
const fileLabels = new Map<number, number>([
  ...WAYMO_CLASSES.classes.map((_, label): [number, number] => [label, label]),
  [23, WAYMO_CLASSES.free],
  [255, -1],
]);

/**
 * Occ3D-Waymo `<scene>/<frame>_04.npz` (0.4 m): `voxel_label` [200,200,16] (x, y, z; 23 = free), `origin_voxel_state` (lidar),
 * `final_voxel_state` (camera) and `infov`. What counts is what a camera sees inside the field of view. Vehicle axes are ego axes.
 * Throws `array-file-invalid`, also for the fine grid of 1600 x 1600 x 64. Source: Occ3D README, CVT-Occ loader.
 */
export function readOcc3dWaymo(bytes: Uint8Array, name: string): TruthVolume {
  const archive = openNpz(bytes, name);
  const { size } = OCC3D_GRID;
  const { shape } = archive.describe('voxel_label');
  if (shape.join() !== size.join())
    refuse(name, `has a grid of [${shape.join(', ')}]; only the 0.4 m files (…_04.npz, [${size.join(', ')}]) are read`);
  const seen = readOptionalMask(archive, 'final_voxel_state', size, name);
  const inView = readOptionalMask(archive, 'infov', size, name);
  return {
    grid: OCC3D_GRID,
    classes: WAYMO_CLASSES,
    axes: 'ego',
    ...readLabels(archive.read('voxel_label'), WAYMO_CLASSES, name, fileLabels),
    cameraMask: seen && inView ? seen.map((value, voxel) => value & inView[voxel]!) : (seen ?? inView),
    lidarMask: readOptionalMask(archive, 'origin_voxel_state', size, name),
    flow: null,
  };
}

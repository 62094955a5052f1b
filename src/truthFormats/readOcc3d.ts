import { type NpzArchive, openNpz } from '../clips/npz/readNpz.ts';
import { OCC3D_CLASSES } from '../domain/classes.ts';
import { OCC3D_GRID } from '../domain/geometry.ts';
import { checkShape, readFlow, readLabels, readMask, type TruthVolume } from './truthVolume.ts';

/**
 * Occ3D-nuScenes `gts/<scene>/<sample token>/labels.npz`: `semantics` [200,200,16] (x, y, z; any integer type), `mask_camera`, `mask_lidar`,
 * and `flow` [200,200,16,2] in metres per second where the file has it. Ego axes.
 * Throws `array-file-invalid`.
 */
export function readOcc3d(bytes: Uint8Array, name: string): TruthVolume {
  const archive = openNpz(bytes, name);
  const { size } = OCC3D_GRID;
  const semantics = archive.read('semantics');
  checkShape(`${name}: semantics`, semantics.shape, size);
  return {
    grid: OCC3D_GRID,
    classes: OCC3D_CLASSES,
    axes: 'ego',
    ...readLabels(semantics, OCC3D_CLASSES, `${name}: semantics`),
    cameraMask: readOptionalMask(archive, 'mask_camera', size, name),
    lidarMask: readOptionalMask(archive, 'mask_lidar', size, name),
    flow: readOptionalFlow(archive, size, name),
  };
}

/** A member of 0 and 1 on the whole grid, or null where the archive has none of that name. */
export function readOptionalMask(
  archive: NpzArchive,
  member: string,
  size: readonly number[],
  name: string,
): Uint8Array | null {
  if (!archive.has(member)) return null;
  const array = archive.read(member);
  checkShape(`${name}: ${member}`, array.shape, size);
  return readMask(array);
}

/** `flow` on the whole grid, or null where the archive has none. */
export function readOptionalFlow(archive: NpzArchive, size: readonly number[], name: string): Float32Array | null {
  if (!archive.has('flow')) return null;
  const array = archive.read('flow');
  checkShape(`${name}: flow`, array.shape, [...size, 2]);
  return readFlow(array);
}

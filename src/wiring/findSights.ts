import type { CameraView } from '../domain/clip.ts';
import type { GridSpec, Vector3 } from '../domain/geometry.ts';
import { isInImage } from '../imagePanels/projectVoxel.ts';
import type { CameraSight } from '../stores/hoverStore.ts';
import { pickVoxel } from '../viewport/pickVoxel.ts';

/**
 * Cameras whose image holds the voxel's centre, and whether a voxel of `labels` (not `free`) stands between.
 * A voxel counts as seen where the ray to its centre meets it first.
 */
export function findSights(
  labels: Uint8Array,
  grid: GridSpec,
  free: number,
  cameras: readonly CameraView[],
  cell: Vector3,
): CameraSight[] {
  const centre = [0, 1, 2].map((axis) => grid.lower[axis]! + (cell[axis]! + 0.5) * grid.voxel[axis]!) as [
    number,
    number,
    number,
  ];
  const everything = { visibleClasses: 0xffffffff, firstSlice: 0, lastSlice: grid.size[2] - 1 };
  const target = (cell[0] * grid.size[1] + cell[1]) * grid.size[2] + cell[2];
  return cameras.flatMap((view, cameraIndex) => {
    if (!isInImage(view, centre)) return [];
    const m = view.egoFromCamera;
    const origin: Vector3 = [m[3]!, m[7]!, m[11]!];
    const direction: Vector3 = [centre[0] - origin[0], centre[1] - origin[1], centre[2] - origin[2]];
    const hit = pickVoxel(labels, grid, free, everything, origin, direction);
    return [{ cameraIndex, isHidden: hit !== null && hit.index !== target && hit.distance < 1 }];
  });
}

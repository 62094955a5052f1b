import type { GridSpec, Vector3 } from '../domain/geometry.ts';
import type { DrawFilter } from '../reference/faceCompaction.ts';

/** The voxel that a ray meets first. */
export interface VoxelHit {
  /** Flat index, z fastest. */
  readonly index: number;
  readonly cell: Vector3;
  readonly label: number;
  /** Face through which the ray enters: -x +x -y +y -z +z, as in face records. */
  readonly face: number;
  /** Way from the origin in units of the direction's length. */
  readonly distance: number;
}

/**
 * The first drawn voxel along a ray in ego axes (metres), or null.
 * Walks the grid cell by cell (Amanatides and Woo, 1987); `labels` are [x][y][z], the filter is the one that is drawn.
 */
export function pickVoxel(
  labels: Uint8Array,
  grid: GridSpec,
  freeLabel: number,
  filter: DrawFilter,
  origin: Vector3,
  direction: Vector3,
): VoxelHit | null {
  const low = [grid.lower[0], grid.lower[1], grid.lower[2] + Math.max(0, filter.firstSlice) * grid.voxel[2]];
  const top = Math.min(filter.lastSlice, grid.size[2] - 1) + 1;
  const cells = [grid.size[0], grid.size[1], top];
  let entry = 0;
  let exit = Number.POSITIVE_INFINITY;
  let axisOfEntry = -1;
  for (let axis = 0; axis < 3; axis++) {
    const high = grid.lower[axis]! + cells[axis]! * grid.voxel[axis]!;
    const near = (direction[axis]! > 0 ? low[axis]! : high) - origin[axis]!;
    const far = (direction[axis]! > 0 ? high : low[axis]!) - origin[axis]!;
    if (direction[axis] === 0) {
      if (origin[axis]! < low[axis]! || origin[axis]! >= high) return null;
      continue;
    }
    if (near / direction[axis]! > entry) {
      entry = near / direction[axis]!;
      axisOfEntry = axis;
    }
    exit = Math.min(exit, far / direction[axis]!);
  }
  if (!(entry < exit)) return null;

  const cell = [0, 0, 0];
  const next = [0, 0, 0];
  const step = [0, 0, 0];
  for (let axis = 0; axis < 3; axis++) {
    const place = (origin[axis]! + entry * direction[axis]! - grid.lower[axis]!) / grid.voxel[axis]!;
    const first = axis === 2 ? Math.max(0, filter.firstSlice) : 0;
    cell[axis] = Math.min(Math.max(Math.floor(place + (axis === axisOfEntry ? 1e-7 : 0)), first), cells[axis]! - 1);
    const edge = grid.lower[axis]! + (cell[axis]! + (direction[axis]! > 0 ? 1 : 0)) * grid.voxel[axis]!;
    next[axis] = direction[axis] === 0 ? Number.POSITIVE_INFINITY : (edge - origin[axis]!) / direction[axis]!;
    step[axis] = direction[axis] === 0 ? Number.POSITIVE_INFINITY : grid.voxel[axis]! / Math.abs(direction[axis]!);
  }
  let distance = entry;
  let enteredAlong = axisOfEntry;
  const first = Math.max(0, filter.firstSlice);
  while (cell[0]! >= 0 && cell[1]! >= 0 && cell[2]! >= first && cell.every((value, axis) => value < cells[axis]!)) {
    const index = (cell[0]! * grid.size[1] + cell[1]!) * grid.size[2] + cell[2]!;
    const label = labels[index]!;
    const isDrawn = label !== freeLabel && label < 32 && ((filter.visibleClasses >>> label) & 1) === 1;
    // From inside a voxel there is no face to enter through: look on.
    if (isDrawn && enteredAlong >= 0) {
      const face = 2 * enteredAlong + (direction[enteredAlong]! < 0 ? 1 : 0);
      return { index, cell: [cell[0]!, cell[1]!, cell[2]!], label, face, distance };
    }
    const axis = next[0]! <= next[1]! && next[0]! <= next[2]! ? 0 : next[1]! <= next[2]! ? 1 : 2;
    // A ray that starts on a cell's rim and barely moves along that axis crosses it before it enters the grid.
    distance = Math.max(distance, next[axis]!);
    enteredAlong = axis;
    cell[axis]! += direction[axis]! > 0 ? 1 : -1;
    next[axis]! += step[axis]!;
  }
  return null;
}

import type { ClassTable } from '../domain/classes.ts';
import type { GridSpec } from '../domain/geometry.ts';

/** A label volume's frame: where its voxels are, and what its labels mean. */
interface LabelSpace {
  readonly grid: GridSpec;
  readonly classes: ClassTable;
}

/** Whether volumes of the two can be laid over each other voxel by voxel, label by label. */
export function isSameGrid(a: LabelSpace, b: LabelSpace): boolean {
  const names = ({ classes }: ClassTable) => classes.map(({ name }) => name).join();
  return isSameVoxels(a.grid, b.grid) && a.classes.free === b.classes.free && names(a.classes) === names(b.classes);
}

/** Whether the voxels of the two are the same places. */
export function isSameVoxels(a: GridSpec, b: GridSpec): boolean {
  return (['lower', 'voxel', 'size'] as const).every((part) =>
    a[part].every((value, axis) => Math.abs(value - b[part][axis]!) < 1e-6),
  );
}

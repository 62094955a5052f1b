import type { ClassTable } from '../domain/classes.ts';
import type { GridSpec } from '../domain/geometry.ts';

/** A label volume's frame: where its voxels are, and what its labels mean. */
interface LabelSpace {
  readonly grid: GridSpec;
  readonly classes: ClassTable;
}

/** Whether volumes of the two can be laid over each other voxel by voxel, label by label. */
export function isSameGrid(a: LabelSpace, b: LabelSpace): boolean {
  const lengths = (['lower', 'voxel', 'size'] as const).every((part) =>
    a.grid[part].every((value, axis) => Math.abs(value - b.grid[part][axis]!) < 1e-6),
  );
  const names = ({ classes }: ClassTable) => classes.map(({ name }) => name).join();
  return lengths && a.classes.free === b.classes.free && names(a.classes) === names(b.classes);
}

import { get, set } from 'idb-keyval';
import type { NumpyArray } from '../clips/npz/parseNpy.ts';
import { lengths3, vector3, z } from '../errors/schema.ts';
import type { StoredArrays } from './openArrays.ts';
import { GRID_CHOICES, LABEL_TABLES, type StoredLayout, VOLUME_AXES } from './storedLayout.ts';

/** What an older version of the page has kept may be of another form. */
const layoutSchema = z.strictObject({
  form: z.enum(['volume', 'rows-xyz', 'rows-zyx', 'flat', 'kitti-label', 'kitti-bits']),
  member: z.string(),
  axes: z.enum(VOLUME_AXES),
  logitsAxis: z.nullable(z.number()),
  table: z.enum(LABEL_TABLES),
  free: z.number(),
  grid: z.enum(GRID_CHOICES),
  clipGrid: z.nullable(z.strictObject({ lower: vector3(), voxel: lengths3(), size: lengths3() })),
  frame: z.enum(['ego', 'lidar']),
  flow: z.nullable(z.strictObject({ member: z.string(), order: z.enum(['xy', 'yx']), scale: z.number() })),
});

/** What files of one tool have in common: kind, members, type, shape and commonest value. */
export function describeSort(arrays: StoredArrays, { member, free, form }: StoredLayout): string {
  const { type, shape }: Pick<NumpyArray, 'type' | 'shape'> = arrays.read(member);
  const sizes = form === 'volume' ? shape.join('x') : 'rows';
  return `stored-layout ${arrays.kind} ${arrays.members.join(',')} ${type} ${sizes} ${free}`;
}

/** The layout that a person chose for files of this sort before; null where there is none or the browser keeps nothing. */
export async function recallLayout(sort: string): Promise<StoredLayout | null> {
  try {
    const parsed = layoutSchema.safeParse(await get(sort));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

export async function rememberLayout(sort: string, layout: StoredLayout): Promise<void> {
  try {
    await set(sort, layout);
  } catch {
    // A private window keeps nothing; the guess is shown again next time.
  }
}

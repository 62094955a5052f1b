import type { GridSpec, Matrix4 } from '../../domain/geometry.ts';
import { invertRigid } from '../../geometry/rigid.ts';
import { BOX_GROUPS, type BoxCounts, type BoxGroup } from './model.ts';
import { type ChosenReturns, findVoxel } from './returns.ts';

/** An annotated box: its middle and axes in the ego frame, and its edge lengths along its own x, y and z, metres. */
export interface LidarBox {
  readonly group: BoxGroup;
  readonly egoFromBox: Matrix4;
  readonly size: readonly [number, number, number];
}

/** Occ3D labels of each group. */
const GROUP_LABELS: Readonly<Record<BoxGroup, readonly number[]>> = {
  vehicle: [3, 4, 5, 9, 10],
  cycle: [2, 6],
  pedestrian: [7],
  barrier: [1],
  cone: [8],
};

/** For each group, the chosen returns that lie in one of its boxes. A return in two boxes of a group is listed once. */
export type BoxedReturns = Readonly<Record<BoxGroup, readonly number[]>>;

/** Find out which returns lie in boxes. */
export function findBoxedReturns({ points }: ChosenReturns, boxes: readonly LidarBox[]): BoxedReturns {
  const found = new Map<BoxGroup, Set<number>>(BOX_GROUPS.map((group) => [group, new Set()]));
  for (const { group, egoFromBox, size } of boxes) {
    const m = invertRigid(egoFromBox);
    const reach = [0, 1, 2].map((axis) => size[axis]! / 2);
    for (let place = 0; 3 * place < points.length; place++) {
      const [x, y, z] = [points[3 * place]!, points[3 * place + 1]!, points[3 * place + 2]!];
      const isInside = [0, 4, 8].every((row, axis) => {
        return Math.abs(m[row]! * x + m[row + 1]! * y + m[row + 2]! * z + m[row + 3]!) <= reach[axis]!;
      });
      if (isInside) found.get(group)!.add(place);
    }
  }
  return Object.fromEntries([...found].map(([group, places]) => [group, [...places]])) as unknown as BoxedReturns;
}

/** Count boxed returns with a voxel of their group where they are or among the 26 neighbours. */
export function countBoxes(
  labels: Uint8Array,
  grid: GridSpec,
  { points }: ChosenReturns,
  boxed: BoxedReturns,
): Record<BoxGroup, BoxCounts> {
  const count = (group: BoxGroup): BoxCounts => {
    const wanted = new Set(GROUP_LABELS[group]);
    const covered = boxed[group].filter((place) => hasNear(labels, grid, findVoxel(points, place, grid), wanted));
    return { returns: boxed[group].length, covered: covered.length };
  };
  return Object.fromEntries(BOX_GROUPS.map((group) => [group, count(group)])) as Record<BoxGroup, BoxCounts>;
}

function hasNear(labels: Uint8Array, { size }: GridSpec, voxel: number, wanted: ReadonlySet<number>): boolean {
  const column = Math.floor(voxel / size[2]);
  const cell = [Math.floor(column / size[1]), column % size[1], voxel % size[2]] as const;
  const around = (axis: 0 | 1 | 2) =>
    [cell[axis] - 1, cell[axis], cell[axis] + 1].filter((place) => place >= 0 && place < size[axis]);
  return around(0).some((x) =>
    around(1).some((y) => around(2).some((z) => wanted.has(labels[(x * size[1] + y) * size[2] + z]!))),
  );
}

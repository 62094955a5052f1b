import type { ClassTable } from './classes.ts';

const asTable = (id: string, names: readonly string[], dynamic: readonly number[]): ClassTable => ({
  id,
  classes: names.map((name, label) => ({ name, dynamic: dynamic.includes(label) })),
  free: names.length - 1,
});

/** What became of each voxel when the prediction is laid over the truth; where truth is occupied there may be arrows. */
export const OUTCOME_CLASSES: ClassTable = asTable(
  'outcome',
  ['right', 'missed', 'invented', 'wrong class', 'not seen by a camera', 'free'],
  [0, 1, 3],
);

/** Upper edges of the steps of speed error, metres per second; the last step is open. */
export const SPEED_ERROR_EDGES = [0.25, 0.5, 1, 2] as const;

/** How far the predicted velocity is off, for voxels whose true class moves; `not judged` is everything else. */
export const SPEED_ERROR_CLASSES: ClassTable = asTable(
  'speed-error',
  ['below 0.25 m/s', '0.25 to 0.5 m/s', '0.5 to 1 m/s', '1 to 2 m/s', '2 m/s and more', 'not judged', 'free'],
  [0, 1, 2, 3, 4],
);

/** Whether the predicted class of a place in the world changed since the last frame although the truth did not. */
export const FLICKER_CLASSES: ClassTable = asTable('flicker', ['steady', 'flickers', 'free'], []);

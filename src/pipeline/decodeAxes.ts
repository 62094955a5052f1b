import type { GridSpec } from '../domain/geometry.ts';
import { OccuscopeError } from '../errors/catalogue.ts';
import type { Shape } from './stage.ts';

/** The letters of a layout: channels, groups of heights, and the axes of the grid. */
type AxisLetter = 'c' | 'g' | 'x' | 'y' | 'z';

/** A tensor by its axis letters; strides count elements and are 0 where the tensor does not have the axis, as are its sizes c and g. */
export interface TensorAxes {
  readonly strides: Readonly<Record<AxisLetter, number>>;
  readonly sizes: Readonly<Record<AxisLetter, number>>;
}

/**
 * Axes of the tensor `name`, whose shape must end with the axes that `layout` spells; axes of size 1 in front are ignored.
 * Throws `model-manifest-invalid` where the shape does not fit the layout or the grid.
 */
export function readAxes(name: string, layout: string, shapes: ReadonlyMap<string, Shape>, grid: GridSpec): TensorAxes {
  const given = findShape(name, shapes);
  const shape = dropBatch(given, layout.length);
  if (!shape) refuse(`"${name}" has shape [${given}], which is not laid out as "${layout}"`);
  return measureAxes(name, layout, shape, grid);
}

/**
 * Axes of a tensor with groups of heights (letter g) and `channels` channels each.
 * Groups and channels that are neighbours in `layout` may be flattened into one axis: [6, 17, Y, X] or [102, Y, X].
 * Throws `model-manifest-invalid` where the shape does not fit the layout or the grid.
 */
export function readGroupedAxes(
  name: string,
  layout: string,
  shapes: ReadonlyMap<string, Shape>,
  grid: GridSpec,
  channels: number,
): TensorAxes {
  const given = findShape(name, shapes);
  const apart = dropBatch(given, layout.length);
  if (apart?.[layout.indexOf('c')] === channels) return measureAxes(name, layout, apart, grid);
  const split = splitGroups(layout, dropBatch(given, layout.length - 1), channels);
  if (split) return measureAxes(name, layout, split, grid);
  return refuse(
    `"${name}" has shape [${given}], which is not laid out as "${layout}" with ${channels} channels to a group, flattened or not`,
  );
}

function splitGroups(layout: string, flattened: Shape | null, channels: number): Shape | null {
  const place = Math.min(layout.indexOf('g'), layout.indexOf('c'));
  const neighbours = Math.abs(layout.indexOf('g') - layout.indexOf('c')) === 1;
  const groups = (flattened?.[place] ?? 0) / channels;
  if (!flattened || !neighbours || groups < 1 || !Number.isInteger(groups)) return null;
  const pair = layout[place] === 'g' ? [groups, channels] : [channels, groups];
  return [...flattened.slice(0, place), ...pair, ...flattened.slice(place + 1)];
}

function measureAxes(name: string, layout: string, shape: Shape, grid: GridSpec): TensorAxes {
  const strides = { c: 0, g: 0, x: 0, y: 0, z: 0 };
  const sizes = { c: 0, g: 0, x: grid.size[0], y: grid.size[1], z: grid.size[2] };
  let stride = 1;
  for (let axis = layout.length - 1; axis >= 0; axis--) {
    const letter = layout[axis] as AxisLetter;
    const size = shape[axis]!;
    if (letter === 'c' || letter === 'g') sizes[letter] = size;
    else if (size !== sizes[letter])
      refuse(`"${name}" has ${size} cells along ${letter}; the grid has ${sizes[letter]}`);
    strides[letter] = stride;
    stride *= size;
  }
  return { strides, sizes };
}

function findShape(name: string, shapes: ReadonlyMap<string, Shape>): Shape {
  return shapes.get(name) ?? refuse(`tensor "${name}" is produced by no stage`);
}

/** The last `rank` axes; null when there are fewer, or when an axis before them is not of size 1. */
function dropBatch(shape: Shape, rank: number): Shape | null {
  const batch = shape.length - rank;
  return batch < 0 || shape.slice(0, batch).some((size) => size !== 1) ? null : shape.slice(batch);
}

function refuse(fault: string): never {
  throw new OccuscopeError('model-manifest-invalid', { detail: `${fault}.` });
}

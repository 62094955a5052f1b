import type { NumpyArray, NumpyData } from '../clips/npz/parseNpy.ts';
import { OCC3D_CLASSES } from '../domain/classes.ts';
import type { GridSpec, Vector3 } from '../domain/geometry.ts';
import { toOcc3dLabels } from '../truthFormats/classTables.ts';
import { readSemanticKittiBin, readSemanticKittiLabel } from '../truthFormats/readSemanticKitti.ts';
import { MAXIMUM_VOXELS, refuse } from '../truthFormats/truthVolume.ts';
import { squeeze } from './guessLayout.ts';
import type { StoredArrays } from './openArrays.ts';
import {
  KITTI_EGO_GRID,
  listTranslations,
  makeGrid,
  nativeSize,
  type StoredFlow,
  type StoredLayout,
} from './storedLayout.ts';

/** A prediction as the page shows it: Occ3D labels on a grid in the ego frame, z fastest. */
export interface StoredVolume {
  readonly grid: GridSpec;
  readonly labels: Uint8Array;
  readonly flow: Float32Array | null;
}

/** A file's volume in the axes that its layout says, with what files of ground truth say beside labels. */
export interface FileVolume extends StoredVolume {
  /** 1 where the file says “do not judge”; null where it ignores nothing. */
  readonly ignored: Uint8Array | null;
  /** 1 where a camera sees the voxel; null where the file does not say. */
  readonly cameraMask: Uint8Array | null;
}

/** nuScenes' LIDAR_TOP looks along its y axis, 0.94 m before the rear axle and 1.84 m above the ground. */
export const lidarPlace: Vector3 = [0.94, 0, 1.84];

/** Read a file's arrays by `layout`. Throws `array-file-invalid` or `label-file-invalid` with one sentence on what does not fit. */
export function applyLayout(arrays: StoredArrays, layout: StoredLayout, path: string): StoredVolume {
  const { grid, labels, flow } = readFileVolume(arrays, layout, path);
  const volume = { grid, labels, flow };
  return layout.frame === 'lidar' ? turnFromLidar(volume) : volume;
}

/** The same in the file's own axes, with its masks; `invalid` is SemanticKITTI's file of that kind. Throws as `applyLayout` does. */
export function readFileVolume(
  arrays: StoredArrays,
  layout: StoredLayout,
  path: string,
  invalid: Uint8Array | null = null,
): FileVolume {
  if (layout.form === 'kitti-label' || layout.form === 'kitti-bits') {
    const bytes = arrays.read('').data as Uint8Array;
    const { classes, labels, ignored } =
      layout.form === 'kitti-label'
        ? readSemanticKittiLabel(bytes, path, { invalid })
        : readSemanticKittiBin(bytes, path);
    return { grid: KITTI_EGO_GRID, labels: toOcc3dLabels(labels, classes), flow: null, ignored, cameraMask: null };
  }
  if (!arrays.members.includes(layout.member)) refuse(path, `has no array “${layout.member}”`);
  const array = arrays.read(layout.member);
  return layout.form === 'volume' ? readVolume(arrays, array, layout, path) : readRows(array, layout, path);
}

function readVolume(arrays: StoredArrays, array: NumpyArray, layout: StoredLayout, path: string): FileVolume {
  const sizes = squeeze(array.shape);
  const { logitsAxis, axes } = layout;
  if (sizes.length !== (logitsAxis === null ? 3 : 4))
    refuse(
      path,
      `has shape [${array.shape.join(', ')}], which is another than that of the file the layout was chosen for`,
    );
  const strides = findStrides(sizes);
  const spatial = sizes.map((_, axis) => axis).filter((axis) => axis !== logitsAxis);
  const axisOf = (letter: string) => spatial[axes.indexOf(letter)]!;
  const order = [...'xyz'].map(axisOf) as [number, number, number];
  const size = order.map((axis) => sizes[axis]!) as [number, number, number];
  const voxels = size[0] * size[1] * size[2];
  if (voxels > MAXIMUM_VOXELS) refuse(path, `has ${voxels} voxels; ${MAXIMUM_VOXELS} can be shown`);
  const places = order.map((axis) => strides[axis]!) as [number, number, number];
  const pick = makePicker(array.data, sizes, strides, layout, path);
  const labels = new Uint8Array(voxels);
  const unjudged = logitsAxis === null && layout.free !== 255 && layout.table !== 'geometry' ? 255 : null;
  let ignored: Uint8Array | null = null;
  visit(size, places, (target, source) => {
    labels[target] = pick(source);
    if (unjudged === null || array.data[source] !== unjudged) return;
    ignored ??= new Uint8Array(voxels);
    ignored[target] = 1;
  });
  const flow = layout.flow && readFlow(arrays, layout.flow, layout, size, path);
  const cameraMask = logitsAxis === null ? readCameraMask(arrays, array.shape, size, places) : null;
  return { grid: makeGrid(layout, size), labels, flow, ignored, cameraMask };
}

/** Masks of what counts: Occ3D's of the cameras, Occ3D-Waymo's two. */
const maskMembers = ['mask_camera', 'final_voxel_state', 'infov'];

/** 1 where every mask of the file that has the labels' shape says so; null where it has none. */
function readCameraMask(
  arrays: StoredArrays,
  shape: readonly number[],
  size: Vector3,
  places: Vector3,
): Uint8Array | null {
  const masks = maskMembers.filter((member) => arrays.members.includes(member)).map((member) => arrays.read(member));
  const fitting = masks.filter((mask) => mask.shape.join() === shape.join());
  if (fitting.length === 0) return null;
  const seen = new Uint8Array(size[0] * size[1] * size[2]);
  visit(size, places, (target, source) => {
    seen[target] = fitting.every(({ data }) => data[source]) ? 1 : 0;
  });
  return seen;
}

/** Row-major strides of an array of these sizes. */
function findStrides(sizes: readonly number[]): number[] {
  return sizes.map((_, axis) => sizes.slice(axis + 1).reduce((product, size) => product * size, 1));
}

/** Calls with the flat target index (x, y, z; z fastest) and the flat source index of each voxel. */
function visit(size: Vector3, strides: Vector3, take: (target: number, source: number) => void): void {
  let target = 0;
  for (let i = 0; i < size[0]; i++)
    for (let j = 0; j < size[1]; j++)
      for (let k = 0; k < size[2]; k++) {
        take(target, i * strides[0] + j * strides[1] + k * strides[2]);
        target += 1;
      }
}

function makePicker(
  data: NumpyData,
  sizes: readonly number[],
  strides: readonly number[],
  layout: StoredLayout,
  path: string,
): (source: number) => number {
  const translate = makeTranslator(layout, path);
  const { logitsAxis } = layout;
  if (logitsAxis === null) return (source) => translate(data[source]!);
  const [count, stride] = [sizes[logitsAxis]!, strides[logitsAxis]!];
  return (source) => {
    let best = 0;
    for (let label = 1; label < count; label++)
      if (data[source + label * stride]! > data[source + best * stride]!) best = label;
    return translate(best);
  };
}

function makeTranslator(layout: StoredLayout, path: string): (value: number) => number {
  const labels = listTranslations(layout);
  return (value) => {
    const label = labels[value];
    if (label === undefined || label < 0)
      refuse(path, `holds the value ${value}, which the chosen classes do not have; choose another order of classes`);
    return label;
  };
}

function readFlow(
  arrays: StoredArrays,
  flow: StoredFlow,
  { axes }: StoredLayout,
  size: Vector3,
  path: string,
): Float32Array | null {
  if (!arrays.members.includes(flow.member)) return null;
  const { shape, data } = arrays.read(flow.member);
  const sizes = squeeze(shape);
  const componentAxis = sizes[3] === 2 ? 3 : 0;
  const spatial = sizes.map((_, axis) => axis).filter((axis) => axis !== componentAxis);
  const order = [...'xyz'].map((letter) => spatial[axes.indexOf(letter)] ?? 0);
  if (sizes.length !== 4 || sizes[componentAxis] !== 2 || order.some((axis, place) => sizes[axis] !== size[place]))
    refuse(path, `has flow of shape [${shape.join(', ')}], which does not fit its labels`);
  const strides = findStrides(sizes);
  const step = strides[componentAxis]!;
  const [first, second] = flow.order === 'xy' ? [0, step] : [step, 0];
  const values = new Float32Array(size[0] * size[1] * size[2] * 2);
  const finite = (value: number) => (Number.isFinite(value) ? value * flow.scale : 0);
  visit(size, order.map((axis) => strides[axis]!) as [number, number, number], (target, source) => {
    values[target * 2] = finite(data[source + first]!);
    values[target * 2 + 1] = finite(data[source + second]!);
  });
  return values;
}

function readRows({ shape, data }: NumpyArray, layout: StoredLayout, path: string): FileVolume {
  const width = layout.form === 'flat' ? 2 : 4;
  if (squeeze(shape).length !== 2 || squeeze(shape)[1] !== width)
    refuse(path, `has shape [${shape.join(', ')}] where rows of ${width} are needed`);
  const size = nativeSize(layout);
  const [nx, ny, nz] = size;
  const translate = makeTranslator(layout, path);
  const labels = new Uint8Array(nx * ny * nz).fill(OCC3D_CLASSES.free);
  let ignored: Uint8Array | null = null;
  const columns = layout.form === 'rows-zyx' ? [2, 1, 0] : [0, 1, 2];
  for (let row = 0; row < data.length; row += width) {
    const cell =
      width === 2
        ? [data[row]! % nx, Math.floor(data[row]! / nx) % ny, Math.floor(data[row]! / (nx * ny))]
        : columns.map((column) => data[row + column]!);
    if (cell.some((index, axis) => !(Number.isInteger(index) && index >= 0 && index < size[axis]!)))
      refuse(path, `holds the voxel (${cell.join(', ')}), which lies outside of ${size.join(' x ')}`);
    const voxel = (cell[0]! * ny + cell[1]!) * nz + cell[2]!;
    const value = data[row + width - 1]!;
    labels[voxel] = translate(value);
    // What is listed is occupied: as a listed class, 0 of the lidar's is noise.
    if (value !== 255 && !(value === 0 && layout.table === 'lidarseg')) continue;
    ignored ??= new Uint8Array(labels.length);
    ignored[voxel] = 1;
  }
  return { grid: makeGrid(layout, size), labels, flow: null, ignored, cameraMask: null };
}

/** Lidar axes (x right, y forward) to ego axes by a quarter turn, which moves whole voxels, and the nominal place of the lidar. */
function turnFromLidar({ grid, labels, flow }: StoredVolume): StoredVolume {
  const [nx, ny, nz] = grid.size;
  const turned = new Uint8Array(labels.length);
  const turnedFlow = flow && new Float32Array(flow.length);
  for (let i = 0; i < ny; i++)
    for (let j = 0; j < nx; j++)
      for (let k = 0; k < nz; k++) {
        const target = (i * nx + j) * nz + k;
        const source = ((nx - 1 - j) * ny + i) * nz + k;
        turned[target] = labels[source]!;
        if (turnedFlow) {
          turnedFlow[target * 2] = flow[source * 2 + 1]!;
          turnedFlow[target * 2 + 1] = -flow[source * 2]!;
        }
      }
  const { lower, voxel } = grid;
  const right = lower[0] + nx * voxel[0];
  return {
    grid: {
      lower: [lower[1] + lidarPlace[0], lidarPlace[1] - right, lower[2] + lidarPlace[2]],
      voxel: [voxel[1], voxel[0], voxel[2]],
      size: [ny, nx, nz],
    },
    labels: turned,
    flow: turnedFlow,
  };
}

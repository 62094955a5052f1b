import type { NumpyArray } from '../clips/npz/parseNpy.ts';
import type { GridSpec } from '../domain/geometry.ts';
import { OccuscopeError } from '../errors/catalogue.ts';
import type { StoredArrays } from './openArrays.ts';
import type { LabelTable, StoredForm, StoredLayout, VolumeAxes } from './storedLayout.ts';

/** A guess and, in words for a person, what it rests on. */
export interface LayoutGuess {
  readonly layout: StoredLayout;
  readonly reasons: readonly string[];
}

/** Names under which tools store labels, the surest first. */
const labelMembers = [
  'semantics',
  'pred',
  'arr_0',
  'occ_pred',
  'pred_occ',
  'prediction',
  'sem',
  'voxel_label',
  'occ',
  'labels',
];
const flowMembers = ['flow', 'occ_flow', 'pred_flow', 'flow_pred'];

/** Guess how `arrays` store a prediction; `clipGrid` is that of the open clip. Throws `array-file-invalid` where nothing in the file can be one. */
export function guessLayout(arrays: StoredArrays, path: string, clipGrid: GridSpec | null = null): LayoutGuess {
  if (arrays.kind === 'label' || arrays.kind === 'bits') return guessKitti(arrays.kind);
  const reasons: string[] = [];
  const found = findLabels(arrays);
  if (!found) throw nothingThere(arrays, path);
  const { member, array, form } = found;
  if (member) reasons.push(`Labels are the array “${member}” (${array.type}, ${array.shape.join(' x ')}).`);
  else reasons.push(`The file is one array (${array.type}, ${array.shape.join(' x ')}).`);
  if (arrays.unread.length > 0) reasons.push(`Left alone: ${arrays.unread.join(', ')}, a Python pickle.`);
  const layout =
    form === 'volume' ? guessVolume(array, member, clipGrid, reasons) : guessRows(array, member, form, reasons);
  return { layout: { ...layout, flow: guessFlow(arrays, member, layout.logitsAxis, reasons) }, reasons };
}

function guessKitti(kind: 'label' | 'bits'): LayoutGuess {
  const isLabel = kind === 'label';
  return {
    layout: {
      form: isLabel ? 'kitti-label' : 'kitti-bits',
      member: '',
      axes: 'xyz',
      logitsAxis: null,
      table: isLabel ? 'semantic-kitti' : 'geometry',
      free: 0,
      grid: 'semantic-kitti',
      clipGrid: null,
      frame: 'ego',
      flow: null,
    },
    reasons: [
      isLabel
        ? 'A .label file holds raw SemanticKITTI labels of two bytes, x outermost, on 256 x 256 x 32 voxels.'
        : 'A .bin file of SemanticKITTI holds one bit for each of 256 x 256 x 32 voxels.',
    ],
  };
}

interface FoundLabels {
  readonly member: string;
  readonly array: NumpyArray;
  readonly form: StoredForm;
}

function findLabels(arrays: StoredArrays): FoundLabels | null {
  const order = [...labelMembers, ...arrays.members.filter((name) => !labelMembers.includes(name))];
  for (const member of order) {
    if (!arrays.members.includes(member) || flowMembers.includes(member) || /mask|instance|token/.test(member))
      continue;
    const array = arrays.read(member);
    const form = findForm(array);
    if (form !== null) return { member, array, form };
  }
  return null;
}

/** Sizes without axes of size 1 in front; two axes stay, so that one row is a row. */
export function squeeze(shape: readonly number[]): readonly number[] {
  const first = shape.findIndex((size) => size !== 1);
  return first < 0 ? [] : shape.slice(Math.max(0, Math.min(first, shape.length - 2)));
}

function findForm({ shape, data }: NumpyArray): StoredForm | null {
  const sizes = squeeze(shape);
  if (sizes.length === 2 && sizes[1] === 4) return findRowOrder(data);
  if (sizes.length === 2 && sizes[1] === 2) return 'flat';
  if (sizes.length === 3 && Math.min(...sizes) >= 2) return 'volume';
  if (sizes.length === 4 && findLogitsAxis(sizes) !== null) return 'volume';
  return null;
}

/** Heights are below 40 in every known grid; the first column stays that low only where it is z. */
function findRowOrder(data: ArrayLike<number>): StoredForm {
  let [first, third] = [0, 0];
  for (let row = 0; row + 3 < data.length; row += 4) {
    first = Math.max(first, data[row]!);
    third = Math.max(third, data[row + 2]!);
  }
  return first < 40 && third > first ? 'rows-zyx' : 'rows-xyz';
}

/** The axis of 16 to 20 classes: the last where both ends could be, unless only the first can. */
function findLogitsAxis(sizes: readonly number[]): number | null {
  const isClasses = (size: number | undefined) => size !== undefined && size >= 17 && size <= 20;
  if (isClasses(sizes[3])) return 3;
  if (isClasses(sizes[0])) return 0;
  return null;
}

function guessVolume(
  array: NumpyArray,
  member: string,
  clipGrid: GridSpec | null,
  reasons: string[],
): Omit<StoredLayout, 'flow'> {
  const sizes = squeeze(array.shape);
  const logitsAxis = sizes.length === 4 ? findLogitsAxis(sizes) : null;
  const spatial = sizes.filter((_, axis) => axis !== logitsAxis);
  const axes = guessAxes(spatial, member, reasons);
  const size = [...'xyz'].map((letter) => spatial[axes.indexOf(letter)]!);
  const isKitti = size.join() === '256,256,32';
  const values =
    logitsAxis === null ? guessValues(array, member, isKitti, reasons) : guessLogits(sizes[logitsAxis]!, reasons);
  // The transposed grid counts too: which of x and y comes first is a guess still.
  const fitsClip = clipGrid !== null && [...clipGrid.size].sort().join() === [...size].sort().join();
  const grid = fitsClip ? 'clip' : guessGrid(size, values.table, reasons);
  if (fitsClip) reasons.push(`The open clip has a grid of ${clipGrid.size.join(' x ')}, which is taken.`);
  const frame = isLidarGrid(grid) ? 'lidar' : 'ego';
  return { form: 'volume', member, axes, logitsAxis, ...values, grid, clipGrid: fitsClip ? clipGrid : null, frame };
}

const isLidarGrid = (grid: StoredLayout['grid']) => grid === 'surround-occ' || grid === 'open-occupancy';

function guessAxes(spatial: readonly number[], member: string, reasons: string[]): VolumeAxes {
  const least = spatial.indexOf(Math.min(...spatial));
  if (member === 'occ') {
    reasons.push('Let Occ Flow saves “occ” with y outermost.');
    return 'yxz';
  }
  const axes = (['zyx', 'xzy', 'xyz'] as const)[least]!;
  const place = ['first', 'middle', 'last'][least];
  reasons.push(
    least === 2
      ? `The ${place} axis is the shortest, so it is height; before it x comes first, as in Occ3D files (networks inside often have y first).`
      : `The ${place} axis is the shortest, so it is height; the order of the others is a guess.`,
  );
  return axes;
}

function guessGrid(size: readonly number[], table: LabelTable, reasons: string[]): StoredLayout['grid'] {
  if (size.join() === '256,256,32') return 'semantic-kitti';
  if (size.join() === '512,512,40') return 'open-occupancy';
  if (table === 'lidarseg') {
    reasons.push('Lidar classes come with the grid of SurroundOcc, 0.5 m around the lidar.');
    return 'surround-occ';
  }
  reasons.push(
    size.join() === '200,200,16'
      ? '200 x 200 x 16 is the Occ3D and OpenOcc grid of 0.4 m.'
      : `No known grid has ${size.join(' x ')} voxels; they are spread over the Occ3D range.`,
  );
  return 'occ3d-range';
}

interface ValueGuess {
  readonly table: LabelTable;
  readonly free: number;
}

function guessLogits(count: number, reasons: string[]): ValueGuess {
  reasons.push(`An axis of ${count} holds a rating of each class; the strongest is taken.`);
  if (count === 19) return { table: 'occ3d-shifted', free: 18 };
  if (count === 17) return { table: 'openocc', free: 16 };
  return count === 20 ? { table: 'semantic-kitti', free: 0 } : { table: 'occ3d', free: 17 };
}

function guessValues(array: NumpyArray, member: string, isKitti: boolean, reasons: string[]): ValueGuess {
  const { commonest, share, highest } = countValues(array);
  const words = `${Math.round(share * 100)} % of the voxels are ${commonest}`;
  const say = (table: LabelTable, why: string): ValueGuess => {
    reasons.push(`${words}, so ${commonest} is free; ${why}.`);
    return { table, free: commonest };
  };
  if ((highest === 17 || highest === 18) && commonest !== highest) {
    reasons.push(`No value is above ${highest}, so that is free, although ${words}.`);
    return { table: highest === 17 ? 'occ3d' : 'occ3d-shifted', free: highest };
  }
  if (highest <= 1 || member === 'occ') return say('geometry', 'the only other value is occupied');
  if (isKitti) return say('semantic-kitti', 'the grid is SemanticKITTI’s');
  if (commonest === 18) return say('occ3d-shifted', 'that is Occ3D with a dummy class in front');
  if (commonest === 16) return say('openocc', 'that is OpenOcc’s order of classes');
  if (commonest === 15 || commonest === 23) return say('occ3d-waymo', 'that is Occ3D-Waymo’s order of classes');
  if (commonest === 0) return say('lidarseg', '1 to 16 are then nuScenes’ lidar classes');
  return say('occ3d', commonest === 17 ? 'that is Occ3D’s order of classes' : 'Occ3D’s order is assumed for the rest');
}

function countValues({ data }: NumpyArray): { commonest: number; share: number; highest: number } {
  const counts = new Map<number, number>();
  for (let index = 0; index < data.length; index++) {
    const value = data[index]!;
    counts.set(value, (counts.get(value) ?? 0) + 1);
    if (counts.size > 4096) break;
  }
  let commonest = 0;
  for (const [value, count] of counts) if (count > (counts.get(commonest) ?? 0)) commonest = value;
  const labels = [...counts.keys()].filter((value) => value !== 255);
  return { commonest, share: (counts.get(commonest) ?? 0) / data.length, highest: Math.max(0, ...labels) };
}

function guessRows(array: NumpyArray, member: string, form: StoredForm, reasons: string[]): Omit<StoredLayout, 'flow'> {
  const common = { form, member, axes: 'xyz', logitsAxis: null, frame: 'lidar', clipGrid: null } as const;
  if (form === 'flat') {
    reasons.push('Rows of two are a flat index and a class, as in OpenOcc’s sparse files: 0.5 m around the lidar.');
    return { ...common, table: 'openocc', free: 16, grid: 'surround-occ' };
  }
  let highest = 0;
  for (let index = 0; index < array.data.length; index++)
    if (index % 4 !== 3) highest = Math.max(highest, array.data[index]!);
  const isFine = highest >= 200;
  reasons.push(
    `Rows of four are ${form === 'rows-zyx' ? 'z, y, x' : 'x, y, z'} and a class; ` +
      `indices up to ${highest} fit ${isFine ? 'OpenOccupancy' : 'SurroundOcc'}’s grid around the lidar.`,
  );
  return { ...common, table: 'lidarseg', free: 0, grid: isFine ? 'open-occupancy' : 'surround-occ' };
}

function guessFlow(
  arrays: StoredArrays,
  labels: string,
  logitsAxis: number | null,
  reasons: string[],
): StoredLayout['flow'] {
  const member = flowMembers.find((name) => arrays.members.includes(name));
  if (member === undefined) return null;
  const sizes = squeeze(arrays.read(member).shape);
  if (sizes.length !== 4 || (sizes[3] !== 2 && sizes[0] !== 2)) {
    reasons.push(`“${member}” has shape ${sizes.join(' x ')} and is left alone.`);
    return null;
  }
  const isDisplacement = labels === 'occ' && logitsAxis === null;
  reasons.push(
    isDisplacement
      ? `“${member}” is read as metres per half second (Let Occ Flow), first along x.`
      : `“${member}” is read as metres per second, first along x.`,
  );
  return { member, order: 'xy', scale: isDisplacement ? 2 : 1 };
}

function nothingThere({ members, unread }: StoredArrays, path: string): OccuscopeError {
  const known = [...members, ...unread.map((name) => `${name} (a pickle)`)].join(', ') || 'nothing';
  return new OccuscopeError('array-file-invalid', {
    detail: `${path} holds ${known}: no array has three axes of voxels, an axis of classes beside them, or rows of 2 or 4 columns.`,
  });
}

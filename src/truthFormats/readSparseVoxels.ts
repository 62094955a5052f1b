import { type NumpyArray, parseNpy } from '../clips/npz/parseNpy.ts';
import { OCC3D_CLASSES } from '../domain/classes.ts';
import type { GridSpec } from '../domain/geometry.ts';
import { countVoxels, OPEN_OCCUPANCY_GRID, SURROUND_OCC_GRID } from './grids.ts';
import { readLabels, refuse, type TruthVolume } from './truthVolume.ts';

/** nuScenes lidar classes 1..16 are Occ3D's; 0 is noise, which is not judged, as is 255. */
const noiseIsIgnored = new Map<number, number>([
  ...Array.from({ length: 16 }, (_, index): [number, number] => [index + 1, index + 1]),
  [0, -1],
  [255, -1],
]);

/**
 * SurroundOcc `samples/<lidar file>.npy`: rows (x, y, z, class) of occupied voxels, 0.5 m, lidar axes; class 0 is noise.
 * Throws `array-file-invalid`.
 */
export function readSurroundOcc(bytes: Uint8Array, name: string): TruthVolume {
  return spreadRows(parseNpy(bytes, name), SURROUND_OCC_GRID, [0, 1, 2], name);
}

/**
 * OpenOccupancy `scene_<token>/occupancy/<lidar token>.npy`: rows (z, y, x, class) of occupied voxels, 0.2 m, lidar axes; class 0 is noise.
 * Throws `array-file-invalid`.
 */
export function readOpenOccupancy(bytes: Uint8Array, name: string): TruthVolume {
  return spreadRows(parseNpy(bytes, name), OPEN_OCCUPANCY_GRID, [2, 1, 0], name);
}

/** `columns` are the columns of x, y and z. */
function spreadRows(
  { shape, data }: NumpyArray,
  grid: GridSpec,
  columns: readonly [number, number, number],
  name: string,
): TruthVolume {
  if (shape.length !== 2 || shape[1] !== 4) refuse(name, `has shape [${shape.join(', ')}] where [N, 4] is needed`);
  const total = countVoxels(grid);
  const rows = shape[0]!;
  const read = readLabels({ data: data.filter((_, index) => index % 4 === 3) }, OCC3D_CLASSES, name, noiseIsIgnored);
  const labels = new Uint8Array(total).fill(OCC3D_CLASSES.free);
  const ignored = read.ignored && new Uint8Array(total);
  for (let row = 0; row < rows; row++) {
    let place = 0;
    columns.forEach((column, axis) => {
      const index = data[row * 4 + column]!;
      const size = grid.size[axis]!;
      if (!(Number.isInteger(index) && index >= 0 && index < size))
        refuse(name, `holds the ${'xyz'[axis]} index ${index} where 0 to ${size - 1} fit`);
      place = place * size + index;
    });
    labels[place] = read.labels[row]!;
    if (read.ignored?.[row]) ignored![place] = 1;
  }
  return {
    grid,
    classes: OCC3D_CLASSES,
    axes: 'lidar',
    labels,
    ignored,
    cameraMask: null,
    lidarMask: null,
    flow: null,
  };
}

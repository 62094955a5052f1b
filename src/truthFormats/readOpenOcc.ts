import { type NumpyArray, parseNpy } from '../clips/npz/parseNpy.ts';
import { openNpz } from '../clips/npz/readNpz.ts';
import { OCC3D_GRID } from '../domain/geometry.ts';
import { OPENOCC_CLASSES } from './classTables.ts';
import { countVoxels, SURROUND_OCC_GRID } from './grids.ts';
import { readOptionalFlow, readOptionalMask } from './readOcc3d.ts';
import { checkShape, readFlow, readLabels, refuse, type TruthVolume } from './truthVolume.ts';

/**
 * OpenOcc v2 `openocc_v2/<scene>/<sample token>/labels.npz`: `semantics` [200,200,16] (x, y, z; uint8 or int32, 16 = free) and `flow`
 * [200,200,16,2] (vx, vy in metres per second; float16 or float32). Occ3D grid, ego axes. Throws `array-file-invalid`.
 */
export function readOpenOcc(bytes: Uint8Array, name: string): TruthVolume {
  const archive = openNpz(bytes, name);
  const { size } = OCC3D_GRID;
  const semantics = archive.read('semantics');
  checkShape(`${name}: semantics`, semantics.shape, size);
  return {
    grid: OCC3D_GRID,
    classes: OPENOCC_CLASSES,
    axes: 'ego',
    ...readLabels(semantics, OPENOCC_CLASSES, `${name}: semantics`),
    cameraMask: readOptionalMask(archive, 'mask_camera', size, name),
    lidarMask: null,
    flow: readOptionalFlow(archive, size, name),
  };
}

/** Which classes the rows of a sparse flow file may belong to: all, the ten that are things, or the eight that move. */
const flowRowLimits = [OPENOCC_CLASSES.free, 10, 8];

/**
 * OpenOcc's sparse form `<frame>_occ.npy` [N,2] = (flat index, class) and `<frame>_flow.npy` [M,2] (vx, vy), one row for each voxel, or
 * for each voxel of a class that is a thing, in the order of the first file. Flat index = (z * 200 + y) * 200 + x on the 0.5 m grid, lidar axes.
 * Throws `array-file-invalid`. Source: OccNet tools/create_occupancy_data/single_frame_occ_generator.py.
 */
export function readOpenOccSparse(bytes: Uint8Array, flowBytes: Uint8Array | null, name: string): TruthVolume {
  const { shape, data } = parseNpy(bytes, name);
  const rows = shape[0] ?? 0;
  if (shape.length !== 2 || shape[1] !== 2) refuse(name, `has shape [${shape.join(', ')}] where [N, 2] is needed`);
  const [nx, ny] = SURROUND_OCC_GRID.size;
  const nz = SURROUND_OCC_GRID.size[2];
  const total = countVoxels(SURROUND_OCC_GRID);
  const labels = new Uint8Array(total).fill(OPENOCC_CLASSES.free);
  const places = new Uint32Array(rows);
  const read = readLabels({ data: data.filter((_, index) => index % 2 === 1) }, OPENOCC_CLASSES, name);
  for (let row = 0; row < rows; row++) {
    const flat = data[row * 2]!;
    if (!(Number.isInteger(flat) && flat >= 0 && flat < total))
      refuse(name, `holds the voxel index ${flat} of ${total}`);
    const x = flat % nx;
    const y = Math.floor(flat / nx) % ny;
    places[row] = (x * ny + y) * nz + Math.floor(flat / (nx * ny));
    labels[places[row]!] = read.labels[row]!;
  }
  const flow = flowBytes && spreadFlow(parseNpy(flowBytes, `${name} flow`), read.labels, places, `${name} flow`);
  return {
    grid: SURROUND_OCC_GRID,
    classes: OPENOCC_CLASSES,
    axes: 'lidar',
    labels,
    ignored: null,
    cameraMask: null,
    lidarMask: null,
    flow,
  };
}

function spreadFlow(array: NumpyArray, labels: Uint8Array, places: Uint32Array, name: string): Float32Array {
  const rows = array.shape[0] ?? 0;
  const limit = flowRowLimits.find((most) => labels.reduce((count, label) => count + Number(label < most), 0) === rows);
  if (array.shape.length !== 2 || array.shape[1] !== 2 || limit === undefined)
    refuse(
      name,
      `has shape [${array.shape.join(', ')}], which fits neither all ${labels.length} voxels nor those of things`,
    );
  const values = readFlow(array);
  const flow = new Float32Array(countVoxels(SURROUND_OCC_GRID) * 2);
  let row = 0;
  labels.forEach((label, index) => {
    if (label >= limit) return;
    flow.set(values.subarray(row * 2, row * 2 + 2), places[index]! * 2);
    row += 1;
  });
  return flow;
}

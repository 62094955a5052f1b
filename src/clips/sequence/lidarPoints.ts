import type { FileTree } from '../../domain/fileTree.ts';
import { OccuscopeError } from '../../errors/catalogue.ts';
import { parseNpy } from '../npz/parseNpy.ts';

/** Largest cloud that is opened: 4 million points. */
const largestBytes = 128 * 2 ** 20;

/**
 * Points of one lidar sweep as x, y, z triples, f32, in the lidar's frame.
 * `.npy`: an array [N, 3 or more]; `.pcd.bin`: f32 rows of five (nuScenes); other `.bin`: f32 rows of four (KITTI), of five where only that divides.
 * Points that are no numbers are left out. Throws `sequence-invalid` or `array-file-invalid`.
 */
export function readLidarPoints(bytes: Uint8Array, name: string): Float32Array {
  if (bytes.length > largestBytes) refuse(name, `is ${Math.round(bytes.length / 2 ** 20)} MB long; a sweep is smaller`);
  if (name.endsWith('.npy')) {
    const { shape, data } = parseNpy(bytes, name);
    if (shape.length !== 2 || shape[1]! < 3) refuse(name, `has the shape [${shape}]; points are [N, 3 or more]`);
    return pickPoints(data, shape[1]!);
  }
  const columns = chooseColumns(bytes.length, name);
  // The bytes may start anywhere in their buffer.
  const aligned = bytes.slice();
  return pickPoints(new Float32Array(aligned.buffer, 0, aligned.length / 4), columns);
}

/** Read the sweep at a path of the folder. Throws `clip-file-missing` where it is gone by now, and what `readLidarPoints` throws. */
export async function openLidarPoints(tree: FileTree, path: string): Promise<Float32Array> {
  const file = await tree.readFile(path);
  if (!file) throw new OccuscopeError('clip-file-missing', { detail: `${tree.name} has no ${path}.` });
  return readLidarPoints(new Uint8Array(await file.arrayBuffer()), path);
}

function chooseColumns(length: number, name: string): number {
  const fits = (columns: number) => length % (4 * columns) === 0;
  const wanted = name.endsWith('.pcd.bin') ? [5, 4] : [4, 5, 3];
  return wanted.find(fits) ?? refuse(name, `has ${length} bytes, which are no rows of four or five float32 numbers`);
}

function pickPoints(values: ArrayLike<number>, columns: number): Float32Array {
  const points = new Float32Array(Math.floor(values.length / columns) * 3);
  let count = 0;
  for (let row = 0; row + columns <= values.length; row += columns) {
    const [x, y, z] = [values[row]!, values[row + 1]!, values[row + 2]!];
    if (!Number.isFinite(x) || !Number.isFinite(y) || !Number.isFinite(z)) continue;
    points.set([x, y, z], count);
    count += 3;
  }
  return points.subarray(0, count);
}

function refuse(name: string, fault: string): never {
  throw new OccuscopeError('sequence-invalid', { detail: `${name} ${fault}.` });
}

import type { FrameTruth } from '../../domain/clip.ts';
import type { GridSpec } from '../../domain/geometry.ts';
import { OccuscopeError } from '../../errors/catalogue.ts';
import { type NpzArchive, openNpz } from '../npz/readNpz.ts';

/**
 * Read a truth file: `semantics` u8 [x, y, z], and where present `mask_camera` u8 [x, y, z] and `flow` [x, y, z, 2] in metres per second.
 * Throws `clip-invalid` when an array does not fit the clip's grid, `array-file-invalid` when the file is damaged.
 */
export function readTruth(bytes: Uint8Array, grid: GridSpec, name: string): FrameTruth {
  const archive = openNpz(bytes, name);
  return {
    labels: readBytes(archive, 'semantics', grid, name),
    cameraMask: archive.has('mask_camera') ? readBytes(archive, 'mask_camera', grid, name) : null,
    flow: archive.has('flow') ? readFlow(archive, grid, name) : null,
  };
}

function readBytes(archive: NpzArchive, member: string, grid: GridSpec, name: string): Uint8Array {
  const { data, shape } = archive.read(member);
  if (!(data instanceof Uint8Array)) refuse(name, `${member} is not of type uint8`);
  checkShape(`${name}: ${member}`, shape, grid.size);
  return data;
}

function readFlow(archive: NpzArchive, grid: GridSpec, name: string): Float32Array {
  const { data, shape } = archive.read('flow');
  checkShape(`${name}: flow`, shape, [...grid.size, 2]);
  return data instanceof Float32Array ? data : Float32Array.from(data);
}

function checkShape(name: string, shape: readonly number[], expected: readonly number[]): void {
  if (shape.join() !== expected.join()) refuse(name, `has shape [${shape}], but the grid asks for [${expected}]`);
}

function refuse(name: string, fault: string): never {
  throw new OccuscopeError('clip-invalid', { detail: `${name} ${fault}.` });
}

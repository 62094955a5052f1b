import { deflateSync } from 'fflate';
import { computeCrc32 } from '../clips/npz/crc32.ts';
import { type ArrayToWrite, encodeNpz } from '../clips/npz/writeNpz.ts';
import type { ExportVolume } from './exportPage.ts';

/**
 * A volume as an Occ3D-style `labels.npz`: `semantics` uint8 [x, y, z], and where there are some `mask_camera` uint8 and
 * `flow` float32 [x, y, z, 2] in metres per second. Values are those of the volume, bit for bit.
 */
export function encodeLabels({ grid, labels, flow, cameraMask }: ExportVolume): Uint8Array<ArrayBuffer> {
  const shape = grid.size;
  const arrays: ArrayToWrite[] = [{ name: 'semantics', type: 'uint8', shape, data: labels }];
  if (cameraMask) arrays.push({ name: 'mask_camera', type: 'uint8', shape, data: cameraMask });
  if (flow) arrays.push({ name: 'flow', type: 'float32', shape: [...shape, 2], data: flow });
  return encodeNpz(arrays, {
    deflateRaw: (bytes) => deflateSync(bytes, { level: 6 }),
    crc32: (bytes) => computeCrc32(bytes),
  });
}

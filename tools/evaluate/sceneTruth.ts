import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { openNpz } from '../../src/clips/npz/readNpz.ts';
import type { FrameTruth } from '../../src/domain/clip.ts';
import { OCC3D_GRID } from '../../src/domain/geometry.ts';

/**
 * Truth of a sample: Occ3D's labels and camera mask (`gts/`), OpenOcc's flow (`openocc_v2/`) where it is there; null without labels.
 * Throws where a file does not fit the Occ3D grid.
 */
export function readSceneTruth(folder: string, scene: string, token: string): FrameTruth | null {
  const labels = openArchive(folder, 'gts', scene, token);
  if (!labels) return null;
  const flow = openArchive(folder, 'openocc_v2', scene, token);
  return {
    labels: readVolume(labels, 'semantics', OCC3D_GRID.size, Uint8Array) as Uint8Array,
    cameraMask: labels.has('mask_camera')
      ? (readVolume(labels, 'mask_camera', OCC3D_GRID.size, Uint8Array) as Uint8Array)
      : null,
    flow: flow?.has('flow') ? (readVolume(flow, 'flow', [...OCC3D_GRID.size, 2], Float32Array) as Float32Array) : null,
  };
}

type Archive = ReturnType<typeof openNpz>;

function openArchive(folder: string, source: string, scene: string, token: string): Archive | null {
  const file = path.join(folder, source, scene, token, 'labels.npz');
  return existsSync(file) ? openNpz(new Uint8Array(readFileSync(file)), file) : null;
}

function readVolume(
  archive: Archive,
  member: string,
  shape: readonly number[],
  type: typeof Uint8Array | typeof Float32Array,
): Uint8Array | Float32Array {
  const { data, shape: found } = archive.read(member);
  if (found.join() !== shape.join()) throw new Error(`Truth ${member} has shape [${found}], not [${shape}].`);
  return data instanceof type ? data : type.from(data);
}

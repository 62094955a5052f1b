import type { FrameTruth } from '../../domain/clip.ts';
import type { Matrix4 } from '../../domain/geometry.ts';
import { OCC3D_GRID } from '../../domain/geometry.ts';
import { toOcc3dLabels } from '../../truthFormats/classTables.ts';
import { moveToEgo } from '../../truthFormats/moveToEgo.ts';
import { readOcc3d, readOptionalFlow } from '../../truthFormats/readOcc3d.ts';
import { readOpenOcc, readOpenOccSparse } from '../../truthFormats/readOpenOcc.ts';
import type { TruthVolume } from '../../truthFormats/truthVolume.ts';
import { openNpz } from '../npz/readNpz.ts';

/** Reads a file of the data set, or null where there is none. */
export type ReadFile = (path: string) => Promise<Blob | null>;

/** Folders of truth, as their authors name them. */
export const OCC3D_FOLDER = 'gts';
export const OPENOCC_FOLDER = 'openocc_v2';

/**
 * Truth of a key frame on the Occ3D grid in Occ3D's classes: labels and camera mask of Occ3D, flow of OpenOcc. With OpenOcc alone its labels
 * are translated; its sparse form (another grid, lidar axes) is moved into the ego frame where the lidar's place is known.
 * Null where there is no file. Throws `array-file-invalid`.
 */
export async function readSceneTruth(
  read: ReadFile,
  scene: string,
  token: string,
  egoFromLidar: Matrix4 | null,
): Promise<FrameTruth | null> {
  const occ3dPath = `${OCC3D_FOLDER}/${scene}/${token}/labels.npz`;
  const openOccFolder = `${OPENOCC_FOLDER}/${scene}/${token}`;
  const occ3dBytes = await readBytes(read, occ3dPath);
  if (occ3dBytes) {
    const truth = pickTruth(readOcc3d(occ3dBytes, occ3dPath));
    return { ...truth, flow: truth.flow ?? (await readOpenOccFlow(read, openOccFolder, egoFromLidar)) };
  }
  return await readOpenOccTruth(read, scene, token, egoFromLidar);
}

/** OpenOcc alone, dense or sparse, in Occ3D's classes. Null where there is no file. Throws `array-file-invalid`. */
export async function readOpenOccTruth(
  read: ReadFile,
  scene: string,
  token: string,
  egoFromLidar: Matrix4 | null,
): Promise<FrameTruth | null> {
  const openOcc = await readOpenOccVolume(read, `${OPENOCC_FOLDER}/${scene}/${token}`, egoFromLidar);
  return openOcc && pickTruth(openOcc);
}

/** Flow alone: a dense file needs no labels for it. */
async function readOpenOccFlow(
  read: ReadFile,
  folder: string,
  egoFromLidar: Matrix4 | null,
): Promise<Float32Array | null> {
  const name = `${folder}/labels.npz`;
  const dense = await readBytes(read, name);
  if (dense) return readOptionalFlow(openNpz(dense, name), OCC3D_GRID.size, name);
  return (await readOpenOccVolume(read, folder, egoFromLidar))?.flow ?? null;
}

/** What the page needs of a volume in the ego frame, in Occ3D's classes. */
export function pickTruth({ labels, classes, cameraMask, flow, ignored }: TruthVolume): FrameTruth {
  return { labels: toOcc3dLabels(labels, classes), cameraMask, flow, ignored };
}

async function readOpenOccVolume(
  read: ReadFile,
  folder: string,
  egoFromLidar: Matrix4 | null,
): Promise<TruthVolume | null> {
  const dense = await readBytes(read, `${folder}/labels.npz`);
  if (dense) return readOpenOcc(dense, `${folder}/labels.npz`);
  const sparse = egoFromLidar && (await readBytes(read, `${folder}/occ.npy`));
  if (!sparse) return null;
  const volume = readOpenOccSparse(sparse, await readBytes(read, `${folder}/flow.npy`), `${folder}/occ.npy`);
  return moveToEgo(volume, egoFromLidar, OCC3D_GRID);
}

async function readBytes(read: ReadFile, path: string): Promise<Uint8Array<ArrayBuffer> | null> {
  const file = await read(path);
  return file && new Uint8Array(await file.arrayBuffer());
}

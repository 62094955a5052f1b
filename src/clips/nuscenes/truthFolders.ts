import type { DataRoot } from './rootFiles.ts';
import type { SceneEntry } from './rootIndex.ts';

/**
 * Folders in which people keep SurroundOcc's labels, all scenes together: as the project unpacks them (`nuscenes_occ`, SurroundOcc docs/data.md),
 * as OccStudio names them (`gts_surroundocc`), as GaussianFormer does (`surroundocc`), as OCCFusion does (`occ_samples`).
 */
const surroundOccFolders = [
  'nuscenes_occ/samples',
  'gts_surroundocc/samples',
  'surroundocc/samples',
  'surroundocc/train_samples',
  'surroundocc/val_samples',
  'surroundocc/mini_samples',
  'SurroundOcc/samples',
  'occ_samples',
] as const;

/** OpenOccupancy as its archive is called, and as its own instructions rename it; '' = unpacked among the rest. */
const openOccupancyFolders = ['nuScenes-Occupancy-v0.1', 'nuScenes-Occupancy', ''] as const;

const known = new WeakMap<DataRoot, Promise<readonly string[]>>();

/** Those of SurroundOcc's folders that the root has; looked for once, and again after a failure. */
function listSurroundOcc(root: DataRoot): Promise<readonly string[]> {
  const kept = known.get(root);
  if (kept) return kept;
  const found = keepFolders(root, surroundOccFolders);
  known.set(root, found);
  found.catch(() => known.delete(root));
  return found;
}

async function keepFolders(root: DataRoot, folders: readonly string[]): Promise<string[]> {
  const present = await Promise.all(folders.map((folder) => root.hasFolder(folder)));
  return folders.filter((_, place) => present[place]);
}

/** Paths at which SurroundOcc's labels of a lidar file may be. */
export async function listSurroundOccPaths(root: DataRoot, lidarFile: string): Promise<string[]> {
  const name = lidarFile.slice(lidarFile.lastIndexOf('/') + 1);
  return name === '' ? [] : (await listSurroundOcc(root)).map((folder) => `${folder}/${name}.npy`);
}

/** The folder of OpenOccupancy's labels of a scene, or null. */
export async function findOpenOccupancy(root: DataRoot, { token }: SceneEntry): Promise<string | null> {
  const folders = openOccupancyFolders.map((folder) => `${folder}${folder && '/'}scene_${token}/occupancy`);
  for (const folder of folders) if (await root.hasFolder(folder)) return folder;
  return null;
}

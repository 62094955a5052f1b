import { OCC3D_FOLDER, OPENOCC_FOLDER } from './readSceneTruth.ts';
import type { DataRoot } from './rootFiles.ts';
import type { SceneEntry } from './rootIndex.ts';
import { findOpenOccupancy, listSurroundOccPaths } from './truthFolders.ts';

/** Which truths of a scene are in the root. */
export interface TruthPresence {
  readonly occ3d: boolean;
  readonly openOcc: boolean;
  /** Paths at which a lidar file's labels may be; null where the scene has none. */
  readonly surroundOcc: ((lidarFile: string) => Promise<readonly string[]>) | null;
  /** The scene's folder, or null. */
  readonly openOccupancy: string | null;
}

/** Look for a scene's truth; of SurroundOcc, which has no folder for each scene, the first, middle and last frame are looked at. */
export async function findTruth(
  root: DataRoot,
  scene: SceneEntry,
  lidarFiles: readonly string[],
): Promise<TruthPresence> {
  const last = lidarFiles.length - 1;
  const some = [...new Set([0, Math.floor(last / 2), last])].flatMap((place) => lidarFiles[place] || []);
  const list = (lidarFile: string) => listSurroundOccPaths(root, lidarFile);
  const [occ3d, openOcc, openOccupancy, paths] = await Promise.all([
    root.hasFolder(`${OCC3D_FOLDER}/${scene.name}`),
    root.hasFolder(`${OPENOCC_FOLDER}/${scene.name}`),
    findOpenOccupancy(root, scene),
    Promise.all(some.map(list)),
  ]);
  const files = await Promise.all(paths.flat().map((path) => root.readFile(path)));
  const hasSurroundOcc = files.some((file) => file !== null);
  return { occ3d, openOcc, openOccupancy, surroundOcc: hasSurroundOcc ? list : null };
}

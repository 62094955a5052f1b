import type { FrameTruth, TruthSource } from '../../domain/clip.ts';
import { OCC3D_GRID } from '../../domain/geometry.ts';
import { moveToEgo } from '../../truthFormats/moveToEgo.ts';
import { readOpenOccupancy, readSurroundOcc } from '../../truthFormats/readSparseVoxels.ts';
import type { TruthVolume } from '../../truthFormats/truthVolume.ts';
import type { SceneDescription } from './describeScene.ts';
import { pickTruth, readOpenOccTruth, readSceneTruth } from './readSceneTruth.ts';
import type { DataRoot } from './rootFiles.ts';
import type { SceneEntry } from './rootIndex.ts';
import { findTruth, type TruthPresence } from './truthPresence.ts';

type Described = Pick<SceneDescription, 'frames' | 'egoFromLidar' | 'lidarFiles' | 'lidarTokens'>;

/**
 * Every truth that a scene has in the root, the one that is taken unless somebody chooses first; files are read when a frame asks.
 * All are on the Occ3D grid in Occ3D's classes; those around the lidar are moved by the lidar's pose in that frame.
 */
export async function listSceneTruths(root: DataRoot, scene: SceneEntry, described: Described): Promise<TruthSource[]> {
  const found = await findTruth(root, scene, described.lidarFiles);
  return [...listEgoTruths(root, scene, described, found), ...listLidarTruths(root, described, found)];
}

function listEgoTruths(
  root: DataRoot,
  { name }: SceneEntry,
  { frames, egoFromLidar }: Described,
  { occ3d, openOcc }: TruthPresence,
): TruthSource[] {
  const read = (path: string) => root.readFile(path);
  const sources: TruthSource[] = [];
  if (occ3d)
    sources.push({
      id: 'occ3d',
      title: openOcc ? 'Occ3D, flow of OpenOcc' : 'Occ3D',
      openTruth: (frame) => readSceneTruth(read, name, frames[frame]!.token, egoFromLidar[frame] ?? null),
    });
  if (openOcc)
    sources.push({
      id: 'openocc',
      title: 'OpenOcc',
      openTruth: (frame) => readOpenOccTruth(read, name, frames[frame]!.token, egoFromLidar[frame] ?? null),
    });
  return sources;
}

function listLidarTruths(
  root: DataRoot,
  { egoFromLidar, lidarFiles, lidarTokens }: Described,
  { surroundOcc, openOccupancy }: TruthPresence,
): TruthSource[] {
  const open = async (
    paths: readonly string[],
    parse: (bytes: Uint8Array, name: string) => TruthVolume,
    frame: number,
  ): Promise<FrameTruth | null> => {
    const pose = egoFromLidar[frame];
    for (const path of pose ? paths : []) {
      const file = await root.readFile(path);
      if (file) return pickTruth(moveToEgo(parse(new Uint8Array(await file.arrayBuffer()), path), pose!, OCC3D_GRID));
    }
    return null;
  };
  const sources: TruthSource[] = [];
  if (surroundOcc)
    sources.push({
      id: 'surround-occ',
      title: 'SurroundOcc',
      openTruth: async (frame) => await open(await surroundOcc(lidarFiles[frame]!), readSurroundOcc, frame),
    });
  if (openOccupancy !== null)
    sources.push({
      id: 'open-occupancy',
      title: 'OpenOccupancy',
      openTruth: async (frame) =>
        await open(lidarTokens[frame] ? [`${openOccupancy}/${lidarTokens[frame]}.npy`] : [], readOpenOccupancy, frame),
    });
  return sources;
}

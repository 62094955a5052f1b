import type { DataRoot } from './rootFiles.ts';
import { LIDAR, type RootIndex, readFileName, type SceneEntry } from './rootIndex.ts';
import { findTruth } from './truthPresence.ts';

/** What of a scene is in the root, judged by its first, middle and last key frame. */
export interface Presence {
  readonly images: 'all' | 'some' | 'none';
  readonly lidar: boolean;
  readonly occ3d: boolean;
  readonly openOcc: boolean;
  readonly surroundOcc: boolean;
  readonly openOccupancy: boolean;
  /** A front image that is there, for a thumbnail. */
  readonly picture: Blob | null;
}

/** Look at a few files of a scene; no folder of images is listed. */
export async function findPresence(root: DataRoot, index: RootIndex, scene: SceneEntry): Promise<Presence> {
  const { firstSample, sampleCount } = scene;
  const samples = [...new Set([0, Math.floor(sampleCount / 2), sampleCount - 1])].filter((place) => place >= 0);
  const front = index.channels.indexOf('CAM_FRONT');
  const camera = front >= 0 ? front : 0;
  const lidar = index.channels.indexOf(LIDAR);
  const read = (place: number, channel: number) => {
    const name = channel < 0 ? '' : readFileName(index, (firstSample + place) * index.channels.length + channel);
    return name === '' ? Promise.resolve(null) : root.readFile(name);
  };
  const lidarFiles =
    lidar < 0 ? [] : samples.map((place) => readFileName(index, (firstSample + place) * index.channels.length + lidar));
  const [pictures, points, { occ3d, openOcc, surroundOcc, openOccupancy }] = await Promise.all([
    Promise.all(samples.map((place) => read(place, camera))),
    read(0, lidar),
    findTruth(root, scene, lidarFiles),
  ]);
  const there = pictures.filter((picture) => picture !== null);
  const images = there.length === 0 ? 'none' : there.length === pictures.length ? 'all' : 'some';
  return {
    images,
    lidar: points !== null,
    occ3d,
    openOcc,
    surroundOcc: surroundOcc !== null,
    openOccupancy: openOccupancy !== null,
    picture: there[0] ?? null,
  };
}

import { OCC3D_CLASSES } from '../domain/classes.ts';
import type { Clip, FrameTruth, TruthSource } from '../domain/clip.ts';
import type { FileTree } from '../domain/fileTree.ts';
import type { Matrix4 } from '../domain/geometry.ts';
import { OccuscopeError } from '../errors/catalogue.ts';
import { composeRigid } from '../geometry/rigid.ts';
import { moveToEgo } from '../truthFormats/moveToEgo.ts';
import { type FileVolume, lidarPlace, readFileVolume } from './applyLayout.ts';
import { type FileFinder, makeId, readFile } from './openStored.ts';
import type { StoredLayout } from './storedLayout.ts';

interface TruthParts {
  readonly tree: FileTree;
  readonly layout: StoredLayout;
  readonly find: FileFinder;
  /** The clip whose frames the files were matched to. */
  readonly clip: Pick<Clip, 'frames' | 'grid' | 'egoFromLidar'>;
}

const still: Matrix4 = composeRigid([1, 0, 0, 0, 1, 0, 0, 0, 1], [0, 0, 0]);
/** nuScenes' lidar axes (x right, y ahead) at its nominal place. */
const nominalLidar: Matrix4 = composeRigid([0, 1, 0, -1, 0, 0, 0, 0, 1], lidarPlace);

/** Files of labels as the ground truth of a clip, on its grid; one is opened when its frame is asked for. The clip has Occ3D's classes. */
export function openStoredTruth({ tree, layout, find, clip }: TruthParts): TruthSource {
  return {
    id: `stored-${makeId(tree.name)}`,
    title: tree.name,
    async openTruth(frameIndex) {
      const frame = clip.frames[frameIndex];
      const path = frame ? find(frame) : null;
      if (path === null) return null;
      const invalid = layout.form === 'kitti-label' ? await readInvalid(tree, path) : null;
      return placeTruth(readFileVolume(await readFile(tree, path), layout, path, invalid), layout, clip);
    },
  };
}

/** A volume on the clip's grid; what it does not reach is not judged, and what is not judged is free. */
export function placeTruth(volume: FileVolume, { frame }: StoredLayout, clip: TruthParts['clip']): FrameTruth {
  const { grid } = clip;
  const isSame = frame === 'ego' && JSON.stringify(volume.grid) === JSON.stringify(grid);
  const pose = frame === 'lidar' ? (clip.egoFromLidar ?? nominalLidar) : still;
  const placed = isSame
    ? volume
    : moveToEgo({ ...volume, classes: OCC3D_CLASSES, axes: frame, lidarMask: null }, pose, grid);
  const { labels, cameraMask, flow, ignored } = placed;
  if (!ignored) return { labels, cameraMask, flow };
  const { free } = OCC3D_CLASSES;
  return { labels: labels.map((label, voxel) => (ignored[voxel] === 1 ? free : label)), cameraMask, flow, ignored };
}

/** SemanticKITTI's file of unjudged voxels beside a file of labels, where there is one. Throws `label-file-invalid`. */
async function readInvalid(tree: FileTree, path: string): Promise<Uint8Array | null> {
  const file = await tree.readFile(path.replace(/\.label$/i, '.invalid'));
  if (file && file.size > 2 ** 24)
    throw new OccuscopeError('label-file-invalid', { detail: `${path}: its .invalid file has ${file.size} bytes.` });
  return file && new Uint8Array(await file.arrayBuffer());
}

import type { FileTree } from '../../domain/fileTree.ts';
import { compareNames } from './namePattern.ts';

/** What a folder holds, by the names of its files alone. Paths are sorted as people count. */
export interface FolderContents {
  readonly images: readonly string[];
  readonly videos: readonly string[];
  /** May hold a calibration, likeliest first. */
  readonly calibrations: readonly string[];
  readonly poses: readonly string[];
  /** Times of the images, beside them or above. */
  readonly times: readonly string[];
  readonly lidar: readonly string[];
  /** Whether the folder holds more files than were looked at. */
  readonly isCut: boolean;
}

/** 64 cameras of 5,000 images are more than anyone has shown. */
const mostEntries = 350_000;
const deepest = 8;

const isImage = /\.(?:jpe?g|png|webp)$/i;
const isVideo = /\.(?:mp4|m4v|mov|webm|mkv)$/i;
const isLidar = /\.(?:bin|npy)$/i;
const calibrationNames = [
  /^rig\.json$/i,
  /^(?:calib|calibration)\.(?:txt|json|ya?ml)$/i,
  /camchain.*\.ya?ml$/i,
  /^calib_cam_to_cam\.txt$/i,
  /^calibrated_sensor\.json$/i,
  /(?:rig|calib|camera).*\.(?:json|txt|ya?ml)$/i,
];
const poseNames = [
  /^poses?\.(?:json|csv|txt|tum)$/i,
  /\.tum$/i,
  /(?:pose|traj|odom|groundtruth).*\.(?:json|csv|txt)$/i,
];
const timeNames = [/^times?\.(?:txt|csv)$/i, /timestamps?.*\.(?:txt|csv)$/i, /^data\.csv$/i];

/** List a folder, with a bound on what is looked at. `onProgress` gets the number of entries seen so far. */
export async function scanFiles(
  tree: FileTree,
  options: { readonly signal?: AbortSignal; readonly onProgress?: (seen: number) => void } = {},
): Promise<FolderContents> {
  const paths: string[] = [];
  const folders: { path: string; depth: number }[] = [{ path: '', depth: 0 }];
  let seen = 0;
  let isCut = false;
  for (let folder = folders.shift(); folder && !isCut; folder = folders.shift()) {
    for await (const { name, kind } of tree.list(folder.path)) {
      seen += 1;
      if (seen % 500 === 0) {
        options.signal?.throwIfAborted();
        options.onProgress?.(seen);
      }
      isCut = seen >= mostEntries;
      if (isCut) break;
      if (name.startsWith('.') || name === '__MACOSX') continue;
      const path = folder.path === '' ? name : `${folder.path}/${name}`;
      if (kind === 'file') paths.push(path);
      else if (folder.depth < deepest) folders.push({ path, depth: folder.depth + 1 });
    }
  }
  paths.sort(compareNames);
  return {
    images: paths.filter((path) => isImage.test(path)),
    videos: paths.filter((path) => isVideo.test(path)),
    calibrations: rank(paths, calibrationNames),
    poses: rank(paths, poseNames),
    times: rank(paths, timeNames),
    lidar: paths.filter((path) => isLidar.test(path)),
    isCut,
  };
}

function rank(paths: readonly string[], names: readonly RegExp[]): string[] {
  const rankOf = (path: string) =>
    names.findIndex((expression) => expression.test(path.slice(path.lastIndexOf('/') + 1)));
  const found = paths
    .map((path) => ({ path, rank: rankOf(path), depth: path.split('/').length }))
    .filter((entry) => entry.rank >= 0);
  found.sort((a, b) => a.rank - b.rank || a.depth - b.depth);
  return found.map(({ path }) => path).slice(0, 100);
}

/** 0 to 1: whether a folder looks like somebody's own sequence; a few hundred names decide. */
export async function recogniseSequence(tree: FileTree): Promise<number> {
  const peek = { seen: 0, images: 0, videos: 0, calibrations: 0, foreign: false };
  const folders = [''];
  const listSome = async (path: string, depth: number) => {
    let here = 0;
    for await (const { name, kind } of tree.list(path)) {
      peek.seen += 1;
      here += 1;
      if (here > 60 || peek.seen > 600) break;
      if (kind === 'folder') {
        // What has an opener of its own: nuScenes roots, packaged clips, model packages, predictions.
        if (/^v1\.0-/.test(name)) peek.foreign = true;
        if (depth < 3 && !name.startsWith('.')) folders.push(path === '' ? name : `${path}/${name}`);
        continue;
      }
      if (/^(?:clip|manifest)\.json$/.test(name)) peek.foreign = true;
      if (isImage.test(name)) peek.images += 1;
      if (isVideo.test(name)) peek.videos += 1;
      if (calibrationNames.slice(0, 4).some((expression) => expression.test(name))) peek.calibrations += 1;
    }
  };
  for (let next = 0; next < folders.length && next < 40 && peek.seen <= 600; next += 1) {
    await listSome(folders[next]!, folders[next]!.split('/').length);
  }
  if (peek.images + peek.videos === 0) return peek.calibrations > 0 && !peek.foreign ? 0.2 : 0;
  if (peek.foreign) return 0.15;
  return peek.calibrations > 0 ? 0.95 : 0.5;
}

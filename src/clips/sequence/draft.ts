import type { FileTree } from '../../domain/fileTree.ts';
import { OccuscopeError } from '../../errors/catalogue.ts';
import { type Adjustment, adjustCamera } from './adjustCamera.ts';
import { readRig } from './calibration/readRig.ts';
import { type CameraMedia, createImageMedia, type DecodeImage } from './cameraMedia.ts';
import { guessUnit, readTimesFile, type TimesFile, timeImages } from './imageTimes.ts';
import { type NetworkNeeds, planWindow } from './imageWindow.ts';
import { fitCamera } from './matchCameras.ts';
import { guessPatterns, matchPattern, type NamedCamera } from './namePattern.ts';
import type { SequenceCamera } from './openSequence.ts';
import { moveToEgo, type PoseTrack } from './poses.ts';
import { readPoses } from './readPoses.ts';
import type { Rig } from './rig.ts';
import type { FolderContents } from './scanFiles.ts';
import type { TimeUnit } from './timestamps.ts';

/** How pictures are found among the files. */
export interface PictureSettings {
  readonly source: 'images' | 'videos';
  readonly pattern: string;
  /** Null = guessed. */
  readonly unit: TimeUnit | null;
  /** Pictures per second, where only their numbers are known. */
  readonly frameRate: number;
  /** File of times, or null for the times in the names. */
  readonly timesPath: string | null;
}

/** Settings with a change; the same object where nothing changes, so that nobody looks for the pictures again. */
export function changePictures(settings: PictureSettings, change: Partial<PictureSettings>): PictureSettings {
  const keys = Object.keys(change) as (keyof PictureSettings)[];
  return keys.every((key) => change[key] === settings[key]) ? settings : { ...settings, ...change };
}

/** A camera's pictures, before any calibration. */
export interface FoundCamera {
  readonly name: string;
  readonly media: CameraMedia;
  /** Of the first picture; null where that could not be read. */
  readonly size: { readonly width: number; readonly height: number } | null;
  /** Why the first picture could not be read, or null. */
  readonly fault: OccuscopeError | null;
}

export interface FoundCameras {
  readonly cameras: readonly FoundCamera[];
  readonly unit: TimeUnit;
  /** Files that the pattern does not fit. */
  readonly unmatched: number;
  readonly notes: readonly string[];
}

/** More cameras than anyone mounts: opening every first picture would take minutes. */
const mostCameras = 64;

/** What seems to be meant, from the names of the files alone. */
export function suggestPictures(contents: FolderContents): PictureSettings {
  const isVideo = contents.images.length < contents.videos.length;
  const pattern = guessPatterns(contents.images)[0];
  // One list of times fits cameras that fire together; KITTI's raw data has one for each camera and is told by its names.
  const shared = contents.times.filter((path) => !/image_\d|cam/i.test(path));
  const isNumbered =
    pattern !== undefined && guessUnit(matchPattern(contents.images, pattern).cameras, null) === 'frame';
  return {
    source: isVideo ? 'videos' : 'images',
    pattern: pattern ?? '{camera}/{time}.*',
    unit: null,
    frameRate: 10,
    timesPath: isNumbered && shared.length === 1 ? shared[0]! : null,
  };
}

/**
 * Sort the pictures into cameras, time them and look at the first of each. Throws `sequence-invalid` naming what does not fit, and the
 * signal's reason when it is aborted; what was opened by then is closed.
 */
export async function findCameras(
  tree: FileTree,
  contents: FolderContents,
  settings: PictureSettings,
  decode: DecodeImage,
  signal?: AbortSignal,
): Promise<FoundCameras> {
  return settings.source === 'videos'
    ? await findVideoCameras(tree, contents.videos, signal)
    : await findImageCameras(tree, contents.images, settings, decode);
}

async function findImageCameras(
  tree: FileTree,
  paths: readonly string[],
  settings: PictureSettings,
  decode: DecodeImage,
): Promise<FoundCameras> {
  if (paths.length === 0) refuse(`${tree.name} holds no JPEG, PNG or WebP images.`);
  if (!(settings.frameRate > 0)) refuse('The number of pictures per second must be above zero.');
  const { cameras, unmatched } = matchPattern(paths, settings.pattern);
  if (cameras.length === 0) refuse(`No image fits the pattern “${settings.pattern}”; the first one is ${paths[0]}.`);
  checkCount(cameras);
  const file = settings.timesPath === null ? null : await readTimes(tree, settings.timesPath);
  const unit = settings.unit ?? guessUnit(cameras, file);
  const timed = timeImages(cameras, { unit, rate: settings.frameRate, file });
  const found = await Promise.all(
    timed.map(async (camera) => await lookAtFirst(camera.name, createImageMedia(tree, camera, decode))),
  );
  return { cameras: found, unit, unmatched: unmatched.length, notes: timed.flatMap(({ notes }) => notes) };
}

async function findVideoCameras(
  tree: FileTree,
  paths: readonly string[],
  signal: AbortSignal | undefined,
): Promise<FoundCameras> {
  if (paths.length === 0) refuse(`${tree.name} holds no videos.`);
  checkCount(paths);
  const { openVideo } = await import('./video.ts');
  const opened: FoundCamera[] = [];
  try {
    for (const path of paths) {
      const blob = await tree.readFile(path);
      if (!blob) refuse(`${path} is not there any more.`);
      const name = path.slice(path.lastIndexOf('/') + 1).replace(/\.[^.]+$/, '');
      opened.push(await lookAtFirst(name, await openVideo(blob, path)));
      signal?.throwIfAborted();
    }
  } catch (error) {
    // Videos hold decoders, and nobody else knows of these.
    for (const { media } of opened) media.close();
    throw error;
  }
  const notes = ['Videos are taken to start at the same moment.'];
  return { cameras: opened, unit: 'seconds', unmatched: 0, notes: paths.length > 1 ? notes : [] };
}

async function lookAtFirst(name: string, media: CameraMedia): Promise<FoundCamera> {
  try {
    const { width, height, pixels } = await media.read(0);
    if (!ArrayBuffer.isView(pixels)) pixels.close();
    return { name, media, size: { width, height }, fault: null };
  } catch (cause) {
    const fault = cause instanceof OccuscopeError ? cause : new OccuscopeError('image-decode-failed', { cause });
    return { name, media, size: null, fault };
  }
}

function checkCount(cameras: readonly (NamedCamera | string)[]): void {
  if (cameras.length <= mostCameras) return;
  refuse(
    `This makes ${cameras.length} cameras; at most ${mostCameras} are opened. Does the pattern split in the right place?`,
  );
}

async function readTimes(tree: FileTree, path: string): Promise<TimesFile> {
  return readTimesFile(await readText(tree, path), path);
}

/** Read a calibration file of the folder. Throws `calibration-invalid` or `sequence-invalid`. */
export async function readCalibration(tree: FileTree, path: string): Promise<Rig> {
  const folder = path.slice(0, path.lastIndexOf('/') + 1);
  return await readRig(await readText(tree, path), path, async (name) => {
    const blob = await tree.readFile(`${folder}${name}`);
    return blob && (await blob.text());
  });
}

/**
 * Read a file of poses. `of` names the camera whose motion they tell, or null where they are those of the ego.
 * KITTI's are of camera 0 when nobody says otherwise. Throws `poses-invalid` or `sequence-invalid`.
 */
export async function readTrack(
  tree: FileTree,
  path: string,
  {
    imageTimes,
    rig,
    of,
  }: { readonly imageTimes: readonly number[] | null; readonly rig: Rig | null; readonly of: string | null },
): Promise<PoseTrack> {
  const track = readPoses(await readText(tree, path), path, imageTimes);
  const mounted = of ?? (track.format === 'KITTI' ? (rig?.cameras[0]?.name ?? null) : null);
  const camera = rig?.cameras.find(({ name }) => name === mounted);
  if (!camera) return track;
  return {
    ...moveToEgo(track, camera.egoFromCamera),
    notes: [...track.notes, `Poses are taken to be those of ${camera.name}.`],
  };
}

/** Cameras with calibrations, corrections and the part of their images that is used. */
export interface SettledCameras {
  readonly cameras: readonly SequenceCamera[];
  readonly notes: readonly string[];
  /** What keeps a chosen camera from being used, one sentence each. */
  readonly faults: readonly string[];
}

/**
 * Join pictures and calibration for the chosen cameras, in this order. `assigned`: for each found camera the index of its calibration
 * in the rig, or null.
 */
export function settleCameras(
  found: readonly FoundCamera[],
  rig: Rig,
  options: {
    readonly assigned: readonly (number | null)[];
    readonly chosen: readonly number[];
    readonly adjustments: ReadonlyMap<string, Adjustment>;
    readonly network: NetworkNeeds | null;
  },
): SettledCameras {
  const notes: string[] = [];
  const faults: string[] = [];
  const cameras: SequenceCamera[] = [];
  for (const index of options.chosen) {
    const { name, media, size, fault } = found[index]!;
    const mounted = rig.cameras[options.assigned[index] ?? -1];
    if (!size) faults.push(`${name}: ${fault?.message ?? 'the first image could not be read.'}`);
    else if (!mounted) faults.push(`${name} has no calibration: choose one, or leave the camera out.`);
    else {
      try {
        const fitted = fitCamera({ ...mounted, name }, size);
        if (fitted.note) notes.push(fitted.note);
        const adjustment = options.adjustments.get(name);
        const camera = adjustment ? adjustCamera(fitted.camera, adjustment) : fitted.camera;
        cameras.push({
          camera,
          size,
          media,
          window: planWindow(camera.intrinsics, camera.egoFromCamera, size, options.network),
        });
      } catch (error) {
        faults.push(error instanceof OccuscopeError ? (error.detail ?? error.sentence) : String(error));
      }
    }
  }
  const { network } = options;
  if (network && options.chosen.length > network.cameras) {
    faults.push(
      `${options.chosen.length} cameras are chosen; the network takes ${network.cameras}. Leave out ${options.chosen.length - network.cameras}.`,
    );
  }
  return { cameras, notes, faults };
}

async function readText(tree: FileTree, path: string): Promise<string> {
  const blob = await tree.readFile(path);
  if (!blob) refuse(`${path} is not there any more.`);
  return await blob.text();
}

function refuse(detail: string): never {
  throw new OccuscopeError('sequence-invalid', { detail });
}

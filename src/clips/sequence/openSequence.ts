import { OCC3D_CLASSES } from '../../domain/classes.ts';
import type { CameraView, Clip, Frame } from '../../domain/clip.ts';
import { type Matrix4, OCC3D_GRID } from '../../domain/geometry.ts';
import { OccuscopeError } from '../../errors/catalogue.ts';
import { chainCameraToKeyEgo } from '../../geometry/rigid.ts';
import type { CameraMedia } from './cameraMedia.ts';
import { groupFrames, type Moment } from './groupFrames.ts';
import { moveIntrinsics } from './imageWindow.ts';
import { interpolatePose, type PoseTrack } from './poses.ts';
import { createDirectStraightener, type Straightener } from './straighten.ts';
import { formatSeconds } from './timestamps.ts';
import { createViewReader, type ViewedCamera } from './viewImages.ts';

/** A camera with its calibration and its pictures. */
export interface SequenceCamera extends ViewedCamera {
  readonly media: CameraMedia;
}

/** Everything that a person has settled. Gaps in microseconds. */
export interface SequenceChoice {
  readonly title: string;
  /** In the order shown; the first one's images are the key frames. */
  readonly cameras: readonly SequenceCamera[];
  /** Key frames per second. */
  readonly rate: number;
  readonly longestImageGap: number;
  /** Keep moments for which a camera has no image; it is shown as missing there, and nothing is predicted. */
  readonly keepsGaps?: boolean;
  readonly poses: PoseTrack | null;
  readonly longestPoseGap: number;
  /** Where the calibration says that the lidar stands. */
  readonly egoFromLidar?: Matrix4 | null;
}

/** Frames as they will be, and what had to be left out, one sentence each. */
export interface SequencePlan {
  readonly frames: readonly Frame[];
  readonly moments: readonly Moment[];
  readonly notes: readonly string[];
}

/** A clip longer than this would be watched for three hours at 2 Hz. */
const mostFrames = 20_000;

const noPose: Matrix4 = Float64Array.of(1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1);

/**
 * Group pictures into key frames and give each its calibration. With poses, `egoFromCamera` of a frame contains the ego motion between
 * the camera's time and the key frame's. Throws `sequence-invalid` where nothing is left to show.
 */
export function planSequence(choice: SequenceChoice): SequencePlan {
  if (choice.cameras.length === 0) refuse('No camera is chosen.');
  const times = choice.cameras.map(({ media }) => media.times);
  const { rate, longestImageGap: longestGap, keepsGaps = false } = choice;
  const { moments, leftOut, incomplete, missing } = groupFrames(times, { rate, longestGap, keepsGaps });
  const notes: string[] = [];
  const gap = formatSeconds(choice.longestImageGap);
  if (leftOut > 0) {
    const worst = missing.indexOf(Math.max(...missing));
    notes.push(
      `${count(leftOut, 'key frame is', 'key frames are')} left out: ${choice.cameras[worst]!.camera.name} has no image within ${gap}.`,
    );
  }
  if (incomplete > 0) {
    const lacking = choice.cameras.flatMap(({ camera }, index) =>
      missing[index]! > 0 ? [`${camera.name} in ${missing[index]}`] : [],
    );
    notes.push(
      `${count(incomplete, 'key frame lacks', 'key frames lack')} an image (${lacking.join(', ')}): it is shown as missing, and nothing is predicted there.`,
    );
  }
  if (moments.length === 0) {
    refuse(
      leftOut > 0
        ? `No moment has an image of every camera within ${gap}; ${describeSpans(choice)}.`
        : 'The first camera has no images.',
    );
  }
  if (moments.length > mostFrames)
    refuse(`These are ${moments.length} key frames; at most ${mostFrames} are opened. Choose a lower rate.`);
  const placed = moments.map((moment) => placeMoment(choice, moment));
  const kept = moments.filter((_, index) => placed[index] !== null);
  const lost = moments.length - kept.length;
  if (kept.length === 0) refuse(`No key frame has a pose; ${describePoses(choice)}.`);
  if (lost > 0) {
    notes.push(
      `${count(lost, 'key frame is', 'key frames are')} left out: no two poses within ${formatSeconds(choice.longestPoseGap)} lie around it.`,
    );
  }
  const frames = placed.filter((frame) => frame !== null).map((frame, index) => ({ ...frame, index }));
  return { frames, moments: kept, notes };
}

/** One frame, or null where poses are given and none fits. */
function placeMoment(
  { cameras, poses, longestPoseGap }: SequenceChoice,
  { timeMicroseconds, images }: Moment,
): Omit<Frame, 'index'> | null {
  const worldFromEgo = poses ? interpolatePose(poses, timeMicroseconds, longestPoseGap) : noPose;
  if (!worldFromEgo) return null;
  const views: CameraView[] = [];
  for (const [index, { camera, window, media }] of cameras.entries()) {
    // Without an image the camera is taken to be where it was at the moment itself.
    const time = media.times[images[index]!] ?? timeMicroseconds;
    const worldFromEgoAtCamera = poses ? interpolatePose(poses, time, longestPoseGap) : noPose;
    if (!worldFromEgoAtCamera) return null;
    views.push({
      name: camera.name,
      timestampMicroseconds: time,
      width: window.width,
      height: window.height,
      intrinsics: moveIntrinsics(camera.intrinsics, window),
      egoFromCamera: poses
        ? chainCameraToKeyEgo(worldFromEgo, worldFromEgoAtCamera, camera.egoFromCamera)
        : camera.egoFromCamera,
    });
  }
  const [first] = cameras;
  const picture = first!.media.describe(images[0]!);
  return {
    token: `${timeMicroseconds}`,
    timestampMicroseconds: timeMicroseconds,
    worldFromEgo,
    cameras: views,
    // Labels of KITTI and Waymo are numbered as the images are.
    names: [picture.slice(picture.lastIndexOf('/') + 1).replace(/\.\w+$/, '')],
  };
}

/** Open a sequence as a clip without truth. The clip owns the media and the straightener from now on. Throws `sequence-invalid`. */
export function openSequence(choice: SequenceChoice, straightener: Straightener = createDirectStraightener()): Clip {
  const { frames, moments } = planSequence(choice);
  const readers = choice.cameras.map((camera) => createViewReader(camera, straightener));
  return {
    id: nameSequence(choice.title),
    title: choice.title,
    licence: 'yours',
    origin: 'Opened from your own files; they stay on this computer.',
    classes: OCC3D_CLASSES,
    grid: OCC3D_GRID,
    cameraNames: choice.cameras.map(({ camera }) => camera.name),
    frames,
    hasTruth: false,
    hasPoses: choice.poses !== null,
    egoFromLidar: choice.egoFromLidar ?? undefined,
    async openImage(frameIndex, cameraIndex) {
      const image = moments[frameIndex]?.images[cameraIndex];
      if (image === undefined)
        throw new RangeError(`the sequence has no frame ${frameIndex} or no camera ${cameraIndex}`);
      const { media, camera } = choice.cameras[cameraIndex]!;
      if (image < 0) {
        const gap = formatSeconds(choice.longestImageGap);
        throw new OccuscopeError('image-missing', {
          detail: `${camera.name} has no image within ${gap} of this moment.`,
        });
      }
      return await readers[cameraIndex]!.read(await media.read(image), media.describe(image));
    },
    openTruth: async () => null,
    close() {
      straightener.close();
      for (const { media } of choice.cameras) media.close();
    },
  };
}

/** Two folders are two clips in the menu. */
function nameSequence(title: string): string {
  const words = title
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
  return `sequence-${words.slice(0, 60) || 'own'}`;
}

function describeSpans({ cameras }: SequenceChoice): string {
  const spans = cameras
    .slice(0, 3)
    .map(
      ({ camera, media: { times } }) =>
        `${camera.name} runs from ${formatSeconds(times[0] ?? 0)} to ${formatSeconds(times.at(-1) ?? 0)}`,
    );
  return spans.join(', ');
}

function describePoses({ poses, cameras }: SequenceChoice): string {
  const track = poses!.poses;
  const [first] = cameras;
  return (
    `poses run from ${formatSeconds(track[0]!.timeMicroseconds)} to ${formatSeconds(track.at(-1)!.timeMicroseconds)}, ` +
    `images from ${formatSeconds(first!.media.times[0]!)} to ${formatSeconds(first!.media.times.at(-1)!)}`
  );
}

function count(number: number, one: string, many: string): string {
  return `${number} ${number === 1 ? one : many}`;
}

function refuse(detail: string): never {
  throw new OccuscopeError('sequence-invalid', { detail });
}

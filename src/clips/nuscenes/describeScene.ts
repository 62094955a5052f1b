import type { CameraView, Frame } from '../../domain/clip.ts';
import type { Matrix4 } from '../../domain/geometry.ts';
import { chainCameraToKeyEgo, composePose } from '../../geometry/rigid.ts';
import { createFaultList, type FaultList } from './faultList.ts';
import { INTRINSIC_VALUES, LIDAR, POSE_VALUES, type RootIndex, readFileName, type SceneEntry } from './rootIndex.ts';

/** A scene's key frames with everything that the tables say about them. */
export interface SceneDescription {
  readonly cameraNames: readonly string[];
  readonly frames: readonly Frame[];
  /** File of each frame and camera, relative to the root; empty where the tables have none. */
  readonly files: readonly (readonly string[])[];
  /** The lidar in the ego frame, for each frame; null where the tables have none. */
  readonly egoFromLidar: readonly (Matrix4 | null)[];
  /** File and token of each frame's lidar sweep; empty where the tables have none. */
  readonly lidarFiles: readonly string[];
  readonly lidarTokens: readonly string[];
  /** What is wrong with the scene, one sentence each. */
  readonly faults: readonly string[];
}

/**
 * Describe one scene. The key ego is the ego at the lidar's time, in whose axes truth is given; `egoFromCamera` goes through each camera's
 * own ego pose (`chainCameraToKeyEgo`). Cameras without a usable calibration are left out, frames without any pose too, and both are told.
 */
export function describeScene(index: RootIndex, scene: SceneEntry): SceneDescription {
  const faults = createFaultList();
  const cameras = findCameras(index, scene, faults);
  const frames: Frame[] = [];
  const files: string[][] = [];
  const egoFromLidar: (Matrix4 | null)[] = [];
  const lidarFiles: string[] = [];
  const lidarTokens: string[] = [];
  const lidar = index.channels.indexOf(LIDAR);
  for (let sample = scene.firstSample; sample < scene.firstSample + scene.sampleCount; sample++) {
    const token = index.sampleTokens[sample]!;
    const worldFromEgo = readKeyPose(index, sample);
    if (!worldFromEgo) {
      faults.add('Frames', `Sample ${token} has no ego pose and is left out.`);
      continue;
    }
    const views = cameras.map((camera) => describeView(index, sample, camera, worldFromEgo, faults));
    files.push(cameras.map(({ channel }) => readFileName(index, slotOf(index, sample, channel))));
    egoFromLidar.push(readLidar(index, sample));
    const lidarFile = lidar < 0 ? '' : readFileName(index, slotOf(index, sample, lidar));
    lidarFiles.push(lidarFile);
    lidarTokens.push(index.lidarTokens[sample] ?? '');
    frames.push({
      index: frames.length,
      token,
      timestampMicroseconds: index.sampleTimes[sample]!,
      worldFromEgo,
      cameras: views,
      names: [index.lidarTokens[sample] ?? '', lidarFile.slice(lidarFile.lastIndexOf('/') + 1)].filter(Boolean),
    });
  }
  return {
    cameraNames: cameras.map(({ name }) => name),
    frames,
    files,
    egoFromLidar,
    lidarFiles,
    lidarTokens,
    faults: [...scene.faults, ...faults.list()],
  };
}

interface SceneCamera {
  readonly channel: number;
  readonly name: string;
  /** Of the first key frame that has one; used where a frame has none. */
  readonly calibration: number;
  readonly width: number;
  readonly height: number;
}

/** Cameras of the scene that have a usable calibration and a size in some frame. */
function findCameras(index: RootIndex, scene: SceneEntry, faults: FaultList): SceneCamera[] {
  return index.channels.flatMap((name, channel): SceneCamera[] => {
    if (name === LIDAR) return [];
    let hasFrames = false;
    for (let sample = scene.firstSample; sample < scene.firstSample + scene.sampleCount; sample++) {
      const slot = slotOf(index, sample, channel);
      const calibration = index.calibrationOf[slot]!;
      hasFrames ||= calibration >= 0;
      const [width, height] = [index.widths[slot]!, index.heights[slot]!];
      if (calibration >= 0 && isUsable(index, calibration) && width > 0 && height > 0) {
        return [{ channel, name, calibration, width, height }];
      }
    }
    if (hasFrames) faults.add('Cameras', `${name} has no usable calibration or image size and is left out.`);
    return [];
  });
}

function isUsable({ calibrationPoses, intrinsics }: RootIndex, calibration: number): boolean {
  return (
    Number.isFinite(calibrationPoses[calibration * POSE_VALUES]!) &&
    Number.isFinite(intrinsics[calibration * INTRINSIC_VALUES]!)
  );
}

function describeView(
  index: RootIndex,
  sample: number,
  camera: SceneCamera,
  worldFromEgo: Matrix4,
  faults: FaultList,
): CameraView {
  const slot = slotOf(index, sample, camera.channel);
  const found = index.calibrationOf[slot]!;
  const calibration = found >= 0 && isUsable(index, found) ? found : camera.calibration;
  const worldFromEgoAtCamera = readPose(index.poses, slot);
  if (found >= 0 && !worldFromEgoAtCamera) {
    faults.add(
      'Poses',
      `${camera.name} of sample ${index.sampleTokens[sample]} has no ego pose; the frame’s own is used.`,
    );
  }
  const egoFromSensor = readPose(index.calibrationPoses, calibration)!;
  return {
    name: camera.name,
    timestampMicroseconds: found >= 0 ? index.times[slot]! : index.sampleTimes[sample]!,
    width: index.widths[slot] || camera.width,
    height: index.heights[slot] || camera.height,
    intrinsics: index.intrinsics.slice(calibration * INTRINSIC_VALUES, (calibration + 1) * INTRINSIC_VALUES),
    egoFromCamera: chainCameraToKeyEgo(worldFromEgo, worldFromEgoAtCamera ?? worldFromEgo, egoFromSensor),
  };
}

/** The ego at the lidar's time; without one at the front camera's, or any other's. */
function readKeyPose(index: RootIndex, sample: number): Float64Array | null {
  const order = [LIDAR, 'CAM_FRONT', ...index.channels];
  for (const name of order) {
    const channel = index.channels.indexOf(name);
    const pose = channel >= 0 ? readPose(index.poses, slotOf(index, sample, channel)) : null;
    if (pose) return pose;
  }
  return null;
}

function readLidar(index: RootIndex, sample: number): Float64Array | null {
  const channel = index.channels.indexOf(LIDAR);
  const calibration = channel >= 0 ? index.calibrationOf[slotOf(index, sample, channel)]! : -1;
  return calibration >= 0 ? readPose(index.calibrationPoses, calibration) : null;
}

function readPose(poses: Float64Array, place: number): Float64Array | null {
  const [w, x, y, z, ...translation] = poses.subarray(place * POSE_VALUES, (place + 1) * POSE_VALUES);
  if (!Number.isFinite(w)) return null;
  return composePose({ rotation: [w!, x!, y!, z!], translation });
}

function slotOf({ channels }: RootIndex, sample: number, channel: number): number {
  return sample * channels.length + channel;
}

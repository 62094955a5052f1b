import type { Matrix4, Vector3 } from '../../src/domain/geometry.ts';
import { OCC3D_GRID } from '../../src/domain/geometry.ts';
import { chainCameraToKeyEgo, composePose } from '../../src/geometry/rigid.ts';
import { CAMERAS, type DataRoot, type DataRow } from './dataRoot.ts';

/** A scene as the page opens it, and what the counting needs beside it. */
export interface SceneClip {
  readonly name: string;
  /** The contents of `clip.json`. Images lie below `files/`, by their names in the tables. */
  readonly clip: object;
  readonly tokens: readonly string[];
  readonly frames: readonly SceneFrame[];
}

export interface SceneFrame {
  readonly token: string;
  /** The ego at the time of the lidar, in whose axes the truth is given. */
  readonly worldFromEgo: Matrix4;
  /** The lidar in the ego frame, metres. */
  readonly lidar: Vector3;
  readonly cameras: readonly SceneCamera[];
}

export interface SceneCamera {
  readonly image: string;
  readonly timestampMicroseconds: number;
  readonly width: number;
  readonly height: number;
  readonly intrinsics: Float64Array;
  readonly egoFromCamera: Float64Array;
}

/** Describe a scene as a packaged clip without truth. Throws where a key frame lacks a camera or the lidar. */
export function describeScene(root: DataRoot, sceneIndex: number): SceneClip {
  const scene = root.scenes[sceneIndex]!;
  const frames = scene.samples.map(({ token }) => describeFrame(root, scene.name, token));
  const clip = {
    format: 'occuscope-clip/1',
    id: scene.name,
    title: scene.name,
    licence: 'that of the data root',
    origin: `${root.version}, scene ${scene.name}`,
    classes: 'occ3d',
    grid: OCC3D_GRID,
    cameras: CAMERAS,
    frames: frames.map(({ token, worldFromEgo, cameras }, index) => ({
      token,
      timestampMicroseconds: scene.samples[index]!.timestamp,
      worldFromEgo: [...worldFromEgo],
      cameras: cameras.map(({ image, intrinsics, egoFromCamera, ...rest }) => ({
        ...rest,
        image: `files/${image}`,
        intrinsics: [...intrinsics],
        egoFromCamera: [...egoFromCamera],
      })),
    })),
  };
  return { name: scene.name, clip, tokens: frames.map(({ token }) => token), frames };
}

function describeFrame(root: DataRoot, scene: string, token: string): SceneFrame {
  const channels = root.data.get(token);
  const find = (channel: string): DataRow => {
    const row = channels?.get(channel);
    if (!row) throw new Error(`Sample ${token} of ${scene} has no key frame of ${channel}.`);
    return row;
  };
  const lidar = find('LIDAR_TOP');
  const worldFromEgo = readPose(root, lidar);
  const [x, y, z] = readCalibration(root, lidar).translation as [number, number, number];
  const cameras = CAMERAS.map((channel): SceneCamera => {
    const row = find(channel);
    const calibration = readCalibration(root, row);
    if (!row.width || !row.height) throw new Error(`${row.filename} has no size in the tables.`);
    return {
      image: row.filename,
      timestampMicroseconds: row.timestamp,
      width: row.width,
      height: row.height,
      intrinsics: Float64Array.from(calibration.camera_intrinsic.flat()),
      egoFromCamera: chainCameraToKeyEgo(worldFromEgo, readPose(root, row), composePose(calibration)),
    };
  });
  return { token, worldFromEgo, lidar: [x, y, z], cameras };
}

function readPose(root: DataRoot, row: DataRow): Float64Array {
  const pose = root.poses.get(row.ego_pose_token);
  if (!pose) throw new Error(`The tables have no ego pose ${row.ego_pose_token}.`);
  return composePose(pose);
}

function readCalibration(root: DataRoot, row: DataRow) {
  const calibration = root.calibrations.get(row.calibrated_sensor_token);
  if (!calibration) throw new Error(`The tables have no calibrated sensor ${row.calibrated_sensor_token}.`);
  return calibration;
}

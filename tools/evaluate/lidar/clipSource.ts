import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import type { CameraView } from '../../../src/domain/clip.ts';
import type { Matrix4 } from '../../../src/domain/geometry.ts';
import { composePose, invertRigid, multiplyMatrix4 } from '../../../src/geometry/rigid.ts';
import type { LidarBox } from '../../../src/metrics/lidar/boxes.ts';
import type { BoxGroup } from '../../../src/metrics/lidar/model.ts';
import { CAMERAS } from '../dataRoot.ts';
import type { LidarSource, SceneFrameWithSweep, SceneWithSweeps } from './lidarScene.ts';

/** mmdetection3d's nuScenes label ids: car, truck, trailer, bus, construction vehicle, bicycle, motorcycle, pedestrian, traffic cone, barrier. */
const GROUP_OF_LABEL: readonly BoxGroup[] = [
  ...(['vehicle', 'vehicle', 'vehicle', 'vehicle', 'vehicle'] as const),
  ...(['cycle', 'cycle', 'pedestrian', 'cone', 'barrier'] as const),
];

const number = z.number();
const matrix3 = z.tuple([
  z.tuple([number, number, number]),
  z.tuple([number, number, number]),
  z.tuple([number, number, number]),
]);
const matrix4 = z.array(z.array(number).length(4)).length(4);
const pose = z.object({ translation: z.array(number).length(3), rotation_wxyz: z.array(number).length(4) });
const cameraSchema = z.object({
  file: z.string().min(1),
  timestamp: number,
  lidar2cam: matrix4,
  intrinsics: matrix3,
  width: z.int().positive(),
  height: z.int().positive(),
});
const frameSchema = z.object({
  token: z.string().min(1),
  timestamp: number,
  lidar: z.string().min(1),
  lidar2ego: pose,
  ego2global_at_lidar: pose,
  cams: z.record(z.enum(CAMERAS), cameraSchema),
  gt_boxes_lidar_xyzwlh_yaw: z.array(z.array(number).length(7)).optional(),
  gt_names: z.array(z.int()).optional(),
});
const clipSchema = z.object({ scene: z.string().min(1), frames: z.array(frameSchema).min(1) });

type ClipFrame = z.infer<typeof frameSchema>;

/**
 * Open a folder with a `clip.json` of the kind that keeps `lidar2cam` matrices and boxes beside a sweep, or a folder of such folders.
 * Null where there is none. Throws where one of them does not fit.
 */
export function openClipSource(folder: string): LidarSource | null {
  const folders = holdsClip(folder) ? [''] : readdirSync(folder).filter((name) => holdsClip(path.join(folder, name)));
  if (folders.length === 0) return null;
  const scenes = new Map(folders.sort().map((name) => [name === '' ? readClip(folder).scene : name, name]));
  return {
    folder,
    version: 'clip.json with lidar',
    split: [...scenes.keys()].join(' '),
    scenes: [...scenes.keys()],
    readScene: async (name): Promise<SceneWithSweeps> => {
      const inside = scenes.get(name)!;
      const { frames } = readClip(path.join(folder, inside));
      return { name, frames: frames.map((frame, index) => describeFrame(frame, index, inside)) };
    },
  };
}

function holdsClip(folder: string): boolean {
  const file = path.join(folder, 'clip.json');
  return existsSync(file) && /"lidar2cam"/.test(readFileSync(file, 'utf8'));
}

function readClip(folder: string): z.infer<typeof clipSchema> {
  // Python writes NaN (unknown velocities), which JSON does not have.
  const text = readFileSync(path.join(folder, 'clip.json'), 'utf8').replace(/(?<=[[:,\s])-?NaN(?=[\],}\s])/g, 'null');
  return clipSchema.parse(JSON.parse(text));
}

function describeFrame(entry: ClipFrame, index: number, inside: string): SceneFrameWithSweep {
  const egoFromLidar = readPose(entry.lidar2ego);
  const cameras = CAMERAS.map((name): CameraView => {
    const { timestamp, width, height, intrinsics, lidar2cam } = entry.cams[name];
    return {
      name,
      timestampMicroseconds: Math.round(timestamp * 1e6),
      width,
      height,
      intrinsics: Float64Array.from(intrinsics.flat()),
      egoFromCamera: multiplyMatrix4(egoFromLidar, invertRigid(Float64Array.from(lidar2cam.flat()))),
    };
  });
  return {
    frame: {
      index,
      token: entry.token,
      timestampMicroseconds: Math.round(entry.timestamp * 1e6),
      worldFromEgo: readPose(entry.ego2global_at_lidar),
      cameras,
    },
    images: CAMERAS.map((name) => path.posix.join(inside, entry.cams[name].file)),
    sweep: path.posix.join(inside, entry.lidar),
    egoFromLidar,
    boxes: readBoxes(entry, egoFromLidar),
  };
}

function readPose({ translation, rotation_wxyz }: z.infer<typeof pose>): Matrix4 {
  return composePose({ rotation: rotation_wxyz, translation });
}

/** Boxes are given in lidar axes: middle, length, width, height, and the turn about z from the lidar's x to the length. */
function readBoxes({ gt_boxes_lidar_xyzwlh_yaw: boxes, gt_names: labels }: ClipFrame, egoFromLidar: Matrix4) {
  if (!boxes || !labels) return null;
  return boxes.flatMap(([x, y, z, length, width, height, yaw], place): LidarBox[] => {
    const group = GROUP_OF_LABEL[labels[place] ?? -1];
    if (!group) return [];
    const rotation = [Math.cos(yaw! / 2), 0, 0, Math.sin(yaw! / 2)];
    const lidarFromBox = composePose({ rotation, translation: [x!, y!, z!] });
    return [{ group, egoFromBox: multiplyMatrix4(egoFromLidar, lidarFromBox), size: [length!, width!, height!] }];
  });
}

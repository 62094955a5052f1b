import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Frame } from '../../../src/domain/clip.ts';
import type { Matrix4 } from '../../../src/domain/geometry.ts';
import { transformPoint } from '../../../src/geometry/rigid.ts';
import type { LidarBox } from '../../../src/metrics/lidar/boxes.ts';
import type { LidarSweep } from '../../../src/metrics/lidar/returns.ts';
import { describePackagedScene } from '../packagedScene.ts';

/** One frame of a scene; paths are relative to the source's folder. */
export interface SceneFrameWithSweep {
  readonly frame: Frame;
  /** In the order of the frame's cameras. */
  readonly images: readonly string[];
  readonly sweep: string;
  readonly egoFromLidar: Matrix4;
  /** Null where the source has no annotations. */
  readonly boxes: readonly LidarBox[] | null;
}

/** Frames in the order of time; a network's memory follows them. */
export interface SceneWithSweeps {
  readonly name: string;
  readonly frames: readonly SceneFrameWithSweep[];
}

/** Frames with lidar, from wherever they come. */
export interface LidarSource {
  /** Images and sweeps are named relative to it. */
  readonly folder: string;
  /** What kind of data it is, for the report. */
  readonly version: string;
  readonly split: string;
  readonly scenes: readonly string[];
  readScene(name: string): Promise<SceneWithSweeps>;
}

/** x, y, z, intensity and ring of one return, float32. */
const VALUES_PER_RETURN = 5;

/** Read a sweep in nuScenes' `.pcd.bin` layout into ego axes. Throws where the file is no such sweep. */
export function readSweep(file: string, egoFromLidar: Matrix4): LidarSweep {
  const bytes = readFileSync(file);
  const count = bytes.length / (4 * VALUES_PER_RETURN);
  if (!Number.isInteger(count)) throw new Error(`${file} has ${bytes.length} bytes: no whole number of returns.`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const points = new Float64Array(3 * count);
  for (let index = 0; index < count; index++) {
    const value = (field: number) => view.getFloat32(4 * (VALUES_PER_RETURN * index + field), true);
    points.set(transformPoint(egoFromLidar, [value(0), value(1), value(2)]), 3 * index);
  }
  return { origin: [egoFromLidar[3]!, egoFromLidar[7]!, egoFromLidar[11]!], points };
}

/** Whether a frame can be measured: its sweep and all its images are on the disk. */
export function isWhole(folder: string, { images, sweep }: SceneFrameWithSweep): boolean {
  return [sweep, ...images].every((file) => file !== '' && existsSync(path.join(folder, file)));
}

/** The scene as the page opens it: a packaged clip without truth, whose images lie below `files/`. */
export function describeClip({ name, frames }: SceneWithSweeps): object {
  return describePackagedScene({
    name,
    licence: 'that of the data',
    origin: 'frames with lidar, for evaluation',
    frames: frames.map(({ frame, images }) => ({
      ...frame,
      cameras: frame.cameras.map((view, camera) => ({ ...view, image: images[camera]! })),
    })),
  });
}

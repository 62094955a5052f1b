import { describeScene as describeTables } from '../../src/clips/nuscenes/describeScene.ts';
import type { Matrix4, Vector3 } from '../../src/domain/geometry.ts';
import { CAMERAS, type DataRoot } from './dataRoot.ts';
import { describePackagedScene, type SceneCamera } from './packagedScene.ts';

/** A scene as the page opens it, and what the counting needs beside it. */
export interface SceneClip {
  readonly name: string;
  /** The contents of `clip.json`. Images lie below `files/`, by their names in the tables. */
  readonly clip: object;
  readonly frames: readonly SceneFrame[];
}

export interface SceneFrame {
  readonly token: string;
  readonly timestampMicroseconds: number;
  /** The ego at the time of the lidar, in whose axes the truth is given. */
  readonly worldFromEgo: Matrix4;
  /** The lidar in the ego frame, metres. */
  readonly lidar: Vector3;
  readonly cameras: readonly SceneCamera[];
}

/** Describe a scene as a packaged clip without truth. Throws where the tables have faults: numbers that are published must not pass over them. */
export function describeScene(root: DataRoot, sceneIndex: number): SceneClip {
  const scene = root.scenes[sceneIndex]!;
  const described = describeTables(root.index, scene);
  checkScene(root, scene.name, described);
  const frames = described.frames.map((frame, place): SceneFrame => {
    const lidar = described.egoFromLidar[place]!;
    return {
      token: frame.token,
      timestampMicroseconds: frame.timestampMicroseconds,
      worldFromEgo: frame.worldFromEgo,
      lidar: [lidar[3]!, lidar[7]!, lidar[11]!],
      cameras: frame.cameras.map((view, camera) => ({ ...view, image: described.files[place]![camera]! })),
    };
  });
  const clip = describePackagedScene({
    name: scene.name,
    licence: 'that of the data root',
    origin: `${root.version}, scene ${scene.name}`,
    frames,
  });
  return { name: scene.name, clip, frames };
}

/** Throws where the tables have faults, or where a key frame lacks a camera or the lidar. */
export function checkScene(
  root: DataRoot,
  name: string,
  { cameraNames, files, egoFromLidar, faults }: ReturnType<typeof describeTables>,
): void {
  const [fault] = [...root.index.faults, ...faults];
  if (fault) throw new Error(`The tables are not whole. ${fault}`);
  if (cameraNames.join() !== CAMERAS.join()) throw new Error(`${name} has the cameras ${cameraNames.join(', ')}.`);
  const lacking = files.findIndex((cameras) => cameras.includes(''));
  if (lacking >= 0 || egoFromLidar.includes(null))
    throw new Error(`A key frame of ${name} lacks a camera or the lidar.`);
}

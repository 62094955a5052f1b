import type { Matrix4 } from '../../../domain/geometry.ts';
import { composePose, multiplyMatrix4 } from '../../../geometry/rigid.ts';
import type { Random } from '../geometry/random.ts';
import data from './nuscenesRigs.json';

/** One mounted camera; intrinsics [fx, fy, cx, cy] in pixels of a 1600x900 image. */
export interface MountedCamera {
  readonly name: string;
  readonly egoFromSensor: Matrix4;
  readonly intrinsics: readonly [number, number, number, number];
}

/** Cameras in rig order and the lidar. */
export interface SensorRig {
  readonly cameras: readonly MountedCamera[];
  readonly egoFromLidar: Matrix4;
}

export const NATIVE_WIDTH = 1600;
export const NATIVE_HEIGHT = 900;
export const RIG_COUNT = data.rigs.length;

/** The nuScenes sensor calibration number `index`. */
export function readRig(index: number): SensorRig {
  const rig = data.rigs[index];
  if (!rig) throw new RangeError(`There are ${RIG_COUNT} rigs; ${index} is none of them.`);
  return {
    cameras: rig.cameras.map((camera) => ({
      name: camera.name,
      egoFromSensor: composePose(camera),
      intrinsics: camera.intrinsics as unknown as [number, number, number, number],
    })),
    egoFromLidar: composePose(rig.lidar),
  };
}

/** A rig drawn by how many nuScenes scenes use it. */
export function pickRig(random: Random): number {
  return random.pickWeighted(data.rigs.map((rig, index) => [rig.share, index] as const));
}

/** Another vehicle's plausible mounting: a common lift and pitch, then small changes for every camera. */
export function jitterRig(rig: SensorRig, random: Random): SensorRig {
  const lift = random.range(-0.15, 0.3);
  const zoom = 1 + 0.06 * random.range(-1, 1);
  const cameras = rig.cameras.map((camera) => {
    const turn = () => (random.gaussian() * 0.9 * Math.PI) / 180;
    const small = composePose({ rotation: [1, turn() / 2, turn() / 2, turn() / 2], translation: [0, 0, 0] });
    const egoFromSensor = multiplyMatrix4(camera.egoFromSensor, small);
    for (const [axis, amount] of [
      [3, 0.08],
      [7, 0.05],
      [11, 0.05],
    ] as const)
      egoFromSensor[axis]! += amount * random.range(-1, 1);
    egoFromSensor[11]! += lift;
    const [fx, fy, cx, cy] = camera.intrinsics;
    const own = zoom * (1 + 0.02 * random.range(-1, 1));
    return {
      ...camera,
      egoFromSensor,
      intrinsics: [fx * own, fy * own, cx + random.range(-15, 15), cy + random.range(-15, 15)] as const,
    };
  });
  return { ...rig, cameras };
}

import { createHash } from 'node:crypto';

/**
 * What DIR/.scenes/<scene>.json holds: everything about one finished scene, written once all its files exist.
 * A reader may use it before the nuScenes tables are assembled. Paths are relative to DIR. Matrices are row-major 4x4
 * (metres), intrinsics 3x3 for the stored image. `cameras` are in rig order: CAM_FRONT_LEFT, CAM_FRONT, CAM_FRONT_RIGHT,
 * CAM_BACK_LEFT, CAM_BACK, CAM_BACK_RIGHT. `egoFromCamera` is that of the key frame's ego, with the ego motion in it.
 * `truth` has semantics, mask_lidar, mask_camera u8 [200,200,16]; `openocc` semantics u8 (OpenOcc order) and flow f16
 * [200,200,16,2]; `sidecar` segmentation u8 [6,h,w] and depth u16 [6,h,w] (centimetres along camera z, 0 = sky).
 */
export interface SceneRecord {
  readonly format: 'occuscope-world-scene/1';
  readonly name: string;
  readonly token: string;
  readonly seed: number;
  readonly description: string;
  readonly size: readonly [number, number];
  readonly rig: readonly { readonly name: string; readonly egoFromSensor: number[]; readonly intrinsics: number[] }[];
  readonly egoFromLidar: number[];
  readonly samples: readonly SampleRecord[];
}

export interface SampleRecord {
  readonly token: string;
  readonly timestamp: number;
  readonly worldFromEgo: number[];
  readonly cameras: readonly CameraRecord[];
  readonly lidar: string;
  readonly truth: string;
  readonly openocc: string;
  readonly sidecar: string;
  readonly boxes: readonly BoxRecord[];
}

export interface CameraRecord {
  readonly name: string;
  readonly file: string;
  readonly timestamp: number;
  readonly intrinsics: number[];
  readonly egoFromCamera: number[];
  readonly worldFromEgo: number[];
}

/** One annotated thing: world pose of the box centre, size (length, width, height), velocity in world axes (m/s). */
export interface BoxRecord {
  readonly instance: number;
  readonly category: string;
  readonly worldFromBox: number[];
  readonly size: readonly number[];
  readonly velocity: readonly number[];
  readonly points: number;
  /** nuScenes visibility level 1..4. */
  readonly visibility: number;
}

/** A 32-digit token that depends only on its name. */
export function makeToken(name: string): string {
  return createHash('md5').update(`occuscope world ${name}`).digest('hex');
}

export function sceneName(seed: number): string {
  return `world-${String(seed).padStart(6, '0')}`;
}

import { Matrix4, Quaternion, Vector3 } from 'three/webgpu';
import type { CameraView } from '../domain/clip.ts';
import type { CameraPose, CameraPreset } from './types.ts';

/** Everything the camera rig interpolates: where, looking how, and through which lens. */
export interface CameraShot {
  readonly position: Vector3;
  readonly quaternion: Quaternion;
  /** What an orbit turns around. */
  readonly target: Vector3;
  /** Vertical field of view, degrees. */
  fov: number;
  /** Pixel aspect: 1 for square pixels. */
  stretch: number;
  /** Where the optical axis meets the canvas, as a share of its height away from the centre, right and down. */
  shiftX: number;
  shiftY: number;
}

export const ORBIT_FOV = 42;

const ORBIT_POSES: Readonly<Record<'birds-eye' | 'chase' | 'free', CameraPose>> = {
  // From far through a long lens, so that houses hardly lean; a hair behind the zenith, so that forward is up on screen.
  'birds-eye': { position: [-0.9, 0, 245], target: [0, 0, 0], fov: 20 },
  chase: { position: [-17, 0, 8.5], target: [9, 0, 0.5], fov: ORBIT_FOV },
  free: { position: [-42, 27, 33], target: [3, 0, -1], fov: ORBIT_FOV },
};

/** A shot with nothing shifted; fill it with `aimAt` or `aimCamera`. */
export function createShot(): CameraShot {
  return {
    position: new Vector3(),
    quaternion: new Quaternion(),
    target: new Vector3(),
    fov: ORBIT_FOV,
    stretch: 1,
    shiftX: 0,
    shiftY: 0,
  };
}

const up = new Vector3(0, 0, 1);
const matrix = new Matrix4();

/** Look from a pose's position to its target with z up. */
export function aimAt(shot: CameraShot, pose: CameraPose): void {
  shot.position.fromArray(pose.position);
  shot.target.fromArray(pose.target);
  shot.quaternion.setFromRotationMatrix(matrix.lookAt(shot.position, shot.target, up));
  Object.assign(shot, { fov: pose.fov, stretch: 1, shiftX: 0, shiftY: 0 });
}

/** Pose of an orbiting preset. */
export function orbitPose(preset: 'birds-eye' | 'chase' | 'free'): CameraPose {
  return ORBIT_POSES[preset];
}

/**
 * Look through a camera of the rig: its pose, and a lens that fits its whole image into a canvas of `width` x `height`.
 * Intrinsics count integer coordinates at pixel centres, so the image's middle is at (size - 1) / 2.
 */
export function aimCamera(shot: CameraShot, view: CameraView, width: number, height: number): void {
  const m = view.egoFromCamera;
  // three looks along -z with y up; a camera of the rig along +z with y down.
  matrix.set(m[0]!, -m[1]!, -m[2]!, 0, m[4]!, -m[5]!, -m[6]!, 0, m[8]!, -m[9]!, -m[10]!, 0, 0, 0, 0, 1);
  shot.quaternion.setFromRotationMatrix(matrix);
  shot.position.set(m[3]!, m[7]!, m[11]!);
  shot.target.set(m[2]!, m[6]!, m[10]!).multiplyScalar(12).add(shot.position);
  const k = view.intrinsics;
  const scale = Math.min(width / view.width, height / view.height);
  shot.fov = (2 * Math.atan(height / (2 * k[4]! * scale)) * 180) / Math.PI;
  shot.stretch = k[4]! / k[0]!;
  shot.shiftX = ((k[2]! - (view.width - 1) / 2) * scale) / height;
  shot.shiftY = ((k[5]! - (view.height - 1) / 2) * scale) / height;
}

/** The view that a `camera:<name>` preset names, or null for orbits and unknown names. */
export function findPresetView(preset: CameraPreset, views: readonly CameraView[]): CameraView | null {
  if (!preset.startsWith('camera:')) return null;
  const name = preset.slice('camera:'.length);
  return views.find((view) => view.name === name) ?? null;
}

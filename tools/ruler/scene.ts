import { ruler } from './layout.ts';

type Vector = readonly [number, number, number];

/** An axis-aligned box of the world with a label. */
interface Box {
  readonly label: number;
  readonly lower: Vector;
  readonly upper: Vector;
}

/** A pinhole camera fixed to the ego; `yaw` in radians, 0 looks forward, positive to the left. */
export interface RulerCamera {
  readonly name: string;
  readonly yaw: number;
  readonly position: Vector;
}

/** Pose of one frame on the ground plane of the world. */
export interface RulerPose {
  readonly x: number;
  readonly y: number;
  readonly yaw: number;
}

export const focalLength = 40;

const degrees = Math.PI / 180;

export const cameras: readonly RulerCamera[] = [
  { name: 'CAM_FRONT_LEFT', yaw: 55 * degrees, position: [1.1, 0.4, 1.53] },
  { name: 'CAM_FRONT', yaw: 0, position: [1.3, 0.1, 1.57] },
  { name: 'CAM_FRONT_RIGHT', yaw: -55 * degrees, position: [1.1, -0.4, 1.51] },
  { name: 'CAM_BACK_LEFT', yaw: 110 * degrees, position: [-0.2, 0.4, 1.63] },
  { name: 'CAM_BACK', yaw: 180 * degrees, position: [-1.1, 0.1, 1.61] },
  { name: 'CAM_BACK_RIGHT', yaw: -110 * degrees, position: [-0.2, -0.4, 1.59] },
];

/** Whole-voxel steps, a half-voxel step, a quarter turn and a crooked turn: each asks something else of the memory warp. */
export const poses: readonly RulerPose[] = [
  { x: 0, y: 0, yaw: 0 },
  { x: 2, y: 0, yaw: 0 },
  { x: 5, y: 0, yaw: 0 },
  { x: 6.5, y: 0, yaw: 0 },
  { x: 8.5, y: 0, yaw: 90 * degrees },
  { x: 8.5, y: 3, yaw: 90 * degrees },
  { x: 8.3, y: 4.3, yaw: 113 * degrees },
  { x: 7.8, y: 5.6, yaw: 113 * degrees },
];

const boxes: readonly Box[] = [
  { label: 11, lower: [-60, -6, -0.6], upper: [60, 6, 0] },
  { label: 11, lower: [5, -60, -0.6], upper: [13, 60, 0] },
  { label: 13, lower: [-60, -60, -0.6], upper: [5, -6, 0.12] },
  { label: 13, lower: [-60, 6, -0.6], upper: [5, 60, 0.12] },
  { label: 14, lower: [13, -60, -0.6], upper: [60, -6, 0.08] },
  { label: 14, lower: [13, 6, -0.6], upper: [60, 60, 0.08] },
  { label: 4, lower: [9, -4, 0], upper: [13, -2, 1.6] },
  { label: 4, lower: [-8, 2, 0], upper: [-4, 4, 1.5] },
  { label: 10, lower: [15, 2, 0], upper: [22, 4.6, 3.2] },
  { label: 7, lower: [4, 7, 0], upper: [4.7, 7.7, 1.8] },
  { label: 7, lower: [14, -8, 0], upper: [14.6, -7.4, 1.7] },
  { label: 2, lower: [3, -7.5, 0], upper: [4.8, -7, 1.2] },
  { label: 8, lower: [7, 3, 0], upper: [7.5, 3.5, 0.8] },
  { label: 1, lower: [-4, -5.6, 0], upper: [1, -5.2, 1] },
  { label: 15, lower: [-30, 12, 0], upper: [3, 20, 9] },
  { label: 15, lower: [-30, -20, 0], upper: [2, -12, 9] },
  { label: 16, lower: [16, 9, 0], upper: [18, 11, 5] },
  { label: 16, lower: [17, -13, 0], upper: [20, -10, 4] },
];

/** Turn a ray of camera pixel (u, v) of the stored image into the ego's axes; its camera-z component is 1. */
export function rayInEgo(camera: RulerCamera, u: number, v: number): Vector {
  const right = (u - (ruler.source.width - 1) / 2) / focalLength;
  const down = (v - (ruler.source.height - 1) / 2) / focalLength;
  const cosine = Math.cos(camera.yaw);
  const sine = Math.sin(camera.yaw);
  return [cosine + sine * right, sine - cosine * right, -down];
}

/** Depth along the camera's z axis and label of the first surface on a ray, or null. */
export function castRay(
  pose: RulerPose,
  camera: RulerCamera,
  u: number,
  v: number,
): { depth: number; label: number } | null {
  const cosine = Math.cos(pose.yaw);
  const sine = Math.sin(pose.yaw);
  const turn = ([x, y, z]: Vector): Vector => [cosine * x - sine * y, sine * x + cosine * y, z];
  const ray = turn(rayInEgo(camera, u, v));
  const offset = turn(camera.position);
  const origin: Vector = [pose.x + offset[0], pose.y + offset[1], offset[2]];
  let nearest: { depth: number; label: number } | null = null;
  for (const box of boxes) {
    const depth = enterBox(box, origin, ray);
    if (depth !== null && (nearest === null || depth < nearest.depth)) nearest = { depth, label: box.label };
  }
  return nearest;
}

function enterBox(box: Box, origin: Vector, ray: Vector): number | null {
  let enter = 0;
  let leave = Infinity;
  for (const axis of [0, 1, 2] as const) {
    const first = (box.lower[axis] - origin[axis]) / ray[axis];
    const second = (box.upper[axis] - origin[axis]) / ray[axis];
    enter = Math.max(enter, Math.min(first, second));
    leave = Math.min(leave, Math.max(first, second));
  }
  return enter > 0 && enter < leave ? enter : null;
}

import type { Matrix4 } from '../../domain/geometry.ts';
import { composeRigid } from '../../geometry/rigid.ts';
import type { RigCamera } from './rig.ts';

/** A correction of one camera against its calibration. Angles in degrees, lengths in metres. */
export interface Adjustment {
  /** About the ego's z axis: positive looks farther to the left. */
  readonly yaw: number;
  /** About the camera's own x axis: positive looks higher. */
  readonly pitch: number;
  /** About the camera's own z axis: positive turns it clockwise, as seen from behind it. */
  readonly roll: number;
  /** Along the ego's axes. */
  readonly x: number;
  readonly y: number;
  readonly z: number;
  /** Factor of both focal lengths. */
  readonly focal: number;
}

export const noAdjustment: Adjustment = { yaw: 0, pitch: 0, roll: 0, x: 0, y: 0, z: 0, focal: 1 };

/** The camera with its correction. */
export function adjustCamera(camera: RigCamera, adjustment: Adjustment): RigCamera {
  const intrinsics = Float64Array.from(camera.intrinsics);
  intrinsics[0]! *= adjustment.focal;
  intrinsics[1]! *= adjustment.focal;
  intrinsics[4]! *= adjustment.focal;
  return { ...camera, intrinsics, egoFromCamera: turn(camera.egoFromCamera, adjustment) };
}

function turn(m: Matrix4, { yaw, pitch, roll, x, y, z }: Adjustment): Matrix4 {
  const rotation = [m[0]!, m[1]!, m[2]!, m[4]!, m[5]!, m[6]!, m[8]!, m[9]!, m[10]!];
  const turned = multiply3(multiply3(multiply3(rotateZ(yaw), rotation), rotateX(pitch)), rotateZ(roll));
  return composeRigid(turned, [m[3]! + x, m[7]! + y, m[11]! + z]);
}

function rotateZ(degrees: number): number[] {
  const [c, s] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
  return [c, -s, 0, s, c, 0, 0, 0, 1];
}

function rotateX(degrees: number): number[] {
  const [c, s] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
  return [1, 0, 0, 0, c, -s, 0, s, c];
}

function multiply3(a: readonly number[], b: readonly number[]): number[] {
  return Array.from({ length: 9 }, (_, index) => {
    const [row, column] = [Math.floor(index / 3), index % 3];
    return a[3 * row]! * b[column]! + a[3 * row + 1]! * b[3 + column]! + a[3 * row + 2]! * b[6 + column]!;
  });
}

/** The heading, elevation and roll of a camera in degrees, for people: heading 0 is ahead, positive to the left. */
export function describeHeading(m: Matrix4): { heading: number; elevation: number; roll: number } {
  const degrees = 180 / Math.PI;
  const heading = Math.atan2(m[6]!, m[2]!);
  // How far the camera's x axis points up or down.
  const roll = -Math.asin(Math.min(1, Math.max(-1, m[8]!))) * degrees;
  return { heading: heading * degrees, elevation: Math.asin(Math.min(1, Math.max(-1, m[10]!))) * degrees, roll };
}

import type { Matrix4 } from '../../../domain/geometry.ts';
import { OccuscopeError } from '../../../errors/catalogue.ts';
import { composeRigid, invertRigid, multiplyMatrix4 } from '../../../geometry/rigid.ts';
import { describeIntrinsicsFault, describeRotationFault, refuseFault } from '../checks.ts';
import { assumedCameraHeight, lookAhead, type Rig, type RigCamera } from '../rig.ts';

/** Height of KITTI's Velodyne above the ground, metres (KITTI's sensor setup page). */
const velodyneHeight = 1.73;

/** The two files of KITTI's raw data that belong together: cameras, and the Velodyne in front of camera 0. */
export const KITTI_RAW = { cameras: 'calib_cam_to_cam.txt', velodyne: 'calib_velo_to_cam.txt' } as const;

/** Whether a text is KITTI's `calib_velo_to_cam.txt`: lines R and T, and no projection. */
export function isKittiVelodyne(text: string): boolean {
  return /^R:/m.test(text) && /^T:/m.test(text) && !isKittiCalibration(text);
}

/** Whether a text looks like KITTI's `calib.txt`: lines such as `P0: …`. */
export function isKittiCalibration(text: string): boolean {
  return /^P(?:_rect_)?\d+\s*:/m.test(text);
}

/**
 * Read KITTI's `calib.txt`: rectified projections P0 to P3 (`P_rect_00`… in raw data) and Tr, velodyne to camera 0.
 * Raw data has the latter in a file of its own, `velodyne`, as R and T of the camera before rectification.
 * P = K [I | t] puts a camera beside camera 0; the ego is put on the ground under the Velodyne. Throws `calibration-invalid`.
 */
export function parseKittiRig(text: string, name: string, velodyne: string | null = null): Rig {
  const lines = readLines(text, name);
  if (velodyne !== null && !lines.has('Tr')) lines.set('Tr', readVelodyne(velodyne));
  const notes: string[] = [];
  const egoFromCamera0 = placeCamera0(lines, name, notes);
  const cameras: RigCamera[] = [];
  for (const [key, values] of lines) {
    const number = /^P(?:_rect_)?(\d+)$/.exec(key)?.[1];
    if (number === undefined) continue;
    const intrinsics = [
      values[0]!,
      values[1]!,
      values[2]!,
      values[4]!,
      values[5]!,
      values[6]!,
      values[8]!,
      values[9]!,
      values[10]!,
    ];
    if (values.length !== 12) refuse(name, `${key} has ${values.length} numbers instead of 12`);
    refuseFault('calibration-invalid', `${name}: ${key}`, describeIntrinsicsFault(intrinsics));
    const size = lines.get(`S_rect_${number}`);
    cameras.push({
      name: `image_${number}`,
      size: size?.length === 2 ? { width: size[0]!, height: size[1]! } : null,
      intrinsics: Float64Array.from(intrinsics),
      distortion: null,
      egoFromCamera: multiplyMatrix4(egoFromCamera0, moveBack(intrinsics, values)),
    });
  }
  if (cameras.length === 0) refuse(name, 'has no line P0, P1, …');
  const format = velodyne === null ? 'KITTI calib.txt' : 'KITTI raw data (cameras and Velodyne)';
  return { format, cameras, egoFromLidar: placeLidar(lines), notes };
}

/** Rows of [R | T] of `calib_velo_to_cam.txt`. */
function readVelodyne(text: string): number[] {
  const name = KITTI_RAW.velodyne;
  const [rotation, translation] = ['R', 'T'].map((key) => {
    const line = new RegExp(`^${key}:(.*)$`, 'm').exec(text)?.[1]?.trim().split(/\s+/).map(Number) ?? [];
    const count = key === 'R' ? 9 : 3;
    if (line.length !== count || !line.every(Number.isFinite)) refuse(name, `${key} has not ${count} numbers`);
    return line;
  }) as [number[], number[]];
  return [0, 1, 2].flatMap((row) => [...rotation.slice(row * 3, row * 3 + 3), translation[row]!]);
}

/** camera0FromCamera of P = K [I | t]: the camera stands at -t. */
function moveBack(intrinsics: readonly number[], projection: readonly number[]): Matrix4 {
  const [fx, skew, cx, , fy, cy] = intrinsics as unknown as [number, number, number, number, number, number];
  const z = projection[11]!;
  const y = (projection[7]! - cy * z) / fy;
  const x = (projection[3]! - cx * z - skew * y) / fx;
  return composeRigid([1, 0, 0, 0, 1, 0, 0, 0, 1], [-x, -y, -z]);
}

function placeCamera0(lines: ReadonlyMap<string, readonly number[]>, name: string, notes: string[]): Matrix4 {
  const tr = lines.get('Tr') ?? lines.get('Tr_velo_to_cam') ?? lines.get('Tr_velo_cam');
  if (!tr) {
    notes.push(
      `There is no line Tr and no ${KITTI_RAW.velodyne} beside it, so camera 0 is taken to look straight ahead from ${assumedCameraHeight} m above the ground.`,
    );
    return lookAhead(0, 0, assumedCameraHeight);
  }
  const camera0FromVelodyne = readThreeRows(tr, `${name}: Tr`);
  const rectification = lines.get('R0_rect') ?? lines.get('R_rect') ?? lines.get('R_rect_00');
  notes.push(`The ego is put on the ground, ${velodyneHeight} m under the Velodyne, as KITTI mounts it.`);
  if (!rectification) return multiplyMatrix4(placeVelodyne(), invertRigid(camera0FromVelodyne));
  refuseFault(
    'calibration-invalid',
    `${name}: R0_rect`,
    rectification.length === 9 ? describeRotationFault(rectification) : 'has not 9 numbers',
  );
  const rectified = multiplyMatrix4(composeRigid(rectification, [0, 0, 0]), camera0FromVelodyne);
  return multiplyMatrix4(placeVelodyne(), invertRigid(rectified));
}

function placeLidar(lines: ReadonlyMap<string, readonly number[]>): Matrix4 | null {
  return ['Tr', 'Tr_velo_to_cam', 'Tr_velo_cam'].some((key) => lines.has(key)) ? placeVelodyne() : null;
}

function placeVelodyne(): Matrix4 {
  return composeRigid([1, 0, 0, 0, 1, 0, 0, 0, 1], [0, 0, velodyneHeight]);
}

function readThreeRows(values: readonly number[], subject: string): Matrix4 {
  if (values.length !== 12)
    throw new OccuscopeError('calibration-invalid', {
      detail: `${subject} has ${values.length} numbers instead of 12.`,
    });
  const v = values;
  const rotation = [v[0]!, v[1]!, v[2]!, v[4]!, v[5]!, v[6]!, v[8]!, v[9]!, v[10]!];
  refuseFault('calibration-invalid', subject, describeRotationFault(rotation));
  return composeRigid(rotation, [v[3]!, v[7]!, v[11]!]);
}

function readLines(text: string, name: string): Map<string, number[]> {
  const lines = new Map<string, number[]>();
  for (const line of text.split(/\r?\n/)) {
    const found = /^\s*(\w+)\s*:\s*(.*)$/.exec(line);
    if (!found) continue;
    const [, key, rest] = found as unknown as [string, string, string];
    // Raw data has dates and names in the same form.
    if (!/^(P|Tr|R0?_rect|S_rect)/.test(key)) continue;
    const values = rest.trim().split(/\s+/).filter(Boolean).map(Number);
    if (!values.every(Number.isFinite)) refuse(name, `${key} holds a value that is no number`);
    if (lines.has(key)) refuse(name, `has two lines ${key}`);
    lines.set(key, values);
  }
  return lines;
}

function refuse(name: string, fault: string): never {
  throw new OccuscopeError('calibration-invalid', { detail: `${name}: ${fault}.` });
}

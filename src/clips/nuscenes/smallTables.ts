import type { FaultList } from './faultList.ts';
import type { Row } from './parseRows.ts';
import { INTRINSIC_VALUES, LIDAR, POSE_VALUES, RIG_ORDER } from './rootIndex.ts';

/** The sensors whose key frames are kept. */
export interface Channels {
  /** Cameras in rig order, then the lidar. */
  readonly names: readonly string[];
  /** Sensor token to its place in `names`. */
  readonly ofSensor: ReadonlyMap<string, number>;
}

/** More cameras than this are no rig. */
const mostCameras = 64;

export function readChannels(rows: readonly Row[], faults: FaultList): Channels {
  const isCamera = ({ channel, modality }: Row) =>
    modality === undefined ? /^CAM/.test(String(channel)) : modality === 'camera';
  const cameras = [...new Set(rows.filter(isCamera).map(({ channel }) => String(channel)))].sort(compareCameras);
  if (cameras.length > mostCameras) {
    faults.add('Cameras', `The tables name ${cameras.length} cameras; the first ${mostCameras} are read.`);
    cameras.length = mostCameras;
  }
  const names = rows.some(({ channel }) => channel === LIDAR) ? [...cameras, LIDAR] : cameras;
  const place = new Map(names.map((name, index) => [name, index]));
  const ofSensor = new Map<string, number>();
  for (const { token, channel } of rows) {
    const index = place.get(String(channel));
    if (index !== undefined) ofSensor.set(String(token), index);
  }
  return { names, ofSensor };
}

function compareCameras(a: string, b: string): number {
  const rank = (name: string) => {
    const index = (RIG_ORDER as readonly string[]).indexOf(name);
    return index === -1 ? RIG_ORDER.length : index;
  };
  return rank(a) - rank(b) || (a < b ? -1 : 1);
}

/** Calibrations of the kept sensors as columns. */
export interface Calibrations {
  readonly tokens: readonly string[];
  readonly poses: Float64Array;
  readonly intrinsics: Float64Array;
  /** Place in Channels.names. */
  readonly channels: readonly number[];
  readonly ofToken: ReadonlyMap<string, number>;
  /** Tokens of calibrations of sensors that are not kept. */
  readonly others: ReadonlySet<string>;
}

export function readCalibrations(rows: readonly Row[], channels: Channels, faults: FaultList): Calibrations {
  const kept = rows.flatMap((row) => {
    const channel = channels.ofSensor.get(String(row['sensor_token']));
    return channel === undefined ? [] : [{ row, channel }];
  });
  const poses = new Float64Array(kept.length * POSE_VALUES);
  const intrinsics = new Float64Array(kept.length * INTRINSIC_VALUES);
  kept.forEach(({ row, channel }, index) => {
    const words = `Calibration ${String(row['token'])} of ${channels.names[channel]}`;
    const fault = readPose(row, poses, index);
    if (fault) faults.add('Calibrations', `${words} ${fault}`);
    if (channels.names[channel] === LIDAR) return;
    const values = Array.isArray(row['camera_intrinsic']) ? row['camera_intrinsic'].flat() : [];
    const isGood = values.length === 9 && values.every((value) => typeof value === 'number' && Number.isFinite(value));
    if (isGood && (values[0] as number) > 0 && (values[4] as number) > 0)
      intrinsics.set(values as number[], index * INTRINSIC_VALUES);
    else {
      intrinsics.fill(Number.NaN, index * INTRINSIC_VALUES, (index + 1) * INTRINSIC_VALUES);
      faults.add(
        'Calibrations',
        `${words} has no usable camera matrix (3 x 3 numbers, focal lengths above zero); its images cannot be placed.`,
      );
    }
  });
  const tokens = kept.map(({ row }) => String(row['token']));
  const ofToken = new Map(tokens.map((token, index) => [token, index]));
  return {
    tokens,
    poses,
    intrinsics,
    channels: kept.map(({ channel }) => channel),
    ofToken,
    others: new Set(rows.map(({ token }) => String(token)).filter((token) => !ofToken.has(token))),
  };
}

/** How far a quaternion's length may be from one before it is said. */
const lengthTolerance = 1e-3;

/**
 * Write rotation (made of length one) and translation of a row to place `index` of `poses`.
 * Returns what is wrong, to follow the name of the row; what cannot be used becomes NaN.
 */
export function readPose({ rotation, translation }: Row, poses: Float64Array, index: number): string | null {
  const at = index * POSE_VALUES;
  if (!isNumbers(rotation, 4) || !isNumbers(translation, 3)) {
    poses.fill(Number.NaN, at, at + POSE_VALUES);
    return 'has no rotation of four numbers and translation of three.';
  }
  const length = Math.hypot(...rotation);
  if (length < 1e-6) {
    poses.fill(Number.NaN, at, at + POSE_VALUES);
    return 'has a rotation of length zero.';
  }
  for (let k = 0; k < 4; k++) poses[at + k] = rotation[k]! / length;
  poses.set(translation, at + 4);
  if (Math.abs(length - 1) <= lengthTolerance) return null;
  return `has a rotation of length ${length.toFixed(3)}, not 1; it is used with length 1.`;
}

function isNumbers(value: unknown, length: number): value is number[] {
  return Array.isArray(value) && value.length === length && value.every((entry) => Number.isFinite(entry));
}

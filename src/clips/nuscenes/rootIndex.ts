/** Cameras in the order in which networks take them; others of a rig follow by their names. */
export const RIG_ORDER = [
  'CAM_FRONT_LEFT',
  'CAM_FRONT',
  'CAM_FRONT_RIGHT',
  'CAM_BACK_LEFT',
  'CAM_BACK',
  'CAM_BACK_RIGHT',
] as const;

export const LIDAR = 'LIDAR_TOP';

/** Tables that an index is made from. `log` may be missing; the locations are then unknown. */
export const TABLES = ['sensor', 'calibrated_sensor', 'log', 'scene', 'sample', 'sample_data', 'ego_pose'] as const;
export type TableName = (typeof TABLES)[number];

/** One scene; its samples are `firstSample` to `firstSample + sampleCount - 1`, in the order of time. */
export interface SceneEntry {
  readonly token: string;
  readonly name: string;
  readonly description: string;
  /** Empty where the tables do not say. */
  readonly location: string;
  readonly firstSample: number;
  readonly sampleCount: number;
  /** What is wrong with it, one sentence each. */
  readonly faults: readonly string[];
}

/** A calibrated sensor: rotation (w, x, y, z) then translation in metres, and row-major intrinsics in pixels. NaN where the tables are wrong. */
export const POSE_VALUES = 7;
export const INTRINSIC_VALUES = 9;

/**
 * What a visit needs of a version's tables: key frames of cameras and lidar, with calibrations and poses, as columns.
 * Slot of sample s and channel c is s * channels.length + c. Plain data: it passes between threads and into the browser's store as it is.
 */
export interface RootIndex {
  readonly format: 'occuscope-nuscenes-index/3';
  readonly version: string;
  /** Cameras in rig order, then the lidar where there is one. */
  readonly channels: readonly string[];
  /** In the order of their names. */
  readonly scenes: readonly SceneEntry[];
  readonly sampleTokens: readonly string[];
  /** Microseconds, one for each sample. */
  readonly sampleTimes: Float64Array;
  /** Token of each sample's lidar key frame, by which OpenOccupancy names its files; empty where the tables have none. */
  readonly lidarTokens: readonly string[];
  /** For each slot: calibration, or -1 where the tables have no key frame of that channel. */
  readonly calibrationOf: Int32Array;
  readonly times: Float64Array;
  readonly widths: Uint16Array;
  readonly heights: Uint16Array;
  /** POSE_VALUES for each slot: the ego in the world at that sensor's time. NaN where the tables have no pose. */
  readonly poses: Float64Array;
  /** Names of the files, UTF-8, one after the other; slot i has the bytes from fileOffsets[i] to fileOffsets[i + 1]. */
  readonly fileBytes: Uint8Array;
  readonly fileOffsets: Uint32Array;
  readonly calibrationTokens: readonly string[];
  /** POSE_VALUES for each calibration: the sensor in the ego frame. */
  readonly calibrationPoses: Float64Array;
  /** INTRINSIC_VALUES for each calibration; zeros for a lidar. */
  readonly intrinsics: Float64Array;
  /** What is wrong with the tables as a whole, one sentence each. */
  readonly faults: readonly string[];
}

/** Name of the file of a slot as the tables have it, relative to the root; empty where there is none. */
export function readFileName({ fileBytes, fileOffsets }: RootIndex, slot: number): string {
  return new TextDecoder().decode(fileBytes.subarray(fileOffsets[slot], fileOffsets[slot + 1]));
}

/** Whether the description says that it is dark. */
export function isNight({ description }: SceneEntry): boolean {
  return /\bnight\b/i.test(description);
}

/** Seconds from the first key frame to the last. */
export function measureSeconds({ sampleTimes }: RootIndex, { firstSample, sampleCount }: SceneEntry): number {
  if (sampleCount === 0) return 0;
  return (sampleTimes[firstSample + sampleCount - 1]! - sampleTimes[firstSample]!) / 1e6;
}

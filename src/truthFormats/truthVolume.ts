import type { NumpyArray } from '../clips/npz/parseNpy.ts';
import type { ClassTable } from '../domain/classes.ts';
import type { FrameTruth } from '../domain/clip.ts';
import type { GridSpec } from '../domain/geometry.ts';
import { OccuscopeError } from '../errors/catalogue.ts';

/** Labels of one frame on a grid of their own, as a file of a data set holds them. */
export interface TruthVolume extends FrameTruth {
  readonly grid: GridSpec;
  readonly classes: ClassTable;
  /**
   * The axes of `grid` and flow: `ego` (x forward, y left, z up at the vehicle), `lidar` (nuScenes LIDAR_TOP: x right, y forward),
   * or `velodyne` (x forward, y left, z up at the lidar).
   */
  readonly axes: 'ego' | 'lidar' | 'velodyne';
  /** 1 where at least one lidar ray passed or ended; null where the file does not say. */
  readonly lidarMask: Uint8Array | null;
  /** 1 where the file says “do not judge”; null where it ignores nothing. Labels are free there. */
  readonly ignored: Uint8Array | null;
}

/** Largest grid that is read, voxels: OpenOccupancy's 512 x 512 x 40 and something over. */
export const MAXIMUM_VOXELS = 2 ** 24;

/** Labels and what is not judged, made from numbers of any type. */
export interface ReadLabels {
  readonly labels: Uint8Array;
  readonly ignored: Uint8Array | null;
}

/**
 * Numbers to labels of `classes` through `translate` (file value to label; -1 = not judged). Without it values are labels and 255 is not judged.
 * Throws `array-file-invalid` naming the first value that means nothing.
 */
export function readLabels(
  { data }: Pick<NumpyArray, 'data'>,
  { classes, free }: ClassTable,
  name: string,
  translate: ReadonlyMap<number, number> | null = null,
): ReadLabels {
  const labels = new Uint8Array(data.length);
  let ignored: Uint8Array | null = null;
  for (let voxel = 0; voxel < data.length; voxel++) {
    const value = data[voxel]!;
    const label = translate ? translate.get(value) : value === 255 ? -1 : value;
    if (label === -1) {
      ignored ??= new Uint8Array(data.length);
      ignored[voxel] = 1;
      labels[voxel] = free;
    } else if (label !== undefined && label >= 0 && label < classes.length && Number.isInteger(label)) {
      labels[voxel] = label;
    } else refuse(name, `holds the value ${value}, which is no label from 0 to ${classes.length - 1}`);
  }
  return { labels, ignored };
}

/** 0 and 1 from numbers of any type. */
export function readMask({ data }: Pick<NumpyArray, 'data'>): Uint8Array {
  const mask = new Uint8Array(data.length);
  for (let voxel = 0; voxel < data.length; voxel++) mask[voxel] = data[voxel] ? 1 : 0;
  return mask;
}

/** Two values per voxel, metres per second; what is no number (nuScenes' unknown velocities) is no motion. */
export function readFlow({ data }: Pick<NumpyArray, 'data'>): Float32Array {
  const flow = new Float32Array(data.length);
  for (let index = 0; index < data.length; index++) flow[index] = Number.isFinite(data[index]!) ? data[index]! : 0;
  return flow;
}

export function checkShape(name: string, shape: readonly number[], expected: readonly number[]): void {
  if (shape.join() !== expected.join())
    refuse(name, `has shape [${shape.join(', ')}] where [${expected.join(', ')}] is needed`);
}

export function refuse(name: string, fault: string): never {
  throw new OccuscopeError('array-file-invalid', { detail: `${name} ${fault}.` });
}

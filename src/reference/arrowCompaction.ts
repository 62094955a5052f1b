import type { ClassTable } from '../domain/classes.ts';
import type { GridSpec } from '../domain/geometry.ts';
import type { DrawFilter } from './faceCompaction.ts';

/** Fixed facts of an arrow compaction. */
export interface ArrowCompactionPlan {
  readonly size: readonly [number, number, number];
  readonly freeLabel: number;
  /** Bit c set = class c moves by itself. */
  readonly dynamicClasses: number;
  /** Columns along each side of the square that shares one arrow. */
  readonly clusterSize: number;
  /** Slower voxels get no arrow, metres per second. */
  readonly minimumSpeed: number;
  readonly squares: number;
  readonly capacity: number;
}

/** Arrows in no fixed order: two u32 each, [anchor voxel | class << 27, half-float pair (vx, vy) in metres per second]. */
export interface CompactedArrows {
  readonly records: Uint32Array<ArrayBuffer>;
  readonly arrows: number;
}

/** Speeds up to this are taken for standing still, metres per second. */
const MINIMUM_SPEED = 0.3;

/** Plan one arrow for each square of `clusterSize` x `clusterSize` columns; the record buffer always suffices. */
export function planArrowCompaction(
  grid: GridSpec,
  classes: ClassTable,
  clusterSize = 5,
  minimumSpeed = MINIMUM_SPEED,
): ArrowCompactionPlan {
  const [nx, ny] = grid.size;
  const squares = Math.ceil(nx / clusterSize) * Math.ceil(ny / clusterSize);
  let dynamicClasses = 0;
  classes.classes.forEach((entry, label) => {
    if (entry.dynamic && label < 32) dynamicClasses |= 1 << label;
  });
  return {
    size: grid.size,
    freeLabel: classes.free,
    dynamicClasses: dynamicClasses >>> 0,
    clusterSize,
    minimumSpeed,
    squares,
    capacity: squares,
  };
}

const halfScratch = new Float32Array(1);
const halfBits = new Uint32Array(halfScratch.buffer);

/** IEEE 754 binary16 bits of `value`, rounded to nearest even. */
export function toHalfBits(value: number): number {
  halfScratch[0] = value;
  const bits = halfBits[0]!;
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00;
  if (magnitude >= 0x47800000) return sign | 0x7c00;
  if (magnitude < 0x38800000) {
    // Subnormal: the value counts multiples of 2^-24.
    const scaled = Math.abs(halfScratch[0]!) * 2 ** 24;
    const down = Math.floor(scaled);
    const rest = scaled - down;
    return sign | (down + (rest > 0.5 || (rest === 0.5 && down % 2 === 1) ? 1 : 0));
  }
  const rounded = magnitude + 0xfff + ((magnitude >>> 13) & 1);
  return sign | ((rounded - 0x38000000) >>> 13);
}

/** The number that binary16 bits stand for. */
export function fromHalfBits(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >>> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1024 + fraction) * 2 ** (exponent - 25);
}

/** Flow as the GPU keeps it: two half floats in one u32 for each voxel. `flow` has two values for each voxel, m/s. */
export function packFlow(flow: Float32Array): Uint32Array<ArrayBuffer> {
  const packed = new Uint32Array(flow.length / 2);
  for (let voxel = 0; voxel < packed.length; voxel++) packed[voxel] = packVelocity(flow, voxel);
  return packed;
}

function packVelocity(flow: Float32Array, voxel: number): number {
  const vx = flow[2 * voxel]!;
  const vy = flow[2 * voxel + 1]!;
  return vx === 0 && vy === 0 ? 0 : (toHalfBits(vx) | (toHalfBits(vy) << 16)) >>> 0;
}

/**
 * One arrow for each square of columns that holds a moving voxel: its highest moving voxel, lowest (x, y) first.
 * Labels are [x][y][z], flow [x][y][z][2] in metres per second; speeds are judged after rounding to half floats.
 * Twin of shaders/view/arrowCompaction.wgsl.
 */
export function compactArrows(
  labels: Uint8Array,
  flow: Float32Array,
  plan: ArrowCompactionPlan,
  filter: DrawFilter,
): CompactedArrows {
  const [nx, ny] = plan.size;
  const found: number[] = [];
  for (let x = 0; x < nx; x += plan.clusterSize) {
    for (let y = 0; y < ny; y += plan.clusterSize) {
      const anchor = findAnchor(labels, flow, plan, filter, x, y);
      if (anchor >= 0) found.push((anchor | (labels[anchor]! << 27)) >>> 0, packVelocity(flow, anchor));
    }
  }
  return { records: new Uint32Array(found), arrows: found.length / 2 };
}

function findAnchor(
  labels: Uint8Array,
  flow: Float32Array,
  plan: ArrowCompactionPlan,
  filter: DrawFilter,
  cornerX: number,
  cornerY: number,
): number {
  const [nx, ny, nz] = plan.size;
  const wanted = filter.visibleClasses & plan.dynamicClasses;
  const limit = plan.minimumSpeed * plan.minimumSpeed;
  for (let z = Math.min(filter.lastSlice, nz - 1); z >= filter.firstSlice; z--) {
    for (let x = cornerX; x < Math.min(cornerX + plan.clusterSize, nx); x++) {
      for (let y = cornerY; y < Math.min(cornerY + plan.clusterSize, ny); y++) {
        const index = (x * ny + y) * nz + z;
        const label = labels[index]!;
        if (label === plan.freeLabel || label > 31 || ((wanted >>> label) & 1) === 0) continue;
        const packed = packVelocity(flow, index);
        const vx = fromHalfBits(packed & 0xffff);
        const vy = fromHalfBits(packed >>> 16);
        if (vx * vx + vy * vy > limit) return index;
      }
    }
  }
  return -1;
}

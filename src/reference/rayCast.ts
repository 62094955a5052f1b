import type { GridSpec } from '../domain/geometry.ts';

/** Fixed facts of casting rays through two label volumes of one grid. */
export interface RayCastPlan {
  readonly size: readonly [number, number, number];
  readonly lower: readonly [number, number, number];
  /** Edge lengths of a voxel as float32 holds them: the research code divides and multiplies by those. */
  readonly voxel: readonly [number, number, number];
  readonly free: number;
  /** Unit directions in the ego frame, three per ray. */
  readonly directions: Float32Array;
}

/** Where the rays of one volume ended, ray by ray. */
export interface RayHits {
  /** Flat index of the voxel: the first occupied one, or the last one inside the grid. -1 for a ray that never was inside. */
  readonly voxels: Int32Array;
  /** Distance to where the ray leaves that voxel, in metres; -1 for a ray that never was inside. */
  readonly metres: Float32Array;
}

/** Two volumes to walk at once, with a border of one voxel. Bit 0: occupied in the first; bit 1: in the second; 128: outside. */
export interface RayVolume {
  readonly size: readonly [number, number, number];
  readonly cells: Uint8Array;
}

const OUTSIDE = 128;
const MAXIMUM_STEPS = 1000;

/** Plan casting in a grid, along the given directions. */
export function planRayCast(grid: GridSpec, free: number, directions: Float32Array): RayCastPlan {
  const [x, y, z] = grid.voxel;
  return {
    size: grid.size,
    lower: grid.lower,
    voxel: [Math.fround(x), Math.fround(y), Math.fround(z)],
    free,
    directions,
  };
}

/**
 * The 14,040 directions of RayIoU, pitch by pitch: 39 pitches from -45 to about 12 degrees, 360 azimuths each.
 * Source: SparseOcc ray_metrics.py `generate_lidar_rays`.
 */
export function createRayDirections(): Float32Array {
  const pitches = Array.from({ length: 10 }, (_, k) => -(Math.PI / 2 - Math.atan(k + 1)));
  while (pitches.at(-1)! < 0.21) pitches.push(pitches.at(-1)! + (pitches.at(-1)! - pitches.at(-2)!));
  const directions = new Float32Array(pitches.length * 360 * 3);
  pitches.forEach((pitch, row) => {
    for (let degree = 0; degree < 360; degree++) {
      const azimuth = degree * (Math.PI / 180);
      const ray = [Math.cos(pitch) * Math.cos(azimuth), Math.cos(pitch) * Math.sin(azimuth), Math.sin(pitch)];
      directions.set(ray, (row * 360 + degree) * 3);
    }
  });
  return directions;
}

/** Lay two label volumes over each other for walking; without a second one its rays never meet anything. */
export function createRayVolume(plan: RayCastPlan, first: Uint8Array, second: Uint8Array | null): RayVolume {
  const [nx, ny, nz] = plan.size;
  const cells = new Uint8Array((nx + 2) * (ny + 2) * (nz + 2)).fill(OUTSIDE);
  const { free } = plan;
  let from = 0;
  for (let x = 0; x < nx; x++) {
    for (let y = 0; y < ny; y++) {
      const to = ((x + 1) * (ny + 2) + y + 1) * (nz + 2) + 1;
      for (let z = 0; z < nz; z++, from++) {
        cells[to + z] = (first[from] === free ? 0 : 1) | (second === null || second[from] === free ? 0 : 2);
      }
    }
  }
  return { size: plan.size, cells };
}

/**
 * Origin (3 numbers) and ray ends (3 per ray) in voxel units, as the research code rounds them: the ego coordinates minus the
 * grid's corner, over the float32 edge length, in double, then rounded to single. `origin` is in metres, ego frame.
 */
export function placeRays(plan: RayCastPlan, origin: ArrayLike<number>): { origin: Float32Array; ends: Float32Array } {
  const { directions, lower, voxel } = plan;
  const ends = new Float32Array(directions.length);
  for (let index = 0; index < directions.length; index++) {
    const axis = index % 3;
    ends[index] = (directions[index]! + origin[axis]! - lower[axis]!) / voxel[axis]!;
  }
  return { origin: Float32Array.from([0, 1, 2], (axis) => (origin[axis]! - lower[axis]!) / voxel[axis]!), ends };
}

/**
 * Cast the plan's rays from one origin (metres, ego frame) through both volumes.
 * Twin of shaders/metrics/castRays.wgsl, which walks in single precision; this one in double, as the research code does.
 */
export function castRays(plan: RayCastPlan, volume: RayVolume, origin: ArrayLike<number>): readonly [RayHits, RayHits] {
  const placed = placeRays(plan, origin);
  const hits = walkRays(volume, placed.origin, placed.ends);
  for (const { metres } of hits) {
    for (let ray = 0; ray < metres.length; ray++) if (metres[ray]! >= 0) metres[ray]! *= plan.voxel[0];
  }
  return hits;
}

/**
 * Walk rays from `origin` through `ends` (voxel units) to the first occupied voxel of each volume, or out of the grid.
 * Distances (here in voxels) are those at which a ray leaves its voxel; ties between axes go to z, then y.
 * A start outside the grid is rounded towards zero, and walked at most 1000 steps.
 * Source: dvr.cu `render_forward_cuda_kernel`; traversal of Amanatides and Woo (1987).
 */
export function walkRays(volume: RayVolume, origin: Float32Array, ends: Float32Array): readonly [RayHits, RayHits] {
  const rays = ends.length / 3;
  const createHits = (): RayHits => ({
    voxels: new Int32Array(rays).fill(-1),
    metres: new Float32Array(rays).fill(-1),
  });
  const hits = [createHits(), createHits()] as const;
  const walk = createWalk();
  for (let ray = 0; ray < rays; ray++) {
    startWalk(walk, origin, ends, 3 * ray);
    const steps = enterGrid(walk, volume.size);
    if (steps <= MAXIMUM_STEPS) finishWalk(walk, volume, steps, ray, hits[0], hits[1]);
  }
  return hits;
}

/** A ray on its way, for the axes x, y, z: its voxel, the way it steps, where it meets the next border, and the distance between borders. */
interface Walk {
  readonly cell: Int32Array;
  readonly step: Int32Array;
  readonly next: Float64Array;
  readonly delta: Float64Array;
}

function createWalk(): Walk {
  return { cell: new Int32Array(3), step: new Int32Array(3), next: new Float64Array(3), delta: new Float64Array(3) };
}

function startWalk({ cell, step, next, delta }: Walk, origin: Float32Array, ends: Float32Array, end: number): void {
  const x = ends[end]! - origin[0]!;
  const y = ends[end + 1]! - origin[1]!;
  const z = ends[end + 2]! - origin[2]!;
  const length = Math.sqrt(x * x + y * y + z * z);
  for (let axis = 0; axis < 3; axis++) {
    const direction = (axis === 0 ? x : axis === 1 ? y : z) / length;
    const start = origin[axis]!;
    const sign = direction >= 0 ? 1 : -1;
    cell[axis] = Math.trunc(start);
    step[axis] = sign;
    next[axis] = direction !== 0 ? (cell[axis]! + (sign < 0 ? 0 : 1) - start) / direction : Number.MAX_VALUE;
    delta[axis] = direction !== 0 ? sign / direction : Number.MAX_VALUE;
  }
}

/** Step until the ray is inside the grid. Returns the steps taken: more than MAXIMUM_STEPS for a ray that never is. */
function enterGrid({ cell, step, next, delta }: Walk, size: readonly [number, number, number]): number {
  let steps = 0;
  while (
    steps <= MAXIMUM_STEPS &&
    !(isWithin(cell[0]!, size[0]) && isWithin(cell[1]!, size[1]) && isWithin(cell[2]!, size[2]))
  ) {
    const axis = pickAxis(next[0]!, next[1]!, next[2]!);
    cell[axis]! += step[axis]!;
    next[axis]! += delta[axis]!;
    steps++;
  }
  return steps;
}

function isWithin(place: number, size: number): boolean {
  return place >= 0 && place < size;
}

/** The axis whose border comes first; ties go to z, then y. */
function pickAxis(x: number, y: number, z: number): 0 | 1 | 2 {
  if (x < y) return x < z ? 0 : 2;
  return y < z ? 1 : 2;
}

/** Walk a ray that is inside until both volumes have stopped it or it leaves; numbers live in locals for the sake of speed. */
function finishWalk(
  walk: Walk,
  { size, cells }: RayVolume,
  steps: number,
  ray: number,
  first: RayHits,
  second: RayHits,
): void {
  const [, ny, nz] = size;
  const strideX = walk.step[0]! * (ny + 2) * (nz + 2);
  const strideY = walk.step[1]! * (nz + 2);
  const strideZ = walk.step[2]!;
  const deltaX = walk.delta[0]!;
  const deltaY = walk.delta[1]!;
  const deltaZ = walk.delta[2]!;
  let nextX = walk.next[0]!;
  let nextY = walk.next[1]!;
  let nextZ = walk.next[2]!;
  let cell = ((walk.cell[0]! + 1) * (ny + 2) + walk.cell[1]! + 1) * (nz + 2) + walk.cell[2]! + 1;
  let pending = 3;
  let last = cell;
  let distance = 0;
  let content = cells[cell]!;
  for (let taken = steps; content !== OUTSIDE && taken <= MAXIMUM_STEPS; taken++) {
    last = cell;
    const axis = pickAxis(nextX, nextY, nextZ);
    if (axis === 0) {
      distance = nextX;
      cell += strideX;
      nextX += deltaX;
    } else if (axis === 1) {
      distance = nextY;
      cell += strideY;
      nextY += deltaY;
    } else {
      distance = nextZ;
      cell += strideZ;
      nextZ += deltaZ;
    }
    const met = content & pending;
    if (met !== 0) {
      recordHits(met, flattenCell(last, ny, nz), distance, ray, first, second);
      pending &= ~met;
      if (pending === 0) return;
    }
    content = cells[cell]!;
  }
  recordHits(pending, flattenCell(last, ny, nz), distance, ray, first, second);
}

/** Write down where a ray ended, in those volumes whose bit is set. */
function recordHits(bits: number, voxel: number, distance: number, ray: number, first: RayHits, second: RayHits): void {
  if ((bits & 1) !== 0) {
    first.voxels[ray] = voxel;
    first.metres[ray] = distance;
  }
  if ((bits & 2) !== 0) {
    second.voxels[ray] = voxel;
    second.metres[ray] = distance;
  }
}

/** Flat index in the grid of a cell of the bordered volume. */
function flattenCell(cell: number, ny: number, nz: number): number {
  const z = (cell % (nz + 2)) - 1;
  const column = Math.floor(cell / (nz + 2));
  const y = (column % (ny + 2)) - 1;
  const x = Math.floor(column / (ny + 2)) - 1;
  return (x * ny + y) * nz + z;
}

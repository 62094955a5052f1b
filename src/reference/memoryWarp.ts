import { computeWarpMatrix, type MemoryWarpPlan } from '../pipeline/memoryWarp.ts';
import type { FrameGeometry } from '../pipeline/stage.ts';

const { fround } = Math;

/**
 * Move a memory [C,z,y,x] (or [C,y,x]) of the previous frame into this one: CPU twin of shaders/memory/warpMemory.wgsl.
 * All zeros when the frame has no previous one. Source: SOLOFusion, arXiv 2210.02443.
 */
export function warpMemory(plan: MemoryWarpPlan, geometry: FrameGeometry, memory: Float32Array): Float32Array {
  const [nx, ny, nz] = plan.size;
  const cells = nx * ny * nz;
  const moved = new Float32Array(plan.channels * cells);
  const matrix = computeWarpMatrix(plan, geometry);
  if (matrix[12] === 0) return moved;
  const corners = { count: 0, index: new Int32Array(8), weight: new Float32Array(8) };
  for (let cell = 0; cell < cells; cell++) {
    const x = cell % nx;
    const y = Math.floor(cell / nx) % ny;
    const z = plan.entry.dimensions === 2 ? plan.planeIndex : Math.floor(cell / (nx * ny));
    findCorners(plan, transform(plan, matrix, x, y, z), corners);
    for (let channel = 0; channel < plan.channels; channel++) {
      let sum = 0;
      for (let k = 0; k < corners.count; k++) {
        sum = fround(sum + fround(corners.weight[k]! * memory[channel * cells + corners.index[k]!]!));
      }
      moved[channel * cells + cell] = sum;
    }
  }
  return moved;
}

/** Place (x, y, z) in the previous grid; clamped into the grid for border padding. */
function transform(
  plan: MemoryWarpPlan,
  matrix: Float32Array,
  x: number,
  y: number,
  z: number,
): [number, number, number] {
  const place: [number, number, number] = [0, 0, 0];
  for (let axis = 0; axis < 3; axis++) {
    const row = axis * 4;
    const flat = fround(fround(matrix[row]! * x) + fround(matrix[row + 1]! * y));
    const value = fround(fround(flat + fround(matrix[row + 2]! * fround(z))) + matrix[row + 3]!);
    const clampToGrid = plan.entry.padding === 'border';
    place[axis] = clampToGrid ? Math.min(Math.max(value, 0), plan.size[axis]! - 1) : value;
  }
  if (plan.entry.dimensions === 2) place[2] = 0;
  return place;
}

interface Corners {
  count: number;
  readonly index: Int32Array;
  readonly weight: Float32Array;
}

/** The up to eight cells around a place that lie inside the grid and have any weight. */
function findCorners(plan: MemoryWarpPlan, place: readonly [number, number, number], corners: Corners): void {
  const [nx, ny, nz] = plan.size;
  const [baseX, baseY, baseZ] = [Math.floor(place[0]), Math.floor(place[1]), Math.floor(place[2])];
  const [upperX, upperY, upperZ] = [fround(place[0] - baseX), fround(place[1] - baseY), fround(place[2] - baseZ)];
  corners.count = 0;
  for (let k = 0; k < 8; k++) {
    const [dx, dy, dz] = [k & 1, (k >> 1) & 1, k >> 2];
    const [x, y, z] = [baseX + dx, baseY + dy, baseZ + dz];
    if (x < 0 || y < 0 || z < 0 || x >= nx || y >= ny || z >= nz) continue;
    const shareX = dx ? upperX : fround(1 - upperX);
    const shareY = dy ? upperY : fround(1 - upperY);
    const shareZ = dz ? upperZ : fround(1 - upperZ);
    const weight = fround(fround(shareX * shareY) * shareZ);
    if (weight === 0) continue;
    corners.index[corners.count] = (z * ny + y) * nx + x;
    corners.weight[corners.count] = weight;
    corners.count += 1;
  }
}

import type { FrameGeometry } from '../pipeline/stage.ts';
import { computeFrustumAxes, computeFrustumMatrices, type VoxelPoolPlan } from '../pipeline/voxelPoolPlan.ts';

/** Cell of an entry that lies outside the grid. */
export const OUTSIDE_CELL = 0xffffffff;

/** The cell of every entry and its share of the point's weight; entry = point * corners + corner. */
export interface LocatedEntries {
  readonly cellOfEntry: Uint32Array;
  readonly shareOfEntry: Float32Array;
}

/** Entries grouped by cell, ascending within a cell: those of cell c are entries[starts[c]] to entries[starts[c + 1] - 1]. */
export interface EntryRuns {
  readonly starts: Uint32Array;
  readonly entries: Uint32Array;
}

/** Points of a lower weight are left out of nearest filling: a hundred bins of a pixel together would add less than a thousandth of it. */
const LEAST_WEIGHT = 1e-5;

const { fround } = Math;

/**
 * Pool depth times context into the grid: CPU twin of the voxel-pool stage, in single precision and in the same order of sums.
 * Depth f32 [N,D,h,w], context in the plan's layout; returns f32 of the plan's `outShape`. Source: BEVPoolv2, arXiv 2211.17111.
 */
export function poolVoxels(
  plan: VoxelPoolPlan,
  geometry: FrameGeometry,
  depth: Float32Array,
  context: Float32Array,
): Float32Array {
  if (plan.corners === 1) return scatterPoints(plan, geometry, depth, context);
  const located = locatePoints(plan, geometry);
  return gatherCells(plan, located, buildRuns(located.cellOfEntry, plan.cells), depth, context);
}

/**
 * The same sums for nearest filling in one pass over the points and without runs: every cell takes its points in ascending order here
 * too, so only the weights that are too small to matter are missing. The way without WebGPU would spend its time on those.
 */
function scatterPoints(
  plan: VoxelPoolPlan,
  geometry: FrameGeometry,
  depth: Float32Array,
  context: Float32Array,
): Float32Array {
  const { channels, contextStrides, bins, rows, columns } = plan;
  const [nx, ny, nz] = plan.grid.size;
  const matrices = computeFrustumMatrices(plan, geometry);
  const axes = computeFrustumAxes(plan, geometry);
  const round = plan.entry.index === 'floor' ? Math.floor : Math.trunc;
  const sums = new Float32Array(plan.cells * channels);
  const touched = new Uint8Array(plan.cells);
  let point = 0;
  for (let camera = 0; camera < plan.cameras; camera++) {
    const matrix = matrices.subarray(camera * 12, camera * 12 + 12);
    const [xu = 0, xv = 0, xd = 0, x0 = 0, yu = 0, yv = 0, yd = 0, y0 = 0, zu = 0, zv = 0, zd = 0, z0 = 0] = matrix;
    for (let bin = 0; bin < bins; bin++) {
      const distance = axes[columns + rows + bin]!;
      const [xBase, yBase, zBase] = [fround(xd * distance), fround(yd * distance), fround(zd * distance)];
      for (let row = 0; row < rows; row++) {
        const v = fround(axes[columns + row]! * distance);
        const [xRow, yRow, zRow] = [fround(xv * v), fround(yv * v), fround(zv * v)];
        let feature = camera * rows * columns * channels + row * columns * contextStrides.pixel;
        for (let column = 0; column < columns; column++, point++, feature += contextStrides.pixel) {
          const weight = depth[point]!;
          if (Math.abs(weight) < LEAST_WEIGHT) continue;
          const u = fround(axes[column]! * distance);
          const x = round(fround(fround(fround(fround(xu * u) + xRow) + xBase) + x0));
          if (x < 0 || x >= nx) continue;
          const y = round(fround(fround(fround(fround(yu * u) + yRow) + yBase) + y0));
          if (y < 0 || y >= ny) continue;
          const z = round(fround(fround(fround(fround(zu * u) + zRow) + zBase) + z0));
          if (z < 0 || z >= nz) continue;
          const cell = (z * ny + y) * nx + x;
          touched[cell] = 1;
          for (let channel = 0, target = cell * channels; channel < channels; channel++, target++) {
            sums[target]! += fround(weight * context[feature + channel * contextStrides.channel]!);
          }
        }
      }
    }
  }
  return layOut(plan, sums, touched);
}

/** Sums [cell, channel] of the touched cells in the plan's layout. */
function layOut(plan: VoxelPoolPlan, sums: Float32Array, touched: Uint8Array): Float32Array {
  const { channels, outStrides } = plan;
  const slice = plan.grid.size[0] * plan.grid.size[1];
  const out = new Float32Array(sums.length);
  for (let cell = 0; cell < plan.cells; cell++) {
    if (touched[cell] === 0) continue;
    let target = Math.floor(cell / slice) * outStrides.slice + (cell % slice) * outStrides.cell;
    for (let channel = 0; channel < channels; channel++, target += outStrides.channel) {
      out[target] = sums[cell * channels + channel]!;
    }
  }
  return out;
}

/** Twin of shaders/lift/locatePoints.wgsl. */
export function locatePoints(plan: VoxelPoolPlan, geometry: FrameGeometry): LocatedEntries {
  const coordinates = computeGridCoordinates(plan, geometry);
  const entryCount = plan.points * plan.corners;
  const located = {
    cellOfEntry: new Uint32Array(entryCount).fill(OUTSIDE_CELL),
    shareOfEntry: new Float32Array(entryCount),
  };
  const round = plan.entry.index === 'floor' ? Math.floor : Math.trunc;
  for (let point = 0; point < plan.points; point++) {
    const x = coordinates[point * 3]!;
    const y = coordinates[point * 3 + 1]!;
    const z = coordinates[point * 3 + 2]!;
    if (plan.corners === 1) addEntry(plan, located, point, round(x), round(y), round(z), 1);
    else addCorners(plan, located, point, x, y, z);
  }
  return located;
}

function addCorners(
  plan: VoxelPoolPlan,
  located: LocatedEntries,
  point: number,
  x: number,
  y: number,
  z: number,
): void {
  const [baseX, baseY, baseZ] = [Math.floor(x), Math.floor(y), Math.floor(z)];
  const [upperX, upperY, upperZ] = [fround(x - baseX), fround(y - baseY), fround(z - baseZ)];
  for (let corner = 0; corner < 8; corner++) {
    const [dx, dy, dz] = [corner & 1, (corner >> 1) & 1, corner >> 2];
    const shareX = dx ? upperX : fround(1 - upperX);
    const shareY = dy ? upperY : fround(1 - upperY);
    const shareZ = dz ? upperZ : fround(1 - upperZ);
    const share = fround(fround(shareX * shareY) * shareZ);
    addEntry(plan, located, point * 8 + corner, baseX + dx, baseY + dy, baseZ + dz, share);
  }
}

function addEntry(
  plan: VoxelPoolPlan,
  located: LocatedEntries,
  entry: number,
  x: number,
  y: number,
  z: number,
  share: number,
): void {
  const [nx, ny, nz] = plan.grid.size;
  if (x < 0 || y < 0 || z < 0 || x >= nx || y >= ny || z >= nz) return;
  located.cellOfEntry[entry] = (z * ny + y) * nx + x;
  located.shareOfEntry[entry] = share;
}

/** Grid coordinates (x, y, z) of every point [camera, bin, row, column], f32; coordinate k is the lower edge of cell k. */
export function computeGridCoordinates(plan: VoxelPoolPlan, geometry: FrameGeometry): Float32Array {
  const matrices = computeFrustumMatrices(plan, geometry);
  const axes = computeFrustumAxes(plan, geometry);
  const coordinates = new Float32Array(plan.points * 3);
  let target = 0;
  for (let camera = 0; camera < plan.cameras; camera++) {
    for (let bin = 0; bin < plan.bins; bin++) {
      const depth = axes[plan.columns + plan.rows + bin]!;
      for (let row = 0; row < plan.rows; row++) {
        const v = fround(axes[plan.columns + row]! * depth);
        for (let column = 0; column < plan.columns; column++) {
          const u = fround(axes[column]! * depth);
          for (let axis = camera * 12; axis < camera * 12 + 12; axis += 4) {
            const sum = fround(fround(matrices[axis]! * u) + fround(matrices[axis + 1]! * v));
            coordinates[target++] = fround(sum + fround(matrices[axis + 2]! * depth)) + matrices[axis + 3]!;
          }
        }
      }
    }
  }
  return coordinates;
}

/** Group entries by cell, ascending: twin of shaders/lift/scatterEntries.wgsl with orderRuns.wgsl. */
export function buildRuns(cellOfEntry: Uint32Array, cells: number): EntryRuns {
  const counts = new Uint32Array(cells + 1);
  for (const cell of cellOfEntry) if (cell !== OUTSIDE_CELL) counts[cell]! += 1;
  const starts = scanExclusive(counts);
  const next = starts.slice();
  const entries = new Uint32Array(starts[cells]!);
  cellOfEntry.forEach((cell, entry) => {
    if (cell === OUTSIDE_CELL) return;
    entries[next[cell]!] = entry;
    next[cell]! += 1;
  });
  return { starts, entries };
}

/** Sum of all values before each one: twin of shaders/lift/scanBlocks.wgsl with addBlockOffsets.wgsl. */
export function scanExclusive(values: Uint32Array): Uint32Array {
  const sums = new Uint32Array(values.length);
  let sum = 0;
  for (let index = 0; index < values.length; index++) {
    sums[index] = sum;
    sum += values[index]!;
  }
  return sums;
}

/** Sum weight times feature over the runs: twin of shaders/lift/gatherCells.wgsl. */
export function gatherCells(
  plan: VoxelPoolPlan,
  located: LocatedEntries,
  runs: EntryRuns,
  depth: Float32Array,
  context: Float32Array,
): Float32Array {
  const { channels, contextStrides, outStrides, bins, corners } = plan;
  const slice = plan.grid.size[0] * plan.grid.size[1];
  const pixels = plan.rows * plan.columns;
  const out = new Float32Array(plan.cells * channels);
  const sums = new Float32Array(channels);
  for (let cell = 0; cell < plan.cells; cell++) {
    const end = runs.starts[cell + 1]!;
    const start = runs.starts[cell]!;
    if (start === end) continue;
    sums.fill(0);
    for (let slot = start; slot < end; slot++) {
      const entry = runs.entries[slot]!;
      const point = Math.floor(entry / corners);
      const weight = fround(depth[point]! * located.shareOfEntry[entry]!);
      const camera = Math.floor(point / (bins * pixels));
      let feature = camera * pixels * channels + (point % pixels) * contextStrides.pixel;
      for (let channel = 0; channel < channels; channel++) {
        sums[channel] = sums[channel]! + fround(weight * context[feature]!);
        feature += contextStrides.channel;
      }
    }
    let target = Math.floor(cell / slice) * outStrides.slice + (cell % slice) * outStrides.cell;
    for (let channel = 0; channel < channels; channel++) {
      out[target] = sums[channel]!;
      target += outStrides.channel;
    }
  }
  return out;
}

import type { GridSpec } from '../domain/geometry.ts';

/** What is drawn of a label volume. */
export interface DrawFilter {
  /** Bit c set = class c is drawn. Labels of 32 and more, and the free label, never are. */
  readonly visibleClasses: number;
  /** First and last drawn z slice, both included. */
  readonly firstSlice: number;
  readonly lastSlice: number;
}

/** Fixed facts of a face compaction: one per grid, class table and record buffer. */
export interface FaceCompactionPlan {
  readonly size: readonly [number, number, number];
  readonly voxelCount: number;
  readonly freeLabel: number;
  /** How many faces the record buffer holds. */
  readonly capacity: number;
}

/** Faces in no fixed order: two u32 each, `packFace` then the shade word. */
export interface CompactedFaces {
  readonly records: Uint32Array<ArrayBuffer>;
  /** All exposed faces, also those that did not fit. */
  readonly faces: number;
  /** Drawn voxels, hidden inside or not. */
  readonly voxels: number;
  readonly overflow: number;
}

/** A voxel index takes 24 bits of a record. */
export const MAXIMUM_VOXELS = 2 ** 24;

const DEFAULT_CAPACITY = 1_500_000;

/**
 * Plan the compaction of one grid; the default capacity holds any drive we have seen many times over (12 MB).
 * Throws RangeError for a grid that is empty or larger than 2^24 voxels.
 */
export function planFaceCompaction(grid: GridSpec, freeLabel: number, capacity?: number): FaceCompactionPlan {
  const [nx, ny, nz] = grid.size;
  const voxelCount = nx * ny * nz;
  if (!(voxelCount > 0 && voxelCount <= MAXIMUM_VOXELS)) {
    throw new RangeError(`A grid of ${nx} x ${ny} x ${nz} voxels cannot be drawn; 1 to ${MAXIMUM_VOXELS} can.`);
  }
  // At most every second voxel can show all six faces, plus the outer hull.
  const most = 3 * voxelCount + nx * ny + ny * nz + nz * nx;
  return { size: grid.size, voxelCount, freeLabel, capacity: capacity ?? Math.min(most, DEFAULT_CAPACITY) };
}

/** First word of a face record: voxel 24 bits | face 3 bits (-x +x -y +y -z +z) | class 5 bits. */
export function packFace(voxel: number, face: number, label: number): number {
  return (voxel | (face << 24) | (label << 27)) >>> 0;
}

/** Labels of drawn voxels plus one, 0 elsewhere, with a border of one voxel so that neighbours need no bounds check. */
function padDrawnLabels(labels: Uint8Array, plan: FaceCompactionPlan, filter: DrawFilter): Uint8Array {
  const [nx, ny, nz] = plan.size;
  const padded = new Uint8Array((nx + 2) * (ny + 2) * (nz + 2));
  const visible = new Uint8Array(256);
  for (let label = 0; label < 32; label++) visible[label] = (filter.visibleClasses >>> label) & 1;
  visible[plan.freeLabel] = 0;
  const last = Math.min(filter.lastSlice, nz - 1);
  for (let x = 0; x < nx; x++) {
    for (let y = 0; y < ny; y++) {
      const from = (x * ny + y) * nz;
      const to = ((x + 1) * (ny + 2) + y + 1) * (nz + 2) + 1;
      for (let z = Math.max(0, filter.firstSlice); z <= last; z++) {
        const label = labels[from + z]!;
        if (visible[label] === 1) padded[to + z] = label + 1;
      }
    }
  }
  return padded;
}

/** Corner openness and outline bits of one face; `cell` and the steps are offsets in the padded volume. */
function shadeFace(padded: Uint8Array, cell: number, normal: number, u: number, v: number): number {
  const above = cell + normal;
  const minusU = padded[above - u] ? 1 : 0;
  const plusU = padded[above + u] ? 1 : 0;
  const minusV = padded[above - v] ? 1 : 0;
  const plusV = padded[above + v] ? 1 : 0;
  const openness = (sideU: number, sideV: number, diagonal: number) =>
    sideU + sideV === 2 ? 0 : 3 - sideU - sideV - (padded[diagonal] ? 1 : 0);
  const label = padded[cell];
  const outline = (side: number, covered: number) => (padded[side] === label && covered === 0 ? 0 : 1);
  return (
    openness(minusU, minusV, above - u - v) |
    (openness(plusU, minusV, above + u - v) << 2) |
    (openness(minusU, plusV, above - u + v) << 4) |
    (openness(plusU, plusV, above + u + v) << 6) |
    (outline(cell - u, minusU) << 8) |
    (outline(cell + u, plusU) << 9) |
    (outline(cell - v, minusV) << 10) |
    (outline(cell + v, plusV) << 11)
  );
}

/**
 * The exposed faces of all drawn voxels: those whose neighbour is free, hidden, cut away or outside the grid.
 * Labels are [x][y][z], z fastest. Each record carries per-corner openness (bits 0-7: two bits for each of
 * -u-v, +u-v, -u+v, +u+v, where u and v are the axes after the face's own) and outline bits (8-11: -u, +u, -v, +v).
 * Twin of shaders/view/faceCompaction.wgsl.
 */
export function compactFaces(labels: Uint8Array, plan: FaceCompactionPlan, filter: DrawFilter): CompactedFaces {
  const [nx, ny, nz] = plan.size;
  const padded = padDrawnLabels(labels, plan, filter);
  const steps = [(ny + 2) * (nz + 2), nz + 2, 1];
  const normals = [-steps[0]!, steps[0]!, -steps[1]!, steps[1]!, -1, 1];
  let records = new Uint32Array(1 << 16);
  let faces = 0;
  let voxels = 0;
  for (let x = 0; x < nx; x++) {
    for (let y = 0; y < ny; y++) {
      for (let z = 0; z < nz; z++) {
        const cell = ((x + 1) * (ny + 2) + y + 1) * (nz + 2) + z + 1;
        const label = padded[cell]!;
        if (label === 0) continue;
        voxels++;
        for (let face = 0; face < 6; face++) {
          const normal = normals[face]!;
          if (padded[cell + normal] !== 0) continue;
          const slot = faces++;
          if (slot >= plan.capacity) continue;
          if (2 * slot >= records.length) records = growRecords(records);
          const axis = face >> 1;
          records[2 * slot] = packFace((x * ny + y) * nz + z, face, label - 1);
          records[2 * slot + 1] = shadeFace(padded, cell, normal, steps[(axis + 1) % 3]!, steps[(axis + 2) % 3]!);
        }
      }
    }
  }
  const written = Math.min(faces, plan.capacity);
  return { records: records.subarray(0, 2 * written), faces, voxels, overflow: faces - written };
}

function growRecords(records: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const grown = new Uint32Array(records.length * 2);
  grown.set(records);
  return grown;
}

import type { FrameGeometry } from './frameGeometry.ts';

/** Numbers per face in `FaceCache.values`. */
export const FACE_STRIDE = 32;
/** Faces kept at a time, a power of two: two rows of a picture mostly show the same ones. */
const SLOTS = 512;

/**
 * What the shader needs of a triangle, gathered once for all pixels that show it: neighbouring pixels mostly do.
 * `values` from `find(triangle)` on: first corner (3), both edges from it (3 + 3), their products uu, uw, ww and one over
 * the determinant, u and v of the corners (3 + 3), lowest and highest u and v, normals of the corners (3 each, mesh axes).
 */
export class FaceCache {
  readonly values = new Float64Array(SLOTS * FACE_STRIDE);
  /** Rotation from mesh to world axes by slot, null where they are the same. */
  readonly rotations: (Float64Array | null)[] = new Array<Float64Array | null>(SLOTS).fill(null);
  private readonly owners = new Int32Array(SLOTS).fill(-1);

  constructor(private readonly geometry: FrameGeometry) {}

  /** Offset of a triangle's values. */
  find(triangle: number): number {
    const slot = triangle & (SLOTS - 1);
    if (this.owners[slot] !== triangle) this.gather(triangle, slot);
    return slot * FACE_STRIDE;
  }

  private gather(triangle: number, slot: number): void {
    const part = this.geometry.parts[this.geometry.partOfTriangle[triangle]!]!;
    const { positions: p } = part;
    const { indices, surface } = part.mesh;
    const { values } = this;
    const local = triangle - part.firstTriangle;
    const f = slot * FACE_STRIDE;
    const ia = indices[local * 3]!;
    const ib = indices[local * 3 + 1]!;
    const ic = indices[local * 3 + 2]!;
    for (let k = 0; k < 3; k++) {
      const a = p[ia * 3 + k]!;
      values[f + k] = a;
      values[f + 3 + k] = p[ib * 3 + k]! - a;
      values[f + 6 + k] = p[ic * 3 + k]! - a;
    }
    const ux = values[f + 3]!;
    const uy = values[f + 4]!;
    const uz = values[f + 5]!;
    const wx = values[f + 6]!;
    const wy = values[f + 7]!;
    const wz = values[f + 8]!;
    const uu = ux * ux + uy * uy + uz * uz;
    const uw = ux * wx + uy * wy + uz * wz;
    const ww = wx * wx + wy * wy + wz * wz;
    values[f + 9] = uu;
    values[f + 10] = uw;
    values[f + 11] = ww;
    values[f + 12] = 1 / (uu * ww - uw * uw + 1e-20);
    for (let k = 0; k < 2; k++) {
      const a = surface[ia * 2 + k]!;
      const b = surface[ib * 2 + k]!;
      const c = surface[ic * 2 + k]!;
      values[f + 13 + 3 * k] = a;
      values[f + 14 + 3 * k] = b;
      values[f + 15 + 3 * k] = c;
      values[f + 19 + 2 * k] = Math.min(a, b, c);
      values[f + 20 + 2 * k] = Math.max(a, b, c);
    }
    const { normals } = part;
    for (let k = 0; k < 9; k++) values[f + 23 + k] = normals[local * 9 + k]!;
    this.rotations[slot] = part.rotation;
    this.owners[slot] = triangle;
  }
}

import type { Vector3 } from '../../../domain/geometry.ts';
import type { WorldCamera } from '../model.ts';
import type { Rasteriser } from './rasteriser.ts';
import type { SampleProjection } from './sampleProjection.ts';

/** Larger than the rounding of interpolated depth, so that skipping never changes a picture. */
const slack = 1 + 1e-4;

/** Tells which boxes cannot change a target: out of view, or behind what is already drawn. */
export class HiddenTest {
  private readonly matrix = new Float64Array(16);
  private target: Rasteriser | null = null;
  private projection: SampleProjection | null = null;

  constructor(private readonly nearMetres: number) {}

  /** Chooses the camera; the target's depth values are 1 / z. */
  begin(target: Rasteriser, worldFromCamera: WorldCamera['worldFromCamera'], projection: SampleProjection): void {
    this.target = target;
    this.matrix.set(worldFromCamera);
    this.projection = projection;
  }

  /** True when nothing inside the box (world axes, metres) would change the target. */
  isHidden(lower: Vector3, upper: Vector3): boolean {
    const m = this.matrix;
    const target = this.target!;
    const { focalX, focalY, originX, originY } = this.projection!;
    let left = Infinity;
    let right = -Infinity;
    let top = Infinity;
    let bottom = -Infinity;
    let nearest = Infinity;
    let furthest = -Infinity;
    for (let corner = 0; corner < 8; corner++) {
      const dx = ((corner & 1) === 0 ? lower[0] : upper[0]) - m[3]!;
      const dy = ((corner & 2) === 0 ? lower[1] : upper[1]) - m[7]!;
      const dz = ((corner & 4) === 0 ? lower[2] : upper[2]) - m[11]!;
      const z = m[2]! * dx + m[6]! * dy + m[10]! * dz;
      if (z < nearest) nearest = z;
      if (z > furthest) furthest = z;
      const inverse = 1 / z;
      const x = originX + focalX * (m[0]! * dx + m[4]! * dy + m[8]! * dz) * inverse;
      const y = originY + focalY * (m[1]! * dx + m[5]! * dy + m[9]! * dz) * inverse;
      if (x < left) left = x;
      if (x > right) right = x;
      if (y < top) top = y;
      if (y > bottom) bottom = y;
    }
    if (furthest < this.nearMetres) return true;
    // Part of the box may lie behind the camera: its projection says nothing.
    if (nearest < this.nearMetres) return false;
    const firstColumn = Math.max(Math.ceil(left - 0.01), 0);
    const lastColumn = Math.min(Math.floor(right + 0.01), target.width - 1);
    const firstRow = Math.max(Math.ceil(top - 0.01), 0);
    const lastRow = Math.min(Math.floor(bottom + 0.01), target.height - 1);
    if (firstColumn > lastColumn || firstRow > lastRow) return true;
    return isCovered(target, firstColumn, lastColumn, firstRow, lastRow, slack / nearest);
  }
}

/** Whether every sample of the rectangle already has a depth value of at least `value`. */
function isCovered(
  target: Rasteriser,
  firstColumn: number,
  lastColumn: number,
  firstRow: number,
  lastRow: number,
  value: number,
): boolean {
  const { depth, width } = target;
  // Upper rows first: sky is what most often shows above a thing.
  for (let row = firstRow; row <= lastRow; row++) {
    const end = row * width + lastColumn;
    for (let at = row * width + firstColumn; at <= end; at++) if (depth[at]! < value) return false;
  }
  return true;
}

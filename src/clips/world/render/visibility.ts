import type { WorldCamera } from '../model.ts';
import { findClusters } from './clusters.ts';
import type { FrameGeometry, GeometryPart } from './frameGeometry.ts';
import { HiddenTest } from './hiddenTest.ts';
import type { Rasteriser } from './rasteriser.ts';
import type { SampleProjection } from './sampleProjection.ts';

const nearMetres = 0.08;

/** Draws geometry into a target as one camera sees it: depth values are 1 / z, owners are triangle numbers. */
export class VisibilityPass {
  private readonly geometry: FrameGeometry;
  private readonly leafy: Uint8Array;
  private readonly view: Float32Array;
  private readonly screen: Float64Array;
  private readonly clipped = new Float64Array(12);
  private readonly position = new Float64Array(3);
  private readonly hidden = new HiddenTest(nearMetres);
  private readonly low: [number, number, number] = [0, 0, 0];
  private readonly high: [number, number, number] = [0, 0, 0];

  /** `leafy` is 0 for each solid material; others are cut into leaves, the denser the larger it is. */
  constructor(geometry: FrameGeometry, leafy: Uint8Array) {
    this.geometry = geometry;
    this.leafy = leafy;
    const most = geometry.parts.reduce((count, part) => Math.max(count, part.positions.length), 0);
    this.view = new Float32Array(most);
    this.screen = new Float64Array(most);
  }

  draw(target: Rasteriser, camera: WorldCamera, projection: SampleProjection): void {
    target.clear();
    const m = camera.worldFromCamera;
    this.position.set([m[3]!, m[7]!, m[11]!]);
    this.hidden.begin(target, m, projection);
    const visible = this.geometry.parts
      .filter((part) => this.isInFrustum(part, m, projection, target))
      .map((part) => ({ part, distance: this.findDistance(part) }))
      .sort((a, b) => a.distance - b.distance);
    for (const { part } of visible) {
      if (part.rotation === null) this.drawClusters(target, part, m, projection);
      else if (!this.hidden.isHidden(part.lower, part.upper)) {
        this.project(part, m, projection, 0, part.positions.length);
        this.drawTriangles(target, part, projection, 0, part.triangleCount);
      }
    }
  }

  /** Draws the runs of a fixed part that lie in view and in front of what is already drawn. */
  private drawClusters(
    target: Rasteriser,
    part: GeometryPart,
    m: WorldCamera['worldFromCamera'],
    projection: SampleProjection,
  ): void {
    const { starts, vertices, bounds } = findClusters(part.mesh);
    const { low, high } = this;
    for (let c = 0; c + 1 < starts.length; c++) {
      for (let k = 0; k < 3; k++) {
        low[k] = bounds[c * 6 + k]!;
        high[k] = bounds[c * 6 + 3 + k]!;
      }
      if (this.hidden.isHidden(low, high)) continue;
      this.project(part, m, projection, vertices[c * 2]! * 3, vertices[c * 2 + 1]! * 3 + 3);
      this.drawTriangles(target, part, projection, starts[c]!, starts[c + 1]!);
    }
  }

  private findDistance(part: GeometryPart): number {
    let sum = 0;
    for (let k = 0; k < 3; k++) {
      const p = this.position[k]!;
      const outside = Math.max(part.lower[k]! - p, 0, p - part.upper[k]!);
      sum += outside * outside;
    }
    return sum;
  }

  /** Tests the part's box against the planes of the view: its farthest corner along each plane's normal must be inside. */
  private isInFrustum(
    part: GeometryPart,
    m: WorldCamera['worldFromCamera'],
    projection: SampleProjection,
    target: Rasteriser,
  ): boolean {
    const left = -projection.originX / projection.focalX;
    const right = (target.width - 1 - projection.originX) / projection.focalX;
    const top = -projection.originY / projection.focalY;
    const bottom = (target.height - 1 - projection.originY) / projection.focalY;
    return (
      this.isInside(part, m, 0, 0, 1, -nearMetres) &&
      this.isInside(part, m, 1, 0, -left, 0) &&
      this.isInside(part, m, -1, 0, right, 0) &&
      this.isInside(part, m, 0, 1, -top, 0) &&
      this.isInside(part, m, 0, -1, bottom, 0)
    );
  }

  private isInside(
    part: GeometryPart,
    m: WorldCamera['worldFromCamera'],
    x: number,
    y: number,
    z: number,
    offset: number,
  ): boolean {
    let sum = offset;
    for (let k = 0; k < 3; k++) {
      const normal = m[k * 4]! * x + m[k * 4 + 1]! * y + m[k * 4 + 2]! * z;
      sum += normal * ((normal > 0 ? part.upper[k]! : part.lower[k]!) - this.position[k]!);
    }
    return sum >= 0;
  }

  private project(
    part: GeometryPart,
    m: WorldCamera['worldFromCamera'],
    projection: SampleProjection,
    from: number,
    to: number,
  ): void {
    const { positions } = part;
    const { view, screen } = this;
    const { focalX, focalY, originX, originY } = projection;
    const [m0, m1, m2, m4, m5, m6, m8, m9, m10] = [m[0]!, m[1]!, m[2]!, m[4]!, m[5]!, m[6]!, m[8]!, m[9]!, m[10]!];
    const px = m[3]!;
    const py = m[7]!;
    const pz = m[11]!;
    for (let at = from; at < to; at += 3) {
      const dx = positions[at]! - px;
      const dy = positions[at + 1]! - py;
      const dz = positions[at + 2]! - pz;
      const x = m0 * dx + m4 * dy + m8 * dz;
      const y = m1 * dx + m5 * dy + m9 * dz;
      const z = m2 * dx + m6 * dy + m10 * dz;
      view[at] = x;
      view[at + 1] = y;
      view[at + 2] = z;
      if (z < nearMetres) continue;
      const inverse = 1 / z;
      screen[at] = originX + focalX * x * inverse;
      screen[at + 1] = originY + focalY * y * inverse;
      screen[at + 2] = inverse;
    }
  }

  private drawTriangles(
    target: Rasteriser,
    part: GeometryPart,
    projection: SampleProjection,
    from: number,
    to: number,
  ): void {
    const { indices, materials } = part.mesh;
    const { view, screen, leafy } = this;
    const corners = target.corners;
    for (let triangle = from; triangle < to; triangle++) {
      const a = indices[triangle * 3]! * 3;
      const b = indices[triangle * 3 + 1]! * 3;
      const c = indices[triangle * 3 + 2]! * 3;
      const inFront =
        (view[a + 2]! >= nearMetres ? 1 : 0) +
        (view[b + 2]! >= nearMetres ? 1 : 0) +
        (view[c + 2]! >= nearMetres ? 1 : 0);
      if (inFront === 0) continue;
      const id = part.firstTriangle + triangle;
      if (inFront < 3) {
        this.drawClipped(target, id, a, b, c, projection);
        continue;
      }
      corners[0] = screen[a]!;
      corners[1] = screen[a + 1]!;
      corners[2] = screen[a + 2]!;
      corners[3] = screen[b]!;
      corners[4] = screen[b + 1]!;
      corners[5] = screen[b + 2]!;
      corners[6] = screen[c]!;
      corners[7] = screen[c + 1]!;
      corners[8] = screen[c + 2]!;
      if (target.misses()) continue;
      const holes = leafy[materials[triangle]!]!;
      if (holes > 0) target.draw(id, this.prepareLeaves(target, part.positions, a, b, c) - holes, true);
      else target.draw(id, -1, true);
    }
  }

  /** Cuts the triangle at the near plane and draws the one or two triangles in front of it, whole even if leafy. */
  private drawClipped(
    target: Rasteriser,
    id: number,
    a: number,
    b: number,
    c: number,
    projection: SampleProjection,
  ): void {
    const { view, clipped } = this;
    const ring = [a, b, c];
    let count = 0;
    for (let k = 0; k < 3; k++) {
      const from = ring[k]!;
      const to = ring[(k + 1) % 3]!;
      const zFrom = view[from + 2]!;
      const zTo = view[to + 2]!;
      if (zFrom >= nearMetres) {
        this.keepClipped(count++, view[from]!, view[from + 1]!, zFrom, projection);
      }
      if (zFrom >= nearMetres !== zTo >= nearMetres) {
        const t = (nearMetres - zFrom) / (zTo - zFrom);
        const x = view[from]! + (view[to]! - view[from]!) * t;
        const y = view[from + 1]! + (view[to + 1]! - view[from + 1]!) * t;
        this.keepClipped(count++, x, y, nearMetres, projection);
      }
    }
    for (let k = 2; k < count; k++) {
      target.corners.set(clipped.subarray(0, 3), 0);
      target.corners.set(clipped.subarray(k * 3 - 3, k * 3), 3);
      target.corners.set(clipped.subarray(k * 3, k * 3 + 3), 6);
      target.draw(id, -1, true);
    }
  }

  private keepClipped(slot: number, x: number, y: number, z: number, projection: SampleProjection): void {
    this.clipped[slot * 3] = projection.originX + (projection.focalX * x) / z;
    this.clipped[slot * 3 + 1] = projection.originY + (projection.focalY * y) / z;
    this.clipped[slot * 3 + 2] = 1 / z;
  }

  /** Puts the leaf noise coordinates of the triangle into the corners and returns its threshold: more holes where it is seen edge on. */
  private prepareLeaves(target: Rasteriser, positions: Float32Array, a: number, b: number, c: number): number {
    const ux = positions[b]! - positions[a]!;
    const uy = positions[b + 1]! - positions[a + 1]!;
    const uz = positions[b + 2]! - positions[a + 2]!;
    const vx = positions[c]! - positions[a]!;
    const vy = positions[c + 1]! - positions[a + 1]!;
    const vz = positions[c + 2]! - positions[a + 2]!;
    const nx = uy * vz - uz * vy;
    const ny = uz * vx - ux * vz;
    const nz = ux * vy - uy * vx;
    const dx = positions[a]! - this.position[0]!;
    const dy = positions[a + 1]! - this.position[1]!;
    const dz = positions[a + 2]! - this.position[2]!;
    const facing =
      Math.abs(nx * dx + ny * dy + nz * dz) /
      (Math.sqrt((nx * nx + ny * ny + nz * nz) * (dx * dx + dy * dy + dz * dz)) + 1e-9);
    // The plane with the largest projection keeps the leaves' size even.
    const first = Math.abs(nx) > Math.abs(ny) && Math.abs(nx) > Math.abs(nz) ? 1 : 0;
    const second = Math.abs(nz) >= Math.abs(nx) && Math.abs(nz) >= Math.abs(ny) ? 1 : 2;
    const corners = target.corners;
    corners[9] = positions[a + first]! * corners[2]!;
    corners[10] = positions[a + second]! * corners[2]!;
    corners[11] = positions[b + first]! * corners[5]!;
    corners[12] = positions[b + second]! * corners[5]!;
    corners[13] = positions[c + first]! * corners[8]!;
    corners[14] = positions[c + second]! * corners[8]!;
    return 80 + 130 * Math.max(0, 1 - facing * 1.7);
  }
}

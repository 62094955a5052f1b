import type { Vector3 } from '../../../domain/geometry.ts';
import type { FrameGeometry, GeometryPart } from './frameGeometry.ts';
import { Rasteriser } from './rasteriser.ts';

const nothing = -1e9;

/** Three orthonormal axes: columns of the map, rows of the map, and the direction that depth grows in. */
interface MapAxes {
  readonly right: Vector3;
  readonly up: Vector3;
  readonly toward: Vector3;
}

function findAxes(toward: Vector3): MapAxes {
  const [x, y, z] = toward;
  const flat = Math.hypot(x, y);
  const right: Vector3 = flat < 1e-6 ? [1, 0, 0] : [-y / flat, x / flat, 0];
  const up: Vector3 = [y * right[2] - z * right[1], z * right[0] - x * right[2], x * right[1] - y * right[0]];
  return { right, up, toward };
}

/** An orthographic map of the largest depth toward one direction, around a centre. */
export class DirectionMap {
  readonly size: number;
  readonly texelMetres: number;
  readonly axes: MapAxes;
  readonly originX: number;
  readonly originY: number;
  private readonly target: Rasteriser;

  /** `halfWidth` in metres; `casts` holds 1 for each material that is drawn, 2 where it is cut into leaves. */
  constructor(
    geometry: FrameGeometry,
    casts: Uint8Array,
    toward: Vector3,
    centre: Vector3,
    halfWidth: number,
    size: number,
  ) {
    this.size = size;
    this.texelMetres = (2 * halfWidth) / size;
    this.axes = findAxes(toward);
    const { right, up } = this.axes;
    const scale = 1 / this.texelMetres;
    // The centre sits on a whole texel, so that edges of shadows stay put while the ego moves.
    this.originX = size / 2 - Math.round((right[0] * centre[0] + right[1] * centre[1] + right[2] * centre[2]) * scale);
    this.originY = size / 2 - Math.round((up[0] * centre[0] + up[1] * centre[1] + up[2] * centre[2]) * scale);
    this.target = new Rasteriser(size, size, nothing, false);
    const most = geometry.parts.reduce((count, part) => Math.max(count, part.vertexCount), 0);
    const mapped = new Float64Array(most * 3);
    for (const part of geometry.parts) {
      if (this.reaches(part)) this.drawPart(geometry, part, casts, mapped);
    }
  }

  get depth(): Float32Array {
    return this.target.depth;
  }

  private reaches(part: GeometryPart): boolean {
    const scale = 1 / this.texelMetres;
    return (
      overlaps(part, this.axes.right, scale, this.originX, this.size) &&
      overlaps(part, this.axes.up, scale, this.originY, this.size)
    );
  }

  private drawPart(geometry: FrameGeometry, part: GeometryPart, casts: Uint8Array, mapped: Float64Array): void {
    const { positions, indices, materials } = geometry;
    const { right, up, toward } = this.axes;
    const scale = 1 / this.texelMetres;
    const [rx, ry, rz] = [right[0] * scale, right[1] * scale, right[2] * scale];
    const [ux, uy, uz] = [up[0] * scale, up[1] * scale, up[2] * scale];
    const [tx, ty, tz] = toward;
    const vertexEnd = part.vertexCount * 3;
    for (let at = 0, from = part.firstVertex * 3; at < vertexEnd; at += 3, from += 3) {
      const x = positions[from]!;
      const y = positions[from + 1]!;
      const z = positions[from + 2]!;
      mapped[at] = this.originX + rx * x + ry * y + rz * z;
      mapped[at + 1] = this.originY + ux * x + uy * y + uz * z;
      mapped[at + 2] = tx * x + ty * y + tz * z;
    }
    const corners = this.target.corners;
    const end = part.firstTriangle + part.triangleCount;
    for (let triangle = part.firstTriangle; triangle < end; triangle++) {
      const cast = casts[materials[triangle]!]!;
      if (cast === 0) continue;
      for (let corner = 0; corner < 3; corner++) {
        const vertex = indices[triangle * 3 + corner]!;
        const at = (vertex - part.firstVertex) * 3;
        corners[corner * 3] = mapped[at]!;
        corners[corner * 3 + 1] = mapped[at + 1]!;
        corners[corner * 3 + 2] = mapped[at + 2]!;
        if (cast === 2) {
          const z = positions[vertex * 3 + 2]!;
          corners[9 + corner * 2] = positions[vertex * 3]! * 0.8 + z * 0.4;
          corners[10 + corner * 2] = positions[vertex * 3 + 1]! * 0.8 + z * 0.4;
        }
      }
      this.target.draw(triangle, cast === 2 ? 95 : -1, false);
    }
  }

  /** Column of the map of a world point, in texels. */
  findColumn(x: number, y: number, z: number): number {
    const { right } = this.axes;
    return this.originX + (right[0] * x + right[1] * y + right[2] * z) / this.texelMetres;
  }

  /** Row of the map of a world point, in texels. */
  findRow(x: number, y: number, z: number): number {
    const { up } = this.axes;
    return this.originY + (up[0] * x + up[1] * y + up[2] * z) / this.texelMetres;
  }

  /** True when a filter of three texels around this position stays on the map. */
  covers(column: number, row: number): boolean {
    return column >= 2 && row >= 2 && column < this.size - 3 && row < this.size - 3;
  }

  /**
   * Share of light that arrives at a world point, 0..1: a tent filter over three by three depth comparisons.
   * The caller checks `covers` first.
   */
  findLight(x: number, y: number, z: number): number {
    const { depth, size } = this;
    const { toward } = this.axes;
    const column = this.findColumn(x, y, z);
    const row = this.findRow(x, y, z);
    const limit = toward[0] * x + toward[1] * y + toward[2] * z + this.texelMetres * 0.6 + 0.02;
    const baseColumn = Math.round(column);
    const baseRow = Math.round(row);
    const fx = column - baseColumn;
    const fy = row - baseRow;
    let light = 0;
    for (let j = -1; j <= 1; j++) {
      const weightY = j === 0 ? 0.5 : 0.25 + j * fy * 0.5;
      const at = (baseRow + j) * size + baseColumn;
      if (depth[at - 1]! < limit) light += weightY * (0.25 - fx * 0.5);
      if (depth[at]! < limit) light += weightY * 0.5;
      if (depth[at + 1]! < limit) light += weightY * (0.25 + fx * 0.5);
    }
    return light;
  }

  /** Largest depth at a position in texels, very low off the map. */
  readDepth(column: number, row: number): number {
    const x = Math.round(column);
    const y = Math.round(row);
    if (x < 0 || y < 0 || x >= this.size || y >= this.size) return nothing;
    return this.target.depth[y * this.size + x]!;
  }
}

function overlaps(part: GeometryPart, axis: Vector3, scale: number, origin: number, size: number): boolean {
  let low = origin;
  let high = origin;
  for (let k = 0; k < 3; k++) {
    const a = axis[k]! * part.lower[k]! * scale;
    const b = axis[k]! * part.upper[k]! * scale;
    low += Math.min(a, b);
    high += Math.max(a, b);
  }
  return high >= 0 && low <= size - 1;
}

const tapAngles = [0.3, 1.35, 2.4, 3.44, 4.49, 5.54];
const tapColumns = tapAngles.map((angle, k) => Math.cos(angle) * (k % 2 === 0 ? 1 : 2.6));
const tapRows = tapAngles.map((angle, k) => Math.sin(angle) * (k % 2 === 0 ? 1 : 2.6));

/** The sun's two shadow maps (fine near the centre, coarse around) and the height map that darkens corners. */
export class SunMaps {
  readonly centre: Vector3;
  private readonly near: DirectionMap;
  private readonly far: DirectionMap;
  private readonly heights: DirectionMap;

  constructor(geometry: FrameGeometry, casts: Uint8Array, toSun: Vector3, centre: Vector3, size: number) {
    this.centre = centre;
    this.near = new DirectionMap(geometry, casts, toSun, centre, 24, size);
    this.far = new DirectionMap(geometry, casts, toSun, centre, 130, size);
    this.heights = new DirectionMap(geometry, casts, [0, 0, 1], centre, 64, size >> 1);
  }

  /** Share of sunlight at a point with its outward normal, 0..1; 1 beyond the maps. */
  findSunlight(x: number, y: number, z: number, nx: number, ny: number, nz: number): number {
    let map = this.near;
    let offset = map.texelMetres * 1.6;
    let column = map.findColumn(x, y, z);
    let row = map.findRow(x, y, z);
    if (!map.covers(column, row)) {
      map = this.far;
      offset = map.texelMetres * 1.6;
      column = map.findColumn(x, y, z);
      row = map.findRow(x, y, z);
      if (!map.covers(column - 3, row - 3) || !map.covers(column + 3, row + 3)) return 1;
    } else if (!map.covers(column - 3, row - 3) || !map.covers(column + 3, row + 3)) {
      map = this.far;
      offset = map.texelMetres * 1.6;
    }
    return map.findLight(x + nx * offset, y + ny * offset, z + nz * offset);
  }

  /** Share of the sky that nearby things leave open, 0..1, from the heights around the point. */
  findOpenness(x: number, y: number, z: number, nx: number, ny: number): number {
    const { heights } = this;
    const texel = heights.texelMetres;
    const column =
      heights.originX + (x * heights.axes.right[0] + y * heights.axes.right[1]) / texel + (nx * 0.5) / texel;
    const row = heights.originY + (x * heights.axes.up[0] + y * heights.axes.up[1]) / texel + (ny * 0.5) / texel;
    let blocked = 0;
    for (let k = 0; k < 6; k++) {
      const radius = k % 2 === 0 ? 0.45 : 1.2;
      const rise =
        heights.readDepth(column + (tapColumns[k]! * 0.45) / texel, row + (tapRows[k]! * 0.45) / texel) - z - 0.12;
      if (rise > 0) blocked += rise / (rise + radius);
    }
    return 1 - blocked * (0.75 / 6);
  }
}

import type { Vector3 } from '../../../domain/geometry.ts';
import type { FrameGeometry, GeometryPart } from './frameGeometry.ts';
import { Rasteriser } from './rasteriser.ts';
import type { SurfaceSample } from './surfaceSample.ts';

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
  /** Position found by `locate`, in texels. */
  column = 0.5;
  row = 0.5;
  readonly depth: Float32Array;
  private readonly columnAxis: Float64Array;
  private readonly rowAxis: Float64Array;
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
    this.columnAxis = Float64Array.from(right, (value) => value * scale);
    this.rowAxis = Float64Array.from(up, (value) => value * scale);
    this.target = new Rasteriser(size, size, nothing, false);
    this.depth = this.target.depth;
    const most = geometry.parts.reduce((count, part) => Math.max(count, part.vertexCount), 0);
    const mapped = new Float64Array(most * 3);
    for (const part of geometry.parts) {
      if (this.reaches(part)) this.drawPart(geometry, part, casts, mapped);
    }
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

  /** Finds the column and row of a point and whether a filter of three texels, with some room, stays on the map. */
  locate(x: number, y: number, z: number): boolean {
    const { columnAxis: c, rowAxis: r } = this;
    this.column = this.originX + c[0]! * x + c[1]! * y + c[2]! * z;
    this.row = this.originY + r[0]! * x + r[1]! * y + r[2]! * z;
    const last = this.size - 7;
    return this.column >= 6 && this.row >= 6 && this.column < last && this.row < last;
  }

  /**
   * Share of light that arrives at a sample, 0..1: a tent filter over three by three depth comparisons.
   * The point is moved out along the normal, so that a surface does not shade itself; the caller checks `locate` first.
   */
  findLight(s: SurfaceSample): number {
    const { depth, size, columnAxis: c, rowAxis: r } = this;
    const toward = this.axes.toward;
    const offset = this.texelMetres * 1.6;
    const x = s.x + s.gx * offset;
    const y = s.y + s.gy * offset;
    const z = s.z + s.gz * offset;
    const column = this.originX + c[0]! * x + c[1]! * y + c[2]! * z;
    const row = this.originY + r[0]! * x + r[1]! * y + r[2]! * z;
    const limit = toward[0] * x + toward[1] * y + toward[2] * z + this.texelMetres * 0.6 + 0.02;
    const baseColumn = Math.floor(column + 0.5);
    const baseRow = Math.floor(row + 0.5);
    const fx = (column - baseColumn) * 0.5;
    const fy = (row - baseRow) * 0.5;
    let at = (baseRow - 1) * size + baseColumn;
    let light = 0;
    for (let j = 0; j < 3; j++, at += size) {
      const weight = j === 1 ? 0.5 : j === 0 ? 0.25 - fy : 0.25 + fy;
      if (depth[at - 1]! < limit) light += weight * (0.25 - fx);
      if (depth[at]! < limit) light += weight * 0.5;
      if (depth[at + 1]! < limit) light += weight * (0.25 + fx);
    }
    return light;
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
const tapRadii = [0.45, 1.2];
const heightReach = 64;

/** The sun's two shadow maps (fine near the centre, coarse around) and the height map that darkens corners. */
export class SunMaps {
  readonly centre: Vector3;
  private readonly near: DirectionMap;
  private readonly far: DirectionMap;
  private readonly heights: DirectionMap;
  /** Offsets of the taps into the height map, in texels. */
  private readonly taps: Int32Array;

  constructor(geometry: FrameGeometry, casts: Uint8Array, toSun: Vector3, centre: Vector3, size: number) {
    this.centre = centre;
    this.near = new DirectionMap(geometry, casts, toSun, centre, 24, size);
    this.far = new DirectionMap(geometry, casts, toSun, centre, 130, size);
    this.heights = new DirectionMap(geometry, casts, [0, 0, 1], centre, heightReach, size >> 1);
    const texel = this.heights.texelMetres;
    this.taps = Int32Array.from(tapAngles, (angle, k) => {
      const radius = Math.min(tapRadii[k % 2]! / texel, 5);
      return Math.round(Math.sin(angle) * radius) * this.heights.size + Math.round(Math.cos(angle) * radius);
    });
  }

  /** Share of sunlight at a sample, 0..1; 1 beyond the maps. */
  findSunlight(s: SurfaceSample): number {
    if (this.near.locate(s.x, s.y, s.z)) return this.near.findLight(s);
    if (this.far.locate(s.x, s.y, s.z)) return this.far.findLight(s);
    return 1;
  }

  /** Share of the sky that nearby things leave open, 0..1, from the heights around the point. */
  findOpenness(s: SurfaceSample): number {
    const { heights, taps } = this;
    // Walls look at the heights half a metre in front of them.
    if (!heights.locate(s.x + s.gx * 0.5, s.y + s.gy * 0.5, 0)) return 1;
    const at = Math.floor(heights.row + 0.5) * heights.size + Math.floor(heights.column + 0.5);
    const { depth } = heights;
    const floor = s.z + 0.12;
    let blocked = 0;
    for (let k = 0; k < 6; k++) {
      const rise = depth[at + taps[k]!]! - floor;
      if (rise > 0) blocked += rise / (rise + ((k & 1) === 0 ? 0.45 : 1.2));
    }
    return 1 - blocked * (0.75 / 6);
  }
}

import type { Vector3 } from '../../../domain/geometry.ts';
import { findClusters } from './clusters.ts';
import type { FrameGeometry, GeometryPart } from './frameGeometry.ts';
import { Rasteriser } from './rasteriser.ts';
import type { SurfaceSample } from './surfaceSample.ts';

const nothing = -1e9;

type Box = Pick<GeometryPart, 'lower' | 'upper'>;

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
  private readonly run = { lower: [0, 0, 0] as [number, number, number], upper: [0, 0, 0] as [number, number, number] };

  /** An empty map `halfWidth` metres to each side of `centre`; `empty` is its depth where nothing is. */
  constructor(toward: Vector3, centre: Vector3, halfWidth: number, size: number, empty: number) {
    this.size = size;
    this.texelMetres = (2 * halfWidth) / size;
    this.axes = findAxes(toward);
    const { right, up } = this.axes;
    const scale = 1 / this.texelMetres;
    this.originX = size / 2 - (right[0] * centre[0] + right[1] * centre[1] + right[2] * centre[2]) * scale;
    this.originY = size / 2 - (up[0] * centre[0] + up[1] * centre[1] + up[2] * centre[2]) * scale;
    this.columnAxis = Float64Array.from(right, (value) => value * scale);
    this.rowAxis = Float64Array.from(up, (value) => value * scale);
    this.target = new Rasteriser(size, size, empty, false);
    this.depth = this.target.depth;
  }

  /** Starts anew: empty, or with what a map of the same place shows. */
  reset(base: DirectionMap | null): void {
    if (base) this.target.copyFrom(base.target);
    else this.target.clear();
  }

  /** Adds geometry; `casts` holds 0 for each material that is left out, 2 where it is cut into leaves. */
  draw(parts: readonly GeometryPart[], casts: Uint8Array): void {
    const most = parts.reduce((count, part) => Math.max(count, part.positions.length), 0);
    const mapped = new Float64Array(most);
    for (const part of parts) {
      if (this.reaches(part)) this.drawPart(part, casts, mapped);
    }
  }

  private reaches(box: Box): boolean {
    const scale = 1 / this.texelMetres;
    return (
      overlaps(box, this.axes.right, scale, this.originX, this.size) &&
      overlaps(box, this.axes.up, scale, this.originY, this.size)
    );
  }

  /** Draws the runs of the part that reach the map. */
  private drawPart(part: GeometryPart, casts: Uint8Array, mapped: Float64Array): void {
    if (part.rotation !== null) {
      this.drawRun(part, casts, mapped, 0, part.positions.length, 0, part.triangleCount);
      return;
    }
    const { starts, vertices, bounds } = findClusters(part.mesh);
    const { materials } = part.mesh;
    const { lower, upper } = this.run;
    for (let c = 0; c + 1 < starts.length; c++) {
      // Runs of ground need not even be mapped.
      let first = starts[c]!;
      while (first < starts[c + 1]! && casts[materials[first]!] === 0) first++;
      if (first === starts[c + 1]) continue;
      for (let k = 0; k < 3; k++) {
        lower[k] = bounds[c * 6 + k]!;
        upper[k] = bounds[c * 6 + 3 + k]!;
      }
      if (!this.reaches(this.run)) continue;
      this.drawRun(part, casts, mapped, vertices[c * 2]! * 3, vertices[c * 2 + 1]! * 3 + 3, starts[c]!, starts[c + 1]!);
    }
  }

  private drawRun(
    part: GeometryPart,
    casts: Uint8Array,
    mapped: Float64Array,
    fromCoordinate: number,
    toCoordinate: number,
    fromTriangle: number,
    toTriangle: number,
  ): void {
    const { positions } = part;
    const { indices, materials } = part.mesh;
    const { columnAxis: c, rowAxis: r } = this;
    const [rx, ry, rz] = [c[0]!, c[1]!, c[2]!];
    const [ux, uy, uz] = [r[0]!, r[1]!, r[2]!];
    const [tx, ty, tz] = this.axes.toward;
    for (let at = fromCoordinate; at < toCoordinate; at += 3) {
      const x = positions[at]!;
      const y = positions[at + 1]!;
      const z = positions[at + 2]!;
      mapped[at] = this.originX + rx * x + ry * y + rz * z;
      mapped[at + 1] = this.originY + ux * x + uy * y + uz * z;
      mapped[at + 2] = tx * x + ty * y + tz * z;
    }
    const corners = this.target.corners;
    for (let triangle = fromTriangle; triangle < toTriangle; triangle++) {
      const cast = casts[materials[triangle]!]!;
      if (cast === 0) continue;
      for (let corner = 0; corner < 3; corner++) {
        const at = indices[triangle * 3 + corner]! * 3;
        corners[corner * 3] = mapped[at]!;
        corners[corner * 3 + 1] = mapped[at + 1]!;
        corners[corner * 3 + 2] = mapped[at + 2]!;
      }
      if (this.target.misses()) continue;
      if (cast === 2) this.prepareLeaves(positions, indices, triangle);
      this.target.draw(triangle, cast === 2 ? 95 : -1, false);
    }
  }

  private prepareLeaves(positions: Float32Array, indices: Uint32Array, triangle: number): void {
    const corners = this.target.corners;
    for (let corner = 0; corner < 3; corner++) {
      const at = indices[triangle * 3 + corner]! * 3;
      const z = positions[at + 2]!;
      corners[9 + corner * 2] = positions[at]! * 0.8 + z * 0.4;
      corners[10 + corner * 2] = positions[at + 1]! * 0.8 + z * 0.4;
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

function overlaps(box: Box, axis: Vector3, scale: number, origin: number, size: number): boolean {
  let low = origin;
  let high = origin;
  for (let k = 0; k < 3; k++) {
    const a = axis[k]! * box.lower[k]! * scale;
    const b = axis[k]! * box.upper[k]! * scale;
    low += Math.min(a, b);
    high += Math.max(a, b);
  }
  return high >= 0 && low <= size - 1;
}

const tapAngles = [0.3, 1.35, 2.4, 3.44, 4.49, 5.54];
const tapRadii = [0.45, 1.2];
/** Metres from the camera between which contact darkening fades out. */
const fadeFrom = 28;
const fadeTo = 50;

/** Half width in metres and share of the texture size of each map; centres move in steps, so that maps can be kept for a while. */
const mapPlans = {
  near: { halfWidth: 26, share: 1, step: 8 },
  far: { halfWidth: 140, share: 1, step: 32 },
  heights: { halfWidth: 64, share: 0.5, step: 16 },
} as const;
type MapName = keyof typeof mapPlans;
const keptMaps = 4;

// Maps of the fixed parts, by the array that a drive's chunks come in; actors are drawn over a copy at each instant.
const fixedMaps = new WeakMap<readonly GeometryPart[], Map<string, DirectionMap>>();

function createMap(
  geometry: FrameGeometry,
  casts: Uint8Array,
  name: MapName,
  toSun: Vector3,
  centre: Vector3,
  size: number,
): DirectionMap {
  const plan = mapPlans[name];
  const toward: Vector3 = name === 'heights' ? [0, 0, 1] : toSun;
  const snap = (value: number) => Math.round(value / plan.step) * plan.step;
  const middle: Vector3 = [snap(centre[0]), snap(centre[1]), snap(centre[2])];
  // Heights are interpolated, so that empty places must not lie too deep.
  const empty = name === 'heights' ? middle[2] - 10 : nothing;
  const make = () => new DirectionMap(toward, middle, plan.halfWidth, Math.round(size * plan.share), empty);
  let kept = fixedMaps.get(geometry.fixed);
  if (!kept) {
    kept = new Map();
    fixedMaps.set(geometry.fixed, kept);
  }
  const key = [name, size, ...middle, ...toward].join();
  let fixed = kept.get(key);
  if (!fixed) {
    fixed = make();
    fixed.reset(null);
    fixed.draw(geometry.fixed, casts);
    const others = [...kept.keys()].filter((other) => other.startsWith(name));
    if (others.length >= keptMaps) kept.delete(others[0]!);
    kept.set(key, fixed);
  }
  if (geometry.moving.length === 0) return fixed;
  const map = make();
  map.reset(fixed);
  map.draw(geometry.moving, casts);
  return map;
}

/** Blocks of two texels to each side that taps (five texels, and one for the interpolation) can reach. */
const tapBlocks = 3;

/** Highest value within the taps' reach of each block of two by two texels, with room for rounding. */
function findCeiling(depth: Float32Array, size: number, blocks: number): Float32Array {
  const highest = new Float32Array(blocks * blocks).fill(nothing);
  for (let row = 0; row < size; row++) {
    const to = (row >> 1) * blocks;
    for (let column = 0; column < size; column++) {
      const value = depth[row * size + column]!;
      if (value > highest[to + (column >> 1)]!) highest[to + (column >> 1)] = value;
    }
  }
  const wide = new Float32Array(highest.length);
  widenHighest(highest, wide, blocks, 1, blocks);
  widenHighest(wide, highest, blocks, blocks, 1);
  for (let block = 0; block < highest.length; block++) highest[block]! += 1e-3;
  return highest;
}

/** Largest value among `tapBlocks` neighbours to each side along one axis (`step`), for every line of a square. */
function widenHighest(source: Float32Array, result: Float32Array, size: number, step: number, lineStep: number): void {
  for (let line = 0; line < size; line++) {
    for (let i = 0; i < size; i++) {
      const last = Math.min(i + tapBlocks, size - 1);
      let high = nothing;
      for (let k = Math.max(i - tapBlocks, 0); k <= last; k++) {
        const value = source[line * lineStep + k * step]!;
        if (value > high) high = value;
      }
      result[line * lineStep + i * step] = high;
    }
  }
}

/** The sun's two shadow maps (fine near the centre, coarse around) and the height map that darkens corners. */
export class SunMaps {
  readonly centre: Vector3;
  private readonly near: DirectionMap;
  private readonly far: DirectionMap;
  private readonly heights: DirectionMap;
  /** Offsets of the taps into the height map, in texels. */
  private readonly taps: Int32Array;
  /** Nothing that any tap of a point reads lies above this, by blocks of two by two texels: open places need no taps. */
  private readonly ceiling: Float32Array;
  private readonly ceilingSize: number;

  /** `casts` holds 0 for each material that casts no shadow, 2 where it is cut into leaves; `size` is the map's edge in texels. */
  constructor(geometry: FrameGeometry, casts: Uint8Array, toSun: Vector3, centre: Vector3, size: number) {
    this.centre = centre;
    this.near = createMap(geometry, casts, 'near', toSun, centre, size);
    this.far = createMap(geometry, casts, 'far', toSun, centre, size);
    this.heights = createMap(geometry, casts, 'heights', toSun, centre, size);
    const texel = this.heights.texelMetres;
    this.taps = Int32Array.from(tapAngles, (angle, k) => {
      const radius = Math.min(tapRadii[k % 2]! / texel, 5);
      return Math.round(Math.sin(angle) * radius) * this.heights.size + Math.round(Math.cos(angle) * radius);
    });
    this.ceilingSize = (this.heights.size + 1) >> 1;
    this.ceiling = findCeiling(this.heights.depth, this.heights.size, this.ceilingSize);
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
    // Far corners are smaller than a pixel: the darkening fades out, which spares the reads.
    const strength = s.distance < fadeFrom ? 1 : 1 - (s.distance - fadeFrom) / (fadeTo - fadeFrom);
    if (strength <= 0) return 1;
    // Walls look at the heights half a metre in front of them.
    if (!heights.locate(s.x + s.gx * 0.5, s.y + s.gy * 0.5, 0)) return 1;
    const column = Math.floor(heights.column);
    const row = Math.floor(heights.row);
    const fx = heights.column - column;
    const fy = heights.row - row;
    const { depth, size } = heights;
    const at = row * size + column;
    const floor = s.z + 0.12;
    if (this.ceiling[(row >> 1) * this.ceilingSize + (column >> 1)]! < floor) return 1;
    let blocked = 0;
    for (let k = 0; k < 6; k++) {
      const tap = at + taps[k]!;
      const near = depth[tap]! * (1 - fx) + depth[tap + 1]! * fx;
      const next = depth[tap + size]! * (1 - fx) + depth[tap + size + 1]! * fx;
      const rise = near * (1 - fy) + next * fy - floor;
      if (rise > 0) blocked += rise / (rise + ((k & 1) === 0 ? 0.45 : 1.2));
    }
    return 1 - blocked * strength * (0.75 / 6);
  }
}

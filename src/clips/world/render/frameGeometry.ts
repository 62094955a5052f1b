import type { Vector3 } from '../../../domain/geometry.ts';
import type { ActorState, Mesh, Pattern, WorldInstant } from '../model.ts';
import { findCornerNormals } from './cornerNormals.ts';

/** One chunk or actor in world coordinates, the unit of culling. */
export class GeometryPart {
  readonly mesh: Mesh;
  /** x, y, z per vertex, world metres. */
  readonly positions: Float32Array;
  readonly lower: Vector3;
  readonly upper: Vector3;
  /** Number of its first triangle within the whole instant. */
  readonly firstTriangle: number;
  readonly triangleCount: number;
  /** Row-major rotation from mesh axes to world axes, null where they are the same. */
  readonly rotation: Float64Array | null;
  private cornerNormals: Int16Array | null = null;

  constructor(
    mesh: Mesh,
    positions: Float32Array,
    lower: Vector3,
    upper: Vector3,
    firstTriangle: number,
    rotation: Float64Array | null,
  ) {
    this.mesh = mesh;
    this.positions = positions;
    this.lower = lower;
    this.upper = upper;
    this.firstTriangle = firstTriangle;
    this.triangleCount = mesh.materials.length;
    this.rotation = rotation;
  }

  /** Normal per triangle corner in mesh axes times 32767; computed when first asked for, since most chunks are never seen. */
  get normals(): Int16Array {
    this.cornerNormals ??= findCornerNormals(this.mesh);
    return this.cornerNormals;
  }
}

/** Every triangle of one instant, numbered through all parts: fixed parts first, actors after them. */
export interface FrameGeometry {
  readonly fixed: readonly GeometryPart[];
  readonly moving: readonly GeometryPart[];
  readonly parts: readonly GeometryPart[];
  /** Index into `parts`, one per triangle. */
  readonly partOfTriangle: Uint16Array;
  /** Index into the instant's materials, one per triangle. */
  readonly materialOfTriangle: Uint16Array;
}

const groundPatterns: ReadonlySet<Pattern> = new Set(['asphalt', 'paint', 'paving', 'grass', 'soil', 'gravel']);
const leafyPatterns: ReadonlySet<Pattern> = new Set(['leaves', 'hedge']);

/** Flat ground casts no shadow worth drawing. */
export function isGroundPattern(pattern: Pattern): boolean {
  return groundPatterns.has(pattern);
}

/** Surfaces whose silhouettes are cut into leaves. */
export function isLeafyPattern(pattern: Pattern): boolean {
  return leafyPatterns.has(pattern);
}

// A drive hands out the same array of chunks at every instant: their parts are made once.
const fixedParts = new WeakMap<WorldInstant['statics'], GeometryPart[]>();

function findFixedParts(statics: WorldInstant['statics']): GeometryPart[] {
  let parts = fixedParts.get(statics);
  if (!parts) {
    let triangle = 0;
    parts = statics.map(({ mesh, lower, upper }) => {
      const part = new GeometryPart(mesh, mesh.positions, lower, upper, triangle, null);
      triangle += mesh.materials.length;
      return part;
    });
    fixedParts.set(statics, parts);
  }
  return parts;
}

/** Collects chunks and actors; actors are moved to their places. */
export function gatherGeometry(instant: WorldInstant): FrameGeometry {
  const fixed = findFixedParts(instant.statics);
  const last = fixed[fixed.length - 1];
  let triangle = last ? last.firstTriangle + last.triangleCount : 0;
  const moving = instant.actors.map((actor) => {
    const part = placeActor(actor, triangle);
    triangle += part.triangleCount;
    return part;
  });
  const parts = [...fixed, ...moving];
  const partOfTriangle = new Uint16Array(triangle);
  const materialOfTriangle = new Uint16Array(triangle);
  parts.forEach((part, index) => {
    partOfTriangle.fill(index, part.firstTriangle, part.firstTriangle + part.triangleCount);
    materialOfTriangle.set(part.mesh.materials, part.firstTriangle);
  });
  return { fixed, moving, parts, partOfTriangle, materialOfTriangle };
}

function placeActor(actor: ActorState, firstTriangle: number): GeometryPart {
  const m = actor.worldFromMesh;
  const source = actor.mesh.positions;
  const positions = new Float32Array(source.length);
  const lower: [number, number, number] = [Infinity, Infinity, Infinity];
  const upper: [number, number, number] = [-Infinity, -Infinity, -Infinity];
  for (let k = 0; k < 3; k++) {
    const [a, b, c, d] = [m[k * 4]!, m[k * 4 + 1]!, m[k * 4 + 2]!, m[k * 4 + 3]!];
    let low = Infinity;
    let high = -Infinity;
    for (let at = 0; at < source.length; at += 3) {
      const value = a * source[at]! + b * source[at + 1]! + c * source[at + 2]! + d;
      positions[at + k] = value;
      if (value < low) low = value;
      if (value > high) high = value;
    }
    lower[k] = low;
    upper[k] = high;
  }
  const rotation = Float64Array.of(m[0]!, m[1]!, m[2]!, m[4]!, m[5]!, m[6]!, m[8]!, m[9]!, m[10]!);
  return new GeometryPart(actor.mesh, positions, lower, upper, firstTriangle, rotation);
}

import type { Vector3 } from '../../../domain/geometry.ts';
import type { ActorState, Mesh, Pattern, WorldInstant } from '../model.ts';
import { findCornerNormals } from './cornerNormals.ts';

/** A run of triangles and vertices with world bounds, the unit of culling. */
export interface GeometryPart {
  readonly firstVertex: number;
  readonly vertexCount: number;
  readonly firstTriangle: number;
  readonly triangleCount: number;
  readonly lower: Vector3;
  readonly upper: Vector3;
}

/** Every triangle of one instant in world coordinates. */
export interface FrameGeometry {
  readonly parts: readonly GeometryPart[];
  /** x, y, z per vertex, world metres. */
  readonly positions: Float32Array;
  /** Two metres-along-surface coordinates per vertex. */
  readonly surface: Float32Array;
  /** Three vertex numbers per triangle. */
  readonly indices: Uint32Array;
  readonly materials: Uint16Array;
  /** Unit normal per corner, nine values per triangle, times 32767, world axes. */
  readonly normals: Int16Array;
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

/** Joins the chunks and the actors of an instant into one set of arrays. */
export function gatherGeometry(instant: WorldInstant): FrameGeometry {
  const meshes: Mesh[] = [...instant.statics.map((chunk) => chunk.mesh), ...instant.actors.map((actor) => actor.mesh)];
  let vertexTotal = 0;
  let triangleTotal = 0;
  for (const mesh of meshes) {
    vertexTotal += mesh.positions.length / 3;
    triangleTotal += mesh.indices.length / 3;
  }
  const geometry = {
    parts: [] as GeometryPart[],
    positions: new Float32Array(vertexTotal * 3),
    surface: new Float32Array(vertexTotal * 2),
    indices: new Uint32Array(triangleTotal * 3),
    materials: new Uint16Array(triangleTotal),
    normals: new Int16Array(triangleTotal * 9),
  };
  let vertex = 0;
  let triangle = 0;
  meshes.forEach((mesh, number) => {
    const vertexCount = mesh.positions.length / 3;
    const triangleCount = mesh.indices.length / 3;
    const span = { firstVertex: vertex, vertexCount, firstTriangle: triangle, triangleCount };
    copyMesh(geometry, mesh, vertex, triangle);
    const chunk = instant.statics[number];
    if (chunk) {
      geometry.parts.push({ ...span, lower: chunk.lower, upper: chunk.upper });
    } else {
      const actor = instant.actors[number - instant.statics.length]!;
      geometry.parts.push({ ...span, ...placeActor(geometry, actor, span) });
    }
    vertex += vertexCount;
    triangle += triangleCount;
  });
  return geometry;
}

function copyMesh(geometry: FrameGeometry, mesh: Mesh, vertex: number, triangle: number): void {
  geometry.positions.set(mesh.positions, vertex * 3);
  geometry.surface.set(mesh.surface, vertex * 2);
  geometry.materials.set(mesh.materials, triangle);
  geometry.normals.set(findCornerNormals(mesh), triangle * 9);
  const { indices } = geometry;
  const source = mesh.indices;
  for (let i = 0, at = triangle * 3; i < source.length; i++, at++) indices[at] = source[i]! + vertex;
}

function placeActor(
  geometry: FrameGeometry,
  actor: ActorState,
  span: Omit<GeometryPart, 'lower' | 'upper'>,
): { lower: Vector3; upper: Vector3 } {
  const m = actor.worldFromMesh;
  const { positions, normals } = geometry;
  const lower: [number, number, number] = [Infinity, Infinity, Infinity];
  const upper: [number, number, number] = [-Infinity, -Infinity, -Infinity];
  const end = (span.firstVertex + span.vertexCount) * 3;
  for (let at = span.firstVertex * 3; at < end; at += 3) {
    const x = positions[at]!;
    const y = positions[at + 1]!;
    const z = positions[at + 2]!;
    for (let k = 0; k < 3; k++) {
      const value = m[k * 4]! * x + m[k * 4 + 1]! * y + m[k * 4 + 2]! * z + m[k * 4 + 3]!;
      positions[at + k] = value;
      if (value < lower[k]!) lower[k] = value;
      if (value > upper[k]!) upper[k] = value;
    }
  }
  const normalEnd = (span.firstTriangle + span.triangleCount) * 9;
  for (let at = span.firstTriangle * 9; at < normalEnd; at += 3) {
    const x = normals[at]!;
    const y = normals[at + 1]!;
    const z = normals[at + 2]!;
    for (let k = 0; k < 3; k++) normals[at + k] = m[k * 4]! * x + m[k * 4 + 1]! * y + m[k * 4 + 2]! * z;
  }
  return { lower, upper };
}

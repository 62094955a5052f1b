import type { Mesh } from '../model.ts';

/** Runs of triangles of a mesh that were built one after the other, so that a view can skip most of a large mesh. */
export interface MeshClusters {
  /** First triangle of each run, and the triangle count at the end. */
  readonly starts: Uint32Array;
  /** Lowest and highest vertex of each run, both included: two numbers each. */
  readonly vertices: Uint32Array;
  /** Box around each run in mesh axes: lower x, y, z, upper x, y, z. */
  readonly bounds: Float32Array;
}

/** Triangles per run: few enough to be one thing, enough to be worth a test. */
const CLUSTER_TRIANGLES = 64;
const known = new WeakMap<Mesh, MeshClusters>();

/** Splits a mesh into runs with bounds. Kept per mesh object, since meshes live for a whole drive. */
export function findClusters(mesh: Mesh): MeshClusters {
  let clusters = known.get(mesh);
  if (!clusters) {
    clusters = splitMesh(mesh);
    known.set(mesh, clusters);
  }
  return clusters;
}

function splitMesh({ positions, indices, materials }: Mesh): MeshClusters {
  const triangles = materials.length;
  const count = Math.ceil(triangles / CLUSTER_TRIANGLES);
  const starts = Uint32Array.from({ length: count + 1 }, (_, c) => Math.min(c * CLUSTER_TRIANGLES, triangles));
  const vertices = new Uint32Array(count * 2);
  const bounds = new Float32Array(count * 6);
  for (let c = 0; c < count; c++) {
    let first = 0xffffffff;
    let last = 0;
    bounds.fill(Number.POSITIVE_INFINITY, c * 6, c * 6 + 3);
    bounds.fill(Number.NEGATIVE_INFINITY, c * 6 + 3, c * 6 + 6);
    for (let i = starts[c]! * 3; i < starts[c + 1]! * 3; i++) {
      const vertex = indices[i]!;
      if (vertex < first) first = vertex;
      if (vertex > last) last = vertex;
      for (let k = 0; k < 3; k++) {
        const value = positions[vertex * 3 + k]!;
        if (value < bounds[c * 6 + k]!) bounds[c * 6 + k] = value;
        if (value > bounds[c * 6 + 3 + k]!) bounds[c * 6 + 3 + k] = value;
      }
    }
    vertices[c * 2] = first;
    vertices[c * 2 + 1] = last;
  }
  return { starts, vertices, bounds };
}

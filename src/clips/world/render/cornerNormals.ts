import type { Mesh } from '../model.ts';

/** Faces whose normals differ by less than this share a smooth edge: six-sided limbs are round, boxes stay sharp. */
const smoothCosine = Math.cos((62 * Math.PI) / 180);
const known = new WeakMap<Mesh, Int16Array>();

/**
 * Normals per triangle corner: smooth across gentle edges, sharp across others, whether or not the mesh shares vertices.
 * Nine values per triangle, times 32767, mesh axes. Kept per mesh object, since meshes live for a whole drive.
 */
export function findCornerNormals(mesh: Mesh): Int16Array {
  let normals = known.get(mesh);
  if (!normals) {
    normals = computeCornerNormals(mesh);
    known.set(mesh, normals);
  }
  return normals;
}

/** Area-weighted normal of each triangle, three values each. */
function computeFaceNormals(mesh: Mesh): Float32Array {
  const { positions: p, indices } = mesh;
  const faces = new Float32Array(indices.length);
  for (let t = 0; t < indices.length; t += 3) {
    const a = indices[t]! * 3;
    const b = indices[t + 1]! * 3;
    const c = indices[t + 2]! * 3;
    const ux = p[b]! - p[a]!;
    const uy = p[b + 1]! - p[a + 1]!;
    const uz = p[b + 2]! - p[a + 2]!;
    const vx = p[c]! - p[a]!;
    const vy = p[c + 1]! - p[a + 1]!;
    const vz = p[c + 2]! - p[a + 2]!;
    faces[t] = uy * vz - uz * vy;
    faces[t + 1] = uz * vx - ux * vz;
    faces[t + 2] = ux * vy - uy * vx;
  }
  return faces;
}

/** Numbers vertices so that those within half a millimetre of each other (same position) get the same number. */
function weldVertices(positions: Float32Array): Int32Array {
  const count = positions.length / 3;
  const capacity = 1 << Math.max(4, Math.ceil(Math.log2(count * 2 + 1)));
  const table = new Int32Array(capacity).fill(-1);
  const welded = new Int32Array(count);
  const quantise = (value: number) => Math.round(value * 1000) | 0;
  for (let v = 0; v < count; v++) {
    const x = quantise(positions[v * 3]!);
    const y = quantise(positions[v * 3 + 1]!);
    const z = quantise(positions[v * 3 + 2]!);
    let slot = (Math.imul(x, 73856093) ^ Math.imul(y, 19349663) ^ Math.imul(z, 83492791)) & (capacity - 1);
    for (;;) {
      const other = table[slot]!;
      if (other < 0) {
        table[slot] = v;
        welded[v] = v;
        break;
      }
      const at = other * 3;
      if (quantise(positions[at]!) === x && quantise(positions[at + 1]!) === y && quantise(positions[at + 2]!) === z) {
        welded[v] = other;
        break;
      }
      slot = (slot + 1) & (capacity - 1);
    }
  }
  return welded;
}

/** Length of each face's normal. */
function measureNormals(faces: Float32Array): Float64Array {
  const sizes = new Float64Array(faces.length / 3);
  for (let face = 0; face < sizes.length; face++) {
    const x = faces[face * 3]!;
    const y = faces[face * 3 + 1]!;
    const z = faces[face * 3 + 2]!;
    sizes[face] = Math.sqrt(x * x + y * y + z * z);
  }
  return sizes;
}

function computeCornerNormals(mesh: Mesh): Int16Array {
  const { indices, materials } = mesh;
  const faces = computeFaceNormals(mesh);
  const sizes = measureNormals(faces);
  const welded = weldVertices(mesh.positions);
  // Corners listed per welded vertex: counting sort.
  const starts = new Int32Array(welded.length + 1);
  for (let i = 0; i < indices.length; i++) starts[welded[indices[i]!]! + 1]!++;
  for (let v = 0; v < welded.length; v++) starts[v + 1]! += starts[v]!;
  const fill = starts.slice();
  const corners = new Int32Array(indices.length);
  for (let i = 0; i < indices.length; i++) corners[fill[welded[indices[i]!]!]!++] = i;
  const normals = new Int16Array(indices.length * 3);
  for (let i = 0; i < indices.length; i++) {
    const face = i - (i % 3);
    const fx = faces[face]!;
    const fy = faces[face + 1]!;
    const fz = faces[face + 2]!;
    const size = smoothCosine * sizes[face / 3]!;
    const material = materials[face / 3]!;
    let x = fx;
    let y = fy;
    let z = fz;
    const v = welded[indices[i]!]!;
    for (let k = starts[v]!; k < starts[v + 1]!; k++) {
      const otherFace = (corners[k]! / 3) | 0;
      const other = otherFace * 3;
      if (other === face || materials[otherFace] !== material) continue;
      const ox = faces[other]!;
      const oy = faces[other + 1]!;
      const oz = faces[other + 2]!;
      if (fx * ox + fy * oy + fz * oz < size * sizes[otherFace]!) continue;
      x += ox;
      y += oy;
      z += oz;
    }
    const scale = 32767 / (Math.sqrt(x * x + y * y + z * z) || 1);
    normals[i * 3] = x * scale;
    normals[i * 3 + 1] = y * scale;
    normals[i * 3 + 2] = z * scale;
  }
  return normals;
}

import type { Material, Mesh } from '../model.ts';

/** Points on a mesh's triangles, at most `SAMPLE_SPACING` apart, with the label of each. */
export interface SurfaceSamples {
  readonly positions: Float32Array;
  readonly labels: Uint8Array;
}

/** Metres between neighbouring samples: less than half a voxel. */
export const SAMPLE_SPACING = 0.17;
const NO_VOXEL = 255;

/**
 * Spreads points over every triangle that makes voxels.
 * Samples outside `lowestZ..highestZ` (mesh frame, metres) are left out.
 */
export function sampleMesh(
  mesh: Mesh,
  materials: readonly Material[],
  lowestZ: number,
  highestZ: number,
): SurfaceSamples {
  const positions: number[] = [];
  const labels: number[] = [];
  for (let triangle = 0; triangle < mesh.materials.length; triangle++) {
    const label = materials[mesh.materials[triangle]!]!.label;
    if (label !== NO_VOXEL) sampleTriangle(mesh, triangle, label, lowestZ, highestZ, positions, labels);
  }
  return { positions: Float32Array.from(positions), labels: Uint8Array.from(labels) };
}

function sampleTriangle(
  mesh: Mesh,
  triangle: number,
  label: number,
  lowestZ: number,
  highestZ: number,
  positions: number[],
  labels: number[],
): void {
  const p = mesh.positions;
  const corner = [0, 1, 2].map((k) => mesh.indices[triangle * 3 + k]! * 3);
  const lengths = [0, 1, 2].map((k) => {
    const [a, b] = [corner[k]!, corner[(k + 1) % 3]!];
    return Math.hypot(p[a]! - p[b]!, p[a + 1]! - p[b + 1]!, p[a + 2]! - p[b + 2]!);
  });
  // Rows run parallel to the longest side, from it to the opposite corner.
  const longest = lengths.indexOf(Math.max(...lengths));
  const [a, b, c] = [corner[longest]!, corner[(longest + 1) % 3]!, corner[(longest + 2) % 3]!];
  const base = lengths[longest]!;
  if (base === 0) return;
  const [ux, uy, uz] = [p[b]! - p[a]!, p[b + 1]! - p[a + 1]!, p[b + 2]! - p[a + 2]!];
  const [vx, vy, vz] = [p[c]! - p[a]!, p[c + 1]! - p[a + 1]!, p[c + 2]! - p[a + 2]!];
  const area = Math.hypot(uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx);
  const rows = Math.max(1, Math.ceil(area / base / SAMPLE_SPACING));
  for (let row = 0; row < rows; row++) {
    const t = (row + 0.5) / rows;
    const count = Math.max(1, Math.ceil((base * (1 - t)) / SAMPLE_SPACING));
    for (let i = 0; i < count; i++) {
      const s = ((i + 0.5) / count) * (1 - t);
      const z = p[a + 2]! + uz * s + vz * t;
      if (z < lowestZ || z > highestZ) continue;
      positions.push(p[a]! + ux * s + vx * t, p[a + 1]! + uy * s + vy * t, z);
      labels.push(label);
    }
  }
}

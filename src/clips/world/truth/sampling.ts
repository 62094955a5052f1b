import { LABEL } from '../materials.ts';
import type { Material, Mesh } from '../model.ts';

/** Points on a mesh's triangles, at most `SAMPLE_SPACING` apart, with the label of each. */
export interface SurfaceSamples {
  readonly positions: Float32Array;
  readonly labels: Uint8Array;
  /** Boxes around each run of `SAMPLES_PER_RUN` samples: lower x, y, z, upper x, y, z. */
  readonly runs: Float32Array;
  /** 1 for each run that has samples of ground in it. */
  readonly groundRuns: Uint8Array;
}

/** Metres between neighbouring samples: less than half a voxel. */
export const SAMPLE_SPACING = 0.17;
/** The same for ground, of which only the mean height of a column counts. */
export const GROUND_SPACING = 0.25;
export const SAMPLES_PER_RUN = 256;
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
  const list = new SampleList();
  for (let triangle = 0; triangle < mesh.materials.length; triangle++) {
    const label = materials[mesh.materials[triangle]!]!.label;
    if (label !== NO_VOXEL) sampleTriangle(mesh, triangle, label, lowestZ, highestZ, list);
  }
  return list.finish();
}

/** Growing arrays of samples. */
class SampleList {
  private positions = new Float32Array(3 * 1024);
  private labels = new Uint8Array(1024);
  private count = 0;

  add(x: number, y: number, z: number, label: number): void {
    if (this.count === this.labels.length) this.grow();
    const { positions, count } = this;
    positions[count * 3] = x;
    positions[count * 3 + 1] = y;
    positions[count * 3 + 2] = z;
    this.labels[count] = label;
    this.count = count + 1;
  }

  finish(): SurfaceSamples {
    const positions = this.positions.slice(0, this.count * 3);
    const labels = this.labels.slice(0, this.count);
    return { positions, labels, runs: boundRuns(positions), groundRuns: markGround(labels) };
  }

  private grow(): void {
    const positions = new Float32Array(this.positions.length * 2);
    positions.set(this.positions);
    const labels = new Uint8Array(this.labels.length * 2);
    labels.set(this.labels);
    this.positions = positions;
    this.labels = labels;
  }
}

/** Whether a label is one of the four of ground. */
export function isGroundLabel(label: number): boolean {
  return label >= LABEL.driveable && label <= LABEL.terrain;
}

function markGround(labels: Uint8Array): Uint8Array {
  const marks = new Uint8Array(Math.ceil(labels.length / SAMPLES_PER_RUN));
  for (let s = 0; s < labels.length; s++) if (isGroundLabel(labels[s]!)) marks[(s / SAMPLES_PER_RUN) | 0] = 1;
  return marks;
}

function boundRuns(positions: Float32Array): Float32Array {
  const runs = new Float32Array(Math.ceil(positions.length / 3 / SAMPLES_PER_RUN) * 6);
  for (let run = 0; run < runs.length / 6; run++) {
    runs.fill(Number.POSITIVE_INFINITY, run * 6, run * 6 + 3);
    runs.fill(Number.NEGATIVE_INFINITY, run * 6 + 3, run * 6 + 6);
    const end = Math.min((run + 1) * SAMPLES_PER_RUN * 3, positions.length);
    for (let at = run * SAMPLES_PER_RUN * 3; at < end; at++) {
      const low = run * 6 + (at % 3);
      const value = positions[at]!;
      if (value < runs[low]!) runs[low] = value;
      if (value > runs[low + 3]!) runs[low + 3] = value;
    }
  }
  return runs;
}

function sampleTriangle(
  mesh: Mesh,
  triangle: number,
  label: number,
  lowestZ: number,
  highestZ: number,
  list: SampleList,
): void {
  const { positions: p, indices } = mesh;
  const first = indices[triangle * 3]! * 3;
  const second = indices[triangle * 3 + 1]! * 3;
  const third = indices[triangle * 3 + 2]! * 3;
  const sides = [measureSide(p, first, second), measureSide(p, second, third), measureSide(p, third, first)] as const;
  // Rows run parallel to the longest side, from it to the opposite corner.
  const base = Math.max(sides[0], sides[1], sides[2]);
  if (base === 0) return;
  const a = base === sides[0] ? first : base === sides[1] ? second : third;
  const b = a === first ? second : a === second ? third : first;
  const c = a === first ? third : a === second ? first : second;
  const ux = p[b]! - p[a]!;
  const uy = p[b + 1]! - p[a + 1]!;
  const uz = p[b + 2]! - p[a + 2]!;
  const vx = p[c]! - p[a]!;
  const vy = p[c + 1]! - p[a + 1]!;
  const vz = p[c + 2]! - p[a + 2]!;
  const area = Math.sqrt((uy * vz - uz * vy) ** 2 + (uz * vx - ux * vz) ** 2 + (ux * vy - uy * vx) ** 2);
  const spacing = isGroundLabel(label) ? GROUND_SPACING : SAMPLE_SPACING;
  const rows = Math.max(1, Math.ceil(area / base / spacing));
  for (let row = 0; row < rows; row++) {
    const t = (row + 0.5) / rows;
    const count = Math.max(1, Math.ceil((base * (1 - t)) / spacing));
    for (let i = 0; i < count; i++) {
      const s = ((i + 0.5) / count) * (1 - t);
      const z = p[a + 2]! + uz * s + vz * t;
      if (z < lowestZ || z > highestZ) continue;
      list.add(p[a]! + ux * s + vx * t, p[a + 1]! + uy * s + vy * t, z, label);
    }
  }
}

function measureSide(p: Float32Array, a: number, b: number): number {
  return Math.sqrt((p[a]! - p[b]!) ** 2 + (p[a + 1]! - p[b + 1]!) ** 2 + (p[a + 2]! - p[b + 2]!) ** 2);
}

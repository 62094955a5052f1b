import { type GridSpec, type Matrix4, OCC3D_GRID, type Vector3 } from '../../../domain/geometry.ts';
import { invertRigid, multiplyMatrix4 } from '../../../geometry/rigid.ts';
import { LABEL } from '../materials.ts';
import type { Mesh, WorldInstant } from '../model.ts';
import { SAMPLES_PER_RUN, type SurfaceSamples, sampleMesh } from './sampling.ts';

/** Labels and flow of one frame in grid order (z fastest); flow is (vx, vy) m/s in ego axes. */
export interface VoxelTruth {
  readonly labels: Uint8Array;
  readonly flow: Float32Array;
}

/** Which label a voxel keeps when several surfaces pass through it: small movable things first. */
const PRIORITY: readonly number[] = (() => {
  const order = [
    LABEL.vegetation,
    LABEL.others,
    LABEL.manmade,
    LABEL.barrier,
    LABEL.trailer,
    LABEL.truck,
    LABEL.bus,
    LABEL.construction,
    LABEL.car,
    LABEL.motorcycle,
    LABEL.bicycle,
    LABEL.cone,
    LABEL.pedestrian,
  ];
  const table = new Array<number>(18).fill(0);
  for (const [rank, label] of order.entries()) table[label] = rank + 1;
  return table;
})();

const GROUND_FIRST = LABEL.driveable;
const GROUND_LAST = LABEL.terrain;
/** Where the ground climbs more than this inside one column (metres), all its layers are kept. */
const STEEP = 0.55;

/** Turns the world's own triangles into labels; keeps the samples of static chunks between the frames of one drive. */
export class Voxeliser {
  private readonly samples = new WeakMap<Mesh, SurfaceSamples>();
  private readonly priority: Uint8Array;
  private readonly groundCount: Uint16Array;
  private readonly groundSum: Float32Array;
  private readonly groundLow: Float32Array;
  private readonly groundHigh: Float32Array;

  constructor(private readonly grid: GridSpec = OCC3D_GRID) {
    const columns = grid.size[0] * grid.size[1];
    this.priority = new Uint8Array(columns * grid.size[2]);
    this.groundCount = new Uint16Array(columns * 4);
    this.groundSum = new Float32Array(columns);
    this.groundLow = new Float32Array(columns);
    this.groundHigh = new Float32Array(columns);
  }

  /** Labels and flow around the ego. Free is 17; the ego itself is not in the world. */
  voxelise(instant: WorldInstant, worldFromEgo: Matrix4): VoxelTruth {
    const [nx, ny, nz] = this.grid.size;
    const labels = new Uint8Array(nx * ny * nz).fill(LABEL.free);
    const flow = new Float32Array(nx * ny * nz * 2);
    this.priority.fill(0);
    this.groundCount.fill(0);
    this.groundSum.fill(0);
    this.groundLow.fill(Number.POSITIVE_INFINITY);
    this.groundHigh.fill(Number.NEGATIVE_INFINITY);
    const egoFromWorld = invertRigid(worldFromEgo);
    const [x, y, z] = [worldFromEgo[3]!, worldFromEgo[7]!, worldFromEgo[11]!];
    for (const chunk of instant.statics) {
      const away = Math.hypot(
        Math.max(chunk.lower[0] - x, x - chunk.upper[0], 0),
        Math.max(chunk.lower[1] - y, y - chunk.upper[1], 0),
      );
      if (away > 58 || this.misses(chunk.lower, chunk.upper, egoFromWorld)) continue;
      this.splat(this.samplesOf(chunk.mesh, instant, z - 8, z + 14), egoFromWorld, labels, null, 0, 0);
    }
    for (const actor of instant.actors) {
      const egoFromMesh = multiplyMatrix4(egoFromWorld, actor.worldFromMesh);
      if (Math.hypot(egoFromMesh[3]!, egoFromMesh[7]!) > 66) continue;
      const [vx, vy, vz] = actor.velocity;
      const e = egoFromWorld;
      const forward = e[0]! * vx + e[1]! * vy + e[2]! * vz;
      const left = e[4]! * vx + e[5]! * vy + e[6]! * vz;
      this.splat(this.samplesOf(actor.mesh, instant, -1e9, 1e9), egoFromMesh, labels, flow, forward, left);
    }
    this.layGround(labels);
    return { labels, flow };
  }

  /** Whether the box around a chunk lies outside the grid on one of the ego's two level axes. */
  private misses(low: Vector3, high: Vector3, egoFromWorld: Matrix4): boolean {
    const { lower, voxel, size } = this.grid;
    for (const axis of [0, 1] as const) {
      const row = egoFromWorld.subarray(axis * 4, axis * 4 + 4);
      let least = row[3]!;
      let most = row[3]!;
      for (const k of [0, 1, 2] as const) {
        least += Math.min(row[k]! * low[k], row[k]! * high[k]);
        most += Math.max(row[k]! * low[k], row[k]! * high[k]);
      }
      if (most < lower[axis] || least > lower[axis] + size[axis] * voxel[axis]) return true;
    }
    return false;
  }

  /** Whether a run of samples lies outside the grid on one of the ego's two level axes, or above or below it without any ground. */
  private missesRun({ runs, groundRuns }: SurfaceSamples, run: number, egoFromMesh: Matrix4): boolean {
    const { lower, voxel, size } = this.grid;
    const axes = groundRuns[run] === 0 ? 3 : 2;
    for (let axis = 0; axis < axes; axis++) {
      let least = egoFromMesh[axis * 4 + 3]!;
      let most = least;
      for (let k = 0; k < 3; k++) {
        const a = egoFromMesh[axis * 4 + k]! * runs[run * 6 + k]!;
        const b = egoFromMesh[axis * 4 + k]! * runs[run * 6 + 3 + k]!;
        least += Math.min(a, b);
        most += Math.max(a, b);
      }
      if (most < lower[axis]! - 0.01 || least > lower[axis]! + size[axis]! * voxel[axis]! + 0.01) return true;
    }
    return false;
  }

  private samplesOf(mesh: Mesh, instant: WorldInstant, lowestZ: number, highestZ: number): SurfaceSamples {
    let samples = this.samples.get(mesh);
    if (!samples) {
      samples = sampleMesh(mesh, instant.materials, lowestZ, highestZ);
      this.samples.set(mesh, samples);
    }
    return samples;
  }

  private splat(
    samples: SurfaceSamples,
    m: Matrix4,
    labels: Uint8Array,
    flow: Float32Array | null,
    vx: number,
    vy: number,
  ): void {
    const { positions, labels: sampleLabels } = samples;
    const { lower, voxel, size } = this.grid;
    const [m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11] = m as unknown as number[];
    const [sx, sy, sz] = [1 / voxel[0], 1 / voxel[1], 1 / voxel[2]];
    const [nx, ny, nz] = size;
    for (let s = 0; s < sampleLabels.length; s++) {
      if (s % SAMPLES_PER_RUN === 0 && this.missesRun(samples, s / SAMPLES_PER_RUN, m)) {
        s += SAMPLES_PER_RUN - 1;
        continue;
      }
      const px = positions[s * 3]!;
      const py = positions[s * 3 + 1]!;
      const pz = positions[s * 3 + 2]!;
      const label = sampleLabels[s]!;
      const z = m8! * px + m9! * py + m10! * pz + m11!;
      const isGround = label >= GROUND_FIRST && label <= GROUND_LAST;
      // Cells count from 0 up, so that cutting off the fraction rounds down; walls above the grid leave first.
      const cellZ = (z - lower[2]) * sz;
      if (!isGround && !(cellZ >= 0 && cellZ < nz)) continue;
      const cellX = (m0! * px + m1! * py + m2! * pz + m3! - lower[0]) * sx;
      if (!(cellX >= 0 && cellX < nx)) continue;
      const cellY = (m4! * px + m5! * py + m6! * pz + m7! - lower[1]) * sy;
      if (!(cellY >= 0 && cellY < ny)) continue;
      const column = (cellX | 0) * ny + (cellY | 0);
      if (isGround) {
        this.addGround(column, label, z);
        continue;
      }
      const index = column * nz + (cellZ | 0);
      const rank = PRIORITY[label]! + 1;
      if (rank < this.priority[index]!) continue;
      this.priority[index] = rank;
      labels[index] = label;
      if (flow) {
        flow[index * 2] = vx;
        flow[index * 2 + 1] = vy;
      }
    }
  }

  private addGround(column: number, label: number, z: number): void {
    const slot = column * 4 + label - GROUND_FIRST;
    this.groundCount[slot]!++;
    this.groundSum[column]! += z;
    if (z < this.groundLow[column]!) this.groundLow[column] = z;
    if (z > this.groundHigh[column]!) this.groundHigh[column] = z;
  }

  /** One layer for each column, at the mean height and with the commonest label; more only where the ground is steep. */
  private layGround(labels: Uint8Array): void {
    const { lower, voxel, size } = this.grid;
    const [nx, ny, nz] = size;
    for (let column = 0; column < nx * ny; column++) {
      let total = 0;
      let best = 0;
      let label = 0;
      for (let k = 0; k < 4; k++) {
        const count = this.groundCount[column * 4 + k]!;
        total += count;
        if (count > best) {
          best = count;
          label = GROUND_FIRST + k;
        }
      }
      if (total === 0) continue;
      const mean = this.groundSum[column]! / total;
      const steep = this.groundHigh[column]! - this.groundLow[column]! > STEEP;
      const from = Math.floor(((steep ? this.groundLow[column]! : mean) - lower[2]) / voxel[2]);
      const to = Math.floor(((steep ? this.groundHigh[column]! : mean) - lower[2]) / voxel[2]);
      for (let k = Math.max(from, 0); k <= Math.min(to, nz - 1); k++) {
        if (this.priority[column * nz + k] === 0) labels[column * nz + k] = label;
      }
    }
  }
}

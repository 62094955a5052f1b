import type { GridSpec, Matrix4 } from '../domain/geometry.ts';
import { SHARE_UNITS, type VariabilityCounts } from './model.ts';

/** The cells of the world in which a scene's labels are remembered. */
export interface VariabilityPlan {
  readonly grid: GridSpec;
  readonly free: number;
  /** World coordinates of the middle of the cells in x and y, and z of the ego's ground, metres. */
  readonly centre: readonly [number, number, number];
  /** Cells along x, y, z of the world; edges as long as the grid's. */
  readonly cells: readonly [number, number, number];
}

/** One frame of a scene, volumes in grid order; flow (vx, vy) of the truth in m/s tells what moves. */
export interface VariabilityFrame {
  readonly worldFromEgo: Matrix4;
  readonly truth: Uint8Array;
  readonly prediction: Uint8Array;
  readonly mask: Uint8Array;
  readonly truthFlow: Float32Array;
}

/** Follows one scene; frames must come in order, each once. */
export interface VariabilityTracker {
  /** Count a frame. `flicker`, where given, becomes 1 for voxels whose prediction changed while truth did not, else 0. */
  addFrame(frame: VariabilityFrame, flicker?: Uint8Array): VariabilityCounts;
}

/** Ground that is kept around the poses, metres in x and in y. */
const MARGIN = 150;
/** Voxels faster than this are neither compared nor remembered. */
const STILL_SPEED = 0.5;

/**
 * Plan the cells for a scene with these poses: their extent and 150 m more.
 * The research code lays a memory of cells twice as long and halves them, so cells along x and y are even.
 * Source: ST-Occ create_data_bevdet.py.
 */
export function planVariability(worldFromEgo: readonly Matrix4[], grid: GridSpec, free: number): VariabilityPlan {
  const extent = (place: number, length: number) => {
    const values = worldFromEgo.map((pose) => pose[place]!);
    const [low, high] = [Math.min(...values), Math.max(...values)];
    return { centre: (low + high) / 2, cells: 2 * Math.ceil((high - low + MARGIN) / (2 * length)) };
  };
  const x = extent(3, grid.voxel[0]);
  const y = extent(7, grid.voxel[1]);
  return { grid, free, centre: [x.centre, y.centre, 0], cells: [x.cells, y.cells, grid.size[2]] };
}

/**
 * Follow a scene: how often does the label of a still place of the world change from one sighting to the next?
 * Counts voxels inside the mask; moving ones only in `occupied`. A remembered prediction of label 0 counts as nothing
 * remembered, as in the research code. Voxels that share a cell: the last one in the order y, x, z is remembered.
 * Source: ST-Occ stocc.py and nuscenes_dataset.py `evaluate_flickering`.
 */
export function createVariabilityTracker(plan: VariabilityPlan): VariabilityTracker {
  const { grid, free, cells } = plan;
  const [nx, ny, nz] = grid.size;
  const count = cells[0] * cells[1] * cells[2];
  // Truth is kept as label + 1, so that 0 means nothing; predictions are kept as they are.
  const memory = { truth: new Uint8Array(count), prediction: new Uint8Array(count) };
  const places = new Int32Array(nx * ny * nz);
  return {
    addFrame(frame, flicker) {
      const { truth, prediction, mask, truthFlow } = frame;
      flicker?.fill(0);
      locateVoxels(plan, frame.worldFromEgo, places);
      let [changedPrediction, changedTruth, occupied] = [0, 0, 0];
      for (let voxel = 0; voxel < places.length; voxel++) {
        if (mask[voxel] === 0) continue;
        if (truth[voxel] !== free) occupied++;
        if (isMoving(truthFlow, voxel)) {
          places[voxel] = -1;
          continue;
        }
        const place = places[voxel]!;
        const before = memory.prediction[place]!;
        const changed = before !== 0 && before !== prediction[voxel];
        const truthBefore = memory.truth[place]!;
        const truthChanged = truthBefore !== 0 && truthBefore !== truth[voxel]! + 1;
        if (changed) changedPrediction++;
        if (truthChanged) changedTruth++;
        if (flicker && changed && !truthChanged) flicker[voxel] = 1;
      }
      rememberFrame(plan, frame, places, memory);
      const share = occupied > 0 ? (changedPrediction - changedTruth) / occupied : 0;
      const frames = occupied > 0 ? 1 : 0;
      return { frames, sum: Math.round(share * SHARE_UNITS), changedPrediction, changedTruth, occupied };
    },
  };
}

function isMoving(flow: Float32Array, voxel: number): boolean {
  const x = flow[2 * voxel]!;
  const y = flow[2 * voxel + 1]!;
  return Math.sqrt(x * x + y * y) > STILL_SPEED;
}

function rememberFrame(
  { grid }: VariabilityPlan,
  { truth, prediction, mask }: VariabilityFrame,
  places: Int32Array,
  memory: { readonly truth: Uint8Array; readonly prediction: Uint8Array },
): void {
  const [nx, ny, nz] = grid.size;
  for (let y = 0; y < ny; y++) {
    for (let x = 0; x < nx; x++) {
      const column = (x * ny + y) * nz;
      for (let voxel = column; voxel < column + nz; voxel++) {
        const place = places[voxel]!;
        if (place < 0 || mask[voxel] === 0) continue;
        memory.truth[place] = truth[voxel]! + 1;
        memory.prediction[place] = prediction[voxel]!;
      }
    }
  }
}

/** Cell of the lower corner of every voxel, rounded towards zero and clamped into the cells. */
function locateVoxels({ grid, centre, cells }: VariabilityPlan, pose: Matrix4, places: Int32Array): void {
  const [nx, ny, nz] = grid.size;
  const { lower, voxel } = grid;
  const bias = [cells[0] / 2, cells[1] / 2, -lower[2] / voxel[2]];
  const m = Float64Array.from(pose);
  const place = (row: 0 | 1 | 2, x: number, y: number, z: number) => {
    const world = m[row * 4]! * x + m[row * 4 + 1]! * y + m[row * 4 + 2]! * z + m[row * 4 + 3]!;
    const cell = Math.trunc((world - centre[row]) / voxel[row] + bias[row]!);
    return Math.min(Math.max(cell, 0), cells[row] - 1);
  };
  let index = 0;
  for (let i = 0; i < nx; i++) {
    const x = lower[0] + i * voxel[0];
    for (let j = 0; j < ny; j++) {
      const y = lower[1] + j * voxel[1];
      for (let k = 0; k < nz; k++, index++) {
        const z = lower[2] + k * voxel[2];
        places[index] = (place(0, x, y, z) * cells[1] + place(1, x, y, z)) * cells[2] + place(2, x, y, z);
      }
    }
  }
}

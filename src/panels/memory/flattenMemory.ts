import type { GridSpec } from '../../domain/geometry.ts';
import type { MemoryTensor } from '../../domain/memory.ts';

/** A memory from above: one value per column of cells, rows from the front of the vehicle to its back, each from left to right. */
export interface FlatMemory {
  /** Cells from left to right (y), and from front to back (x). */
  readonly width: number;
  readonly height: number;
  readonly values: Float32Array;
  readonly smallest: number;
  readonly largest: number;
}

/** How a tensor's axes are read: everything in front of its cells is a channel. */
export interface MemoryAxes {
  readonly channels: number;
  readonly layers: number;
  /** Cells along x and y. */
  readonly size: readonly [number, number];
}

/** Channels and cells of a tensor; without a grid its last two axes are taken for y and x. */
export function readAxes({ shape, grid }: MemoryTensor): MemoryAxes {
  const count = shape.reduce((product, length) => product * length, 1);
  const [nx, ny, layers] = grid?.size ?? [shape.at(-1) ?? 1, shape.at(-2) ?? 1, 1];
  return { channels: count / (nx * ny * layers), layers, size: [nx, ny] };
}

/**
 * Look at a memory [channel][z][y][x] from above. `channel` null: the Euclidean norm over channels and layers, never negative.
 * A channel: of the layers above a cell the value that is farthest from zero, with its sign.
 */
export function flattenMemory(tensor: MemoryTensor, channel: number | null): FlatMemory {
  const { channels, layers, size } = readAxes(tensor);
  const [nx, ny] = size;
  const cells = nx * ny;
  const flat = new Float32Array(cells);
  const [first, last] = channel === null ? [0, channels] : [channel, channel + 1];
  for (let slice = first * layers; slice < last * layers; slice++) {
    for (let cell = 0; cell < cells; cell++) {
      const value = tensor.values[slice * cells + cell]!;
      if (channel === null) flat[cell]! += value * value;
      else if (Math.abs(value) > Math.abs(flat[cell]!)) flat[cell] = value;
    }
  }
  const values = new Float32Array(cells);
  let [smallest, largest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let row = 0; row < nx; row++) {
    for (let column = 0; column < ny; column++) {
      const found = flat[(ny - 1 - column) * nx + (nx - 1 - row)]!;
      const value = channel === null ? Math.sqrt(found) : found;
      values[row * ny + column] = value;
      smallest = Math.min(smallest, value);
      largest = Math.max(largest, value);
    }
  }
  return { width: ny, height: nx, values, smallest, largest };
}

/** Centre of a cell of the flat picture in ego axes, metres: forward, left. */
export function locateCell({ lower, voxel, size }: GridSpec, column: number, row: number): readonly [number, number] {
  return [lower[0] + (size[0] - row - 0.5) * voxel[0], lower[1] + (size[1] - column - 0.5) * voxel[1]];
}

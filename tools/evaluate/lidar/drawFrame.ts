import type { GridSpec } from '../../../src/domain/geometry.ts';
import { type DepthDistribution, findMedianDepths } from '../../../src/metrics/lidar/depth.ts';
import { castReturns } from '../../../src/metrics/lidar/firstHits.ts';
import type { ChosenReturns } from '../../../src/metrics/lidar/returns.ts';
import { PALETTES } from '../../../src/viewport/palettes.ts';

/** RGB bytes, row by row from the top. */
export interface Raster {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8Array;
}

/** What became of a return's ray, and how it is drawn. */
export const OUTCOMES = {
  right: { title: 'within 2 m of the return', colour: [20, 140, 60] },
  early: { title: 'more than 2 m before it', colour: [215, 40, 40] },
  late: { title: 'more than 2 m behind it', colour: [50, 90, 220] },
  missing: { title: 'nothing on the whole ray', colour: [235, 150, 20] },
} as const;
export type Outcome = keyof typeof OUTCOMES;

/** Colours of the labels, three bytes each. */
export const LABEL_COLOURS = Uint8Array.from(
  PALETTES.nuscenes.colours.flatMap((colour) => [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16))),
);

/** Pixels to a cell of the top views. */
const SCALE = 3;

export function listOutcomes(labels: Uint8Array, grid: GridSpec, free: number, returns: ChosenReturns): Outcome[] {
  const { origin, points } = returns;
  return Array.from(castReturns(labels, grid, free, returns), (first, ray) => {
    const [x, y, z] = points.subarray(3 * ray, 3 * ray + 3);
    const reach = Math.hypot(x! - origin[0], y! - origin[1], z! - origin[2]);
    if (first === Number.POSITIVE_INFINITY) return 'missing';
    if (Math.abs(first - reach) <= 2) return 'right';
    return first < reach ? 'early' : 'late';
  });
}

/** The highest voxel of each column from above, ahead is up; returns above 0.3 m in black. */
export function drawTopView(labels: Uint8Array, grid: GridSpec, free: number, returns: ChosenReturns): Raster {
  const [nx, ny, nz] = grid.size;
  const raster = createRaster(ny * SCALE, nx * SCALE, 255);
  for (let x = 0; x < nx; x++) {
    for (let y = 0; y < ny; y++) {
      const column = (x * ny + y) * nz;
      let z = nz - 1;
      while (z >= 0 && labels[column + z] === free) z--;
      if (z < 0) continue;
      const light = 0.7 + (0.3 * z) / (nz - 1);
      const colour = [0, 1, 2].map((channel) => LABEL_COLOURS[3 * labels[column + z]! + channel]! * light);
      fillSquare(raster, (ny - 1 - y) * SCALE, (nx - 1 - x) * SCALE, SCALE, colour);
    }
  }
  for (let ray = 0; 3 * ray < returns.points.length; ray++) {
    if (returns.points[3 * ray + 2]! > 0.3) dotFromAbove(raster, grid, returns, ray, [0, 0, 0]);
  }
  return raster;
}

/** The returns above 0.3 m from above, in the colours of their outcomes. */
export function drawOutcomes(grid: GridSpec, returns: ChosenReturns, outcomes: readonly Outcome[]): Raster {
  const raster = createRaster(grid.size[1] * SCALE, grid.size[0] * SCALE, 255);
  outcomes.forEach((outcome, ray) => {
    if (returns.points[3 * ray + 2]! > 0.3) dotFromAbove(raster, grid, returns, ray, OUTCOMES[outcome].colour);
  });
  return raster;
}

function dotFromAbove(
  raster: Raster,
  { lower, voxel, size }: GridSpec,
  { points }: ChosenReturns,
  ray: number,
  colour: readonly number[],
): void {
  const [x, y] = [points[3 * ray]!, points[3 * ray + 1]!];
  const column = Math.floor((size[1] - (y - lower[1]) / voxel[1]) * SCALE);
  const row = Math.floor((size[0] - (x - lower[0]) / voxel[0]) * SCALE);
  fillSquare(raster, column, row, 2, colour);
}

/** A camera's returns over its darkened image, in the colours of their outcomes. */
export function drawReturns(
  image: Raster,
  camera: number,
  returns: ChosenReturns,
  outcomes: readonly Outcome[],
): Raster {
  const raster = { ...image, pixels: image.pixels.map((value) => value * 0.45) };
  for (const { place, camera: seenBy, u, v } of returns.views) {
    if (seenBy === camera) fillSquare(raster, Math.round(u), Math.round(v), 1, OUTCOMES[outcomes[place]!].colour);
  }
  return raster;
}

/** Median depth of each lift cell: near is warm, far is cold, on a logarithmic scale from 1 m to 60 m. */
export function drawDepth(distribution: DepthDistribution, camera: number, width: number, height: number): Raster {
  const [, , rows, columns] = distribution.shape;
  const medians = findMedianDepths(distribution);
  const raster = createRaster(width, height, 0);
  for (let v = 0; v < height; v++) {
    for (let u = 0; u < width; u++) {
      const row = Math.floor((v * rows) / height);
      const median = medians[(camera * rows + row) * columns + Math.floor((u * columns) / width)]!;
      fillSquare(raster, u, v, 1, depthColour(Math.log(Math.max(median, 1)) / Math.log(60)));
    }
  }
  return raster;
}

/** From red over yellow and green to blue. */
function depthColour(share: number): number[] {
  const hue = 240 * Math.min(share, 1);
  return [0, 8, 4].map((shift) => {
    const k = (shift + hue / 30) % 12;
    return 255 * (0.5 - 0.5 * Math.max(-1, Math.min(k - 3, 9 - k, 1)));
  });
}

function createRaster(width: number, height: number, value: number): Raster {
  return { width, height, pixels: new Uint8Array(3 * width * height).fill(value) };
}

function fillSquare(
  { width, height, pixels }: Raster,
  left: number,
  top: number,
  edge: number,
  colour: readonly number[],
): void {
  for (let row = Math.max(0, top); row < Math.min(height, top + edge); row++) {
    for (let column = Math.max(0, left); column < Math.min(width, left + edge); column++) {
      pixels.set(colour, 3 * (row * width + column));
    }
  }
}

import type { CameraView } from '../domain/clip.ts';
import type { DrawnVolume } from '../domain/drawnVolume.ts';

/** Light on faces met along x, y and z, as in the 3D view: tops are brightest. */
const axisLight = [0.72, 0.6, 1] as const;
const edgeLight = 0.62;

/** What one ray met; reused for all pixels. */
interface Hit {
  voxel: number;
  axis: number;
}

/**
 * The drawn voxels as a camera of the rig sees them, nearest first: RGBA, row by row, `width` x `height` pixels over the whole image.
 * `colours` holds three bytes for each label; pixels that meet nothing are transparent.
 * Each pixel's ray walks the grid cell by cell (Amanatides and Woo, 1987), so that occlusion is exact for that pixel.
 */
export function castVoxels(
  volume: DrawnVolume,
  view: CameraView,
  width: number,
  height: number,
  colours: Uint8Array,
): Uint8ClampedArray<ArrayBuffer> {
  const { labels } = volume;
  const [m, k] = [view.egoFromCamera, view.intrinsics];
  const origin = [m[3]!, m[7]!, m[11]!];
  const direction = [0, 0, 0];
  const voxels = new Int32Array(width * height);
  const axes = new Uint8Array(width * height);
  const hit: Hit = { voxel: -1, axis: 0 };
  const walk = createWalk(volume, origin);
  for (let row = 0; row < height; row++) {
    const y = (((row + 0.5) * view.height) / height - 0.5 - k[5]!) / k[4]!;
    for (let column = 0; column < width; column++) {
      const x = (((column + 0.5) * view.width) / width - 0.5 - k[2]! - k[1]! * y) / k[0]!;
      for (let axis = 0; axis < 3; axis++) direction[axis] = m[4 * axis]! * x + m[4 * axis + 1]! * y + m[4 * axis + 2]!;
      walk(direction, hit);
      voxels[row * width + column] = hit.voxel;
      axes[row * width + column] = hit.axis;
    }
  }
  const pixels = new Uint8ClampedArray(4 * width * height);
  for (let pixel = 0; pixel < voxels.length; pixel++) {
    const voxel = voxels[pixel]!;
    if (voxel < 0) continue;
    const isEdge = isOther(voxels, pixel, 1, (pixel + 1) % width !== 0) || isOther(voxels, pixel, width, true);
    const light = axisLight[axes[pixel]!]! * (isEdge ? edgeLight : 1);
    const label = labels[voxel]!;
    for (let channel = 0; channel < 3; channel++) pixels[4 * pixel + channel] = colours[3 * label + channel]! * light;
    pixels[4 * pixel + 3] = 255;
  }
  return pixels;
}

/** Whether the pixel `step` further shows another voxel. */
function isOther(voxels: Int32Array, pixel: number, step: number, isInside: boolean): boolean {
  return isInside && pixel + step < voxels.length && voxels[pixel + step] !== voxels[pixel];
}

/** A walk from one origin (ego axes, metres); it fills `hit` with the first drawn voxel along a direction, -1 for none. */
function createWalk(volume: DrawnVolume, origin: readonly number[]) {
  const { labels, grid, visibleClasses } = volume;
  const low = [0, 0, Math.max(0, volume.firstSlice)];
  const high = [grid.size[0], grid.size[1], Math.min(volume.lastSlice + 1, grid.size[2])];
  // Everything in units of voxels.
  const start = [0, 1, 2].map((axis) => (origin[axis]! - grid.lower[axis]!) / grid.voxel[axis]!);
  const cell = [0, 0, 0];
  const next = [0, 0, 0];
  const step = [0, 0, 0];
  const along = [0, 0, 0];
  return (direction: readonly number[], hit: Hit): void => {
    hit.voxel = -1;
    let entry = 0;
    let exit = Number.POSITIVE_INFINITY;
    let axis = 2;
    for (let a = 0; a < 3; a++) {
      along[a] = direction[a]! / grid.voxel[a]!;
      if (along[a] === 0) {
        if (start[a]! < low[a]! || start[a]! >= high[a]!) return;
        continue;
      }
      const first = ((along[a]! > 0 ? low[a]! : high[a]!) - start[a]!) / along[a]!;
      const last = ((along[a]! > 0 ? high[a]! : low[a]!) - start[a]!) / along[a]!;
      if (first > entry) {
        entry = first;
        axis = a;
      }
      exit = Math.min(exit, last);
    }
    if (!(entry < exit)) return;
    for (let a = 0; a < 3; a++) {
      const place = start[a]! + entry * along[a]!;
      cell[a] = Math.min(
        Math.max(Math.floor(place + (a === axis && along[a]! < 0 ? -1e-9 : 1e-9)), low[a]!),
        high[a]! - 1,
      );
      const edge = cell[a]! + (along[a]! > 0 ? 1 : 0);
      next[a] = along[a] === 0 ? Number.POSITIVE_INFINITY : (edge - start[a]!) / along[a]!;
      step[a] = along[a] === 0 ? Number.POSITIVE_INFINITY : 1 / Math.abs(along[a]!);
    }
    for (;;) {
      const voxel = (cell[0]! * grid.size[1] + cell[1]!) * grid.size[2] + cell[2]!;
      const label = labels[voxel]!;
      if (label < 32 && ((visibleClasses >>> label) & 1) === 1) {
        hit.voxel = voxel;
        hit.axis = axis;
        return;
      }
      axis = next[0]! <= next[1]! && next[0]! <= next[2]! ? 0 : next[1]! <= next[2]! ? 1 : 2;
      cell[axis]! += along[axis]! > 0 ? 1 : -1;
      if (cell[axis]! < low[axis]! || cell[axis]! >= high[axis]!) return;
      next[axis]! += step[axis]!;
    }
  };
}

import { OCC3D_CLASSES } from '../../domain/classes.ts';
import type { StoredVolume } from '../applyLayout.ts';

/**
 * The volume from above: each column's highest voxel that is not free. x (ahead) goes up, y (left) goes left.
 * Returns RGBA of width `size[1]` and height `size[0]`; `colours` are RGB of the Occ3D labels.
 */
export function drawFromAbove(
  { labels, grid }: Pick<StoredVolume, 'labels' | 'grid'>,
  colours: readonly (readonly [number, number, number])[],
): ImageData {
  const [nx, ny, nz] = grid.size;
  const image = new ImageData(ny, nx);
  for (let i = 0; i < nx; i++)
    for (let j = 0; j < ny; j++) {
      const column = (i * ny + j) * nz;
      let k = nz - 1;
      while (k >= 0 && labels[column + k] === OCC3D_CLASSES.free) k -= 1;
      if (k < 0) continue;
      const pixel = ((nx - 1 - i) * ny + (ny - 1 - j)) * 4;
      // Higher is brighter, so that shapes show.
      const light = 0.55 + (0.45 * (k + 1)) / nz;
      const colour = colours[labels[column + k]!] ?? [128, 128, 128];
      for (let channel = 0; channel < 3; channel++) image.data[pixel + channel] = colour[channel]! * light;
      image.data[pixel + 3] = 255;
    }
  return image;
}

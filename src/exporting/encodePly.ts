import type { ExportVolume, ShownPart } from './exportPage.ts';
import { isShown } from './meshFaces.ts';

/**
 * Shown voxels as points of a binary little-endian PLY file: the centre in metres (ego frame), the colour, the label, and where there is
 * flow its two components in metres per second.
 */
export function encodePly(volume: ExportVolume, shown: ShownPart, title: string): Uint8Array<ArrayBuffer> {
  const { labels, grid, flow, classes } = volume;
  const voxels: number[] = [];
  for (let voxel = 0; voxel < labels.length; voxel++) if (isShown(volume, shown, voxel)) voxels.push(voxel);
  const header = new TextEncoder().encode(
    [
      'ply',
      'format binary_little_endian 1.0',
      `comment ${title.replace(/\s+/g, ' ')}`,
      'comment metres, x ahead, y left, z up; one point is the centre of a voxel',
      ...classes.classes.map(({ name }, label) => `comment label ${label} ${name}`),
      `element vertex ${voxels.length}`,
      ...['x', 'y', 'z'].map((axis) => `property float ${axis}`),
      ...['red', 'green', 'blue', 'label'].map((name) => `property uchar ${name}`),
      ...(flow ? ['property float vx', 'property float vy'] : []),
      'end_header\n',
    ].join('\n'),
  );
  const stride = flow ? 24 : 16;
  const file = new Uint8Array(header.length + voxels.length * stride);
  file.set(header);
  const view = new DataView(file.buffer, header.length);
  const [, ny, nz] = grid.size;
  voxels.forEach((voxel, index) => {
    const at = index * stride;
    const cell = [Math.floor(voxel / (ny * nz)), Math.floor(voxel / nz) % ny, voxel % nz];
    cell.forEach((place, axis) => {
      view.setFloat32(at + axis * 4, grid.lower[axis]! + (place + 0.5) * grid.voxel[axis]!, true);
    });
    const label = labels[voxel]!;
    file.set([...shown.colourOf(label), label], header.length + at + 12);
    if (!flow) return;
    view.setFloat32(at + 16, flow[voxel * 2]!, true);
    view.setFloat32(at + 20, flow[voxel * 2 + 1]!, true);
  });
  return file;
}

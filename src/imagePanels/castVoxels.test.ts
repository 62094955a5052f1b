import { describe, expect, test } from 'vitest';
import type { CameraView } from '../domain/clip.ts';
import type { DrawnVolume } from '../domain/drawnVolume.ts';
import type { GridSpec } from '../domain/geometry.ts';
import { pickVoxel } from '../viewport/pickVoxel.ts';
import { castVoxels } from './castVoxels.ts';

const grid: GridSpec = { lower: [-8, -8, -1], voxel: [0.5, 0.5, 0.5], size: [32, 32, 10] };

/** Looks forward along ego x from 1.5 m above the ground, a little to the left and down. */
const view: CameraView = {
  name: 'CAM_FRONT',
  timestampMicroseconds: 0,
  width: 96,
  height: 48,
  intrinsics: Float64Array.of(50, 0, 47.5, 0, 50, 23.5, 0, 0, 1),
  egoFromCamera: Float64Array.of(0, 0, 1, 0.3, -1, 0, 0, 0.1, 0, -1, 0, 1.5, 0, 0, 0, 1),
};
const free = 17;

/** Random blocks, the same every time. */
function makeVolume(part: Partial<DrawnVolume> = {}): DrawnVolume {
  const labels = new Uint8Array(32 * 32 * 10).fill(free);
  let seed = 7;
  for (let voxel = 0; voxel < labels.length; voxel++) {
    seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
    if (seed % 29 === 0) labels[voxel] = (seed >>> 8) % 17;
  }
  return { labels, grid, visibleClasses: 0x1ffff, firstSlice: 0, lastSlice: 9, ...part };
}

/** Label c has the colour (c, 0, 0) times ten: brightness tells it back within the lights of faces. */
const colours = Uint8Array.from({ length: 96 }, (_, index) => (index % 3 === 0 ? 10 * (index / 3) + 10 : 0));

describe('voxels as a camera sees them', () => {
  test.each([
    ['everything', {}],
    ['one class', { visibleClasses: 1 << 4 }],
    ['a slice', { firstSlice: 3, lastSlice: 6 }],
  ])('%s: each pixel shows what the picker meets along its ray', (_, part) => {
    const volume = makeVolume(part);
    const [width, height] = [48, 24];
    const pixels = castVoxels(volume, view, width, height, colours);
    let met = 0;
    for (let pixel = 0; pixel < width * height; pixel++) {
      const x = (2 * (pixel % width) + 0.5 - 47.5) / 50;
      const y = (2 * Math.floor(pixel / width) + 0.5 - 23.5) / 50;
      const hit = pickVoxel(volume.labels, grid, free, volume, [0.3, 0.1, 1.5], [1, -x, -y]);
      expect(pixels[4 * pixel + 3], `pixel ${pixel}`).toBe(hit ? 255 : 0);
      if (!hit) continue;
      met += 1;
      const red = pixels[4 * pixel]!;
      expect(red).toBeLessThanOrEqual(10 * hit.label + 10);
      expect(red).toBeGreaterThanOrEqual(Math.floor((10 * hit.label + 10) * 0.6 * 0.62) - 1);
    }
    expect(met, 'a scene with something in it').toBeGreaterThan(20);
  });

  test('an empty volume is transparent', () => {
    const volume = makeVolume({ labels: new Uint8Array(32 * 32 * 10).fill(free) });
    expect(castVoxels(volume, view, 8, 4, colours).every((value) => value === 0)).toBe(true);
  });
});

import { cellTile, cloudTile, crackTile, grainTile, type NoiseTile, sampleNoise } from '../noise.ts';
import type { PreparedMaterial, SurfaceSample } from '../surfaceSample.ts';

/** Furrowed bark along the trunk. */
export function paintBark(s: SurfaceSample, m: PreparedMaterial): void {
  const f = s.footprint;
  const furrow = sampleNoise(crackTile, s.u * 90 + m.shift, s.v * 14, f * 50);
  const broad = sampleNoise(cloudTile, s.u * 12, s.v * 7 + m.shift, f * 10);
  s.scale(1 + 0.35 * furrow + 0.25 * broad + 0.15 * sampleNoise(grainTile, s.u * 60, s.v * 60, f * 60));
}

function sampleOnPlane(s: SurfaceSample, tile: NoiseTile, perMetre: number, shift: number): number {
  // The plane with the largest projection, so that leaves do not stretch.
  const ax = Math.abs(s.gx);
  const ay = Math.abs(s.gy);
  const az = Math.abs(s.gz);
  const across = ax > ay && ax > az ? s.y : s.x;
  const along = az >= ax && az >= ay ? s.y : s.z;
  return sampleNoise(tile, across * perMetre + shift, along * perMetre, s.footprint * perMetre);
}

function paintFoliage(s: SurfaceSample, m: PreparedMaterial, coarse: number, contrast: number): void {
  const leaf = sampleOnPlane(s, cellTile, 46, 0);
  const clump = sampleOnPlane(s, cellTile, coarse, m.shift);
  const broad = sampleNoise(cloudTile, s.x * 5 + s.z * 3 + m.shift, s.y * 5 + s.z * 3, s.footprint * 5);
  const hue = 0.4 + 0.7 * broad + 0.4 * leaf;
  s.blend(m.secondColour, hue < 0 ? 0 : hue > 1 ? 1 : hue);
  // Single leaves and the dark gaps between them, once a pixel is smaller than they are.
  const fine = s.footprint < 0.025 ? sampleOnPlane(s, cellTile, 105, 19) : 0;
  const gap = (leaf * 0.8 + fine + 0.5) * 2.2;
  if (gap < 1) s.scale(gap < 0 ? 0.3 : 0.3 + 0.7 * gap);
  const depth = leaf * 0.75 + clump * 0.9 + broad * 0.4 + fine * 0.5;
  s.scale(Math.max(0.22, 1.08 + contrast * depth));
  // Waxy leaves return some of the white sky: less saturated than their pigment.
  const grey = 0.3 * s.red + 0.6 * s.green + 0.1 * s.blue;
  s.red += (grey - s.red) * 0.2;
  s.green += (grey - s.green) * 0.2;
  s.blue += (grey - s.blue) * 0.2;
  // Gaps between the clumps see little sky; undersides hardly any.
  s.open = Math.min(1, Math.max(0.24, 0.7 + 0.5 * depth + 0.2 * s.gz));
  if (s.behind) {
    s.scale(0.5);
    s.open *= 0.5;
  }
  // Leaves turn everywhere: the normal wobbles with the clumps.
  s.nx += 0.8 * clump + 0.35 * leaf;
  s.ny += 0.8 * leaf - 0.3 * clump;
  s.nz += 0.5 * (leaf - clump) + 0.1;
  const size = 1 / Math.sqrt(s.nx * s.nx + s.ny * s.ny + s.nz * s.nz);
  s.nx *= size;
  s.ny *= size;
  s.nz *= size;
  s.wrap = 0.25;
}

/** Tree crowns. */
export function paintLeaves(s: SurfaceSample, m: PreparedMaterial): void {
  paintFoliage(s, m, 7, 0.75);
}

/** Clipped hedges and shrubs: finer and more even. */
export function paintHedge(s: SurfaceSample, m: PreparedMaterial): void {
  paintFoliage(s, m, 11, 0.65);
}

/** Woven cloth with folds. */
export function paintCloth(s: SurfaceSample, m: PreparedMaterial): void {
  const f = s.footprint;
  const fold = sampleNoise(cloudTile, s.u * 26 + m.shift, s.v * 9, f * 20);
  const weave = sampleNoise(grainTile, s.u * 90, s.v * 90, f * 90);
  s.scale(1 + 0.32 * fold + 0.1 * weave);
  s.wrap = 0.1;
}

/** Skin. */
export function paintSkin(s: SurfaceSample, m: PreparedMaterial): void {
  s.scale(1 + 0.14 * sampleNoise(cloudTile, s.u * 20 + m.shift, s.v * 20, s.footprint * 20));
  s.wrap = 0.25;
  s.mirror = 0.015;
}

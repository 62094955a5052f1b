import { cellTile, cloudTile, crackTile, grainTile, hashUnit, sampleNoise } from '../noise.ts';
import { fadeDetail, filterLines, type PreparedMaterial, type SurfaceSample } from '../surfaceSample.ts';

/** Wet ground: darker, and mirrors the sky where water stands. */
function wet(s: SurfaceSample, porous: number): void {
  if (s.wetness <= 0) return;
  const pool = 0.5 + 1.3 * sampleNoise(cloudTile, s.x * 3.3, s.y * 3.3, s.footprint * 3.3);
  const amount = s.wetness * (0.55 + 0.45 * (pool < 0 ? 0 : pool > 1 ? 1 : pool));
  s.scale(1 - porous * amount);
  s.mirror = 0.035 * amount;
  s.sharpness = 0.35 + 0.6 * amount;
}

/** Grey tar with grain, worn wheel tracks, patches and cracks. */
export function paintAsphalt(s: SurfaceSample, m: PreparedMaterial): void {
  const { x, y, footprint: f } = s;
  const broad = sampleNoise(cloudTile, x * 1.7 + m.shift, y * 1.7, f * 1.7);
  const middle = sampleNoise(cloudTile, x * 11, y * 11 + m.shift, f * 11);
  const fine = sampleNoise(grainTile, x * 55, y * 55, f * 55);
  let light = 1 + 0.2 * broad + 0.12 * middle + 0.22 * fine;
  // Square repairs of another age, a few per street block.
  const cellX = Math.floor(x / 7.3);
  const cellY = Math.floor(y / 7.3);
  const patch = hashUnit(cellX, cellY, m.seed + 5);
  if (patch < 0.13) {
    const px = x / 7.3 - cellX;
    const py = y / 7.3 - cellY;
    const edgeX = 0.15 + 0.3 * hashUnit(cellX, cellY, 8);
    const edgeY = 0.15 + 0.3 * hashUnit(cellX, cellY, 9);
    if (px > edgeX && px < edgeX + 0.36 && py > edgeY && py < edgeY + 0.42) light *= 0.8 + patch * 2.6;
  }
  if (f < 0.09 && broad + middle > 0.12) {
    const crack = sampleNoise(crackTile, x * 34 + m.shift, y * 34, f * 34);
    if (crack < -0.5) light *= 1 + (crack + 0.5) * 0.7 * fadeDetail(0.05, f);
  }
  // Oil and tyre traces.
  const trace = sampleNoise(cloudTile, x * 0.6 + y * 0.25, y * 4.2 - x * 1.1 + m.shift, f * 3);
  if (trace > 0.15) light *= 1 - (trace - 0.15) * 0.3;
  s.scale(light);
  const dust = 0.5 + broad;
  s.tint(1 + 0.03 * dust, 1 + 0.012 * dust, 1 - 0.02 * dust);
  s.mirror = 0.012;
  s.sharpness = 0.15;
  wet(s, 0.5);
}

/** Road paint with worn and dirty places. */
export function paintMarking(s: SurfaceSample, m: PreparedMaterial): void {
  const { x, y, footprint: f } = s;
  const worn =
    sampleNoise(cloudTile, x * 21 + m.shift, y * 21, f * 21) + 0.6 * sampleNoise(grainTile, x * 60, y * 60, f * 60);
  const broad = sampleNoise(cloudTile, x * 2.1, y * 2.1 + m.shift, f * 2.1);
  const bare = worn * 0.9 + broad * 0.7 - 0.42;
  if (bare > 0) s.blend(asphaltGrey, bare > 0.28 ? 0.75 : bare * 2.7);
  s.scale(0.93 + 0.1 * worn + 0.08 * broad);
  wet(s, 0.3);
}
const asphaltGrey = [0.12, 0.12, 0.118] as const;

/** Slabs of `scale` metres with joints; each slab a little different. */
export function paintPaving(s: SurfaceSample, m: PreparedMaterial): void {
  const { x, y, footprint: f } = s;
  const pitch = m.scale;
  const row = Math.floor(s.v / pitch);
  const shifted = s.u + (row & 1) * pitch * 0.5;
  const column = Math.floor(shifted / pitch);
  const own = (hashUnit(column, row, m.seed) - 0.5) * fadeDetail(pitch, f);
  const joint = Math.max(filterLines(shifted, pitch, 0.018, f), filterLines(s.v, pitch, 0.018, f));
  const broad = sampleNoise(cloudTile, x * 2.6, y * 2.6 + m.shift, f * 2.6);
  const fine = sampleNoise(grainTile, x * 48, y * 48, f * 48);
  s.blend(m.secondColour, own > 0 ? own * 0.5 : 0);
  s.scale((1 + 0.2 * own + 0.17 * broad + 0.12 * fine) * (1 - 0.55 * joint));
  const stain = sampleNoise(cloudTile, x * 14, y * 14, f * 14);
  if (stain > 0.3) s.scale(1 - (stain - 0.3) * 0.6);
  s.mirror = 0.01;
  wet(s, 0.42);
}

/** Lawn: clumps, dry and fresh places, blades near by. */
export function paintGrass(s: SurfaceSample, m: PreparedMaterial): void {
  const { x, y, footprint: f } = s;
  const broad = sampleNoise(cloudTile, x * 1.3 + m.shift, y * 1.3, f * 1.3);
  const clump = sampleNoise(cellTile, x * 24, y * 24 + m.shift, f * 24);
  const blade = sampleNoise(grainTile, x * 64, y * 64, f * 70);
  const middle = sampleNoise(cloudTile, x * 9, y * 9, f * 9);
  s.blend(m.secondColour, Math.max(0, Math.min(1, 0.4 + 1.1 * broad + 0.5 * middle)));
  s.scale(1 + 0.18 * broad + 0.25 * middle + 0.32 * clump + 0.35 * blade);
  s.open = 0.9 + 0.2 * clump;
  s.wrap = 0.2;
  if (s.wetness > 0) s.scale(1 - 0.2 * s.wetness);
}

/** Bare earth with stones and dry grass. */
export function paintSoil(s: SurfaceSample, m: PreparedMaterial): void {
  const { x, y, footprint: f } = s;
  const broad = sampleNoise(cloudTile, x * 2 + m.shift, y * 2, f * 2);
  const middle = sampleNoise(cloudTile, x * 16, y * 16 + m.shift, f * 16);
  const stone = sampleNoise(cellTile, x * 40, y * 40, f * 40);
  const fine = sampleNoise(grainTile, x * 60, y * 60, f * 60);
  s.blend(m.secondColour, Math.max(0, Math.min(1, 0.35 + 1.2 * broad)));
  s.scale(1 + 0.2 * broad + 0.22 * middle + 0.2 * stone + 0.18 * fine);
  wet(s, 0.4);
}

/** Loose stones of `scale` metres. */
export function paintGravel(s: SurfaceSample, m: PreparedMaterial): void {
  const { x, y, footprint: f } = s;
  const density = 8 / Math.min(Math.max(m.scale, 0.08), 0.5);
  const stone = sampleNoise(cellTile, x * density + m.shift, y * density, f * density);
  const fine = sampleNoise(grainTile, x * 45, y * 45, f * 45);
  const broad = sampleNoise(cloudTile, x * 2.3, y * 2.3 + m.shift, f * 2.3);
  s.blend(m.secondColour, Math.max(0, Math.min(1, 0.3 + fine)));
  s.scale(1 + 0.35 * stone + 0.3 * fine + 0.14 * broad);
  wet(s, 0.4);
}

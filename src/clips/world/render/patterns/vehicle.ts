import { cloudTile, grainTile, sampleNoise } from '../noise.ts';
import { fadeDetail, filterLines, type PreparedMaterial, type SurfaceSample } from '../surfaceSample.ts';

/** Bends the mirror's normal up toward the top of a standing face, as pressed sheet does: sky above, street below. */
function curveFace(s: SurfaceSample, amount: number): void {
  const tall = s.vHigh - s.vLow;
  if (tall < 0.02 || s.gz > 0.8 || s.gz < -0.5) return;
  const bend = ((s.v - s.vLow) / tall - 0.45) * amount;
  s.gz += bend;
  const size = 1 / Math.sqrt(s.gx * s.gx + s.gy * s.gy + s.gz * s.gz);
  s.gx *= size;
  s.gy *= size;
  s.gz *= size;
}

/** Window of a vehicle: dark inside, curved mirror in front. */
export function paintVehicleGlass(s: SurfaceSample): void {
  curveFace(s, 0.16);
  s.mirror = 0.09;
  s.sharpness = 0.95;
}

/** Clear coat over colour, road dust toward the sills. */
export function paintCar(s: SurfaceSample, m: PreparedMaterial): void {
  const dust = sampleNoise(cloudTile, s.x * 8 + m.shift, s.y * 8 + s.z * 5, s.footprint * 8);
  s.scale(1 + 0.04 * dust);
  const low = s.v - s.vLow;
  if (s.gz < 0.6 && low < 0.3) s.scale(1 - 0.5 * (0.3 - low) * (1 + dust));
  curveFace(s, 0.45);
  s.nz = s.nz * 0.75 + s.gz * 0.25;
  s.mirror = 0.07;
  s.sharpness = 0.85;
}

/** Tyres: nearly black, grey dust. */
export function paintRubber(s: SurfaceSample, m: PreparedMaterial): void {
  s.scale(0.9 + 0.4 * sampleNoise(grainTile, s.u * 40 + m.shift, s.v * 40, s.footprint * 40));
  s.mirror = 0.012;
  s.sharpness = 0.2;
}

const signal = 6;

/** Lamps: clear lenses with ribs; they shine a little by day, more at dusk. */
export function paintLamp(s: SurfaceSample, m: PreparedMaterial): void {
  const rib = filterLines(s.u, 0.05, 0.02, s.footprint) * fadeDetail(0.05, s.footprint);
  s.scale(0.9 + 0.3 * rib);
  // At night vehicles' lamps shine by their own light where they burn; signals always do.
  const strength = m.segmentation === signal ? 0.12 + 1.2 * s.dusk : (0.12 + 1.2 * s.dusk) * (1 - s.night);
  s.glowRed = m.colour[0] * strength;
  s.glowGreen = m.colour[1] * strength;
  s.glowBlue = m.colour[2] * strength;
  s.mirror = 0.06;
  s.sharpness = 0.9;
}

/** Bare or painted metal: dull mirror, streaks. */
export function paintMetal(s: SurfaceSample, m: PreparedMaterial): void {
  const f = s.footprint;
  const streak = sampleNoise(cloudTile, s.u * 40 + m.shift, s.v * 4, f * 20);
  const fine = sampleNoise(grainTile, s.u * 35, s.v * 35 + s.z * 10, f * 35);
  s.scale(1 + 0.14 * streak + 0.08 * fine);
  s.mirror = 0.07;
  s.sharpness = 0.45;
}

/** Standing bands of both colours, `scale` metres each pair: boards, ribs, awnings, warning paint. */
export function paintStripes(s: SurfaceSample, m: PreparedMaterial): void {
  const share = filterLines(s.u, m.scale, m.scale * 0.5, s.footprintAlong);
  s.blend(m.secondColour, share);
  s.scale(1 + 0.1 * sampleNoise(cloudTile, s.u * 20 + m.shift, s.v * 20, s.footprint * 20));
  s.mirror = 0.02;
}

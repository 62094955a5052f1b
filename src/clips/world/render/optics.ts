import type { Lens } from '../model.ts';

/** Blurred copies are this many times smaller. */
const shrink = 4;

/** What light does on its way through a lens, beside forming the picture. All in linear radiance, three values per pixel. */
export interface Optics {
  /** Light above this radiance spreads into its surroundings; 0 = none does. */
  readonly bloomFrom: number;
  /** Where the sun stands in the picture (pixels) and how much of its light scatters; null when it does not shine in. */
  readonly glare: { readonly x: number; readonly y: number; readonly light: readonly [number, number, number] } | null;
  readonly lens: Lens | null;
}

/** Adds bloom, glare and dirt to a picture, in place. */
export function passLens(radiance: Float32Array, width: number, height: number, optics: Optics): void {
  if (optics.bloomFrom > 0) addBloom(radiance, width, height, optics.bloomFrom);
  if (optics.glare) addGlare(radiance, width, height, optics.glare);
  if (optics.lens && optics.lens.dirt.length > 0) addDirt(radiance, width, height, optics.lens);
}

function addBloom(radiance: Float32Array, width: number, height: number, from: number): void {
  const halo = blurSmall(radiance, width, height, from, 2);
  const veil = blurSmall(radiance, width, height, from, 7);
  const small = Math.ceil(width / shrink);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = (y * width + x) * 3;
      for (let k = 0; k < 3; k++)
        radiance[at + k]! +=
          0.5 * readSmall(halo, small, height, x, y, k) + 0.5 * readSmall(veil, small, height, x, y, k);
    }
  }
}

function addGlare(radiance: Float32Array, width: number, height: number, glare: NonNullable<Optics['glare']>): void {
  const inner = 1 / (0.035 * width) ** 2;
  const outer = 1 / (0.28 * width) ** 2;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const square = (x - glare.x) ** 2 + (y - glare.y) ** 2;
      const spread = 0.9 / (1 + square * inner) + 0.13 / (1 + square * outer);
      const at = (y * width + x) * 3;
      for (let k = 0; k < 3; k++) radiance[at + k]! += glare.light[k]! * spread;
    }
  }
}

function addDirt(radiance: Float32Array, width: number, height: number, lens: Lens): void {
  const density = findDensity(lens, width, height);
  const blurred = blurSmall(radiance, width, height, 0, 3);
  const small = Math.ceil(width / shrink);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const d = density[y * width + x]!;
      if (d <= 0) continue;
      const at = (y * width + x) * 3;
      for (let k = 0; k < 3; k++) {
        const veil = readSmall(blurred, small, height, x, y, k) * lens.tint[k]!;
        radiance[at + k]! += (veil - radiance[at + k]!) * d;
      }
    }
  }
}

const densities = new WeakMap<Lens, Map<string, Float32Array>>();

/** How much of each pixel the smudges on a lens cover, 0..1. Kept per lens, since a drive looks through it all the time. */
export function findDensity(lens: Lens, width: number, height: number): Float32Array {
  const kept = densities.get(lens) ?? new Map<string, Float32Array>();
  densities.set(lens, kept);
  const key = `${width}x${height}`;
  const known = kept.get(key);
  if (known) return known;
  const density = new Float32Array(width * height);
  // Smudges are placed on the uncropped picture (9:16), whose bottom rows this one shows.
  const full = (width * 9) / 16;
  for (const { x, y, radius, stretch, opacity } of lens.dirt) {
    const [cx, cy] = [x * width, y * full - (full - height)];
    const [rx, ry] = [radius * width, radius * width * stretch];
    for (let v = Math.max(0, Math.floor(cy - ry)); v <= Math.min(height - 1, cy + ry); v++) {
      for (let u = Math.max(0, Math.floor(cx - rx)); u <= Math.min(width - 1, cx + rx); u++) {
        const away = ((u - cx) / rx) ** 2 + ((v - cy) / ry) ** 2;
        if (away >= 1) continue;
        const at = v * width + u;
        density[at] = 1 - (1 - density[at]!) * (1 - opacity * (1 - away * away));
      }
    }
  }
  kept.set(key, density);
  return density;
}

/** A quarter-size picture of the light above `from`, blurred three times by boxes of 2 * reach + 1. */
function blurSmall(radiance: Float32Array, width: number, height: number, from: number, reach: number): Float32Array {
  const columns = Math.ceil(width / shrink);
  const rows = Math.ceil(height / shrink);
  const sum = new Float32Array(columns * rows * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = (y * width + x) * 3;
      const to = (Math.floor(y / shrink) * columns + Math.floor(x / shrink)) * 3;
      for (let k = 0; k < 3; k++) {
        const value = radiance[at + k]! - from;
        // Very bright spots are capped, so that one pixel of a lamp does not fill the picture.
        if (value > 0) sum[to + k]! += Math.min(value, from > 0 ? from * 12 : value) / (shrink * shrink);
      }
    }
  }
  let picture: Float32Array = sum;
  for (let pass = 0; pass < 3; pass++) {
    picture = blurAlong(picture, columns, rows, reach, 3, columns * 3);
    picture = blurAlong(picture, rows, columns, reach, columns * 3, 3);
  }
  return picture;
}

/** Box blur along one axis of `length` cells `step` apart; `lines` lines lie `lineStep` apart. Edges repeat. */
function blurAlong(
  source: Float32Array,
  length: number,
  lines: number,
  reach: number,
  step: number,
  lineStep: number,
): Float32Array {
  const result = new Float32Array(source.length);
  const share = 1 / (2 * reach + 1);
  const clamp = (i: number) => (i < 0 ? 0 : i >= length ? length - 1 : i);
  for (let line = 0; line < lines; line++) {
    for (let k = 0; k < 3; k++) {
      const base = line * lineStep + k;
      let sum = 0;
      for (let i = -reach; i <= reach; i++) sum += source[base + clamp(i) * step]!;
      for (let i = 0; i < length; i++) {
        result[base + i * step] = sum * share;
        sum += source[base + clamp(i + reach + 1) * step]! - source[base + clamp(i - reach) * step]!;
      }
    }
  }
  return result;
}

/** Bilinear value of a quarter-size picture at a full-size pixel. */
function readSmall(
  small: Float32Array,
  columns: number,
  height: number,
  x: number,
  y: number,
  channel: number,
): number {
  const rows = Math.ceil(height / shrink);
  const u = Math.min(Math.max((x + 0.5) / shrink - 0.5, 0), columns - 1.001);
  const v = Math.min(Math.max((y + 0.5) / shrink - 0.5, 0), rows - 1.001);
  const column = Math.floor(u);
  const row = Math.floor(v);
  const [fx, fy] = [u - column, v - row];
  const at = (row * columns + column) * 3 + channel;
  const low = small[at]! * (1 - fx) + small[at + 3]! * fx;
  const high = small[at + columns * 3]! * (1 - fx) + small[at + columns * 3 + 3]! * fx;
  return low * (1 - fy) + high * fy;
}

/** Edge of every noise tile in texels; a power of two. */
const tileSize = 256;
const tileMask = tileSize - 1;
const levelCount = 9;

/** A tile of noise with its mip levels; each level is half as wide, values 0..255 with mean 128. */
export type NoiseTile = readonly Uint8Array[];

/** A well mixed value in 0..1 of two integers and a seed. */
export function hashUnit(x: number, y: number, seed: number): number {
  let h = Math.imul(x | 0, 0x27d4eb2d) ^ Math.imul(y | 0, 0x165667b1) ^ Math.imul(seed | 0, 0x9e3779b1);
  h = Math.imul(h ^ (h >>> 15), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return ((h ^ (h >>> 16)) >>> 0) / 4294967296;
}

/** Smooth lattice noise that repeats after `period` cells; -1..1. */
function latticeNoise(x: number, y: number, period: number, seed: number): number {
  const x0 = Math.floor(x);
  const y0 = Math.floor(y);
  const fx = x - x0;
  const fy = y - y0;
  const wx = fx * fx * (3 - 2 * fx);
  const wy = fy * fy * (3 - 2 * fy);
  const xa = x0 % period;
  const xb = (x0 + 1) % period;
  const ya = y0 % period;
  const yb = (y0 + 1) % period;
  const a = hashUnit(xa, ya, seed) * (1 - wx) + hashUnit(xb, ya, seed) * wx;
  const b = hashUnit(xa, yb, seed) * (1 - wx) + hashUnit(xb, yb, seed) * wx;
  return (a * (1 - wy) + b * wy) * 2 - 1;
}

function fractal(x: number, y: number, firstPeriod: number, octaves: number, falloff: number, seed: number): number {
  let sum = 0;
  let weight = 1;
  let period = firstPeriod;
  for (let octave = 0; octave < octaves; octave++) {
    sum += weight * latticeNoise((x * period) / tileSize, (y * period) / tileSize, period, seed + octave);
    weight *= falloff;
    period *= 2;
  }
  return sum;
}

/** Distance to the nearest of one jittered point per cell, in cells. */
function cellDistance(x: number, y: number, cells: number, seed: number): number {
  const px = (x * cells) / tileSize;
  const py = (y * cells) / tileSize;
  let nearest = 9;
  for (let j = -1; j <= 1; j++) {
    for (let i = -1; i <= 1; i++) {
      const cx = Math.floor(px) + i;
      const cy = Math.floor(py) + j;
      const wrapX = (cx + cells) % cells;
      const wrapY = (cy + cells) % cells;
      const dx = cx + hashUnit(wrapX, wrapY, seed) - px;
      const dy = cy + hashUnit(wrapX, wrapY, seed + 77) - py;
      nearest = Math.min(nearest, dx * dx + dy * dy);
    }
  }
  return Math.sqrt(nearest);
}

function bakeTile(evaluate: (x: number, y: number) => number): NoiseTile {
  const values = new Float64Array(tileSize * tileSize);
  let sum = 0;
  let squares = 0;
  for (let i = 0; i < values.length; i++) {
    const value = evaluate(i & tileMask, i >> 8);
    values[i] = value;
    sum += value;
    squares += value * value;
  }
  const mean = sum / values.length;
  const deviation = Math.sqrt(squares / values.length - mean * mean);
  // Every tile gets the same mean and spread, so that patterns can exchange them.
  const base = Uint8Array.from(values, (value) => clampByte(128 + ((value - mean) / deviation) * 48));
  const levels: Uint8Array[] = [base];
  for (let level = 1; level < levelCount; level++) levels.push(halveLevel(levels[level - 1]!, tileSize >> (level - 1)));
  return levels;
}

function clampByte(value: number): number {
  return value < 0 ? 0 : value > 255 ? 255 : Math.round(value);
}

function halveLevel(source: Uint8Array, size: number): Uint8Array {
  const half = size >> 1;
  const result = new Uint8Array(half * half);
  for (let y = 0; y < half; y++) {
    for (let x = 0; x < half; x++) {
      const at = 2 * y * size + 2 * x;
      result[y * half + x] = (source[at]! + source[at + 1]! + source[at + size]! + source[at + size + 1]! + 2) >> 2;
    }
  }
  return result;
}

/** Fine grain: nearly independent texels. */
export const grainTile = bakeTile((x, y) => hashUnit(x, y, 11) + 0.5 * latticeNoise(x / 2, y / 2, tileSize / 2, 12));
/** Clouds: every scale, large ones strongest. */
export const cloudTile = bakeTile((x, y) => fractal(x, y, 4, 6, 0.55, 21));
/** Blobs of a few texels: pebbles, leaves, clumps of grass. */
export const cellTile = bakeTile((x, y) => -cellDistance(x, y, 32, 31) - 0.5 * cellDistance(x, y, 64, 32));
/** Thin dark lines where a warped noise crosses zero: cracks and veins. */
export const crackTile = bakeTile((x, y) => {
  const warpX = x + 9 * fractal(x, y, 8, 3, 0.5, 41);
  const warpY = y + 9 * fractal(x, y, 8, 3, 0.5, 45);
  return Math.min(1, Math.abs(fractal(warpX + tileSize, warpY + tileSize, 4, 2, 0.4, 49)) * 9);
});

/**
 * Reads a tile at texel coordinates, bilinear, at the mip level of a footprint in texels.
 * Returns about -1..1 with mean 0 (spread 0.38 at the finest level, less at coarser ones).
 */
export function sampleNoise(tile: NoiseTile, x: number, y: number, footprint: number): number {
  return readTile(tile, (x * 256) | 0, (y * 256) | 0, (footprint * 358) | 0) * (1 / meanSum);
}

/** The mean byte times both weights of the fixed-point interpolation. */
const meanSum = 127.5 * 65536;

// Whole numbers in and out (1/256 texel): when the engine does not inline this call, fractions would each be allocated.
function readTile(tile: NoiseTile, x: number, y: number, footprint: number): number {
  const level = 31 - Math.clz32((footprint >> 8) | 1);
  if (level >= levelCount) return 0;
  const data = tile[level]!;
  const shift = 8 - level;
  const mask = (1 << shift) - 1;
  const px = x >> level;
  const py = y >> level;
  const wx = px & 255;
  const wy = py & 255;
  const x0 = (px >> 8) & mask;
  const x1 = (x0 + 1) & mask;
  const row0 = ((py >> 8) & mask) << shift;
  const row1 = (((py >> 8) + 1) & mask) << shift;
  const a = data[row0 + x0]! * (256 - wx) + data[row0 + x1]! * wx;
  const b = data[row1 + x0]! * (256 - wx) + data[row1 + x1]! * wx;
  return a * (256 - wy) + b * wy - meanSum;
}

const cutOutData = cellTile[0]!;

/** Leaf noise at texel coordinates, nearest texel, 0..255. */
export function sampleCutOut(x: number, y: number): number {
  return cutOutData[((Math.floor(y) & tileMask) << 8) | (Math.floor(x) & tileMask)]!;
}

import type { WorldCamera, WorldInstant } from '../model.ts';
import { grainTile, hashUnit } from './noise.ts';
import type { Sky } from './sky.ts';

const curveSteps = 4096;
const curveLimit = 12;
/** Mean exposed radiance that a camera's automatic exposure aims at, and how far it goes toward it. */
const aimedMean = 0.135;
const adaptation = 0.5;
/** Mean light of a lamp-lit street, in the units of sky and sun. */
const lampLight = 0.45;

/** Filmic curve (soft shoulder, slight toe) followed by the sRGB transfer, tabulated over the square root of radiance. */
const curve = Float32Array.from({ length: curveSteps + 1 }, (_, i) => {
  const x = (i / curveSteps) ** 2 * curveLimit;
  const filmic = Math.min(1, (x * (2.4 * x + 0.045)) / (x * (2.3 * x + 0.58) + 0.13));
  return 255 * (filmic <= 0.0031308 ? 12.92 * filmic : 1.055 * filmic ** (1 / 2.4) - 0.055);
});

/** Turns linear radiance into sRGB bytes, as a camera would: exposure, colour rendering, tone curve, vignette, sensor noise. */
export class Development {
  /** Factor from radiance to exposed light, before a camera's own adaptation. */
  readonly exposure: number;
  private readonly aim: number;
  private readonly grain: number;
  private readonly colourGrain: number;
  private readonly seed: number;
  private readonly saturation: number;
  private readonly balance: readonly [number, number, number];

  constructor(instant: WorldInstant, sky: Sky) {
    const { sunColour, exposure } = instant.weather;
    const sunlight = 0.3 * sunColour[0] + 0.55 * sunColour[1] + 0.15 * sunColour[2];
    const skylight = 0.3 * sky.above[0] + 0.55 * sky.above[1] + 0.15 * sky.above[2];
    // A level grey ground ends up mid grey, whatever unit the weather uses.
    const { night, noise } = instant.weather;
    this.exposure =
      (exposure * 0.72) / (sunlight * Math.max(sky.sun[2], 0.12) * 0.8 + skylight + lampLight * night + 1e-6);
    this.aim = aimedMean * (1 - 0.6 * night);
    this.grain = 0.018 * noise;
    this.colourGrain = Math.max(0, noise - 1.5) * 0.008;
    this.seed = instant.seed;
    // Cameras render colour differently: a drive has one camera make, drives differ.
    this.saturation = 0.62 + 0.34 * hashUnit(instant.seed, 1, 71);
    const warm = (hashUnit(instant.seed, 2, 71) - 0.5) * 0.1;
    this.balance = [1 + warm, 1 + (hashUnit(instant.seed, 3, 71) - 0.4) * 0.03, 1 - warm];
  }

  /** `radiance` holds three values per pixel; returns RGBA bytes, alpha 255. */
  develop(radiance: Float32Array, camera: WorldCamera): Uint8ClampedArray {
    const { width, height } = camera;
    const rgba = new Uint8ClampedArray(width * height * 4);
    const seed = this.seed * 131 + Math.round((camera.worldFromCamera[2]! + camera.worldFromCamera[6]! * 3) * 1000);
    const noise = grainTile[0]!;
    const middleX = (width - 1) / 2;
    const middleY = (height - 1) / 2;
    const perCorner = 1 / (middleX * middleX + middleY * middleY + 1e-9);
    const { lens } = camera;
    const exposure = this.findExposure(radiance) * (lens?.exposure ?? 1);
    const { saturation } = this;
    const [balanceRed, balanceGreen, balanceBlue] = this.balance.map(
      (value, channel) => value * (lens?.balance[channel] ?? 1),
    ) as [number, number, number];
    const { colourGrain } = this;
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const at = y * width + x;
        const away = ((x - middleX) ** 2 + (y - middleY) ** 2) * perCorner;
        const gain = exposure * (1 - 0.16 * away);
        const grain = (noise[(y * 256 + x + seed + (x >> 8) * 7919) & 65535]! - 128) * this.grain;
        const tone = colourGrain * (noise[(y * 509 + x * 7 + seed * 3) & 65535]! - 128);
        const red = radiance[at * 3]! * gain * balanceRed;
        const green = radiance[at * 3 + 1]! * gain * balanceGreen;
        const blue = radiance[at * 3 + 2]! * gain * balanceBlue;
        const grey = 0.25 * red + 0.6 * green + 0.15 * blue;
        rgba[at * 4] = readCurve(grey + (red - grey) * saturation) + grain + tone;
        rgba[at * 4 + 1] = readCurve(grey + (green - grey) * saturation) + grain;
        rgba[at * 4 + 2] = readCurve(grey + (blue - grey) * saturation) + grain - tone;
        rgba[at * 4 + 3] = 255;
      }
    }
    return rgba;
  }

  /** The set exposure, moved part of the way toward what this picture's brightness asks for. */
  private findExposure(radiance: Float32Array): number {
    let sum = 0;
    let count = 0;
    for (let at = 1; at < radiance.length; at += 21) {
      const value = radiance[at]! * this.exposure;
      sum += value < 1.5 ? value : 1.5;
      count++;
    }
    const mean = sum / Math.max(count, 1) + 0.01;
    return this.exposure * Math.min(1.7, Math.max(0.6, (this.aim / mean) ** adaptation));
  }
}

function readCurve(value: number): number {
  if (!(value > 0)) return 0;
  const step = Math.sqrt(value) * (curveSteps / Math.sqrt(curveLimit));
  return curve[step < curveSteps ? step | 0 : curveSteps]!;
}

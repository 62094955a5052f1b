import type { WorldCamera, WorldInstant } from '../model.ts';
import { grainTile } from './noise.ts';
import type { Sky } from './sky.ts';

const curveSteps = 4096;
const curveLimit = 12;

/** Filmic curve (soft shoulder, slight toe) followed by the sRGB transfer, tabulated over the square root of radiance. */
const curve = Float32Array.from({ length: curveSteps + 1 }, (_, i) => {
  const x = (i / curveSteps) ** 2 * curveLimit;
  const filmic = Math.min(1, (x * (2.3 * x + 0.06)) / (x * (2.2 * x + 0.62) + 0.12));
  return 255 * (filmic <= 0.0031308 ? 12.92 * filmic : 1.055 * filmic ** (1 / 2.4) - 0.055);
});

/** Turns linear radiance into sRGB bytes, as a camera would: exposure, tone curve, vignette, sensor noise. */
export class Development {
  private readonly exposure: number;
  private readonly seed: number;

  constructor(instant: WorldInstant, sky: Sky) {
    const { sunColour, exposure } = instant.weather;
    const sunlight = 0.3 * sunColour[0] + 0.55 * sunColour[1] + 0.15 * sunColour[2];
    const skylight = 0.3 * sky.above[0] + 0.55 * sky.above[1] + 0.15 * sky.above[2];
    // A camera's automatic exposure: a level grey ground ends up mid grey, whatever unit the weather uses.
    this.exposure = (exposure * 0.72) / (sunlight * Math.max(sky.sun[2], 0.12) * 0.8 + skylight + 1e-6);
    this.seed = instant.seed;
  }

  /** `radiance` holds three values per pixel; returns RGBA bytes, alpha 255. */
  develop(radiance: Float32Array, camera: WorldCamera): Uint8ClampedArray {
    const { width, height } = camera;
    const rgba = new Uint8ClampedArray(width * height * 4);
    const seed = this.seed * 131 + Math.round((camera.worldFromCamera[2]! + camera.worldFromCamera[6]! * 3) * 1000);
    const noise = grainTile[0]!;
    const middleX = (width - 1) / 2;
    const middleY = (height - 1) / 2;
    const perCorner = 1 / (middleX * middleX + middleY * middleY);
    const toStep = curveSteps / Math.sqrt(curveLimit);
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const at = y * width + x;
        const away = ((x - middleX) ** 2 + (y - middleY) ** 2) * perCorner;
        const gain = this.exposure * (1 - 0.16 * away);
        const grain = (noise[(y * 256 + x + seed + (x >> 8) * 7919) & 65535]! - 128) * 0.018;
        for (let k = 0; k < 3; k++) {
          const value = radiance[at * 3 + k]! * gain;
          const step = value > 0 ? Math.sqrt(value) * toStep : 0;
          rgba[at * 4 + k] = curve[step < curveSteps ? step | 0 : curveSteps]! + grain;
        }
        rgba[at * 4 + 3] = 255;
      }
    }
    return rgba;
  }
}

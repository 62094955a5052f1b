import type { Weather } from '../model.ts';
import { cloudTile, sampleNoise } from './noise.ts';

/** Radiance of the sky in every direction, and the light that it throws on surfaces. Linear RGB. */
export class Sky {
  red = 0;
  green = 0;
  blue = 0;
  /** Direction toward the sun, unit length. */
  readonly sun: readonly [number, number, number];
  /** Mean radiance of the upper half, of the lower half (light from the ground), and at the horizon. */
  readonly above: readonly [number, number, number];
  readonly below: readonly [number, number, number];
  readonly haze: readonly [number, number, number];
  private readonly cloudLight: readonly [number, number, number];
  private readonly weather: Weather;
  private readonly driftX: number;
  private readonly driftY: number;
  private readonly sunStrength: number;

  constructor(weather: Weather, seed: number) {
    this.weather = weather;
    const { sunDirection: s, sunColour, skyZenith, skyHorizon, cloudCover } = weather;
    const size = Math.hypot(s[0], s[1], s[2]) || 1;
    this.sun = [s[0] / size, s[1] / size, s[2] / size];
    const height = Math.max(this.sun[2], 0.05);
    const mean = (k: 0 | 1 | 2) => skyZenith[k] * 0.55 + skyHorizon[k] * 0.45;
    const grey = 0.3 * mean(0) + 0.5 * mean(1) + 0.2 * mean(2);
    const lit = (k: 0 | 1 | 2) => grey * 1.05 + sunColour[k] * (0.1 + 0.14 * Math.sqrt(height));
    this.cloudLight = [lit(0), lit(1), lit(2)];
    const up = (k: 0 | 1 | 2) => mean(k) * (1 - cloudCover * 0.7) + this.cloudLight[k] * cloudCover * 0.7;
    this.above = [up(0), up(1), up(2)];
    // Streets reflect about a sixth, slightly warm.
    const bounce = [0.17, 0.16, 0.145] as const;
    const ground = (k: 0 | 1 | 2) => (this.above[k] * 0.8 + sunColour[k] * height * 0.75) * bounce[k];
    this.below = [ground(0), ground(1), ground(2)];
    const horizon = (k: 0 | 1 | 2) => skyHorizon[k] * (1 - cloudCover * 0.5) + this.cloudLight[k] * cloudCover * 0.5;
    this.haze = [horizon(0), horizon(1), horizon(2)];
    this.driftX = (seed % 97) * 2.63;
    this.driftY = (seed % 89) * 1.91;
    this.sunStrength = 1 - cloudCover * 0.75;
  }

  /** Puts the radiance seen along a unit direction into `red`, `green`, `blue`; `blur` 0..1 softens clouds and leaves the sun's disc out. */
  look(x: number, y: number, z: number, blur: number): void {
    const { skyZenith, sunColour, cloudCover } = this.weather;
    const { haze, cloudLight } = this;
    const lift = z > 0 ? z : 0;
    const dip = 1 - lift;
    const blend = 1 - dip * dip * dip;
    let red = haze[0] + (skyZenith[0] - haze[0]) * blend;
    let green = haze[1] + (skyZenith[1] - haze[1]) * blend;
    let blue = haze[2] + (skyZenith[2] - haze[2]) * blend;
    const toward = x * this.sun[0] + y * this.sun[1] + z * this.sun[2];
    if (toward > 0) {
      const t2 = toward * toward;
      const t8 = t2 * t2 * t2 * t2;
      const t16 = t8 * t8;
      const t32 = t16 * t16;
      const t64 = t32 * t32;
      let glow = (0.06 * t8 + 0.16 * t64) * this.sunStrength;
      if (blur < 0.3 && toward > 0.9995) glow += 6 * this.sunStrength;
      red += sunColour[0] * glow;
      green += sunColour[1] * glow;
      blue += sunColour[2] * glow;
    }
    if (lift > 0.01 && cloudCover > 0.01) {
      const reach = 26 / (lift + 0.12);
      const u = x * reach + this.driftX;
      const v = y * reach + this.driftY;
      const footprint = 0.35 / (lift + 0.08) + blur * 12;
      const shape =
        sampleNoise(cloudTile, u, v, footprint) + 0.45 * sampleNoise(cloudTile, u * 3.1 + 40, v * 3.1, footprint * 3);
      let cover = (shape + (cloudCover - 0.5) * 2.1 + 0.1) * 1.5;
      cover = cover < 0 ? 0 : cover > 1 ? 1 : cover;
      const fade = lift * 7;
      cover *= (fade < 1 ? fade : 1) * 0.92;
      // Thick parts are darker below, thin edges bright.
      const body = 1.12 - 0.4 * cover * (0.35 + shape * 0.5 + cloudCover * 0.3);
      red += (cloudLight[0] * body - red) * cover;
      green += (cloudLight[1] * body - green) * cover;
      blue += (cloudLight[2] * body - blue) * cover;
    }
    this.red = red;
    this.green = green;
    this.blue = blue;
  }

  /** Like `look` for mirror directions: below and just above the horizon stand ground and a street's worth of buildings. */
  reflect(x: number, y: number, z: number, blur: number): void {
    const skyline = 0.11 + 0.12 * sampleNoise(cloudTile, x * 60 + 7, y * 60, 1 + 20 * blur);
    const width = 0.04 + 0.4 * blur;
    let clear = (z - skyline) / width + 0.5;
    clear = clear < 0 ? 0 : clear > 1 ? 1 : clear;
    if (clear > 0) this.look(x, y, z, blur);
    if (clear === 1) return;
    const { below, above } = this;
    // Ground straight below is darkest: the reflecting thing stands over it.
    const shade = z < 0 ? 1.1 + z * 0.6 : 1.5;
    const street = 1 - clear;
    this.red = this.red * clear + (below[0] * shade + above[0] * 0.06) * street;
    this.green = this.green * clear + (below[1] * shade + above[1] * 0.06) * street;
    this.blue = this.blue * clear + (below[2] * shade + above[2] * 0.06) * street;
  }
}

import type { Vector3 } from '../../domain/geometry.ts';
import type { Random } from './geometry/random.ts';
import type { Weather } from './model.ts';

const scale = (colour: Vector3, factor: number): Vector3 => [
  colour[0] * factor,
  colour[1] * factor,
  colour[2] * factor,
];

/** Draws light and air: clear, hazy, overcast, rain-wet, foggy or dusk. */
export function pickWeather(random: Random): Weather {
  const kind = random.pickWeighted([
    [44, 'clear'],
    [28, 'overcast'],
    [10, 'hazy'],
    [10, 'wet'],
    [3, 'fog'],
    [5, 'dusk'],
  ] as const);
  const azimuth = random.range(0, 2 * Math.PI);
  const elevation = kind === 'dusk' ? random.range(0.06, 0.16) : random.range(0.3, 1.15);
  const sunDirection: Vector3 = [
    Math.cos(azimuth) * Math.cos(elevation),
    Math.sin(azimuth) * Math.cos(elevation),
    Math.sin(elevation),
  ];
  const warmth = Math.max(0, 0.7 - elevation);
  const covered = kind === 'overcast' || kind === 'wet' || kind === 'fog';
  const strength = covered ? random.range(0.05, 0.5) : kind === 'dusk' ? 0.9 : random.range(2, 3.2);
  const grey = random.range(0.5, 0.85);
  const zenith: Vector3 = covered
    ? [grey, grey, grey * 1.04]
    : kind === 'dusk'
      ? [0.12, 0.16, 0.3]
      : [0.22 * random.range(0.8, 1.4), 0.42 * random.range(0.85, 1.2), 0.85];
  const horizon: Vector3 = covered
    ? [grey * 1.1, grey * 1.1, grey * 1.12]
    : kind === 'dusk'
      ? [0.55, 0.36, 0.26]
      : [0.75, 0.82, 0.92];
  return {
    sunDirection,
    sunColour: scale([1, 0.95 - 0.25 * warmth, 0.88 - 0.55 * warmth], strength),
    skyZenith: zenith,
    skyHorizon: horizon,
    cloudCover: covered ? random.range(0.75, 1) : random.range(0, 0.6),
    fogDensity:
      kind === 'fog'
        ? random.range(0.008, 0.02)
        : kind === 'hazy'
          ? random.range(0.003, 0.007)
          : random.range(0.0003, 0.002),
    exposure: random.range(0.8, 1.25) * (covered ? 1.25 : kind === 'dusk' ? 1.5 : 1),
    wetness: kind === 'wet' ? random.range(0.5, 1) : random.chance(0.08) ? 0.3 : 0,
  };
}

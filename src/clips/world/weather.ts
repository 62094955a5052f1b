import type { Vector3 } from '../../domain/geometry.ts';
import type { Random } from './geometry/random.ts';
import type { Weather } from './model.ts';

const scale = (colour: Vector3, factor: number): Vector3 => [
  colour[0] * factor,
  colour[1] * factor,
  colour[2] * factor,
];

const directionOf = (random: Random, elevation: number): Vector3 => {
  const azimuth = random.range(0, 2 * Math.PI);
  return [Math.cos(azimuth) * Math.cos(elevation), Math.sin(azimuth) * Math.cos(elevation), Math.sin(elevation)];
};

/** Draws light and air: clear, hazy, overcast, wet or foggy days, 15 % nights, 10 % with the sun low, some dusks. */
export function pickWeather(random: Random): Weather {
  const kind = random.pickWeighted([
    [34, 'clear'],
    [22, 'overcast'],
    [7, 'hazy'],
    [8, 'wet'],
    [2, 'fog'],
    [2, 'dusk'],
    [10, 'low'],
    [15, 'night'],
  ] as const);
  if (kind === 'night') return drawNight(random);
  if (kind === 'low') return drawLowSun(random);
  const elevation = kind === 'dusk' ? random.range(0.06, 0.16) : random.range(0.3, 1.15);
  const sunDirection = directionOf(random, elevation);
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
    night: 0,
    noise: random.range(0.7, 1.4) * (kind === 'dusk' ? 2 : 1),
  };
}

/** The sun a few degrees up: long warm shadows, glare for the cameras that look toward it. */
function drawLowSun(random: Random): Weather {
  const elevation = random.range(0.05, 0.22);
  const warmth = 1 - elevation / 0.3;
  return {
    sunDirection: directionOf(random, elevation),
    sunColour: scale([1, 0.9 - 0.3 * warmth, 0.76 - 0.48 * warmth], random.range(2.6, 4.2)),
    skyZenith: [0.13, 0.23 * random.range(0.85, 1.15), 0.45],
    skyHorizon: [0.66, 0.53 - 0.12 * warmth, 0.42 - 0.18 * warmth],
    cloudCover: random.range(0, 0.55),
    fogDensity: random.range(0.0003, 0.0022),
    exposure: random.range(0.8, 1.3),
    wetness: random.chance(0.2) ? random.range(0.3, 0.8) : 0,
    night: 0,
    noise: random.range(0.8, 1.6),
  };
}

/** Dark sky with the town's glow at its foot; lamps do the rest. The moon stands in for the sun. */
function drawNight(random: Random): Weather {
  const glow = random.range(0.25, 1);
  return {
    sunDirection: directionOf(random, random.range(0.4, 1.2)),
    sunColour: scale([0.7, 0.8, 1], random.range(0.002, 0.02)),
    skyZenith: scale([0.011, 0.014, 0.024], 0.5 + glow),
    skyHorizon: scale([0.08, 0.06, 0.045], glow),
    cloudCover: random.range(0, 0.9),
    fogDensity: random.range(0.0003, 0.004),
    exposure: random.range(0.7, 1.5),
    wetness: random.chance(0.3) ? random.range(0.3, 1) : 0,
    night: 1,
    noise: random.range(2, 5.5),
  };
}

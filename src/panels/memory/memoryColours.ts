import type { FlatMemory } from './flattenMemory.ts';

type Colour = readonly [number, number, number];

/** From nothing to much: lightness grows all the way, so that it reads without colour too. */
const rising: readonly Colour[] = [
  [13, 16, 28],
  [42, 63, 143],
  [112, 92, 190],
  [190, 96, 150],
  [244, 136, 58],
  [250, 236, 110],
];

/** From below zero through zero (dark) to above: blue against orange. */
const signed: readonly Colour[] = [
  [150, 200, 255],
  [53, 99, 255],
  [18, 20, 26],
  [216, 110, 20],
  [255, 214, 120],
];

/** Which values the ends of the colours stand for. */
export interface ColourScale {
  readonly low: number;
  readonly high: number;
  readonly isSigned: boolean;
}

/** From 0 to the largest value; where values may be negative, as far to either side of 0. */
export function chooseScale({ smallest, largest }: FlatMemory, isSigned: boolean): ColourScale {
  const reach = isSigned ? Math.max(Math.abs(smallest), Math.abs(largest)) : largest;
  return { low: isSigned ? -reach : 0, high: reach, isSigned };
}

/** Colour of a value, sRGB 0..255; a memory of zeros is the colour of zero. */
export function colourValue(value: number, { low, high, isSigned }: ColourScale): Colour {
  const colours = isSigned ? signed : rising;
  const share = high > low ? Math.min(Math.max((value - low) / (high - low), 0), 1) : isSigned ? 0.5 : 0;
  const place = share * (colours.length - 1);
  const index = Math.min(Math.floor(place), colours.length - 2);
  const mix = (channel: 0 | 1 | 2) => {
    const [a, b] = [colours[index]![channel], colours[index + 1]![channel]];
    return Math.round(a + (b - a) * (place - index));
  };
  return [mix(0), mix(1), mix(2)];
}

/** RGBA of the picture, row by row. */
export function paintMemory({ values }: FlatMemory, scale: ColourScale): Uint8ClampedArray<ArrayBuffer> {
  const pixels = new Uint8ClampedArray(values.length * 4);
  for (const [index, value] of values.entries()) pixels.set([...colourValue(value, scale), 255], index * 4);
  return pixels;
}

/** The scale as a CSS gradient from low to high. */
export function describeGradient(scale: ColourScale): string {
  const steps = Array.from({ length: 9 }, (_, step) => scale.low + (step / 8) * (scale.high - scale.low));
  return `linear-gradient(to right, ${steps.map((value) => `rgb(${colourValue(value, scale).join(' ')})`).join(', ')})`;
}

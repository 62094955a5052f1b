import { describe, expect, test } from 'vitest';
import { OCC3D_CLASSES } from '../domain/classes.ts';
import {
  COMPARISON_PALETTES,
  flowColour,
  PALETTES,
  type PaletteId,
  paletteColour,
  type VolumePaletteId,
} from './palettes.ts';

type Triple = [number, number, number];
type Matrix = readonly (readonly [number, number, number])[];

/** Full-severity simulation in linear RGB (Machado, Oliveira and Fernandes, 2009, table 1). */
const VISIONS: Readonly<Record<string, Matrix>> = {
  normal: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

function multiply(matrix: Matrix, vector: Triple): Triple {
  return matrix.map((row) => row[0] * vector[0] + row[1] * vector[1] + row[2] * vector[2]) as Triple;
}

function toOkLab(linear: Triple): Triple {
  const cone = multiply(
    [
      [0.4122214708, 0.5363325363, 0.0514459929],
      [0.2119034982, 0.6806995451, 0.1073969566],
      [0.0883024619, 0.2817188376, 0.6299787005],
    ],
    linear.map((value) => Math.min(1, Math.max(0, value))) as Triple,
  ).map(Math.cbrt) as Triple;
  return multiply(
    [
      [0.2104542553, 0.793617785, -0.0040720468],
      [1.9779984951, -2.428592205, 0.4505937099],
      [0.0259040371, 0.7827717662, -0.808675766],
    ],
    cone,
  );
}

function smallestDistance(id: VolumePaletteId, vision: Matrix, count = 17): number {
  const colours = Array.from({ length: count }, (_, label) => {
    const linear = paletteColour(id, label).map((byte) => {
      const value = byte / 255;
      return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
    }) as Triple;
    return toOkLab(multiply(vision, linear));
  });
  let smallest = Number.POSITIVE_INFINITY;
  colours.forEach((a, i) => {
    for (const b of colours.slice(i + 1))
      smallest = Math.min(smallest, Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]));
  });
  return smallest;
}

describe('palettes', () => {
  for (const id of Object.keys(PALETTES) as PaletteId[]) {
    test(`${id} gives every Occ3D class but free its own colour`, () => {
      const { colours } = PALETTES[id];
      expect(colours.length).toBe(OCC3D_CLASSES.classes.length - 1);
      expect(new Set(colours).size).toBe(colours.length);
      for (const colour of colours) expect(colour).toMatch(/^#[0-9a-f]{6}$/);
    });
  }

  for (const [name, vision] of Object.entries(VISIONS)) {
    test(`the colour-blind-safe palette keeps its distances under ${name}`, () => {
      expect(smallestDistance('colour-blind-safe', vision)).toBeGreaterThan(0.095);
    });
  }

  for (const [name, vision] of Object.entries(VISIONS)) {
    test(`outcomes of a comparison are told apart under ${name}`, () => {
      expect(smallestDistance('outcome', vision, COMPARISON_PALETTES.outcome.length)).toBeGreaterThan(0.12);
      expect(smallestDistance('flicker', vision, COMPARISON_PALETTES.flicker.length)).toBeGreaterThan(0.12);
      expect(smallestDistance('speed-error', vision, 5), 'the steps').toBeGreaterThan(0.06);
    });
  }

  test('the usual palette does not, so the measure means something', () => {
    expect(smallestDistance('occ3d', VISIONS.deuteranopia!)).toBeLessThan(0.05);
  });

  test('labels outside the table are grey', () => {
    expect(paletteColour('occ3d', 31)).toEqual([128, 128, 128]);
  });
});

describe('flow colours', () => {
  test('follow the wheel with hue 0 pointing backwards', () => {
    expect(flowColour(-1, -1e-9)).toEqual([255, 0, 0]);
    expect(flowColour(1, 0)).toEqual([0, 255, 255]);
    expect(flowColour(0, 5)).toEqual([128, 0, 255]);
    expect(flowColour(0, -5)).toEqual([128, 255, 0]);
  });

  test('depend on direction, not on speed', () => {
    expect(flowColour(0.3, 0.4)).toEqual(flowColour(3, 4));
  });
});

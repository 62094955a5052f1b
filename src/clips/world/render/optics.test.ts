import { describe, expect, it } from 'vitest';
import type { Lamp, Lens } from '../model.ts';
import { LampLight } from './lampLight.ts';
import { findDensity } from './optics.ts';
import { createRenderer } from './renderer.ts';
import { SurfaceSample } from './surfaceSample.ts';
import { makeCamera, makeInstant, makeMaterial, makeQuad } from './testScene.ts';

const [width, height, focal] = [96, 54, 60];
const camera = makeCamera([0, 0, 1.5], 0, width, height, focal);
const ground = makeQuad([-200, -200, 0], [400, 0, 0], [0, 400, 0], 0);
const grey = makeMaterial('plain', 0, [0.2, 0.2, 0.2]);
const clean: Lens = { exposure: 1, balance: [1, 1, 1], dirt: [], tint: [1, 1, 1] };
const plain = makeInstant([grey], [ground], { cloudCover: 0 });

/** Row of the ground `ahead` metres in front. */
const rowAt = (ahead: number) => Math.round((height - 1) / 2 + (1.5 * focal) / ahead);
const brightness = (rgba: Uint8ClampedArray, x: number, y: number) =>
  rgba[(y * width + x) * 4]! + rgba[(y * width + x) * 4 + 1]! + rgba[(y * width + x) * 4 + 2]!;

describe('lenses', () => {
  it('expose and balance, and change neither depth nor segmentation', () => {
    const base = createRenderer(plain).renderView(camera);
    const lens: Lens = { ...clean, exposure: 1.5, balance: [1.2, 1, 0.8] };
    const other = createRenderer(plain).renderView({ ...camera, lens });
    const at = rowAt(6) * width + 40;
    expect(brightness(other.rgba, 40, rowAt(6))).toBeGreaterThan(brightness(base.rgba, 40, rowAt(6)) + 20);
    expect(other.rgba[at * 4]! - other.rgba[at * 4 + 2]!).toBeGreaterThan(
      base.rgba[at * 4]! - base.rgba[at * 4 + 2]! + 10,
    );
    expect(other.depth).toEqual(base.depth);
    expect(other.segmentation).toEqual(base.segmentation);
  });

  it('blur what lies behind a smudge and leave the rest', () => {
    const dirt = [{ x: 0.25, y: 0.5, radius: 0.1, stretch: 1, opacity: 0.9 }];
    const dirty: Lens = { ...clean, dirt };
    const density = findDensity(dirty, width, height);
    expect(density[27 * width + 24]).toBeCloseTo(0.9, 1);
    expect(density[27 * width + 70]).toBe(0);
    const black = makeMaterial('plain', 2, [0.01, 0.01, 0.01]);
    const post = makeQuad([6, 1.9, 0], [0, 0.5, 0], [0, 0, 6], 1);
    const instant = makeInstant([grey, black], [ground, post], { cloudCover: 0 });
    const sharpView = createRenderer(instant).renderView({ ...camera, lens: clean });
    const blurred = createRenderer(instant).renderView({ ...camera, lens: dirty });
    expect(brightness(blurred.rgba, 24, 27)).toBeGreaterThan(brightness(sharpView.rgba, 24, 27) + 30);
    // The camera exposes the changed picture a trifle differently.
    for (const x of [60, 75, 90])
      expect(Math.abs(brightness(blurred.rgba, x, 40) - brightness(sharpView.rgba, x, 40))).toBeLessThan(7);
  });
});

describe('a low sun', () => {
  it('veils the picture of a camera that looks into it, unless something stands before it', () => {
    const weather = { sunDirection: [1, 0, 0.12] as const, sunColour: [3, 2.4, 1.6] as const, cloudCover: 0 };
    const wall = makeQuad([30, -30, 0], [0, 60, 0], [0, 0, 30], 0);
    const light = (instant: Parameters<typeof createRenderer>[0]) => {
      const { rgba } = createRenderer(instant).renderView(camera);
      return brightness(rgba, 48, 20);
    };
    expect(light(makeInstant([grey], [ground], weather))).toBeGreaterThan(600);
    expect(light(makeInstant([grey], [ground, wall], weather))).toBeLessThan(500);
  });
});

describe('night', () => {
  const weather = {
    sunColour: [0.01, 0.01, 0.012] as const,
    skyZenith: [0.01, 0.01, 0.02] as const,
    skyHorizon: [0.04, 0.03, 0.02] as const,
    night: 1,
  };
  const lamp: Lamp = {
    position: [10, 0, 7],
    direction: [0, 0, -1],
    colour: [60, 50, 30],
    reach: 20,
    inner: 0.85,
    outer: 0.05,
    size: 0.4,
  };

  it('lights the road ahead of a beam as far as it reaches, and nothing beside or behind it', () => {
    const beam: Lamp = {
      ...lamp,
      position: [0, 0, 0.7],
      direction: [Math.sqrt(1 - 0.05 ** 2), 0, -0.05],
      reach: 40,
      inner: 0.985,
      outer: 0.8,
    };
    const light = new LampLight([beam]);
    const sample = new SurfaceSample();
    const lightAt = (x: number, y: number) => {
      Object.assign(sample, { x, y, z: 0, nx: 0, ny: 0, nz: 1, gx: 0, gy: 0, gz: 1, wrap: 0, mirror: 0 });
      light.gather(sample, false);
      return light.green;
    };
    for (const x of [4, 9, 16, 25, 33]) expect(lightAt(x, 0.3)).toBeGreaterThan(0);
    expect(lightAt(12, 7)).toBeGreaterThan(0);
    for (const [x, y] of [
      [10, 12],
      [-5, 0],
      [41, 0],
      [0.2, 6],
    ] as const)
      expect(lightAt(x, y)).toBe(0);
  });

  it('has a pool of light under a lamp and darkness away from it', () => {
    const dark = makeInstant([grey], [ground], weather);
    const lit = createRenderer({ ...dark, lamps: [lamp] }).renderView(camera);
    const unlit = createRenderer(dark).renderView(camera);
    expect(brightness(lit.rgba, 48, rowAt(10))).toBeGreaterThan(3 * brightness(lit.rgba, 48, rowAt(45)));
    expect(brightness(lit.rgba, 48, rowAt(10))).toBeGreaterThan(2 * brightness(unlit.rgba, 48, rowAt(10)));
    expect(brightness(unlit.rgba, 48, rowAt(10))).toBeLessThan(220);
  });
});

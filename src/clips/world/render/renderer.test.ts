import { describe, expect, it } from 'vitest';
import type { Vector3 } from '../../../domain/geometry.ts';
import type { ActorState, RenderedView, WorldInstant } from '../model.ts';
import { createRenderer } from './renderer.ts';
import { makeBox, makeCamera, makeInstant, makeMaterial, makeQuad, makeSphere } from './testScene.ts';

const width = 64;
const height = 48;
const focal = 40;
const grey = makeMaterial('plain', 0, [0.3, 0.3, 0.3]);
const white = makeMaterial('plain', 2, [0.8, 0.8, 0.8]);
const eye: Vector3 = [0, 0, 1.5];
const camera = makeCamera(eye, 0, width, height, focal);
const ground = makeQuad([-200, -200, 0], [400, 0, 0], [0, 400, 0], 0);

function readLuminance(view: RenderedView, x: number, y: number): number {
  const at = (y * width + x) * 4;
  return view.rgba[at]! * 0.3 + view.rgba[at + 1]! * 0.59 + view.rgba[at + 2]! * 0.11;
}

function renderOnce(instant: WorldInstant, samples: 1 | 2 = 2): RenderedView {
  return createRenderer(instant, { shadowSize: 512 }).renderView(camera, { samples });
}

describe('renderView depth and segmentation', () => {
  it.each([1, 2] as const)('gives the analytic depth of the ground plane at pixel centres (%i samples)', (samples) => {
    const view = renderOnce(makeInstant([grey], [ground]), samples);
    const centreY = (height - 1) / 2;
    for (let y = height / 2 + 2; y < height; y++) {
      const expected = (eye[2] * focal) / (y - centreY);
      for (const x of [0, 31, width - 1]) expect(view.depth[y * width + x]! / expected).toBeCloseTo(1, 5);
    }
  });

  it('gives the analytic depth of a box face and the ids of what it shows', () => {
    const box = makeBox([8, -1, 0], [10, 1, 3], 1);
    const view = renderOnce(makeInstant([grey, white], [ground, box]));
    const centre = 20 * width + 32;
    expect(view.depth[centre]).toBeCloseTo(8, 4);
    expect(view.segmentation[centre]).toBe(2);
    expect(view.segmentation[(height - 1) * width + 32]).toBe(0);
    // The face spans y -1..1 at 8 m: 40 / 8 = 5 pixels to each side of 31.5.
    const row = Array.from(view.segmentation.subarray(20 * width, 21 * width));
    expect(row.filter((id) => id === 2)).toHaveLength(10);
    expect(row.indexOf(2)).toBe(27);
  });

  it('shows the nearer of two surfaces whatever their order', () => {
    const near = makeQuad([5, -1, 0], [0, 2, 0], [0, 0, 3], 0);
    const far = makeQuad([9, -3, 0], [0, 6, 0], [0, 0, 6], 1);
    for (const meshes of [
      [near, far],
      [far, near],
    ]) {
      const view = renderOnce(makeInstant([grey, white], meshes));
      expect(view.depth[24 * width + 32]).toBeCloseTo(5, 4);
    }
  });

  it('draws both sides of open meshes', () => {
    const flipped = makeQuad([6, 2, 0], [0, -4, 0], [0, 0, 4], 0);
    const view = renderOnce(makeInstant([grey], [flipped]));
    expect(view.depth[22 * width + 32]).toBeCloseTo(6, 4);
  });

  it('clips a triangle that reaches behind the camera', () => {
    const wall = makeQuad([-5, -2, 0], [30, 0, 0], [0, 0, 4], 1);
    const view = renderOnce(makeInstant([grey, white], [wall]));
    // The wall at y = -2 is on the right: z = 2 * focal / (x - centre).
    const x = width - 1;
    expect(view.depth[24 * width + x]! / ((2 * focal) / (x - (width - 1) / 2))).toBeCloseTo(1, 5);
    expect(view.depth[24 * width]).toBe(Infinity);
  });

  it('leaves no gap between triangles that share edges', () => {
    const sphere = makeSphere([6, 0, 1.5], 2, 40, 1);
    const view = renderOnce(makeInstant([grey, white], [sphere]));
    const centreX = (width - 1) / 2;
    const centreY = (height - 1) / 2;
    let checked = 0;
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        // The cone that touches the sphere has tan = 2 / sqrt(32); the polygon lies slightly inside.
        if (Math.hypot(x - centreX, y - centreY) > focal * 0.33) continue;
        expect(view.segmentation[y * width + x]).toBe(2);
        checked++;
      }
    }
    expect(checked).toBeGreaterThan(300);
  });

  it('gives Infinity and 10 for sky', () => {
    const view = renderOnce(makeInstant([grey], [ground]));
    expect(view.depth[0]).toBe(Infinity);
    expect(view.segmentation[0]).toBe(10);
    expect(view.rgba[3]).toBe(255);
  });

  it('places actors by their pose', () => {
    const actor: ActorState = {
      instance: 1,
      category: 'vehicle.car',
      mesh: makeBox([-2, -1, 0], [2, 1, 1.5], 1),
      // Turned by 90 degrees, 10 m ahead: its side, 1 m from its middle, faces the camera.
      worldFromMesh: Float64Array.from([0, -1, 0, 10, 1, 0, 0, 0, 0, 0, 1, 0.5, 0, 0, 0, 1]),
      velocity: [0, 0, 0],
      boxSize: [4, 2, 1.5],
      boxCentre: [0, 0, 0.75],
    };
    const view = renderOnce({ ...makeInstant([grey, white], [ground]), actors: [actor] });
    expect(view.depth[24 * width + 32]).toBeCloseTo(9, 3);
    expect(view.segmentation[24 * width + 32]).toBe(2);
  });
});

describe('renderView light', () => {
  const sunFromLeft: Vector3 = [0, 0.7, 0.7];

  it('darkens what lies in the shadow of a wall and nothing else', () => {
    const wall = makeQuad([4, 2, 0], [8, 0, 0], [0, 0, 4], 1);
    const weather = { sunDirection: sunFromLeft, cloudCover: 0 };
    const open = renderOnce(makeInstant([grey, white], [ground], weather));
    const shaded = renderOnce(makeInstant([grey, white], [ground, wall], weather));
    // The shadow of the 4 m wall at y = 2 ends at y = -2; (8, -0.3, 0) is inside, (8, -6, 0) outside.
    const y = Math.round((height - 1) / 2 + (1.5 * focal) / 8);
    const inside = Math.round((width - 1) / 2 + (0.3 * focal) / 8);
    const outside = Math.round((width - 1) / 2 + (6 * focal) / 8);
    expect(readLuminance(shaded, inside, y)).toBeLessThan(readLuminance(open, inside, y) * 0.8);
    // The camera exposes the darker picture a little longer.
    const change = readLuminance(shaded, outside, y) - readLuminance(open, outside, y);
    expect(change).toBeGreaterThan(-3);
    expect(change).toBeLessThan(9);
  });

  it('does not let a lit plane shade itself', () => {
    const weather = { cloudCover: 0, fogDensity: 0 };
    const wall = makeQuad([8, -4, 0], [0, 8, 0], [0, 0, 5], 0);
    const view = renderOnce(
      makeInstant([makeMaterial('plain', 2, [0.5, 0.5, 0.5])], [wall], { ...weather, sunDirection: [-0.7, 0.2, 0.5] }),
    );
    const values: number[] = [];
    for (let y = 10; y < 28; y++) for (let x = 20; x < 44; x++) values.push(readLuminance(view, x, y));
    expect(Math.min(...values)).toBeGreaterThan(Math.max(...values) * 0.8);
  });

  it('brightens with exposure and with the sun', () => {
    const at = [32, height - 4] as const;
    const base = readLuminance(renderOnce(makeInstant([grey], [ground])), ...at);
    expect(readLuminance(renderOnce(makeInstant([grey], [ground], { exposure: 1.6 })), ...at)).toBeGreaterThan(
      base + 8,
    );
    const wet = renderOnce(makeInstant([makeMaterial('asphalt', 0, [0.3, 0.3, 0.3])], [ground], { wetness: 1 }));
    const dry = renderOnce(makeInstant([makeMaterial('asphalt', 0, [0.3, 0.3, 0.3])], [ground], { wetness: 0 }));
    expect(readLuminance(wet, ...at)).toBeLessThan(readLuminance(dry, ...at));
  });

  it('smooths edges: values between both sides only with two samples', () => {
    const black = makeMaterial('plain', 2, [0.01, 0.01, 0.01]);
    // A slanted black edge before a bright wall.
    const back = makeQuad([12, -20, -10], [0, 40, 0], [0, 0, 30], 0);
    const front = makeQuad([6, 0, -8], [0, 8, 1.6], [0, -4, 20], 1);
    const instant = makeInstant([makeMaterial('plain', 2, [0.7, 0.7, 0.7]), black], [back, front], { fogDensity: 0 });
    const countBetween = (samples: 1 | 2) => {
      const view = renderOnce(instant, samples);
      const values: number[] = [];
      for (let y = 4; y < height - 4; y++) for (let x = 2; x < width - 2; x++) values.push(readLuminance(view, x, y));
      const low = Math.min(...values);
      const high = Math.max(...values);
      expect(high - low).toBeGreaterThan(60);
      // The bright wall itself varies by less than a quarter of the step.
      return values.filter((value) => value > low + 0.25 * (high - low) && value < low + 0.7 * (high - low)).length;
    };
    expect(countBetween(2)).toBeGreaterThan(countBetween(1) + 8);
  });

  it('is deterministic, and no pattern paints a flat colour', () => {
    const patterns = [
      'asphalt',
      'paving',
      'grass',
      'soil',
      'gravel',
      'brick',
      'concrete',
      'plaster',
      'facade',
      'bark',
      'leaves',
      'hedge',
      'cloth',
      'metal',
      'stripes',
    ] as const;
    for (const pattern of patterns) {
      const material = makeMaterial(pattern, 2, [0.4, 0.35, 0.3], { scale: 1.3, secondColour: [0.2, 0.25, 0.2] });
      const instant = makeInstant([material], [makeQuad([6, -6, 0], [0, 12, 0], [0, 0, 8], 0)]);
      const first = renderOnce(instant);
      const again = renderOnce(instant);
      expect(again.rgba).toEqual(first.rgba);
      expect(again.depth).toEqual(first.depth);
      const values: number[] = [];
      for (let y = 8; y < 30; y++) for (let x = 10; x < 54; x++) values.push(readLuminance(first, x, y));
      const mean = values.reduce((a, b) => a + b) / values.length;
      const spread = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
      expect(spread, pattern).toBeGreaterThan(1.5);
    }
  });

  it('cuts leaves out of crowns near their outline', () => {
    const leaves = makeMaterial('leaves', 8, [0.1, 0.2, 0.05]);
    const view = renderOnce(makeInstant([leaves], [makeSphere([6, 0, 1.5], 2, 40, 0)]));
    const ids = Array.from(view.segmentation);
    const inner = (x: number, y: number) => Math.hypot(x - 31.5, y - 23.5);
    const ring = ids.filter(
      (_, i) => inner(i % width, Math.floor(i / width)) < 14 && inner(i % width, Math.floor(i / width)) > 11,
    );
    expect(ring).toContain(10);
    expect(ring).toContain(8);
  });
});

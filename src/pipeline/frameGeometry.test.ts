import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Frame } from '../domain/clip.ts';
import { multiplyMatrix4 } from '../geometry/rigid.ts';
import { checkImages, createGeometryBuilder, relateEgos } from './frameGeometry.ts';
import { computeGridFromPixel } from './geometry.ts';

const images = {
  size: [352, 128],
  fit: 'width-keep-bottom',
  channels: 'rgb',
  scale: 1,
  mean: [0, 0, 0],
  std: [1, 1, 1],
} as const;

function placeEgo(x: number, y: number, yaw: number): Float64Array {
  const [c, s] = [Math.cos(yaw), Math.sin(yaw)];
  return Float64Array.of(c, -s, 0, x, s, c, 0, y, 0, 0, 1, 0, 0, 0, 0, 1);
}

function makeFrame(index: number, worldFromEgo: Float64Array, width = 1600, height = 900): Frame {
  const intrinsics = Float64Array.of(1266.4, 0, 816.3, 0, 1266.4, 491.5, 0, 0, 1);
  const camera = { name: 'CAM_FRONT', timestampMicroseconds: index, width, height, intrinsics };
  return {
    index,
    token: `${index}`,
    timestampMicroseconds: index,
    worldFromEgo,
    cameras: [{ ...camera, egoFromCamera: placeEgo(0, 0, 0) }],
  };
}

describe('ego motion', () => {
  test('one metre forward: a point ahead was one metre farther before', () => {
    const previousEgoFromEgo = relateEgos(placeEgo(10, 5, Math.PI / 2), placeEgo(10, 6, Math.PI / 2));
    expect(previousEgoFromEgo[3]).toBeCloseTo(1, 12);
    expect(previousEgoFromEgo[7]).toBeCloseTo(0, 12);
  });

  test('both ways to the world agree, far from its origin too', () => {
    const pose = fc.record({
      x: fc.double({ min: -5000, max: 5000, noNaN: true }),
      y: fc.double({ min: -5000, max: 5000, noNaN: true }),
      yaw: fc.double({ min: -4, max: 4, noNaN: true }),
    });
    fc.assert(
      fc.property(pose, pose, (a, b) => {
        const worldFromPrevious = placeEgo(a.x, a.y, a.yaw);
        const worldFromEgo = placeEgo(b.x, b.y, b.yaw);
        const round = multiplyMatrix4(worldFromPrevious, relateEgos(worldFromPrevious, worldFromEgo));
        for (const [i, value] of round.entries()) expect(value).toBeCloseTo(worldFromEgo[i]!, 8);
      }),
    );
  });
});

describe('the geometry builder', () => {
  test('a frame follows only what was committed', () => {
    const builder = createGeometryBuilder(images, 1);
    const [first, second] = [makeFrame(0, placeEgo(0, 0, 0)), makeFrame(1, placeEgo(2, 0, 0))];
    expect(builder.describe(first).previousEgoFromEgo).toBeNull();
    expect(builder.describe(second).previousEgoFromEgo).toBeNull();
    builder.commit(first);
    expect(builder.describe(second).previousEgoFromEgo![3]).toBe(2);
    expect(builder.describe(second).previousCameras).toEqual(builder.describe(first).cameras);
    builder.reset();
    expect(builder.describe(second).previousEgoFromEgo).toBeNull();
  });

  test('nuScenes at 0.22: intrinsics of pixel centres, 70 rows cropped', () => {
    const { cameras, width, height } = createGeometryBuilder(images, 1).describe(makeFrame(0, placeEgo(0, 0, 0)));
    const k = cameras[0]!.intrinsics;
    expect([width, height]).toEqual([352, 128]);
    expect(k[0]).toBeCloseTo(1266.4 * 0.22, 10);
    expect(k[2]).toBeCloseTo((816.3 + 0.5) * 0.22 - 0.5, 10);
    expect(k[5]).toBeCloseTo((491.5 + 0.5) * 0.22 - 0.5 - 70, 10);
  });

  test('more cameras than the network takes are refused, and so is none', () => {
    const frame = makeFrame(0, placeEgo(0, 0, 0));
    const seven = { ...frame, cameras: Array.from({ length: 7 }, () => frame.cameras[0]!) };
    expect(() => createGeometryBuilder(images, 6).describe(seven)).toThrow(/has 7 cameras; the model takes 1 to 6/);
    const none = { ...frame, cameras: [] };
    expect(() => createGeometryBuilder(images, 6).describe(none)).toThrow(/has 0 cameras/);
  });

  test('blind cameras fill the places of a smaller rig: no pixel of theirs comes near a grid at any depth', () => {
    const { cameras } = createGeometryBuilder(images, 6).describe(makeFrame(0, placeEgo(0, 0, 0)));
    expect(cameras).toHaveLength(6);
    const grid = { lower: [-200, -200, -20], voxel: [0.1, 0.1, 0.1], size: [4000, 4000, 400] } as const;
    for (const camera of cameras.slice(1)) {
      const m = computeGridFromPixel(camera, grid);
      for (const depth of [0.01, 1, 60, 1000]) {
        for (const [u, v] of [
          [-0.5, -0.5],
          [351.5, 127.5],
          [0, 127],
        ] as const) {
          const z = m[8]! * u * depth + m[9]! * v * depth + m[10]! * depth + m[11]!;
          expect(z).toBeLessThan(-100_000);
        }
      }
    }
  });
});

test('images must be those that the calibration speaks of', () => {
  const frame = makeFrame(3, placeEgo(0, 0, 0), 2, 1);
  const pixels = new Uint8ClampedArray(8);
  checkImages(frame, [{ width: 2, height: 1, pixels }]);
  expect(() => checkImages(frame, [])).toThrow(/Frame 3, CAM_FRONT: no image/);
  expect(() => checkImages(frame, [{ width: 1, height: 2, pixels }])).toThrow(/an image of 1 x 2/);
});

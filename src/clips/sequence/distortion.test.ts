import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Distortion, distortPoint, findFoldRadius, planUndistortion, sampleImage } from './distortion.ts';

const k = Float64Array.of(200, 0, 159.5, 0, 210, 119.5, 0, 0, 1);
const size = { width: 320, height: 240 };
const whole = { left: 0, top: 0, ...size };
const small = fc.double({ min: -0.3, max: 0.3, noNaN: true });
const place = fc.double({ min: -0.8, max: 0.8, noNaN: true });

describe('lens models', () => {
  test('Brown-Conrady, term by term as OpenCV writes it', () => {
    fc.assert(
      fc.property(place, place, fc.array(small, { minLength: 8, maxLength: 8 }), (x, y, c) => {
        const [k1, k2, p1, p2, k3, k4, k5, k6] = c as [number, number, number, number, number, number, number, number];
        const r2 = x ** 2 + y ** 2;
        const radial = (1 + k1 * r2 + k2 * r2 ** 2 + k3 * r2 ** 3) / (1 + k4 * r2 + k5 * r2 ** 2 + k6 * r2 ** 3);
        const [u, v] = distortPoint({ model: 'brown-conrady', coefficients: c }, x, y);
        expect(u).toBeCloseTo(x * radial + 2 * p1 * x * y + p2 * (r2 + 2 * x ** 2), 10);
        expect(v).toBeCloseTo(y * radial + p1 * (r2 + 2 * y ** 2) + 2 * p2 * x * y, 10);
      }),
    );
  });

  test('four and five coefficients are the first of eight', () => {
    const of = (coefficients: number[]) => distortPoint({ model: 'brown-conrady', coefficients }, 0.4, -0.3);
    expect(of([0.1, -0.2, 0.01, 0.02])).toEqual(of([0.1, -0.2, 0.01, 0.02, 0, 0, 0, 0]));
    expect(of([0.1, -0.2, 0.01, 0.02, 0.3])).toEqual(of([0.1, -0.2, 0.01, 0.02, 0.3, 0, 0, 0]));
  });

  test('an ideal equidistant fisheye: the distance from the middle is the angle', () => {
    for (const degrees of [0, 1, 30, 60, 80]) {
      const angle = (degrees * Math.PI) / 180;
      const lens: Distortion = { model: 'equidistant', coefficients: [0, 0, 0, 0] };
      const [x, y] = distortPoint(lens, Math.tan(angle) * 0.6, Math.tan(angle) * 0.8);
      expect(Math.hypot(x, y)).toBeCloseTo(angle, 12);
      expect(x * 0.8).toBeCloseTo(y * 0.6, 12);
    }
    const [x] = distortPoint({ model: 'equidistant', coefficients: [0.1, 0.02, -0.01, 0.003] }, Math.tan(0.7), 0);
    expect(x).toBeCloseTo(0.7 + 0.1 * 0.7 ** 3 + 0.02 * 0.7 ** 5 - 0.01 * 0.7 ** 7 + 0.003 * 0.7 ** 9, 12);
  });

  test('no coefficients: nothing moves, and the plan is the identity', () => {
    const places = planUndistortion({ model: 'brown-conrady', coefficients: [0, 0, 0, 0] }, k, size, whole);
    for (const [u, v] of [
      [0, 0],
      [319, 239],
      [17, 101],
    ] as const) {
      expect(places[(v * 320 + u) * 2]).toBeCloseTo(u, 4);
      expect(places[(v * 320 + u) * 2 + 1]).toBeCloseTo(v, 4);
    }
  });

  test('a barrel polynomial is not followed beyond where it folds over', () => {
    const lens: Distortion = { model: 'brown-conrady', coefficients: [-0.4, 0, 0, 0] };
    // r (1 - 0.4 r^2) has its maximum at 1 / sqrt(1.2).
    expect(findFoldRadius(lens)).toBeCloseTo(1 / Math.sqrt(1.2), 2);
    const wide = Float64Array.of(80, 0, 159.5, 0, 80, 119.5, 0, 0, 1);
    const places = planUndistortion(lens, wide, size, whole);
    expect(places[0]).toBeNaN();
    expect(places[(119 * 320 + 160) * 2]).toBeGreaterThan(155);
  });
});

describe('straightened images', () => {
  /** Where a stored pixel looks: the lens turned back by steps of Newton's kind. */
  function straighten(lens: Distortion, x: number, y: number): [number, number] {
    let [a, b] = [x, y];
    for (let step = 0; step < 60; step += 1) {
      const [u, v] = distortPoint(lens, a, b);
      a += x - u;
      b += y - v;
    }
    return [a, b];
  }

  test.each<Distortion>([
    { model: 'brown-conrady', coefficients: [-0.12, 0.02, 0.001, -0.002, 0] },
    { model: 'equidistant', coefficients: [0.02, -0.01, 0.002, 0] },
  ])('a world of smooth colours comes out as a pinhole sees it: $model', (lens) => {
    const stored = new Uint8ClampedArray(320 * 240 * 4);
    for (let v = 0; v < 240; v += 1) {
      for (let u = 0; u < 320; u += 1) {
        const [x, y] = straighten(lens, (u - 159.5) / 200, (v - 119.5) / 210);
        stored.set([128 + 100 * x, 128 + 100 * y, 50, 255], (v * 320 + u) * 4);
      }
    }
    const window = { left: 60, top: 40, width: 200, height: 160 };
    const out = sampleImage(stored, size, planUndistortion(lens, k, size, window));
    for (let v = 0; v < 160; v += 7) {
      for (let u = 0; u < 200; u += 7) {
        const at = (v * 200 + u) * 4;
        expect(Math.abs(out[at]! - (128 + (100 * (u + 60 - 159.5)) / 200))).toBeLessThan(1.6);
        expect(Math.abs(out[at + 1]! - (128 + (100 * (v + 40 - 119.5)) / 210))).toBeLessThan(1.6);
        expect(out[at + 3]).toBe(255);
      }
    }
  });

  test('any lens, any small image: every pixel is planned, nothing is read outside', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -3, max: 3, noNaN: true }), { minLength: 4, maxLength: 4 }),
        fc.constantFrom('brown-conrady', 'equidistant'),
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 9 }),
        (coefficients, model, width, height) => {
          const places = planUndistortion(
            { model, coefficients } as Distortion,
            k,
            { width, height },
            { left: 0, top: 0, width, height },
          );
          for (const [index, value] of places.entries()) {
            if (!Number.isNaN(value)) expect(value).toBeLessThan((index % 2 === 0 ? width : height) - 0.49);
          }
          const out = sampleImage(new Uint8ClampedArray(width * height * 4).fill(200), { width, height }, places);
          expect(out.every((value) => value === 0 || value === 200 || value === 255)).toBe(true);
        },
      ),
    );
  });
});

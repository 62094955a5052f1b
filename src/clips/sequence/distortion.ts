import type { Matrix3 } from '../../domain/geometry.ts';

/**
 * How a lens bends straight lines, on normalised coordinates (x, y) = (X / Z, Y / Z).
 *
 * - `brown-conrady` (OpenCV's default, ROS `plumb_bob` and `rational_polynomial`, Kalibr `radtan`): k1 k2 p1 p2 [k3 [k4 k5 k6]].
 * - `equidistant` (OpenCV `fisheye`, Kalibr `equidistant`, Kannala-Brandt): k1 k2 k3 k4 over the angle to the optical axis.
 */
export interface Distortion {
  readonly model: 'brown-conrady' | 'equidistant';
  readonly coefficients: readonly number[];
}

/** Numbers of coefficients that each model may have. */
export const coefficientCounts = { 'brown-conrady': [4, 5, 8], equidistant: [4] } as const;

/** Where a pinhole camera's (x, y) appears through the lens. Source: OpenCV, calib3d and fisheye documentation. */
export function distortPoint({ model, coefficients }: Distortion, x: number, y: number): [number, number] {
  const c = coefficients;
  if (model === 'equidistant') {
    const radius = Math.hypot(x, y);
    if (radius < 1e-12) return [x, y];
    const angle = Math.atan(radius);
    const square = angle * angle;
    const bent = angle * (1 + square * (c[0]! + square * (c[1]! + square * (c[2]! + square * c[3]!))));
    return [(x * bent) / radius, (y * bent) / radius];
  }
  const [k1 = 0, k2 = 0, p1 = 0, p2 = 0, k3 = 0, k4 = 0, k5 = 0, k6 = 0] = c;
  const square = x * x + y * y;
  const radial = (1 + square * (k1 + square * (k2 + square * k3))) / (1 + square * (k4 + square * (k5 + square * k6)));
  return [
    x * radial + 2 * p1 * x * y + p2 * (square + 2 * x * x),
    y * radial + p1 * (square + 2 * y * y) + 2 * p2 * x * y,
  ];
}

/**
 * Largest radius |(x, y)| up to which the lens model can be turned back: beyond it a polynomial folds over and
 * would show the same part of the image again. Infinity where it never folds within a field of view of 170 degrees.
 */
export function findFoldRadius(distortion: Distortion): number {
  const limit = Math.tan((85 * Math.PI) / 180);
  let before = 0;
  for (let step = 1; step <= 2000; step += 1) {
    // Even steps of the angle: radii grow fast at the edge.
    const radius = Math.tan(((85 * Math.PI) / 180) * (step / 2000));
    const bent = distortRadius(distortion, radius);
    if (!(bent > before)) return radius;
    before = bent;
  }
  return limit;
}

/** The radial part alone: tangential terms are too small to fold. */
function distortRadius({ model, coefficients }: Distortion, radius: number): number {
  const radialOnly =
    model === 'equidistant'
      ? coefficients
      : coefficients.map((value, index) => (index === 2 || index === 3 ? 0 : value));
  return distortPoint({ model, coefficients: radialOnly }, radius, 0)[0];
}

/** A rectangle of pixels of an image. */
export interface ImageWindow {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/**
 * For every pixel of `window` of the straightened image, where to read the stored one: (u, v) pairs, NaN where the lens saw nothing.
 * The straightened image has the same intrinsics and size as the stored one.
 */
export function planUndistortion(
  distortion: Distortion,
  intrinsics: Matrix3,
  source: { readonly width: number; readonly height: number },
  window: ImageWindow,
): Float32Array {
  const [fx, skew, cx, , fy, cy] = intrinsics as unknown as [number, number, number, number, number, number];
  const foldRadius = findFoldRadius(distortion);
  const places = new Float32Array(window.width * window.height * 2);
  let target = 0;
  for (let row = 0; row < window.height; row += 1) {
    const y = (window.top + row - cy) / fy;
    for (let column = 0; column < window.width; column += 1) {
      const x = (window.left + column - cx - skew * y) / fx;
      const [bentX, bentY] = distortPoint(distortion, x, y);
      const u = fx * bentX + skew * bentY + cx;
      const v = fy * bentY + cy;
      const isSeen =
        Math.hypot(x, y) < foldRadius && u >= -0.5 && v >= -0.5 && u <= source.width - 0.5 && v <= source.height - 0.5;
      places[target] = isSeen ? u : Number.NaN;
      places[target + 1] = isSeen ? v : Number.NaN;
      target += 2;
    }
  }
  return places;
}

/** Read an RGBA image at planned places, bilinearly between pixel centres; opaque black where there is nothing. */
export function sampleImage(
  pixels: Uint8ClampedArray,
  source: { readonly width: number; readonly height: number },
  places: Float32Array,
): Uint8ClampedArray<ArrayBuffer> {
  const { width, height } = source;
  const out = new Uint8ClampedArray(places.length * 2);
  for (let pixel = 0; pixel < places.length / 2; pixel += 1) {
    const to = pixel * 4;
    out[to + 3] = 255;
    const u = places[2 * pixel]!;
    if (Number.isNaN(u)) continue;
    const clampedU = Math.min(Math.max(u, 0), width - 1);
    const clampedV = Math.min(Math.max(places[2 * pixel + 1]!, 0), height - 1);
    const left = Math.min(Math.floor(clampedU), Math.max(0, width - 2));
    const top = Math.min(Math.floor(clampedV), Math.max(0, height - 2));
    const shareX = clampedU - left;
    const shareY = clampedV - top;
    const from = (top * width + left) * 4;
    const right = width > 1 ? 4 : 0;
    const below = height > 1 ? width * 4 : 0;
    for (let channel = 0; channel < 3; channel += 1) {
      const at = from + channel;
      const upper = pixels[at]! * (1 - shareX) + pixels[at + right]! * shareX;
      const lower = pixels[at + below]! * (1 - shareX) + pixels[at + below + right]! * shareX;
      out[to + channel] = upper * (1 - shareY) + lower * shareY;
    }
  }
  return out;
}

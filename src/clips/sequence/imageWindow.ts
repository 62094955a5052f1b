import type { Matrix3, Matrix4 } from '../../domain/geometry.ts';
import type { ImageWindow } from './distortion.ts';

/** What the open network wants: its image size and how many cameras it takes. */
export interface NetworkNeeds {
  readonly imageSize: readonly [number, number];
  readonly cameras: number;
}

/**
 * Where the horizon lies in the images that the networks were trained on (nuScenes: 1600 x 900, scaled to the width,
 * rows dropped from the top): at this share of the network image's height.
 */
const trainedHorizon = 0.3;
/** A horizon above this share is too near the edge: what stands on the road would be cut off. */
const highestHorizon = 0.15;

/** Row of the horizon straight ahead of the camera, in pixels; null where the camera looks up or down so steeply that there is none. */
export function findHorizonRow(intrinsics: Matrix3, m: Matrix4): number | null {
  const length = Math.hypot(m[2]!, m[6]!);
  if (length < 0.2) return null;
  const [x, y] = [m[2]! / length, m[6]! / length];
  const down = m[1]! * x + m[5]! * y;
  return (intrinsics[4]! * down) / length + intrinsics[5]!;
}

/**
 * The part of the stored images that is given to the network. Networks scale an image to their width and drop rows from the top:
 * of images flatter than theirs the sides go, of higher ones so many rows at the bottom that the horizon lies where training had it.
 */
export function planWindow(
  intrinsics: Matrix3,
  egoFromCamera: Matrix4,
  { width, height }: { readonly width: number; readonly height: number },
  network: NetworkNeeds | null,
): ImageWindow {
  const whole = { left: 0, top: 0, width, height };
  if (!network) return whole;
  const [wantedWidth, wantedHeight] = network.imageSize;
  const keptWidth = Math.max(1, Math.min(width, Math.floor((height * wantedWidth) / wantedHeight)));
  const columns = { left: Math.floor((width - keptWidth) / 2), top: 0, width: keptWidth };
  const scale = wantedWidth / keptWidth;
  const horizon = findHorizonRow(intrinsics, egoFromCamera);
  if (horizon === null) return { ...columns, height };
  const row = (horizon + 0.5) * scale - (Math.round(height * scale) - wantedHeight);
  if (row >= highestHorizon * wantedHeight) return { ...columns, height };
  const lowest = Math.ceil(wantedHeight / scale);
  const bottom = Math.round(((horizon + 0.5) * scale + (1 - trainedHorizon) * wantedHeight) / scale);
  return { ...columns, height: Math.min(height, Math.max(lowest, bottom)) };
}

/** Intrinsics of a window of an image. */
export function moveIntrinsics(intrinsics: Matrix3, { left, top }: ImageWindow): Float64Array {
  const moved = Float64Array.from(intrinsics);
  moved[2]! -= left;
  moved[5]! -= top;
  return moved;
}

/** Intrinsics for the same images at another size; pixel centres are integers. */
export function scaleIntrinsics(k: Matrix3, scaleX: number, scaleY: number): Float64Array {
  return Float64Array.of(
    k[0]! * scaleX,
    k[1]! * scaleX,
    (k[2]! + 0.5) * scaleX - 0.5,
    0,
    k[4]! * scaleY,
    (k[5]! + 0.5) * scaleY - 0.5,
    0,
    0,
    1,
  );
}

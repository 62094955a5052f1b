import type { CameraImage } from '../../domain/clip.ts';
import type { Matrix3 } from '../../domain/geometry.ts';
import { OccuscopeError } from '../../errors/catalogue.ts';
import { type Distortion, type ImageWindow, planUndistortion, sampleImage } from './distortion.ts';

/** What makes one camera's straightened image from a stored one. */
export interface Lens {
  readonly distortion: Distortion;
  readonly intrinsics: Matrix3;
  /** Of the stored image. */
  readonly size: { readonly width: number; readonly height: number };
  readonly window: ImageWindow;
}

/** Straightens pictures somewhere, and uses them up. */
export interface Straightener {
  /** Throws `image-decode-failed`, and the signal's reason when it is aborted before its turn. */
  straighten(lens: Lens, picture: CameraImage, signal?: AbortSignal): Promise<CameraImage>;
  /** What still waits, and what comes later, ends with an `AbortError`. */
  close(): void;
}

/** Plans of lenses that are kept: 16 MB each for full HD, one for each camera of any rig that a network takes. */
const keptPlans = 12;

/** Straightens where it is called, keeping the plans of the lenses used last. */
export function createPlannedStraightener(): (lens: Lens, picture: CameraImage) => Uint8ClampedArray<ArrayBuffer> {
  const plans = new Map<string, Float32Array>();
  return (lens, picture) => {
    const { distortion, intrinsics, size, window } = lens;
    const key = JSON.stringify([distortion, [...intrinsics], size, window]);
    const places = plans.get(key) ?? planUndistortion(distortion, intrinsics, size, window);
    plans.delete(key);
    plans.set(key, places);
    const oldest = plans.keys().next();
    if (plans.size > keptPlans && !oldest.done) plans.delete(oldest.value);
    return sampleImage(readPixels(picture), size, places);
  };
}

/** The same on the caller's own thread: for Node and for tests. */
export function createDirectStraightener(): Straightener {
  const straighten = createPlannedStraightener();
  return {
    async straighten(lens, picture, signal) {
      signal?.throwIfAborted();
      return { width: lens.window.width, height: lens.window.height, pixels: straighten(lens, picture) };
    },
    close: () => undefined,
  };
}

/** Let go of a picture that nobody draws; a bitmap's memory would wait for the garbage collector. */
export function releasePicture({ pixels }: CameraImage): void {
  if (!ArrayBuffer.isView(pixels)) pixels.close();
}

/** RGBA of a picture; a bitmap is drawn unscaled and is used up. */
function readPixels({ width, height, pixels }: CameraImage): Uint8ClampedArray {
  if (ArrayBuffer.isView(pixels)) return pixels;
  const drawing = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true, alpha: false });
  if (!drawing) throw new OccuscopeError('image-decode-failed', { detail: 'This browser offers no 2D canvas.' });
  drawing.drawImage(pixels, 0, 0);
  pixels.close();
  return drawing.getImageData(0, 0, width, height).data;
}

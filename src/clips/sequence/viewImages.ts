import type { CameraImage } from '../../domain/clip.ts';
import { OccuscopeError } from '../../errors/catalogue.ts';
import { type ImageWindow, planUndistortion, sampleImage } from './distortion.ts';
import type { RigCamera } from './rig.ts';

/** A camera with its images' real size and the part of them that is used. */
export interface ViewedCamera {
  readonly camera: RigCamera;
  readonly size: { readonly width: number; readonly height: number };
  readonly window: ImageWindow;
}

/** Makes the pinhole image of a camera's window from a stored picture. */
export interface ViewReader {
  /** `name` is for messages. Throws `sequence-invalid` when the picture has another size than the first one. */
  read(picture: CameraImage, name: string): Promise<CameraImage>;
}

/** Create the reader for one camera; the plan of its lens is made with the first picture. */
export function createViewReader({ camera, size, window }: ViewedCamera): ViewReader {
  let places: Float32Array | null = null;
  const isWhole = window.width === size.width && window.height === size.height;
  return {
    async read(picture, name) {
      if (picture.width !== size.width || picture.height !== size.height) {
        const detail = `${name} is ${picture.width} x ${picture.height}; the first image of ${camera.name} is ${size.width} x ${size.height}.`;
        throw new OccuscopeError('sequence-invalid', { detail });
      }
      if (!camera.distortion) return isWhole ? picture : await cropImage(picture, window);
      places ??= planUndistortion(camera.distortion, camera.intrinsics, size, window);
      return { width: window.width, height: window.height, pixels: sampleImage(readPixels(picture), size, places) };
    },
  };
}

async function cropImage({ pixels, width }: CameraImage, window: ImageWindow): Promise<CameraImage> {
  const size = { width: window.width, height: window.height };
  if (!ArrayBuffer.isView(pixels)) {
    const cropped = await createImageBitmap(pixels, window.left, window.top, window.width, window.height);
    pixels.close();
    return { ...size, pixels: cropped };
  }
  const out = new Uint8ClampedArray(window.width * window.height * 4);
  for (let row = 0; row < window.height; row += 1) {
    const from = ((window.top + row) * width + window.left) * 4;
    out.set(pixels.subarray(from, from + window.width * 4), row * window.width * 4);
  }
  return { ...size, pixels: out };
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

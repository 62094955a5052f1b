import type { CameraImage } from '../../domain/clip.ts';
import { OccuscopeError } from '../../errors/catalogue.ts';
import type { ImageWindow } from './distortion.ts';
import type { RigCamera } from './rig.ts';
import { createDirectStraightener, releasePicture, type Straightener } from './straighten.ts';

/** A camera with its images' real size and the part of them that is used. */
export interface ViewedCamera {
  readonly camera: RigCamera;
  readonly size: { readonly width: number; readonly height: number };
  readonly window: ImageWindow;
}

/** Makes the pinhole image of a camera's window from a stored picture. */
export interface ViewReader {
  /**
   * Uses the picture up; `name` is for messages. Throws `image-size-unsupported` when it has another size than the first one, and the signal's
   * reason when it is aborted while its turn has not come.
   */
  read(picture: CameraImage, name: string, signal?: AbortSignal): Promise<CameraImage>;
}

/** Create the reader for one camera; `straightener` does what a lens makes necessary. */
export function createViewReader(
  { camera, size, window }: ViewedCamera,
  straightener: Straightener = createDirectStraightener(),
): ViewReader {
  const isWhole = window.width === size.width && window.height === size.height;
  return {
    async read(picture, name, signal) {
      if (picture.width !== size.width || picture.height !== size.height) {
        releasePicture(picture);
        const detail = `${name} is ${picture.width} x ${picture.height}; the first image of ${camera.name} is ${size.width} x ${size.height}.`;
        // One frame’s fault, not the sequence’s: the others play.
        throw new OccuscopeError('image-size-unsupported', { detail });
      }
      const { distortion, intrinsics } = camera;
      if (!distortion) return isWhole ? picture : await cropImage(picture, window, name);
      return await straightener.straighten({ distortion, intrinsics, size, window }, picture, signal);
    },
  };
}

async function cropImage({ pixels, width }: CameraImage, window: ImageWindow, name: string): Promise<CameraImage> {
  const size = { width: window.width, height: window.height };
  if (!ArrayBuffer.isView(pixels)) {
    try {
      return { ...size, pixels: await createImageBitmap(pixels, window.left, window.top, size.width, size.height) };
    } catch (cause) {
      throw new OccuscopeError('image-decode-failed', { detail: `${name} could not be cropped.`, cause });
    } finally {
      pixels.close();
    }
  }
  const out = new Uint8ClampedArray(window.width * window.height * 4);
  for (let row = 0; row < window.height; row += 1) {
    const from = ((window.top + row) * width + window.left) * 4;
    out.set(pixels.subarray(from, from + window.width * 4), row * window.width * 4);
  }
  return { ...size, pixels: out };
}

import type { CameraImage } from '../domain/clip.ts';
import { OccuscopeError } from '../errors/catalogue.ts';

/**
 * Decode an image file in the browser to the bytes that the file stores: no colour management, no premultiplied alpha, because
 * networks were trained on those bytes. `name` is for the message. Throws `image-decode-failed`.
 */
export async function decodeImage(file: Blob, name: string): Promise<CameraImage> {
  try {
    const pixels = await createImageBitmap(file, { colorSpaceConversion: 'none', premultiplyAlpha: 'none' });
    return { width: pixels.width, height: pixels.height, pixels };
  } catch (cause) {
    throw new OccuscopeError('image-decode-failed', { detail: name, cause });
  }
}

/** RGBA bytes of an image, rows top to bottom, for the CPU path. Works on pages and in workers. */
export function readRgba({ width, height, pixels }: CameraImage): Uint8ClampedArray {
  if (ArrayBuffer.isView(pixels)) return pixels;
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
  if (!context) throw new OccuscopeError('image-decode-failed', { detail: 'The browser offers no 2D canvas.' });
  context.drawImage(pixels, 0, 0);
  return context.getImageData(0, 0, width, height).data;
}

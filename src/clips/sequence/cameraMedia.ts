import type { CameraImage } from '../../domain/clip.ts';
import type { FileTree } from '../../domain/fileTree.ts';
import { OccuscopeError } from '../../errors/catalogue.ts';
import type { TimedCamera } from './imageTimes.ts';

/** Where one camera's pictures come from: image files or a video. */
export interface CameraMedia {
  /** Microseconds, ascending. */
  readonly times: Float64Array;
  /** What picture `index` is called in messages. */
  describe(index: number): string;
  read(index: number): Promise<CameraImage>;
  close(): void;
}

/** Turns the bytes of an image file into pixels; the browser's own decoder, or a test's. Throws anything. */
export type DecodeImage = (blob: Blob) => Promise<CameraImage>;

/** Decode to the file's own bytes: no colour management, no premultiplication. */
export const decodeInBrowser: DecodeImage = async (blob) => {
  const pixels = await createImageBitmap(blob, { colorSpaceConversion: 'none', premultiplyAlpha: 'none' });
  return { width: pixels.width, height: pixels.height, pixels };
};

/** Images of one camera, read one by one from the folder. */
export function createImageMedia(tree: FileTree, camera: TimedCamera, decode: DecodeImage): CameraMedia {
  return {
    times: camera.times,
    describe: (index) => camera.paths[index]!,
    async read(index) {
      const path = camera.paths[index]!;
      const blob = await tree.readFile(path);
      if (!blob) throw new OccuscopeError('image-missing', { detail: `${path}.` });
      if (blob.size === 0) throw new OccuscopeError('image-decode-failed', { detail: `${path} is empty.` });
      try {
        return await decode(blob);
      } catch (cause) {
        throw new OccuscopeError('image-decode-failed', { detail: `${path}.`, cause });
      }
    },
    close: () => undefined,
  };
}

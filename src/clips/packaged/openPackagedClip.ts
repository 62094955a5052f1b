import { OCC3D_CLASSES } from '../../domain/classes.ts';
import type { CameraImage, Clip, Frame } from '../../domain/clip.ts';
import type { FileTree } from '../../domain/fileTree.ts';
import { OccuscopeError } from '../../errors/catalogue.ts';
import { type ClipFile, parseClipFile } from './clipFile.ts';
import { readTruth } from './readTruth.ts';

/** Where a packaged clip's bytes come from: HTTP, a zip or a dropped folder. Paths are relative to `clip.json`. */
export interface ClipFiles {
  read(path: string): Promise<Blob>;
  close(): void;
}

/** Open a packaged clip over HTTP by the address of its `clip.json`. Throws `clip-download-failed` or `clip-invalid`. */
export function openClipFromUrl(clipUrl: string): Promise<Clip> {
  const abort = new AbortController();
  const name = clipUrl.split('/').at(-1)!;
  const folder = new URL('.', clipUrl).href;
  return openPackagedClip(
    {
      read: (path) => fetchBlob(new URL(encodePath(path), folder).href, abort.signal),
      close: () => abort.abort(),
    },
    name,
  );
}

/** The files of a folder or zip that somebody handed over. A missing image is no fault of the others. */
export function filesOfTree(tree: FileTree): ClipFiles {
  return {
    async read(path) {
      const file = await tree.readFile(path);
      if (file) return file;
      const code = /\.(jpe?g|png|webp)$/i.test(path) ? 'image-missing' : 'clip-file-missing';
      throw new OccuscopeError(code, { detail: `${tree.name} has no ${path}.` });
    },
    close: () => undefined,
  };
}

/** Open a packaged clip from any files. Throws `clip-invalid` when its description is faulty. */
export async function openPackagedClip(files: ClipFiles, name = 'clip.json'): Promise<Clip> {
  const text = await (await files.read(name)).text();
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new OccuscopeError('clip-invalid', { detail: `${name} is not JSON.`, cause });
  }
  return buildClip(parseClipFile(json), files);
}

function buildClip(file: ClipFile, files: ClipFiles): Clip {
  const at = <Item>(items: readonly Item[], index: number, what: string): Item => {
    const item = items[index];
    if (item === undefined) throw new RangeError(`the clip "${file.id}" has no ${what} ${index}`);
    return item;
  };
  return {
    id: file.id,
    title: file.title,
    licence: file.licence,
    origin: file.origin,
    classes: OCC3D_CLASSES,
    grid: file.grid,
    cameraNames: file.cameras,
    frames: file.frames.map((frame, index) => buildFrame(file, frame, index)),
    hasTruth: file.frames.some(({ truth }) => truth !== undefined),
    egoFromLidar: file.egoFromLidar && Float64Array.from(file.egoFromLidar),
    async openImage(frameIndex, cameraIndex) {
      const { image, width, height } = at(at(file.frames, frameIndex, 'frame').cameras, cameraIndex, 'camera');
      return decodeImage(await files.read(image), image, width, height);
    },
    async openTruth(frameIndex) {
      const { truth } = at(file.frames, frameIndex, 'frame');
      if (truth === undefined) return null;
      return readTruth(new Uint8Array(await (await files.read(truth)).arrayBuffer()), file.grid, truth);
    },
    close: () => files.close(),
  };
}

function buildFrame(file: ClipFile, frame: ClipFile['frames'][number], index: number): Frame {
  return {
    index,
    token: frame.token,
    timestampMicroseconds: frame.timestampMicroseconds,
    worldFromEgo: Float64Array.from(frame.worldFromEgo),
    cameras: frame.cameras.map((camera, cameraIndex) => ({
      name: file.cameras[cameraIndex]!,
      timestampMicroseconds: camera.timestampMicroseconds,
      width: camera.width,
      height: camera.height,
      intrinsics: Float64Array.from(camera.intrinsics),
      egoFromCamera: Float64Array.from(camera.egoFromCamera),
    })),
  };
}

/** Decode to the file's own bytes: no colour management, no premultiplication. */
async function decodeImage(blob: Blob, name: string, width: number, height: number): Promise<CameraImage> {
  let pixels: ImageBitmap;
  try {
    pixels = await createImageBitmap(blob, { colorSpaceConversion: 'none', premultiplyAlpha: 'none' });
  } catch (cause) {
    throw new OccuscopeError('image-decode-failed', { detail: `${name}.`, cause });
  }
  if (pixels.width !== width || pixels.height !== height) {
    const detail = `${name} is ${pixels.width} x ${pixels.height}; the clip says ${width} x ${height}.`;
    pixels.close();
    // One frame’s fault, not the clip’s: the others play.
    throw new OccuscopeError('image-size-unsupported', { detail });
  }
  return { width, height, pixels };
}

async function fetchBlob(url: string, signal: AbortSignal): Promise<Blob> {
  try {
    const response = await fetch(url, { signal });
    if (!response.ok) throw new OccuscopeError('clip-download-failed', { detail: `${url}: HTTP ${response.status}.` });
    return await response.blob();
  } catch (cause) {
    signal.throwIfAborted();
    if (cause instanceof OccuscopeError) throw cause;
    throw new OccuscopeError('clip-download-failed', { detail: `${url}: ${String(cause)}.`, cause });
  }
}

/** Names may hold characters that mean something in addresses. */
function encodePath(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/');
}

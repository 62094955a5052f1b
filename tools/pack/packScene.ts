import sharp from 'sharp';
import { describeScene } from '../../src/clips/nuscenes/describeScene.ts';
import { readSceneTruth } from '../../src/clips/nuscenes/readSceneTruth.ts';
import { readTables } from '../../src/clips/nuscenes/readTables.ts';
import { findDataRoot } from '../../src/clips/nuscenes/rootFiles.ts';
import type { ClipFile } from '../../src/clips/packaged/clipFile.ts';
import type { CameraView, FrameTruth } from '../../src/domain/clip.ts';
import { OCC3D_GRID } from '../../src/domain/geometry.ts';
import { createDiskTree } from '../support/diskTree.ts';
import { encodeNpz, toHalfBits } from '../world/npz.ts';
import type { PackOptions } from './options.ts';
import type { PackTarget } from './target.ts';

/** What was packed, and what was not. */
export interface PackReport {
  readonly frames: number;
  /** Key frames left out because images of them are missing. */
  readonly incompleteFrames: number;
  readonly framesWithTruth: number;
  /** What is wrong with the tables, one sentence each. */
  readonly faults: readonly string[];
}

type Encoding = Pick<PackOptions, 'width' | 'quality' | 'format'>;
type FileFrame = ClipFile['frames'][number];

/**
 * Write one scene as a packaged clip. Images are copied as they are unless a width, quality or format is asked for; then the intrinsics go
 * with them. Throws an Error in plain words where the root, the version or the scene is not there, or no key frame has all of its images.
 */
export async function packScene(options: PackOptions, target: PackTarget): Promise<PackReport> {
  const root = await findDataRoot(createDiskTree(options.dataroot));
  if (!root) throw new Error(`There are no nuScenes tables in ${options.dataroot}.`);
  const version = options.version ?? root.versions[0]!;
  if (!root.versions.includes(version)) throw new Error(`There is no ${version}, only ${root.versions.join(', ')}.`);
  const index = await readTables(await root.readTables(version), { version, signal: new AbortController().signal });
  const scene = index.scenes.find(({ name }) => name === options.scene);
  if (!scene)
    throw new Error(
      `${version} has no ${options.scene}; its first are ${index.scenes
        .slice(0, 5)
        .map(({ name }) => name)
        .join(', ')}.`,
    );
  const { frames, files, cameraNames, egoFromLidar, faults } = describeScene(index, scene);
  const packed: FileFrame[] = [];
  let framesWithTruth = 0;
  let incompleteFrames = 0;
  for (const frame of frames.slice(options.frames?.[0] ?? 0, (options.frames?.[1] ?? frames.length) + 1)) {
    const images = await Promise.all(files[frame.index]!.map((name) => (name === '' ? null : root.readFile(name))));
    if (images.some((image) => image === null)) {
      incompleteFrames += 1;
      continue;
    }
    const cameras: FileFrame['cameras'] = [];
    for (const [place, view] of frame.cameras.entries()) {
      const bytes = new Uint8Array(await images[place]!.arrayBuffer());
      const image = await encodeImage(bytes, view, options, files[frame.index]![place]!);
      const name = `images/${view.name}/${frame.token}.${image.extension}`;
      await target.write(name, image.bytes);
      cameras.push({
        image: name,
        timestampMicroseconds: view.timestampMicroseconds,
        width: image.width,
        height: image.height,
        intrinsics: image.intrinsics,
        egoFromCamera: [...view.egoFromCamera],
      });
    }
    const truth = options.truth
      ? await readSceneTruth((name) => root.readFile(name), scene.name, frame.token, egoFromLidar[frame.index] ?? null)
      : null;
    if (truth) {
      await target.write(`truth/${frame.token}.npz`, encodeTruth(truth));
      framesWithTruth += 1;
    }
    const { token, timestampMicroseconds, worldFromEgo } = frame;
    packed.push({
      token,
      timestampMicroseconds,
      worldFromEgo: [...worldFromEgo],
      cameras,
      ...(truth && { truth: `truth/${token}.npz` }),
    });
  }
  if (packed.length === 0)
    throw new Error(`No key frame of ${scene.name} that was asked for has all of its images in ${options.dataroot}.`);
  const clip: ClipFile = {
    format: 'occuscope-clip/1',
    id: scene.name,
    title: options.title ?? scene.name,
    licence: options.licence,
    origin: `${version}, ${scene.name}${scene.description && `: ${scene.description}`}`,
    classes: 'occ3d',
    grid: { lower: [...OCC3D_GRID.lower], voxel: [...OCC3D_GRID.voxel], size: [...OCC3D_GRID.size] },
    cameras: [...cameraNames],
    frames: packed,
  };
  await target.write('clip.json', new TextEncoder().encode(JSON.stringify(clip)));
  await target.close();
  return { frames: packed.length, incompleteFrames, framesWithTruth, faults: [...index.faults, ...faults] };
}

interface EncodedImage {
  readonly bytes: Uint8Array;
  readonly extension: string;
  readonly width: number;
  readonly height: number;
  readonly intrinsics: number[];
}

/** The image at the size that is asked for, with intrinsics for it: pixel centre u goes to (u + 0.5) * s - 0.5. */
async function encodeImage(
  bytes: Uint8Array,
  view: CameraView,
  encoding: Encoding,
  name: string,
): Promise<EncodedImage> {
  const { width: found, height: foundHeight, format: foundFormat } = await sharp(bytes).metadata();
  if (found !== view.width || foundHeight !== view.height) {
    throw new Error(`${name} is ${found} x ${foundHeight}; the tables say ${view.width} x ${view.height}.`);
  }
  const intrinsics = [...view.intrinsics];
  const isUntouched = encoding.width === undefined && encoding.quality === undefined && encoding.format === undefined;
  const format = encoding.format ?? 'jpeg';
  if (isUntouched) {
    return {
      bytes,
      extension: foundFormat === 'jpeg' ? 'jpg' : String(foundFormat),
      width: view.width,
      height: view.height,
      intrinsics,
    };
  }
  const width = Math.min(encoding.width ?? view.width, view.width);
  const height = Math.max(1, Math.round((view.height * width) / view.width));
  const image = sharp(bytes).resize(width, height, { fit: 'fill' });
  const quality = encoding.quality ?? 85;
  const encoded = await (format === 'webp' ? image.webp({ quality }) : image.jpeg({ quality })).toBuffer();
  const [sx, sy] = [width / view.width, height / view.height];
  const [fx, skew, cx, , fy, cy] = intrinsics as [number, number, number, number, number, number];
  const scaled = [fx * sx, skew * sx, (cx + 0.5) * sx - 0.5, 0, fy * sy, (cy + 0.5) * sy - 0.5, 0, 0, 1];
  return { bytes: encoded, extension: format === 'webp' ? 'webp' : 'jpg', width, height, intrinsics: scaled };
}

function encodeTruth({ labels, cameraMask, flow }: FrameTruth): Uint8Array {
  const shape = OCC3D_GRID.size;
  return encodeNpz(
    [
      { name: 'semantics', type: 'uint8', shape, data: labels },
      ...(cameraMask ? [{ name: 'mask_camera', type: 'uint8', shape, data: cameraMask } as const] : []),
      ...(flow ? [{ name: 'flow', type: 'float16', shape: [...shape, 2], data: toHalfBits(flow) } as const] : []),
    ],
    6,
  );
}

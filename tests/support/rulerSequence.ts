import sharp from 'sharp';
import { writeRigFile } from '../../src/clips/sequence/calibration/rigFile.ts';
import type { RigCamera } from '../../src/clips/sequence/rig.ts';
import type { CameraImage } from '../../src/domain/clip.ts';
import { solveFrames } from '../../tools/ruler/expected.ts';
import { ruler } from '../../tools/ruler/layout.ts';
import { describeClip } from '../../tools/ruler/main.ts';

// The ruler's cameras recorded as somebody's own sequence. Imports nothing that only a bundler resolves: browser tests use it too.

export const solved = solveFrames();
const clip = describeClip();

/** Some of the ruler's cameras under names of their own, its first frames, and how many pixels each of its pixels becomes. */
export interface Recording {
  readonly cameras: readonly { readonly index: number; readonly name: string }[];
  readonly count: number;
  readonly scale: number;
}

/** Decode as the browser does: RGBA bytes. */
export async function decodeImage(bytes: Uint8Array): Promise<CameraImage & { readonly pixels: Uint8ClampedArray }> {
  const { data, info } = await sharp(bytes).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, pixels: new Uint8ClampedArray(data) };
}

/** One image of the ruler at 4:3: rows of sky on top, which the network drops again. Scaled up, it blurs at edges when the network scales it back. */
export async function encodeImage(frame: number, camera: number, scale: number): Promise<Uint8Array> {
  const { width, height } = ruler.source;
  return await sharp(Buffer.from(solved[frame]!.images[camera]!), { raw: { width, height, channels: 4 } })
    .removeAlpha()
    .resize(width * scale, height * scale, { kernel: 'nearest' })
    .extend({ top: 8 * scale, background: { r: 0, g: 0, b: 255 } })
    .png()
    .toBuffer();
}

/** The calibration of these images. */
export function enlargeCamera(index: number, scale: number): RigCamera {
  const { intrinsics: k, egoFromCamera } = clip.frames[0]!.cameras[index]!;
  const move = (value: number) => (value + 0.5) * scale - 0.5;
  const intrinsics = Float64Array.of(k[0]! * scale, 0, move(k[2]!), 0, k[4]! * scale, move(k[5]! + 8), 0, 0, 1);
  const size = { width: 64 * scale, height: 48 * scale };
  return {
    name: clip.cameras[index]!,
    size,
    intrinsics,
    distortion: null,
    egoFromCamera: Float64Array.from(egoFromCamera),
  };
}

/** The files of a recording by path: images per camera, rig.json and poses. */
export async function recordRuler({ cameras, count, scale }: Recording): Promise<Record<string, Uint8Array | string>> {
  const files: Record<string, Uint8Array | string> = {};
  const timeOf = (frame: number) => 1_600_000_000_000 + frame * 500;
  for (let frame = 0; frame < count; frame += 1) {
    for (const { index, name } of cameras) {
      files[`${name}/${timeOf(frame)}.png`] = await encodeImage(frame, index, scale);
    }
  }
  const mounted = cameras.map(({ index, name }) => ({ ...enlargeCamera(index, scale), name }));
  files['rig.json'] = writeRigFile({ cameras: mounted, egoFromLidar: null });
  const poses = clip.frames
    .slice(0, count)
    .map(({ worldFromEgo }, frame) => ({ timestamp: timeOf(frame), worldFromEgo }));
  files['poses.json'] = JSON.stringify({ poses });
  return files;
}

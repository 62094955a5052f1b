import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Frame } from '../../src/domain/clip.ts';
import { parseManifest } from '../../src/models/manifest.ts';
import type { ModelPackage } from '../../src/models/openModel.ts';
import { checkRecipe } from '../../src/models/recipe.ts';
import type { PlainImage } from '../../src/reference/runFrame.ts';
import type { RulerFrame } from '../../tools/ruler/expected.ts';
import { ruler } from '../../tools/ruler/layout.ts';
import { describeClip } from '../../tools/ruler/main.ts';

/** Read a model package from a folder. */
export function readPackage(folder: string): ModelPackage {
  const manifest = parseManifest(JSON.parse(readFileSync(path.join(folder, 'manifest.json'), 'utf8')));
  checkRecipe(manifest);
  const files = Object.keys(manifest.files).map((name): [string, Uint8Array<ArrayBuffer>] => {
    return [name, new Uint8Array(readFileSync(path.join(folder, name)))];
  });
  return { manifest, files: new Map(files) };
}

export function readRulerPackage(): ModelPackage {
  return readPackage(path.resolve(import.meta.dirname, '../../public/models/ruler'));
}

/** The frames of the ruler clip, as a clip source gives them. */
export function makeRulerFrames(): Frame[] {
  const clip = describeClip();
  return clip.frames.map(({ token, timestampMicroseconds, worldFromEgo, cameras }, index) => ({
    index,
    token,
    timestampMicroseconds,
    worldFromEgo: Float64Array.from(worldFromEgo),
    cameras: cameras.map(({ intrinsics, egoFromCamera, width, height }, camera) => ({
      name: clip.cameras[camera]!,
      timestampMicroseconds,
      width,
      height,
      intrinsics: Float64Array.from(intrinsics),
      egoFromCamera: Float64Array.from(egoFromCamera),
    })),
  }));
}

export function getRulerImages({ images }: RulerFrame): (PlainImage & { readonly pixels: Uint8ClampedArray })[] {
  return images.map((pixels) => ({ ...ruler.source, pixels }));
}

export function countWrong(found: Uint8Array, expected: Uint8Array): number {
  if (found.length !== expected.length) throw new Error(`${found.length} labels where ${expected.length} are expected`);
  return found.reduce((wrong, label, voxel) => wrong + (label === expected[voxel] ? 0 : 1), 0);
}

/** Largest difference between two flows, metres per second. */
export function findWorstFlow(found: Float32Array, expected: Float64Array): number {
  return found.reduce((most, value, i) => Math.max(most, Math.abs(value - expected[i]!)), 0);
}

import { readFileSync } from 'node:fs';
import path from 'node:path';
import * as ort from 'onnxruntime-web';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Frame } from '../src/domain/clip.ts';
import { parseManifest } from '../src/models/manifest.ts';
import type { ModelPackage } from '../src/models/openModel.ts';
import { createOrtRuntime } from '../src/models/ortRuntime.ts';
import { checkRecipe } from '../src/models/recipe.ts';
import { createReferenceNetwork, type ReferenceNetwork } from '../src/reference/runFrame.ts';
import { type RulerFrame, solveFrames } from '../tools/ruler/expected.ts';
import { ruler } from '../tools/ruler/layout.ts';
import { describeClip } from '../tools/ruler/main.ts';

// The ruler: a network whose weights are written by hand and images whose colours say what they show, so that every voxel is
// known without running anything. Whatever the pipeline does wrong between pixel and voxel shows up here as a wrong label.

const folder = path.resolve(import.meta.dirname, '../public/models/ruler');

function readPackage(): ModelPackage {
  const manifest = parseManifest(JSON.parse(readFileSync(path.join(folder, 'manifest.json'), 'utf8')));
  checkRecipe(manifest);
  const files = Object.keys(manifest.files).map((name): [string, Uint8Array<ArrayBuffer>] => {
    return [name, new Uint8Array(readFileSync(path.join(folder, name)))];
  });
  return { manifest, files: new Map(files) };
}

function readFrames(): Frame[] {
  return describeClip().frames.map((frame, index) => ({
    index,
    token: frame.token,
    timestampMicroseconds: frame.timestampMicroseconds,
    worldFromEgo: Float64Array.from(frame.worldFromEgo),
    cameras: frame.cameras.map((camera, cameraIndex) => ({
      name: describeClip().cameras[cameraIndex]!,
      timestampMicroseconds: camera.timestampMicroseconds,
      width: camera.width,
      height: camera.height,
      intrinsics: Float64Array.from(camera.intrinsics),
      egoFromCamera: Float64Array.from(camera.egoFromCamera),
    })),
  }));
}

const images = ({ images: pictures }: RulerFrame) => pictures.map((pixels) => ({ ...ruler.source, pixels }));

function countWrong(found: Uint8Array, expected: Uint8Array): number {
  expect(found).toHaveLength(expected.length);
  return found.reduce((wrong, label, voxel) => wrong + (label === expected[voxel] ? 0 : 1), 0);
}

describe('the ruler on the CPU', () => {
  let network: ReferenceNetwork;
  const expected = solveFrames();
  const frames = readFrames();

  beforeAll(async () => {
    ort.env.logLevel = 'error';
    network = await createReferenceNetwork(readPackage(), createOrtRuntime(ort, 'node'));
  });

  test('the clip asks something: many labels, moving memory, voxels that only memory knows', () => {
    const labels = new Set(expected.flatMap((frame) => [...frame.labels]));
    expect(labels.size).toBeGreaterThanOrEqual(10);
    for (const { labels: grid, mask } of expected.slice(1)) {
      const remembered = grid.reduce((sum, label, voxel) => sum + (label !== ruler.free && !mask[voxel] ? 1 : 0), 0);
      expect(remembered).toBeGreaterThan(100);
    }
  });

  test('every voxel of every frame in order', async () => {
    network.reset();
    for (const [index, frame] of frames.entries()) {
      const { labels, flow } = await network.run(frame, images(expected[index]!));
      expect(countWrong(labels, expected[index]!.labels), `frame ${index}`).toBe(0);
      const worst = flow!.reduce((most, value, i) => Math.max(most, Math.abs(value - expected[index]!.flow[i]!)), 0);
      expect(worst, `flow of frame ${index}`).toBeLessThan(1e-4);
    }
  });

  test('without memory the later frames are wrong, and a reset starts over', async () => {
    network.reset();
    const alone = await network.run(frames[3]!, images(expected[3]!));
    expect(countWrong(alone.labels, expected[3]!.labels)).toBeGreaterThan(100);
    network.reset();
    const first = await network.run(frames[0]!, images(expected[0]!));
    expect(countWrong(first.labels, expected[0]!.labels)).toBe(0);
  });
});

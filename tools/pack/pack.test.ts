import { mkdirSync, mkdtempSync, openAsBlob, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { filesOfTree, openPackagedClip } from '../../src/clips/packaged/openPackagedClip.ts';
import { treeFromZip } from '../../src/opening/zipTree.ts';
import { CAMERAS } from '../evaluate/dataRoot.ts';
import { type TinyRoot, writeTinyRoot } from '../evaluate/tinyRoot.ts';
import { createDiskTree } from '../support/diskTree.ts';
import { parseOptions } from './options.ts';
import { packScene } from './packScene.ts';
import { openTarget } from './target.ts';

const work = mkdtempSync(path.join(tmpdir(), 'occuscope-pack-'));
let root: TinyRoot;

beforeAll(async () => {
  root = writeTinyRoot(path.join(work, 'root'), 1, 3);
  const image = await sharp({ create: { width: 160, height: 90, channels: 3, background: '#368' } })
    .jpeg()
    .toBuffer();
  for (const channel of CAMERAS) {
    mkdirSync(path.join(root.folder, 'samples', channel), { recursive: true });
    for (const token of root.scenes[0]!.tokens.slice(0, 2)) {
      await sharp(image).toFile(path.join(root.folder, 'samples', channel, `${token}.jpg`));
    }
  }
});
afterAll(() => rmSync(work, { recursive: true }));

const run = async (out: string, ...more: string[]) => {
  const options = parseOptions(['--dataroot', root.folder, '--scene', 'tiny-0', '--out', out, ...more]);
  return await packScene(options, openTarget(out));
};

test('a scene becomes a folder that opens as a packaged clip, truth included', async () => {
  const out = path.join(work, 'folder');
  expect(await run(out)).toEqual({ frames: 2, incompleteFrames: 1, framesWithTruth: 2, faults: [] });
  const clip = await openPackagedClip(filesOfTree(createDiskTree(out)));
  const [first] = root.scenes[0]!.tokens;
  expect(clip.frames.map(({ token }) => token)).toEqual(root.scenes[0]!.tokens.slice(0, 2));
  const truth = await clip.openTruth(0);
  // Byte by byte: an assertion on arrays of this size takes a minute.
  expect(Buffer.from(truth!.labels).equals(root.truth(first!).labels)).toBe(true);
  const { flow } = root.truth(first!);
  expect(truth!.flow!.every((value, index) => value === flow[index])).toBe(true);
  expect(clip.frames[0]!.cameras[1]!.intrinsics).toEqual(Float64Array.of(126, 0, 79.5, 0, 126, 44.5, 0, 0, 1));
  const original = readFileSync(path.join(root.folder, 'samples/CAM_FRONT', `${first}.jpg`));
  expect(readFileSync(path.join(out, 'images/CAM_FRONT', `${first}.jpg`))).toEqual(original);
});

test('a zip is the same clip, with images encoded anew and intrinsics to match', async () => {
  const out = path.join(work, 'clip.zip');
  await run(out, '--width', '80', '--format', 'webp', '--no-truth', '--frames', '0-0');
  const tree = await treeFromZip(await openAsBlob(out), 'clip.zip');
  const clip = await openPackagedClip(filesOfTree(tree));
  expect(clip.hasTruth).toBe(false);
  const [view] = clip.frames[0]!.cameras;
  expect([view!.width, view!.height]).toEqual([80, 45]);
  // Half the size: the image's middle (79.5, 44.5) stays the middle.
  expect(view!.intrinsics).toEqual(Float64Array.of(63, 0, 39.5, 0, 63, 22, 0, 0, 1));
  const image = await tree.readFile(`images/CAM_FRONT/${clip.frames[0]!.token}.webp`);
  const { width, height, format } = await sharp(new Uint8Array(await image!.arrayBuffer())).metadata();
  expect([width, height, format]).toEqual([80, 45, 'webp']);
});

test('what is not there is named', async () => {
  const out = path.join(work, 'none');
  await expect(run(out, '--scene', 'tiny-9')).rejects.toThrow('v1.0-tiny has no tiny-9; its first are tiny-0.');
  await expect(run(out, '--version', 'v1.0-mini')).rejects.toThrow('There is no v1.0-mini, only v1.0-tiny.');
  await expect(run(out, '--frames', '2-2')).rejects.toThrow('No key frame of tiny-0');
  expect(() => parseOptions(['--scene', 'x', '--out', 'y'])).toThrow('--dataroot');
  expect(() => parseOptions(['--dataroot', 'x', '--scene', 'x', '--out', 'y', '--frames', '5-2'])).toThrow(
    '--frames: must go up',
  );
});

import * as ort from 'onnxruntime-web';
import { describe, expect, test } from 'vitest';
import { noAdjustment } from '../src/clips/sequence/adjustCamera.ts';
import type { DecodeImage } from '../src/clips/sequence/cameraMedia.ts';
import {
  findCameras,
  readCalibration,
  readTrack,
  settleCameras,
  suggestPictures,
} from '../src/clips/sequence/draft.ts';
import type { NetworkNeeds } from '../src/clips/sequence/imageWindow.ts';
import { matchCameras } from '../src/clips/sequence/matchCameras.ts';
import { openSequence, planSequence } from '../src/clips/sequence/openSequence.ts';
import { recogniseSequence, scanFiles } from '../src/clips/sequence/scanFiles.ts';
import type { Clip } from '../src/domain/clip.ts';
import type { FileTree } from '../src/domain/fileTree.ts';
import { createOrtRuntime } from '../src/models/ortRuntime.ts';
import { createReferenceNetwork, type PlainImage } from '../src/reference/runFrame.ts';
import { ruler } from '../tools/ruler/layout.ts';
import { createMemoryTree } from './support/memoryTree.ts';
import { countWrong, makeRulerFrames, readRulerPackage } from './support/rulerFixture.ts';
import {
  decodeImage,
  encodeImage,
  enlargeCamera,
  type Recording,
  recordRuler,
  solved,
} from './support/rulerSequence.ts';

// From a folder to voxels, without the page: the ruler's cameras written as somebody's own sequence.

const frames = makeRulerFrames();
const decode: DecodeImage = async (blob) => await decodeImage(new Uint8Array(await blob.arrayBuffer()));
const network: NetworkNeeds = { imageSize: [ruler.network.width, ruler.network.height], cameras: 6 };

const writeFolder = async (recording: Recording) => createMemoryTree(await recordRuler(recording), 'my drive');

async function openFolder(
  tree: FileTree,
  options: { chosen?: number[]; withPoses?: boolean; keepsGaps?: boolean } = {},
): Promise<Clip> {
  const contents = await scanFiles(tree);
  const found = await findCameras(tree, contents, suggestPictures(contents), decode);
  const rig = await readCalibration(tree, contents.calibrations[0]!);
  const imageTimes = [...found.cameras[0]!.media.times];
  const poses =
    options.withPoses === false ? null : await readTrack(tree, contents.poses[0]!, { imageTimes, rig, of: null });
  const assigned = matchCameras(
    found.cameras.map(({ name }) => name),
    rig,
  );
  const chosen = options.chosen ?? found.cameras.map((_, index) => index);
  const settled = settleCameras(found.cameras, rig, { assigned, chosen, adjustments: new Map(), network });
  expect(settled.faults).toEqual([]);
  return openSequence({
    title: tree.name,
    cameras: settled.cameras,
    rate: 2,
    longestImageGap: 100_000,
    poses,
    longestPoseGap: 600_000,
    keepsGaps: options.keepsGaps ?? false,
  });
}

async function predict(clip: Clip): Promise<Uint8Array[]> {
  ort.env.logLevel = 'error';
  const runner = await createReferenceNetwork(readRulerPackage(), createOrtRuntime(ort, 'node'));
  const labels = [];
  for (const frame of clip.frames) {
    if (clip.hasPoses === false) runner.reset();
    const images = await Promise.all(frame.cameras.map((_, camera) => clip.openImage(frame.index, camera)));
    labels.push((await runner.run(frame, images as PlainImage[])).labels);
  }
  return labels;
}

/** The same recording without any of the reading: frames and images put together by hand. */
async function predictByHand({ cameras, count, scale }: Recording, hasMemory: boolean): Promise<Uint8Array[]> {
  const runner = await createReferenceNetwork(readRulerPackage(), createOrtRuntime(ort, 'node'));
  const labels = [];
  for (const frame of frames.slice(0, count)) {
    if (!hasMemory) runner.reset();
    const views = cameras.map(({ index }) => {
      const { intrinsics, size } = enlargeCamera(index, scale);
      return { ...frame.cameras[index]!, ...size!, intrinsics };
    });
    const images = cameras.map(async ({ index }) => await decodeImage(await encodeImage(frame.index, index, scale)));
    labels.push((await runner.run({ ...frame, cameras: views }, await Promise.all(images))).labels);
  }
  return labels;
}

describe('two cameras of 640 x 480', () => {
  const recording: Recording = {
    cameras: [
      { index: 1, name: 'front' },
      { index: 4, name: 'rear' },
    ],
    count: 3,
    scale: 10,
  };

  test('open from a folder and predict what the network says of these two cameras', async () => {
    const tree = await writeFolder(recording);
    expect(await recogniseSequence(tree)).toBeGreaterThan(0.9);
    const clip = await openFolder(tree);
    expect(clip.cameraNames).toEqual(['front', 'rear']);
    expect(clip.frames).toHaveLength(3);
    expect(clip.hasPoses).toBe(true);
    expect(clip.frames[1]!.worldFromEgo[3]).toBeCloseTo(2, 9);
    expect([clip.frames[0]!.cameras[0]!.width, clip.frames[0]!.cameras[0]!.height]).toEqual([640, 480]);
    const [found, expected] = [await predict(clip), await predictByHand(recording, true)];
    for (const [index, labels] of found.entries()) {
      expect(countWrong(labels, expected[index]!), `frame ${index}`).toBe(0);
      expect(labels.some((label) => label !== ruler.free)).toBe(true);
    }
  });

  test('without poses every frame is seen alone', async () => {
    const clip = await openFolder(await writeFolder(recording), { withPoses: false });
    expect(clip.hasPoses).toBe(false);
    const [found, expected] = [await predict(clip), await predictByHand(recording, false)];
    for (const [index, labels] of found.entries())
      expect(countWrong(labels, expected[index]!), `frame ${index}`).toBe(0);
    const remembered = await predictByHand(recording, true);
    expect(countWrong(found[2]!, remembered[2]!)).toBeGreaterThan(10);
  });
});

describe('seven cameras', () => {
  const cameras = [
    ...Array.from({ length: 6 }, (_, index) => ({ index, name: `cam${index}` })),
    { index: 1, name: 'cam6' },
  ];

  test('a network of six refuses seven in one sentence, and opens the six that are chosen', async () => {
    const tree = await writeFolder({ cameras, count: 2, scale: 1 });
    const contents = await scanFiles(tree);
    const found = await findCameras(tree, contents, suggestPictures(contents), decode);
    const rig = await readCalibration(tree, 'rig.json');
    const all = { assigned: [0, 1, 2, 3, 4, 5, 6], chosen: [0, 1, 2, 3, 4, 5, 6], adjustments: new Map(), network };
    expect(settleCameras(found.cameras, rig, all).faults).toEqual([
      '7 cameras are chosen; the network takes 6. Leave out 1.',
    ]);
    const clip = await openFolder(tree, { chosen: [0, 2, 3, 4, 5, 6] });
    const labels = await predict(clip);
    // cam6 is cam1 under another name: the chosen six see all that the ruler's six do.
    for (const [index, frame] of labels.entries())
      expect(countWrong(frame, solved[index]!.labels), `frame ${index}`).toBe(0);
  });

  test('an empty correction changes nothing, a turned camera changes the prediction', async () => {
    const tree = await writeFolder({ cameras: cameras.slice(0, 6), count: 1, scale: 1 });
    const contents = await scanFiles(tree);
    const found = await findCameras(tree, contents, suggestPictures(contents), decode);
    const rig = await readCalibration(tree, 'rig.json');
    const open = (yaw: number) => {
      const adjustments = new Map([['cam1', { ...noAdjustment, yaw }]]);
      const { cameras: settled } = settleCameras(found.cameras, rig, {
        assigned: [0, 1, 2, 3, 4, 5],
        chosen: [0, 1, 2, 3, 4, 5],
        adjustments,
        network,
      });
      const choice = { title: '', cameras: settled, rate: 2, longestImageGap: 1e5, poses: null, longestPoseGap: 0 };
      expect(planSequence(choice).frames).toHaveLength(1);
      return predict(openSequence(choice));
    };
    expect(countWrong((await open(0))[0]!, solved[0]!.labels)).toBe(0);
    expect(countWrong((await open(5))[0]!, solved[0]!.labels)).toBeGreaterThan(20);
  });
});

describe('bad input', () => {
  const two: Recording = {
    cameras: [
      { index: 0, name: 'a' },
      { index: 1, name: 'b' },
    ],
    count: 2,
    scale: 1,
  };
  const find = async (files: Record<string, Uint8Array | string>) => {
    const tree = createMemoryTree(files, 'drive');
    const contents = await scanFiles(tree);
    return await findCameras(tree, contents, suggestPictures(contents), decode);
  };

  test('a truncated first image keeps its camera out, by name; the other camera opens', async () => {
    const files = await recordRuler(two);
    files['a/1600000000000.png'] = (files['a/1600000000000.png'] as Uint8Array).slice(0, 60);
    const { cameras } = await find(files);
    const rig = await readCalibration(createMemoryTree(files), 'rig.json');
    const options = { assigned: [0, 1], chosen: [0, 1], adjustments: new Map(), network };
    const { cameras: settled, faults } = settleCameras(cameras, rig, options);
    expect(faults).toEqual(['a: A camera image could not be decoded. a/1600000000000.png.']);
    expect(settled.map(({ camera }) => camera.name)).toEqual(['b']);
  });

  test('a truncated or missing later image is an error of its frame alone', async () => {
    const files = await recordRuler(two);
    files['a/1600000000500.png'] = (files['a/1600000000500.png'] as Uint8Array).slice(0, 60);
    const clip = await openFolder(createMemoryTree(files));
    await expect(clip.openImage(1, 0)).rejects.toMatchObject({
      code: 'image-decode-failed',
      detail: 'a/1600000000500.png.',
    });
    expect((await clip.openImage(1, 1)).width).toBe(64);
    files['b/1600000000500.png'] = '';
    await expect(clip.openImage(1, 1)).rejects.toMatchObject({ detail: 'b/1600000000500.png is empty.' });
    delete files['b/1600000000500.png'];
    await expect(clip.openImage(1, 1)).rejects.toMatchObject({ code: 'image-missing' });
    await expect(clip.openImage(2, 0)).rejects.toThrow(/no frame 2/);
  });

  test('a moment without an image of one camera is left out, or kept with that image missing', async () => {
    const files = await recordRuler(two);
    delete files['b/1600000000500.png'];
    expect((await openFolder(createMemoryTree(files))).frames).toHaveLength(1);
    const clip = await openFolder(createMemoryTree(files), { keepsGaps: true });
    expect(clip.frames.map(({ names }) => names)).toEqual([['1600000000000'], ['1600000000500']]);
    expect((await clip.openImage(1, 0)).width).toBe(64);
    await expect(clip.openImage(1, 1)).rejects.toMatchObject({
      code: 'image-missing',
      detail: 'b has no image within 0.100 s of this moment.',
    });
    expect(clip.frames[1]!.cameras[1]!.egoFromCamera.every(Number.isFinite)).toBe(true);
  });

  test('an image of another size than the first', async () => {
    const files = await recordRuler(two);
    files['a/1600000000500.png'] = await encodeImage(1, 0, 2);
    const clip = await openFolder(createMemoryTree(files));
    await expect(clip.openImage(1, 0)).rejects.toMatchObject({
      code: 'image-size-unsupported',
      detail: 'a/1600000000500.png is 128 x 96; the first image of a is 64 x 48.',
    });
  });

  test('no images, no videos, a pattern that fits nothing, 65 cameras', async () => {
    await expect(find({ 'rig.json': '{}' })).rejects.toMatchObject({
      detail: 'drive holds no JPEG, PNG or WebP images.',
    });
    const many = Object.fromEntries(Array.from({ length: 65 }, (_, index) => [`c${index}/1.5.png`, 'x']));
    const tree = createMemoryTree(many);
    const contents = await scanFiles(tree);
    const settings = { ...suggestPictures(contents), pattern: '{camera}/{time}.*' };
    await expect(findCameras(tree, contents, settings, decode)).rejects.toThrow(/This makes 65 cameras; at most 64/);
    await expect(findCameras(tree, contents, { ...settings, pattern: 'x{time}' }, decode)).rejects.toThrow(
      /No image fits the pattern “x\{time\}”/,
    );
  });

  test('40 cameras open where the person chooses six, and 5,000 frames at once', async () => {
    const image = await encodeImage(0, 0, 1);
    const forty = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`cam${index}/1.5.png`, image]));
    expect((await find(forty)).cameras).toHaveLength(40);
    const files: Record<string, Uint8Array | string> = {
      'rig.json': (await recordRuler({ ...two, count: 1 }))['rig.json']!,
    };
    for (let frame = 0; frame < 5000; frame += 1) {
      for (const name of ['a', 'b']) files[`${name}/${1_600_000_000_000 + frame * 500}.png`] = image;
    }
    const startedAt = performance.now();
    const clip = await openFolder(createMemoryTree(files), { withPoses: false });
    expect(clip.frames).toHaveLength(5000);
    expect(performance.now() - startedAt).toBeLessThan(20_000);
    expect((await clip.openImage(4999, 1)).width).toBe(64);
  });

  test('poses of another clock: both spans are told', async () => {
    const files = await recordRuler(two);
    files['poses.json'] = JSON.stringify([{ timestamp: 12.5, rotation: [1, 0, 0, 0], translation: [0, 0, 0] }]);
    await expect(openFolder(createMemoryTree(files))).rejects.toThrow(
      /No key frame has a pose; poses run from 12\.500 s to 12\.500 s, images from 1600000000\.000 s to 1600000000\.500 s/,
    );
  });
});

import * as ort from 'onnxruntime-web';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { noAdjustment } from '../src/clips/sequence/adjustCamera.ts';
import { writeRigFile } from '../src/clips/sequence/calibration/rigFile.ts';
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
import type { RigCamera } from '../src/clips/sequence/rig.ts';
import { recogniseSequence, scanFiles } from '../src/clips/sequence/scanFiles.ts';
import type { Clip } from '../src/domain/clip.ts';
import type { FileTree } from '../src/domain/fileTree.ts';
import { createOrtRuntime } from '../src/models/ortRuntime.ts';
import { createReferenceNetwork, type PlainImage } from '../src/reference/runFrame.ts';
import { solveFrames } from '../tools/ruler/expected.ts';
import { ruler } from '../tools/ruler/layout.ts';
import { createMemoryTree } from './support/memoryTree.ts';
import { countWrong, getRulerImages, makeRulerFrames, readRulerPackage } from './support/rulerFixture.ts';

// From a folder to voxels, without the page: the ruler's cameras written as somebody's own sequence.

const decode: DecodeImage = async (blob) => {
  const { data, info } = await sharp(Buffer.from(await blob.arrayBuffer()))
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, pixels: new Uint8ClampedArray(data) };
};

const solved = solveFrames();
const frames = makeRulerFrames();
const network: NetworkNeeds = { imageSize: [ruler.network.width, ruler.network.height], cameras: 6 };

/** The ruler's images at 4:3: rows of sky on top, which the network drops again. Scaled up they blur at edges when the network scales them back. */
async function enlarge(
  { width, height, pixels }: PlainImage,
  scale: number,
): Promise<PlainImage & { png: Uint8Array }> {
  const enlarged = await sharp(Buffer.from(pixels), { raw: { width, height, channels: 4 } })
    .removeAlpha()
    .resize(width * scale, height * scale, { kernel: 'nearest' })
    .extend({ top: 8 * scale, background: { r: 0, g: 0, b: 255 } })
    .png()
    .toBuffer();
  const { pixels: decoded } = await decode(new Blob([new Uint8Array(enlarged)]));
  return { width: width * scale, height: (height + 8) * scale, pixels: decoded as Uint8ClampedArray, png: enlarged };
}

function enlargeCamera(index: number, scale: number): RigCamera {
  const { name, intrinsics: k, egoFromCamera } = frames[0]!.cameras[index]!;
  const move = (value: number) => (value + 0.5) * scale - 0.5;
  const intrinsics = Float64Array.of(k[0]! * scale, 0, move(k[2]!), 0, k[4]! * scale, move(k[5]! + 8), 0, 0, 1);
  return { name, size: { width: 64 * scale, height: 48 * scale }, intrinsics, distortion: null, egoFromCamera };
}

interface Recording {
  readonly cameras: readonly { readonly index: number; readonly name: string }[];
  readonly count: number;
  readonly scale: number;
}

/** The ruler's first frames, seen by these of its cameras, as a folder with images, rig.json and poses. */
async function writeFolder({ cameras, count, scale }: Recording): Promise<FileTree> {
  const files: Record<string, Uint8Array | string> = {};
  for (const frame of frames.slice(0, count)) {
    for (const { index, name } of cameras) {
      const { png } = await enlarge(getRulerImages(solved[frame.index]!)[index]!, scale);
      files[`${name}/${1_600_000_000_000 + frame.index * 500}.png`] = png;
    }
  }
  const mounted = cameras.map(({ index, name }) => ({ ...enlargeCamera(index, scale), name }));
  files['rig.json'] = writeRigFile({ cameras: mounted, egoFromLidar: null });
  const poses = frames.slice(0, count).map(({ index, worldFromEgo }) => ({
    timestamp: 1_600_000_000_000 + index * 500,
    worldFromEgo: [...worldFromEgo],
  }));
  files['poses.json'] = JSON.stringify({ poses });
  return createMemoryTree(files, 'my drive');
}

async function openFolder(tree: FileTree, options: { chosen?: number[]; withPoses?: boolean } = {}): Promise<Clip> {
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
    const images = getRulerImages(solved[frame.index]!);
    const views = cameras.map(({ index }) => {
      const { intrinsics, size } = enlargeCamera(index, scale);
      return { ...frame.cameras[index]!, ...size!, intrinsics };
    });
    const enlarged = await Promise.all(cameras.map(({ index }) => enlarge(images[index]!, scale)));
    labels.push((await runner.run({ ...frame, cameras: views }, enlarged)).labels);
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

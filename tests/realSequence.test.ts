import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { adjustCamera, noAdjustment } from '../src/clips/sequence/adjustCamera.ts';
import { writeRigFile } from '../src/clips/sequence/calibration/rigFile.ts';
import { findCameras, readCalibration, settleCameras, suggestPictures } from '../src/clips/sequence/draft.ts';
import { readLidarPoints } from '../src/clips/sequence/lidarPoints.ts';
import { chooseSweep } from '../src/clips/sequence/lidarSweeps.ts';
import { matchCameras } from '../src/clips/sequence/matchCameras.ts';
import { openSequence } from '../src/clips/sequence/openSequence.ts';
import { colourDepth, type PinholeView, projectLidar, projectScene } from '../src/clips/sequence/projectScene.ts';
import { scanFiles } from '../src/clips/sequence/scanFiles.ts';
import type { Matrix4 } from '../src/domain/geometry.ts';
import { composePose, invertRigid, multiplyMatrix4 } from '../src/geometry/rigid.ts';
import { createMemoryTree } from './support/memoryTree.ts';
import { decodeImage } from './support/rulerSequence.ts';

// A real key frame of six cameras and a lidar, opened as somebody's own sequence: lidar points must lie on the edges of the images.

const real = process.env.OCCUSCOPE_REAL_DATA;
const output = path.resolve(import.meta.dirname, '../test-results/sequence');

/** Points at which the range jumps: the near side of an edge. Neighbours on one ring follow each other in time. */
function findRangeEdges(bytes: Uint8Array): Float32Array {
  const rows = new Float32Array(bytes.slice().buffer);
  const rings = new Map<number, number[]>();
  for (let row = 0; row < rows.length; row += 5) {
    const ring = rings.get(rows[row + 4]!) ?? [];
    ring.push(row);
    rings.set(rows[row + 4]!, ring);
  }
  const range = (row: number | undefined) =>
    row === undefined ? 0 : Math.hypot(rows[row]!, rows[row + 1]!, rows[row + 2]!);
  const found: number[] = [];
  for (const ring of rings.values()) {
    ring.forEach((row, index) => {
      const own = range(row);
      const jump = Math.max(range(ring[index - 1]) - own, range(ring[index + 1]) - own);
      if (own > 3 && own < 40 && jump > 1) found.push(rows[row]!, rows[row + 1]!, rows[row + 2]!);
    });
  }
  return Float32Array.from(found);
}

/** How strongly brightness changes from left to right at each pixel, widened by a few pixels so that near misses count a little. */
async function findImageEdges(jpeg: Uint8Array): Promise<{ values: Float32Array; width: number; height: number }> {
  const { data, info } = await sharp(jpeg).greyscale().blur(2).raw().toBuffer({ resolveWithObject: true });
  const { width, height } = info;
  const values = new Float32Array(width * height);
  for (let index = 1; index < values.length - 1; index += 1)
    values[index] = Math.min(30, Math.abs(data[index + 1]! - data[index - 1]!));
  return { values, width, height };
}

function measureAgreement(
  view: PinholeView,
  egoFromLidar: Matrix4,
  edges: Float32Array,
  image: { values: Float32Array; width: number },
): number {
  const points = projectLidar(view, egoFromLidar, edges);
  let sum = 0;
  for (let index = 0; index < points.length; index += 3) {
    sum += image.values[Math.round(points[index + 1]!) * image.width + Math.round(points[index]!)] ?? 0;
  }
  return sum / Math.max(1, points.length / 3);
}

/** The image with points and lines on it, as the calibration editor draws them. */
async function drawProof(jpeg: Uint8Array, view: PinholeView, points: Float32Array, title: string): Promise<Buffer> {
  const { width, height } = view;
  const dots: string[] = [];
  for (let index = 0; index < points.length; index += 3) {
    dots.push(
      `<circle cx="${points[index]!.toFixed(1)}" cy="${points[index + 1]!.toFixed(1)}" r="2.2" fill="rgb(${colourDepth(points[index + 2]!).join()})"/>`,
    );
  }
  const colours = { grid: '#ffffff66', ahead: '#ff5a4e', left: '#4cd964', ego: '#4aa8ff' };
  const lines = projectScene(view).map(
    ({ kind, points: line }) =>
      `<polyline fill="none" stroke-width="2" stroke="${colours[kind]}" points="${line.map((value) => value.toFixed(1)).join(' ')}"/>`,
  );
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width / 2}" height="${height / 2}" viewBox="0 0 ${width} ${height}">${lines.join('')}${dots.join('')}<text x="20" y="50" font-size="40" fill="white">${title}</text></svg>`;
  return await sharp(jpeg)
    .composite([{ input: Buffer.from(svg) }])
    .resize(width / 2, height / 2)
    .png()
    .toBuffer();
}

describe.skipIf(!real)('scene-0061 as an own sequence (needs OCCUSCOPE_REAL_DATA)', () => {
  const names = ['CAM_FRONT_LEFT', 'CAM_FRONT', 'CAM_FRONT_RIGHT', 'CAM_BACK_LEFT', 'CAM_BACK', 'CAM_BACK_RIGHT'];

  async function openScene() {
    const root = path.join(real!, 'scene-0061');
    // Python wrote velocities that nobody knows as NaN.
    const [frame] = JSON.parse(readFileSync(path.join(root, 'clip.json'), 'utf8').replace(/\bNaN\b/g, 'null')).frames;
    const placed = { rotation: frame.lidar2ego.rotation_wxyz, translation: frame.lidar2ego.translation };
    const egoFromLidar = composePose(placed);
    const cameras = names.map((name) => {
      const { intrinsics, lidar2cam, width, height } = frame.cams[name];
      return {
        name,
        size: { width, height },
        intrinsics: Float64Array.from(intrinsics.flat()),
        distortion: null,
        egoFromCamera: multiplyMatrix4(egoFromLidar, invertRigid(Float64Array.from(lidar2cam.flat()))),
      };
    });
    const files: Record<string, Uint8Array | string> = { 'rig.json': writeRigFile({ cameras, egoFromLidar }) };
    for (const name of names) files[`frame_000/${name}.jpg`] = readFileSync(path.join(root, frame.cams[name].file));
    files['frame_000/LIDAR_TOP.pcd.bin'] = readFileSync(path.join(root, frame.lidar));
    const tree = createMemoryTree(files, 'scene-0061');
    const contents = await scanFiles(tree);
    const found = await findCameras(
      tree,
      contents,
      suggestPictures(contents),
      async (blob) => await decodeImage(new Uint8Array(await blob.arrayBuffer())),
    );
    const rig = await readCalibration(tree, contents.calibrations[0]!);
    const assigned = matchCameras(
      found.cameras.map(({ name }) => name),
      rig,
    );
    const network = { imageSize: [352, 128], cameras: 6 } as const;
    const settled = settleCameras(found.cameras, rig, {
      assigned,
      chosen: [0, 1, 2, 3, 4, 5],
      adjustments: new Map(),
      network,
    });
    return { files, contents, rig, settled };
  }

  test('opens with six whole images, and its lidar lies on their edges', async () => {
    const { files, contents, rig, settled } = await openScene();
    expect(settled.faults).toEqual([]);
    expect(settled.cameras.map(({ window }) => [window.width, window.height])).toEqual(Array(6).fill([1600, 900]));
    const clip = openSequence({
      title: 'scene-0061',
      cameras: settled.cameras,
      rate: 2,
      longestImageGap: 1e5,
      poses: null,
      longestPoseGap: 0,
    });
    expect(clip.frames).toHaveLength(1);
    const sweep = files[chooseSweep(contents.lidar, 0, 0, 1)!] as Uint8Array;
    const points = readLidarPoints(sweep, 'LIDAR_TOP.pcd.bin');
    const rangeEdges = findRangeEdges(sweep);
    const pictures: Buffer[] = [];
    const turns = [-2, -1.5, -1, 0, 1, 1.5, 2];
    const sums = turns.map(() => 0);
    for (const { camera } of settled.cameras) {
      const jpeg = files[`frame_000/${camera.name}.jpg`] as Uint8Array;
      const view = { ...camera.size!, intrinsics: camera.intrinsics, egoFromCamera: camera.egoFromCamera };
      const onImage = projectLidar(view, rig.egoFromLidar!, points);
      expect(onImage.length / 3).toBeGreaterThan(1500);
      const image = await findImageEdges(jpeg);
      turns.forEach((yaw, index) => {
        const { egoFromCamera } = adjustCamera(camera, { ...noAdjustment, yaw });
        sums[index]! += measureAgreement({ ...view, egoFromCamera }, rig.egoFromLidar!, rangeEdges, image);
      });
      pictures.push(await drawProof(jpeg, view, onImage, camera.name));
    }
    mkdirSync(output, { recursive: true });
    await sharp({ create: { width: 2400, height: 900, channels: 3, background: 'black' } })
      .composite(pictures.map((input, index) => ({ input, left: (index % 3) * 800, top: Math.floor(index / 3) * 450 })))
      .png()
      .toFile(path.join(output, 'scene-0061-lidar.png'));
    const straight = sums[turns.indexOf(0)]!;
    for (const [index, yaw] of turns.entries()) {
      if (yaw !== 0)
        expect(
          straight,
          `against cameras turned by ${yaw} degrees: ${sums.map((sum) => sum.toFixed(1))}`,
        ).toBeGreaterThan(sums[index]!);
    }
  });
});

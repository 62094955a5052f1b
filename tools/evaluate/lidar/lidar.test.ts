import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { parseClipFile } from '../../../src/clips/packaged/clipFile.ts';
import { OCC3D_GRID } from '../../../src/domain/geometry.ts';
import { layFlatGround } from '../../../src/metrics/lidar/measureLidarFrame.ts';
import { summariseLidar } from '../../../src/metrics/lidar/summarise.ts';
import { CAMERAS } from '../dataRoot.ts';
import { findModel } from '../evaluatedModel.ts';
import { parseCommand } from '../options.ts';
import type { SitePredictor } from '../predictor.ts';
import { writeTinyRoot } from '../tinyRoot.ts';
import { openClipSource } from './clipSource.ts';
import { formatLidarTable } from './formatTable.ts';
import { makeLidarReport, mergeLidarReports, parseLidarReport } from './lidarReport.ts';
import { describeClip, isWhole, type LidarSource } from './lidarScene.ts';
import { openRootSource } from './rootSource.ts';
import { measureScene, runLidarEvaluation } from './runLidarEvaluation.ts';

const work = mkdtempSync(path.join(os.tmpdir(), 'occuscope-lidar-'));
afterAll(() => rmSync(work, { recursive: true }));
const model = findModel({ model: path.resolve(import.meta.dirname, '../../../public/models/street-base'), site: work });

/** Says the flat ground plane of every frame, and a depth of one bin everywhere. */
function createFlatPredictor(asked: number[]): SitePredictor {
  return {
    device: 'fake',
    openScene: async () => undefined,
    async predict(frame) {
      asked.push(frame);
      return { labels: layFlatGround(OCC3D_GRID, 17), flow: null };
    },
    async readTensor(name) {
      const bins = model.manifest.stages.find((stage) => stage.kind === 'voxel-pool')!.depths.length;
      const values = new Float32Array(6 * bins * 16 * 44).fill(1 / bins);
      return { name, shape: [6, bins, 16, 44], values };
    },
    takePicture: async () =>
      await sharp(Buffer.alloc(3), { raw: { width: 1, height: 1, channels: 3 } })
        .png()
        .toBuffer(),
    close: async () => undefined,
  };
}

/** Three returns: on the road ahead, and twice 1.5 m over it. Lidar axes of nuScenes: x right, y ahead. */
const returns: readonly (readonly [number, number, number])[] = [
  [0, 10, -1.84],
  [1, 12, -0.34],
  [0, -8, -0.34],
];

function writeSweep(file: string, points: typeof returns): void {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, new Uint8Array(Float32Array.from(points.flatMap((point) => [...point, 0, 0])).buffer));
}

async function writeImages(folder: string, files: readonly string[], width: number, height: number): Promise<void> {
  const bytes = await sharp({ create: { width, height, channels: 3, background: '#778899' } })
    .jpeg()
    .toBuffer();
  for (const file of files) {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    writeFileSync(path.join(folder, file), bytes);
  }
}

/** A clip.json with lidar2cam matrices as Python writes it, NaN and all; every camera looks the same way. */
async function writeLidarClip(folder: string): Promise<void> {
  const lidar2cam = [
    [1, 0, 0, 0],
    [0, 0, -1, -0.3],
    [0, 1, 0, -0.7],
    [0, 0, 0, 1],
  ];
  const camera = (name: string) => ({
    file: `frame/${name}.jpg`,
    timestamp: 1.02,
    lidar2cam,
    intrinsics: [
      [1266, 0, 800],
      [0, 1266, 450],
      [0, 0, 1],
    ],
    width: 1600,
    height: 900,
  });
  const frame = {
    token: 'frame-token',
    timestamp: 1,
    lidar2ego: { translation: [0.94, 0, 1.84], rotation_wxyz: [Math.SQRT1_2, 0, 0, -Math.SQRT1_2] },
    ego2global_at_lidar: { translation: [400, 1000, 0], rotation_wxyz: [1, 0, 0, 0] },
    cams: Object.fromEntries(CAMERAS.map((name) => [name, camera(name)])),
    gt_boxes_lidar_xyzwlh_yaw: [
      [1, 12, -0.9, 4, 2, 1.8, Math.PI / 2],
      [0, 10, -1.8, 1, 1, 1, 0],
    ],
    gt_names: [0, -1],
    gt_velocity: [['NaN'], [0]],
    lidar: 'frame/LIDAR_TOP.pcd.bin',
  };
  mkdirSync(folder, { recursive: true });
  const text = JSON.stringify({ scene: 'made-up', frames: [frame] }).replace('"NaN"', 'NaN');
  writeFileSync(path.join(folder, 'clip.json'), text);
  writeSweep(path.join(folder, frame.lidar), returns);
  await writeImages(
    folder,
    CAMERAS.map((name) => `frame/${name}.jpg`),
    1600,
    900,
  );
}

async function measure(source: LidarSource, name: string, pictures?: string, asked: number[] = []) {
  const options = pictures === undefined ? {} : { pictures };
  const job = { folder: source.folder, scene: await source.readScene(name), model, options, onFrame: () => undefined };
  return await measureScene(job, createFlatPredictor(asked));
}

describe('a clip.json with sweeps', () => {
  const folder = path.join(work, 'clip');
  beforeAll(() => writeLidarClip(folder));

  test('is read with its NaN, its matrices and its boxes, and is a valid clip for the page', async () => {
    const source = openClipSource(folder)!;
    expect(source.scenes).toEqual(['made-up']);
    const scene = await source.readScene('made-up');
    const clip = parseClipFile(JSON.parse(JSON.stringify(describeClip(scene))));
    expect(clip.frames[0]!.cameras[1]!.image).toBe('files/frame/CAM_FRONT.jpg');
    // The camera stands 0.7 m before and 0.3 m below the lidar, and looks ahead.
    const m = clip.frames[0]!.cameras[1]!.egoFromCamera;
    for (const [place, value] of [
      [3, 1.64],
      [7, 0],
      [11, 1.54],
      [2, 1],
      [4, -1],
      [9, -1],
    ] as const)
      expect(m[place], `element ${place}`).toBeCloseTo(value, 9);
    expect(scene.frames[0]!.boxes).toHaveLength(1);
    expect(openClipSource(work)!.scenes, 'a folder of such folders').toEqual(['clip']);
  });

  test('is measured, with a page of pictures that needs no other file', async () => {
    const [frame] = await measure(openClipSource(folder)!, 'made-up', path.join(work, 'pictures'));
    const { network, flatGround } = frame!.counts.subjects;
    expect(network).toEqual(flatGround);
    expect(network.hits.all).toMatchObject({ rays: 2, within1: 0, within2: 1, missing: 1 });
    expect(network.hits.raised.rays).toBe(1);
    expect(network.boxes.vehicle).toEqual({ returns: 1, covered: 0 });
    expect(frame!.counts.depth.all.views, 'seen by six cameras each').toBe(12);
    const page = readFileSync(path.join(work, 'pictures/made-up/frame-token.html'), 'utf8');
    expect(page.match(/<img src="data:image\//g)).toHaveLength(6 * 4 + 4);
    expect(page).not.toMatch(/(src|href)="(?!data:)/);
    expect(page).toContain('frame-token');
  });
});

describe('a nuScenes root with sweeps', () => {
  const tiny = writeTinyRoot(path.join(work, 'root'), 2, 2);
  const choose = (names: readonly string[]) => names;
  const sweepOf = (token: string) => `samples/LIDAR_TOP/${token}.jpg`;
  const table = (name: string, rows: readonly object[]) =>
    writeFileSync(path.join(tiny.folder, 'v1.0-tiny', `${name}.json`), JSON.stringify(rows));

  test('only frames with a sweep and all images are measured; boxes come from the annotations', async () => {
    const [, later] = tiny.scenes[0]!.tokens;
    writeSweep(path.join(tiny.folder, sweepOf(later!)), [
      [8, 0.5, -0.3],
      [12, 0, -1.8],
    ]);
    const withoutBoxes = await openRootSource(tiny.folder, 'all', choose);
    expect((await withoutBoxes.readScene('tiny-0')).frames[1]!.boxes).toBeNull();
    expect(isWhole(tiny.folder, (await withoutBoxes.readScene('tiny-0')).frames[1]!)).toBe(false);
    await writeImages(
      tiny.folder,
      CAMERAS.map((name) => `samples/${name}/${later}.jpg`),
      160,
      90,
    );

    table('category', [
      { token: 'c', name: 'human.pedestrian.adult' },
      { token: 'd', name: 'animal' },
    ]);
    table('instance', [
      { token: 'i', category_token: 'c' },
      { token: 'j', category_token: 'd' },
    ]);
    // The second frame's ego stands 3 m further on: in its axes the person is where the first return is.
    const box = {
      sample_token: later,
      translation: [3 + 0.9 + 8, 0.5, 1.4],
      size: [0.6, 0.8, 1.8],
      rotation: [1, 0, 0, 0],
    };
    table('sample_annotation', [
      { token: 'a', instance_token: 'i', ...box },
      { token: 'b', instance_token: 'j', ...box },
    ]);
    const source = await openRootSource(tiny.folder, 'all', choose);
    const asked: number[] = [];
    const frames = await measure(source, 'tiny-0', undefined, asked);
    expect(asked, 'the page runs the frames before it').toEqual([1]);
    expect(frames.map(({ token }) => token)).toEqual([later]);
    expect(frames[0]!.counts.subjects.network.boxes.pedestrian).toEqual({ returns: 1, covered: 0 });
    expect(frames[0]!.counts.framesWithBoxes).toBe(1);
    expect(await measure(source, 'tiny-1')).toEqual([]);
  });
});

describe('a run that goes on', () => {
  test('knows its scenes again from another directory, and not those that were kept elsewhere', async () => {
    const folder = path.join(work, 'without-sweep');
    await writeLidarClip(folder);
    rmSync(path.join(folder, 'frame/LIDAR_TOP.pcd.bin'));
    const site = path.join(work, 'site');
    mkdirSync(site);
    writeFileSync(path.join(site, 'index.html'), '');
    const out = path.join(work, 'resumed.json');
    const args = ['--lidar', folder, '--model', model.folder, '--site', site, '--out', out];
    const said = vi.spyOn(console, 'log').mockImplementation(() => undefined);
    const countDone = async (save: string, pictures: string) => {
      said.mockClear();
      const command = parseCommand([...args, '--save', save, '--pictures', pictures]);
      if (command.command !== 'lidar') throw new Error('not read as a lidar run');
      await runLidarEvaluation(command.options);
      return Number(/(\d+) of them done/.exec(String(said.mock.calls[0]![0]))![1]);
    };
    try {
      expect(await countDone('kept', 'drawn')).toBe(0);
      expect(await countDone(path.resolve('kept'), path.resolve('drawn')), 'the same folders, named in full').toBe(1);
      expect(await countDone(path.join(work, 'kept'), path.resolve('drawn')), 'predictions elsewhere').toBe(0);
      expect(await countDone(path.join(work, 'kept'), path.join(work, 'drawn')), 'pictures elsewhere').toBe(0);
    } finally {
      said.mockRestore();
    }
  });
});

describe('reports', () => {
  test('of shares, merged in any order, are that of one run; no figure is made up', async () => {
    const source = openClipSource(path.join(work, 'clip'))!;
    const [frame] = await measure(source, 'made-up');
    const subject = {
      model: { id: 'm', manifestSha256: '0' },
      dataset: { version: 'v', split: 's' },
      backend: 'cpu',
    } as const;
    const scene = (name: string, count: number) => ({
      name,
      withoutSweepOrImages: 1,
      frames: Array(count).fill(frame),
    });
    const run = (index: number) => [{ shard: [index, 2] as [number, number], device: 'CPU', seconds: 1 }];
    const shards = [
      makeLidarReport(subject, [scene('b', 2)], run(1)),
      makeLidarReport(subject, [scene('a', 3)], run(2)),
    ];
    const whole = makeLidarReport(subject, [scene('a', 3), scene('b', 2)], [...run(1), ...run(2)]);
    const read = shards.map((report) => parseLidarReport(JSON.parse(JSON.stringify(report))));
    expect(mergeLidarReports(read)).toEqual(whole);
    expect({ ...mergeLidarReports([...read].reverse()), runs: [] }).toEqual({ ...whole, runs: [] });
    expect([whole.frames, whole.complete, shards[0]!.complete]).toEqual([5, true, false]);
    expect(() => mergeLidarReports([shards[0]!, shards[0]!])).toThrow('is in two of the reports');
    const table = formatLidarTable(whole.summary);
    expect(table).toMatch(/flat ground plane +10 +0\.000 +0\.500/);
    expect(table).toMatch(/pedestrian +–/);
  });
});

describe('the command line', () => {
  const common = ['--model', 'm', '--out', 'o'];

  test('takes --lidar instead of --dataroot, with pictures', () => {
    const command = parseCommand(['--lidar', 'l', '--pictures', 'p', ...common]);
    expect(command).toMatchObject({ command: 'lidar', options: { lidar: 'l', pictures: 'p', backend: 'cpu' } });
    expect(() => parseCommand(['--lidar', 'l', '--dataroot', 'd', ...common])).toThrow('--dataroot');
    expect(() => parseCommand(['--dataroot', 'd', '--pictures', 'p', ...common])).toThrow('--pictures');
  });
});

const real = process.env.OCCUSCOPE_REAL_DATA;

describe.skipIf(!real)('scene-0061 (OCCUSCOPE_REAL_DATA)', () => {
  test('the flat ground plane and the sweep’s own voxels score what was measured elsewhere', async () => {
    const source = openClipSource(path.join(real!, 'scene-0061'))!;
    const [frame] = await measure(source, 'scene-0061');
    const { hits } = summariseLidar(frame!.counts).subjects.flatGround;
    // Four day frames elsewhere: .39 / .54 / .62 for the plane, about .75 / .88 / .94 for the ceiling.
    expect(hits.all.rays).toBe(16_490);
    expect([hits.all.within1, hits.all.within2, hits.all.within4].map((share) => share!.toFixed(3))).toEqual([
      '0.396',
      '0.535',
      '0.621',
    ]);
    const ceiling = summariseLidar(frame!.counts).subjects.lidarVoxels.hits.all;
    expect([ceiling.within1, ceiling.within2, ceiling.within4].map((share) => share!.toFixed(2))).toEqual([
      '0.78',
      '0.89',
      '0.94',
    ]);
    expect(frame!.counts.subjects.network.boxes.vehicle.returns).toBeGreaterThan(400);
    expect(frame!.counts.subjects.network.boxes.pedestrian.returns).toBeGreaterThan(20);
  });
});

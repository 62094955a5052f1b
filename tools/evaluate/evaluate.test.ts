import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { openNpz } from '../../src/clips/npz/readNpz.ts';
import { parseClipFile } from '../../src/clips/packaged/clipFile.ts';
import { listSplit, readDataRoot } from './dataRoot.ts';
import { evaluateScene, readScenePart } from './evaluateScenes.ts';
import { parseCommand } from './options.ts';
import type { Predictor } from './predictor.ts';
import { formatSeconds } from './progress.ts';
import { makeReport, mergeReports, parseReport, type Report } from './report.ts';
import { describeScene } from './sceneClip.ts';
import { writeTinyRoot } from './tinyRoot.ts';

const work = mkdtempSync(path.join(os.tmpdir(), 'occuscope-evaluate-'));
const tiny = writeTinyRoot(path.join(work, 'root'), 3, 3);
afterAll(() => rmSync(work, { recursive: true }));

const subject = {
  model: { id: 'fake', manifestSha256: '0' },
  dataset: { version: 'v1.0-tiny', split: 'all' },
  backend: 'cpu',
} as const;

/** Predicts the truth with some voxels wrong, depending on the frame; a stand-in for the page. */
function createFakePredictor(): Predictor & { asked: string[] } {
  let tokens: readonly string[] = [];
  const asked: string[] = [];
  return {
    device: 'fake',
    asked,
    async openScene(name) {
      tokens = tiny.scenes.find((scene) => scene.name === name)!.tokens;
    },
    async predict(frame) {
      asked.push(tokens[frame]!);
      const { labels, flow } = tiny.truth(tokens[frame]!);
      for (let voxel = frame; voxel < labels.length; voxel += 97) labels[voxel] = 17;
      for (let voxel = frame; voxel < labels.length; voxel += 1013) labels[voxel] = 4;
      return { labels, flow: flow.map((speed) => speed * 0.8) };
    },
    async close() {},
  };
}

/** One shard, as `runEvaluation` does it but for the browser. */
async function evaluateShard(index: number, count: number, folder: string, predictor: Predictor): Promise<Report> {
  const root = await readDataRoot(tiny.folder, (names) => names.filter((_, place) => place % count === index - 1));
  const store = { folder: path.join(work, folder), key: 'key' };
  const parts = [];
  for (const [place, { name }] of root.scenes.entries()) {
    const job = {
      dataRoot: tiny.folder,
      scene: describeScene(root, place),
      predictor,
      store,
      save: path.join(work, 'saved'),
    };
    parts.push(readScenePart(store, name) ?? (await evaluateScene({ ...job, onFrame: () => undefined })));
  }
  return makeReport(subject, parts, [{ shard: [index, count], device: 'fake', seconds: 1 }]);
}

const throughJson = (report: Report) => parseReport(JSON.parse(JSON.stringify(report)));

describe('evaluate', () => {
  test('shards, merged in any order, are the single run to the last count; a stopped run goes on', async () => {
    const single = await evaluateShard(1, 1, 'single', createFakePredictor());
    const [first, second] = [createFakePredictor(), createFakePredictor()];
    const shards = [await evaluateShard(1, 2, 'first', first), await evaluateShard(2, 2, 'second', second)];
    expect([first.asked.length, second.asked.length]).toEqual([6, 3]);
    for (const order of [shards, [...shards].reverse()]) {
      const merged = mergeReports(order.map(throughJson));
      expect({ ...merged, runs: [] }).toEqual({ ...throughJson(single), runs: [] });
    }
    expect(single.counts.frames).toEqual({ predicted: 9, withTruth: 8, maskGiven: 8, maskComputed: 0 });
    expect([single.samples, single.withoutTruth, single.complete]).toEqual([9, 1, true]);
    // Every part has something in it, so that equality means something.
    expect(single.counts.rays.origins).toBeGreaterThan(8);
    expect(single.summary.variability!.changedPrediction).toBeGreaterThan(0);
    expect(single.summary.flow!.voxels.mean).toBeCloseTo(0.4, 3);
    expect(single.summary.occScore).toBeGreaterThan(0.5);
    expect(mergeReports(shards.slice(1)).complete).toBe(false);
    expect(() => mergeReports([shards[0]!, shards[0]!])).toThrow('is in two of the reports');
    const other = { ...shards[1]!, model: { id: 'other', manifestSha256: '1' } };
    expect(() => mergeReports([shards[0]!, other])).toThrow('not about the same');
    const again = createFakePredictor();
    expect((await evaluateShard(1, 2, 'first', again)).counts).toEqual(shards[0]!.counts);
    expect(again.asked).toEqual([]);
  });

  test('every prediction is saved under its token', () => {
    const files = readdirSync(path.join(work, 'saved')).sort();
    expect(files).toEqual(tiny.scenes.flatMap(({ tokens }) => tokens.map((token) => `${token}.npz`)).sort());
    const archive = openNpz(new Uint8Array(readFileSync(path.join(work, 'saved', files[0]!))), files[0]!);
    expect([archive.read('semantics').type, archive.read('semantics').shape]).toEqual(['uint8', [200, 200, 16]]);
    expect([archive.read('flow').type, archive.read('flow').shape]).toEqual(['float16', [200, 200, 16, 2]]);
  });

  test('a scene is a valid packaged clip with cameras in rig order', async () => {
    const root = await readDataRoot(tiny.folder, (names) => names);
    const clip = parseClipFile(JSON.parse(JSON.stringify(describeScene(root, 1).clip)));
    expect(clip.frames.map(({ token }) => token)).toEqual(tiny.scenes[1]!.tokens);
    expect(clip.frames[2]!.worldFromEgo[3]).toBe(6);
    expect(clip.frames[0]!.cameras[1]!.image).toBe('files/samples/CAM_FRONT/sample1x0.jpg');
  });

  test('splits: named, listed in a file, or refused', () => {
    const list = path.join(work, 'list.txt');
    writeFileSync(list, 'tiny-2\ntiny-0\n');
    expect(listSplit(tiny.folder, 'all', ['a'])).toEqual(['a']);
    expect(listSplit(tiny.folder, list, ['tiny-0', 'tiny-1', 'tiny-2'])).toEqual(['tiny-2', 'tiny-0']);
    expect(() => listSplit(tiny.folder, 'mini_val', ['tiny-0'])).toThrow('lacks 2 scenes');
    expect(() => listSplit(tiny.folder, 'val', [])).toThrow('annotations.json');
    expect(() => listSplit(tiny.folder, 'nonsense', [])).toThrow('no split and no file');
  });

  test('the command line: defaults, shards, and what is wrong', () => {
    const run = parseCommand(['--dataroot', 'd', '--model', 'm', '--out', 'o', '--shard', '2/8']);
    expect(run).toMatchObject({
      command: 'run',
      options: { split: 'all', shard: { index: 2, count: 8 }, backend: 'cpu' },
    });
    expect(parseCommand(['merge', '--out', 'o', 'a', 'b'])).toEqual({ command: 'merge', out: 'o', shards: ['a', 'b'] });
    expect(() => parseCommand(['--model', 'm', '--out', 'o'])).toThrow('--dataroot');
    expect(() => parseCommand(['--dataroot', 'd', '--model', 'm', '--out', 'o', '--shard', '3/2'])).toThrow(
      '1/N to N/N',
    );
    expect(() => parseCommand(['merge', '--out', 'o'])).toThrow('name the reports');
    expect([formatSeconds(45), formatSeconds(700), formatSeconds(12_000)]).toEqual(['45 s', '12 min', '3 h 20 min']);
  });
});

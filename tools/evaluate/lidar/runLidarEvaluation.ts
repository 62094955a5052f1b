import { existsSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { OCC3D_CLASSES } from '../../../src/domain/classes.ts';
import { OCC3D_GRID } from '../../../src/domain/geometry.ts';
import { measureLidarFrame } from '../../../src/metrics/lidar/measureLidarFrame.ts';
import { chooseReturns } from '../../../src/metrics/lidar/returns.ts';
import type { LidarSummary } from '../../../src/metrics/lidar/summarise.ts';
import { createGeometryBuilder } from '../../../src/pipeline/frameGeometry.ts';
import { listSplit } from '../dataRoot.ts';
import { type EvaluatedModel, findModel } from '../evaluatedModel.ts';
import { savePrediction, writeWhole } from '../evaluateScenes.ts';
import type { LidarOptions } from '../options.ts';
import type { SitePredictor } from '../predictor.ts';
import { createProgress } from '../progress.ts';
import { requireSite, withSite } from '../withSite.ts';
import { openClipSource } from './clipSource.ts';
import { formatLidarTable } from './formatTable.ts';
import { type LidarReport, type LidarScenePart, makeLidarReport, parseLidarPart } from './lidarReport.ts';
import { describeClip, isWhole, type LidarSource, readSweep, type SceneWithSweeps } from './lidarScene.ts';
import { readDepth } from './readDepth.ts';
import { openRootSource } from './rootSource.ts';
import { writePicturePage } from './writePicturePage.ts';

/** Let the site predict frames with lidar and measure them against the sweeps. */
export async function runLidarEvaluation(options: LidarOptions): Promise<LidarReport> {
  const begin = performance.now();
  requireSite(options);
  const model = findModel(options);
  const source = await openLidarSource(options);
  // A run that goes on may be started from another directory: what is kept is compared by its absolute place.
  const place = (folder: string | undefined) => (folder === undefined ? '' : path.resolve(folder));
  const key = [model.sha256, options.backend, ...[options.lidar, options.save, options.pictures].map(place)].join(' ');
  const store = { folder: `${options.out}.scenes`, key };
  if (options.restart) rmSync(store.folder, { recursive: true, force: true });
  const done = source.scenes.flatMap((name) => readPart(store, name) ?? []);
  const rest = source.scenes.filter((name) => !done.some((part) => part.name === name));
  console.log(`${source.scenes.length} scenes with lidar in this run, ${done.length} of them done before.`);
  const { parts, device } = await runScenes(source, rest, model, options, store);
  const { index, count } = options.shard;
  return makeLidarReport(
    {
      model: { id: model.id, manifestSha256: model.sha256 },
      dataset: { version: source.version, split: source.split },
      backend: options.backend,
    },
    [...done, ...parts],
    [{ shard: [index, count], device, seconds: Math.round((performance.now() - begin) / 100) / 10 }],
  );
}

async function openLidarSource({ lidar, split, shard }: LidarOptions): Promise<LidarSource> {
  if (!existsSync(lidar)) throw new Error(`--lidar: there is no folder ${lidar}.`);
  const share = (names: readonly string[]) => names.filter((_, place) => place % shard.count === shard.index - 1);
  const clips = openClipSource(lidar);
  if (clips) return { ...clips, scenes: share(clips.scenes) };
  return await openRootSource(lidar, split, (names) => share(listSplit(lidar, split, names)));
}

interface PartStore {
  readonly folder: string;
  readonly key: string;
}

function readPart({ folder, key }: PartStore, name: string): LidarScenePart | null {
  const file = path.join(folder, `${name}.json`);
  if (!existsSync(file)) return null;
  const part = parseLidarPart(JSON.parse(readFileSync(file, 'utf8')));
  return part.key === key ? part : null;
}

async function runScenes(
  source: LidarSource,
  names: readonly string[],
  model: EvaluatedModel,
  options: LidarOptions,
  store: PartStore,
): Promise<{ parts: LidarScenePart[]; device: string }> {
  const scenes = await Promise.all(names.map((name) => source.readScene(name)));
  const measurable = scenes.filter((scene) => scene.frames.some((frame) => isWhole(source.folder, frame)));
  const keep = (part: LidarScenePart) => {
    writeWhole(path.join(store.folder, `${part.name}.json`), JSON.stringify(part));
    return part;
  };
  const nothing = scenes
    .filter((scene) => !measurable.includes(scene))
    .map((scene) => keep(makePart(store, scene, [])));
  if (measurable.length === 0) return { parts: nothing, device: 'none' };
  const served = measurable.map((scene) => ({ name: scene.name, describe: () => ({ clip: describeClip(scene) }) }));
  const setup = { options, model, dataFolder: source.folder, scenes: served, draws: options.pictures !== undefined };
  return await withSite(setup, async (predictor) => {
    const parts: LidarScenePart[] = [];
    const wanted = measurable.flatMap(({ frames }) => frames.filter((frame) => isWhole(source.folder, frame)));
    const progress = createProgress(wanted.length);
    for (const scene of measurable) {
      const job = { folder: source.folder, scene, model, options, onFrame: () => progress.step(scene.name) };
      parts.push(keep(makePart(store, scene, await measureScene(job, predictor))));
    }
    return { parts: [...nothing, ...parts], device: predictor.device };
  });
}

function makePart({ key }: PartStore, scene: SceneWithSweeps, frames: LidarScenePart['frames']): LidarScenePart {
  const withoutSweepOrImages = scene.frames.length - frames.length;
  return { format: 'occuscope-lidar-scene/1', key, name: scene.name, withoutSweepOrImages, frames };
}

export interface LidarSceneJob {
  readonly folder: string;
  readonly scene: SceneWithSweeps;
  readonly model: Pick<EvaluatedModel, 'manifest' | 'id'>;
  readonly options: Pick<LidarOptions, 'save' | 'pictures'>;
  onFrame(): void;
}

/** Predict and measure the frames of a scene that have a sweep; the page runs the frames between them for its memory. */
export async function measureScene(job: LidarSceneJob, predictor: SitePredictor): Promise<LidarScenePart['frames']> {
  const { folder, scene, model, options } = job;
  await predictor.openScene(scene.name);
  const builder = createGeometryBuilder(model.manifest.images, model.manifest.cameras);
  const measured: LidarScenePart['frames'] = [];
  for (const described of scene.frames) {
    if (!isWhole(folder, described)) continue;
    const { frame, sweep, egoFromLidar, boxes } = described;
    const prediction = await predictor.predict(frame.index);
    const depth = await readDepth(predictor, model.manifest);
    const seeing = builder.describe(frame);
    const returns = chooseReturns(readSweep(path.join(folder, sweep), egoFromLidar), OCC3D_GRID, seeing);
    const { labels } = prediction;
    const input = { labels, grid: OCC3D_GRID, classes: OCC3D_CLASSES, returns, seeing, boxes, depth };
    const counts = measureLidarFrame(input);
    measured.push({ token: frame.token, counts });
    if (options.save) savePrediction(options.save, frame.token, prediction);
    if (options.pictures) {
      const file = path.join(options.pictures, scene.name, `${frame.token}.html`);
      await writePicturePage(file, { ...input, counts, folder, described, scene: scene.name, model }, predictor);
    }
    job.onFrame();
  }
  return measured;
}

export function printLidarSummary({ frames, summary, complete, scenes }: LidarReport, out: string): void {
  const left = scenes.reduce((sum, { withoutSweepOrImages }) => sum + withoutSweepOrImages, 0);
  console.log(`\n${frames} frames measured, ${left} left out for want of a sweep or an image.\n`);
  console.log(formatLidarTable(summary satisfies LidarSummary));
  console.log(`${complete ? '' : 'Some shards are missing. '}Report: ${out}`);
}

// Evaluates a model on a nuScenes-format data root with the built site. `npm run evaluate -- --help` says how.
import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { METRICS } from '../../src/metrics/registry.ts';
import { type DataRoot, listSplit, readDataRoot } from './dataRoot.ts';
import { type EvaluatedModel, findModel } from './evaluatedModel.ts';
import { evaluateScene, readScenePart, type SceneStore, writeWhole } from './evaluateScenes.ts';
import { isLidarReport, mergeLidarReports, parseLidarReport } from './lidar/lidarReport.ts';
import { printLidarSummary, runLidarEvaluation } from './lidar/runLidarEvaluation.ts';
import { type Command, parseCommand, type RunOptions, usage } from './options.ts';
import { createProgress } from './progress.ts';
import { makeReport, mergeReports, parseReport, type Report, type ScenePart } from './report.ts';
import { describeScene } from './sceneClip.ts';
import { requireSite, withSite } from './withSite.ts';

/** Command line. Exit code 0: the report is written; 1: it is not, and why; 2: wrong usage. */
export async function main(args: readonly string[]): Promise<number> {
  if (args.includes('--help')) {
    console.log(usage);
    return 0;
  }
  let command: ReturnType<typeof parseCommand>;
  try {
    command = parseCommand(args);
  } catch (error) {
    console.error(`${messageOf(error)}\n\n${usage}`);
    return 2;
  }
  try {
    await runCommand(command);
    return 0;
  } catch (error) {
    console.error(messageOf(error));
    return 1;
  }
}

async function runCommand(command: Command): Promise<void> {
  const write = (out: string, report: object) => writeWhole(out, `${JSON.stringify(report, null, 1)}\n`);
  if (command.command === 'merge') {
    const shards: unknown[] = command.shards.map((file) => JSON.parse(readFileSync(file, 'utf8')));
    if (shards.some(isLidarReport)) {
      const merged = mergeLidarReports(shards.map(parseLidarReport));
      write(command.out, merged);
      return printLidarSummary(merged, command.out);
    }
    const merged = mergeReports(shards.map(parseReport));
    write(command.out, merged);
    return printSummary(merged, command.out);
  }
  const { out } = command.options;
  if (command.command === 'lidar') {
    const report = await runLidarEvaluation(command.options);
    write(out, report);
    return printLidarSummary(report, out);
  }
  const report = await runEvaluation(command.options);
  write(out, report);
  printSummary(report, out);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

async function runEvaluation(options: RunOptions): Promise<Report> {
  const begin = performance.now();
  requireSite(options);
  const model = findModel(options);
  console.log('Reading the tables…');
  const { index, count } = options.shard;
  const root = await readDataRoot(options.dataroot, (names) =>
    listSplit(options.dataroot, options.split, names).filter((_, place) => place % count === index - 1),
  );
  const saved = options.save ? path.resolve(options.save) : 'not saved';
  const key = `${model.sha256} ${options.backend} ${path.resolve(options.dataroot)} ${saved}`;
  const store: SceneStore = { folder: `${options.out}.scenes`, key };
  if (options.restart) rmSync(store.folder, { recursive: true, force: true });
  const done = root.scenes.flatMap(({ name }) => readScenePart(store, name) ?? []);
  const rest = root.scenes
    .map((_, place) => place)
    .filter((place) => !done.some(({ name }) => name === root.scenes[place]!.name));
  console.log(`${root.scenes.length} scenes in shard ${index}/${count}, ${done.length} of them done before.`);
  const { parts, device } =
    rest.length > 0 ? await runScenes(root, rest, model, options, store) : { parts: [], device: 'none' };
  return makeReport(
    {
      model: { id: model.id, manifestSha256: model.sha256 },
      dataset: { version: root.version, split: options.split },
      backend: options.backend,
    },
    [...done, ...parts],
    [{ shard: [index, count], device, seconds: Math.round((performance.now() - begin) / 100) / 10 }],
  );
}

/** Let the site predict scenes and count them, one after the other. */
async function runScenes(
  root: DataRoot,
  places: readonly number[],
  model: EvaluatedModel,
  options: RunOptions,
  store: SceneStore,
): Promise<{ parts: ScenePart[]; device: string }> {
  const scenes = places.map((place) => ({
    name: root.scenes[place]!.name,
    describe: () => describeScene(root, place),
  }));
  return await withSite({ options, model, dataFolder: root.folder, scenes }, async (predictor) => {
    const progress = createProgress(places.reduce((sum, place) => sum + root.scenes[place]!.sampleCount, 0));
    const parts: ScenePart[] = [];
    for (const place of places) {
      const scene = describeScene(root, place);
      const save = options.save ?? null;
      const onFrame = () => progress.step(scene.name);
      parts.push(await evaluateScene({ dataRoot: root.folder, scene, predictor, store, save, onFrame }));
    }
    return { parts, device: predictor.device };
  });
}

function printSummary(report: Report, out: string): void {
  const { samples, withoutTruth, summary, complete } = report;
  console.log(`\n${samples} samples, ${withoutTruth} of them without truth.`);
  for (const { title, unit, read } of METRICS) {
    const score = read(summary);
    const text =
      score === null ? '–' : unit === 'fraction' ? `${(100 * score).toFixed(2)} %` : `${score.toFixed(3)} m/s`;
    console.log(`${title.padEnd(18)} ${text}`);
  }
  console.log(`${complete ? '' : 'Some shards are missing. '}Report: ${out}`);
}

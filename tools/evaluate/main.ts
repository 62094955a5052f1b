// Evaluates a model on a nuScenes-format data root with the built site. `npm run evaluate -- --help` says how.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { METRICS } from '../../src/metrics/registry.ts';
import { listenLocally } from '../setup/server.mjs';
import { type DataRoot, listSplit, readDataRoot } from './dataRoot.ts';
import { evaluateScene, readScenePart, type SceneStore, writeWhole } from './evaluateScenes.ts';
import { parseCommand, type RunOptions, usage } from './options.ts';
import { openPredictor } from './predictor.ts';
import { createProgress } from './progress.ts';
import { makeReport, mergeReports, parseReport, type Report, type ScenePart } from './report.ts';
import { describeScene } from './sceneClip.ts';
import { createSceneServer, type Delivery } from './serveScenes.ts';

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
    const report =
      command.command === 'merge'
        ? mergeReports(command.shards.map((file) => parseReport(JSON.parse(readFileSync(file, 'utf8')))))
        : await runEvaluation(command.options);
    const out = command.command === 'merge' ? command.out : command.options.out;
    writeWhole(out, `${JSON.stringify(report, null, 1)}\n`);
    printSummary(report, out);
    return 0;
  } catch (error) {
    console.error(messageOf(error));
    return 1;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** A model package: of the site by its id, or a folder anywhere. */
function findModel({ model, site }: RunOptions): { id: string; folder: string; isOutside: boolean; sha256: string } {
  const ofSite = path.join(site, 'models', model);
  const isOutside = !existsSync(path.join(ofSite, 'manifest.json'));
  const folder = isOutside ? path.resolve(model) : ofSite;
  const file = path.join(folder, 'manifest.json');
  if (!existsSync(file))
    throw new Error(`--model: ${model} is no model of the site and no folder with a manifest.json.`);
  const bytes = readFileSync(file);
  const { id } = z.object({ id: z.string().min(1) }).parse(JSON.parse(bytes.toString('utf8')));
  return { id, folder, isOutside, sha256: createHash('sha256').update(bytes).digest('hex') };
}

async function runEvaluation(options: RunOptions): Promise<Report> {
  const begin = performance.now();
  if (!existsSync(path.join(options.site, 'index.html'))) {
    throw new Error(`${options.site} holds no built site: run "npm run build" first.`);
  }
  const model = findModel(options);
  console.log('Reading the tables…');
  const { index, count } = options.shard;
  const root = await readDataRoot(options.dataroot, (names) =>
    listSplit(options.dataroot, options.split, names).filter((_, place) => place % count === index - 1),
  );
  const key = `${model.sha256} ${options.backend} ${options.save ? path.resolve(options.save) : 'not saved'}`;
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

/** Serve the scenes to a browser and evaluate them one after the other. */
async function runScenes(
  root: DataRoot,
  places: readonly number[],
  model: ReturnType<typeof findModel>,
  options: RunOptions,
  store: SceneStore,
): Promise<{ parts: ScenePart[]; device: string }> {
  const deliveries = new Map<string, Delivery>();
  const server = createSceneServer({
    site: options.site,
    dataRoot: root.folder,
    scenes: places.map((place) => ({ name: root.scenes[place]!.name, describe: () => describeScene(root, place) })),
    model: model.isOutside ? model : null,
    deliver: (delivery) => void deliveries.set(delivery.name, delivery),
  });
  const port = await listenLocally(server, 4300, false);
  try {
    const { backend, gpu } = options;
    const firstScene = root.scenes[places[0]!]!.name;
    const address = `http://127.0.0.1:${port}/`;
    console.log('Opening the site…');
    const predictor = await openPredictor({ address, model: model.id, firstScene, backend, gpu, deliveries });
    try {
      console.log(`Predicting on ${predictor.device}.`);
      const progress = createProgress(places.reduce((sum, place) => sum + root.scenes[place]!.sampleCount, 0));
      const parts: ScenePart[] = [];
      for (const place of places) {
        const scene = describeScene(root, place);
        const save = options.save ?? null;
        const onFrame = () => progress.step(scene.name);
        parts.push(await evaluateScene({ dataRoot: root.folder, scene, predictor, store, save, onFrame }));
      }
      return { parts, device: predictor.device };
    } finally {
      await predictor.close();
    }
  } finally {
    server.close();
    server.closeAllConnections();
  }
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

import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { OCC3D_CLASSES } from '../../src/domain/classes.ts';
import type { FrameTruth } from '../../src/domain/clip.ts';
import { OCC3D_GRID } from '../../src/domain/geometry.ts';
import { createCounts, mergeCounts } from '../../src/metrics/counts.ts';
import { measureFrame } from '../../src/metrics/measureFrame.ts';
import type { MetricCounts } from '../../src/metrics/model.ts';
import { listRayOrigins } from '../../src/metrics/rayOrigins.ts';
import { createVariabilityTracker, planVariability, type VariabilityTracker } from '../../src/metrics/variability.ts';
import { computeCameraMask } from '../../src/reference/cameraMask.ts';
import { encodeNpz, toHalfBits } from '../world/npz.ts';
import type { Prediction, Predictor } from './predictor.ts';
import { parseScenePart, type ScenePart } from './report.ts';
import type { SceneClip } from './sceneClip.ts';
import { readSceneTruth } from './sceneTruth.ts';

/** Where finished scenes are kept, and what tells them from those of another model or backend. */
export interface SceneStore {
  readonly folder: string;
  readonly key: string;
}

interface SceneJob {
  readonly dataRoot: string;
  readonly scene: SceneClip;
  readonly predictor: Predictor;
  readonly store: SceneStore;
  /** Folder for predictions, or null. */
  readonly save: string | null;
  onFrame(): void;
}

/** The finished scene, or null when it is not there or was made with something else. */
export function readScenePart({ folder, key }: SceneStore, name: string): ScenePart | null {
  const file = path.join(folder, `${name}.json`);
  if (!existsSync(file)) return null;
  const part = parseScenePart(JSON.parse(readFileSync(file, 'utf8')));
  return part.key === key ? part : null;
}

/** Predict and count every key frame of a scene in order; the scene is kept once it is complete. */
export async function evaluateScene(job: SceneJob): Promise<ScenePart> {
  const { scene, predictor, store } = job;
  await predictor.openScene(scene.name);
  const measure = createSceneMeasurer(scene);
  let counts = createCounts(OCC3D_CLASSES);
  let withoutTruth = 0;
  let pending = scene.frames.length > 0 ? predictor.predict(0) : null;
  for (const [index, { token }] of scene.frames.entries()) {
    const prediction = await pending!;
    // The browser predicts the next frame while this process counts the last one.
    pending = index + 1 < scene.frames.length ? predictor.predict(index + 1) : null;
    // Its failure is reported where it is awaited.
    pending?.catch(() => undefined);
    const truth = readSceneTruth(job.dataRoot, scene.name, token);
    if (!truth) withoutTruth++;
    counts = mergeCounts(counts, measure(index, prediction, truth));
    if (job.save) savePrediction(job.save, token, prediction);
    job.onFrame();
  }
  const { key, folder } = store;
  const samples = scene.frames.length;
  const part: ScenePart = {
    format: 'occuscope-evaluation-scene/1',
    key,
    name: scene.name,
    samples,
    withoutTruth,
    counts,
  };
  writeWhole(path.join(folder, `${scene.name}.json`), JSON.stringify(part));
  return part;
}

/** Counting for one scene: rays from all its poses, and the memory of what was where. */
function createSceneMeasurer({ frames }: SceneClip) {
  const poses = frames.map(({ worldFromEgo }) => worldFromEgo);
  const lidars = frames.map(({ lidar }) => lidar);
  let tracker: VariabilityTracker | null = null;
  return (index: number, { labels, flow }: Prediction, truth: FrameTruth | null): MetricCounts => {
    const { cameras, worldFromEgo } = frames[index]!;
    const computedMask =
      truth && !truth.cameraMask ? computeCameraMask(truth.labels, cameras, OCC3D_GRID, OCC3D_CLASSES.free) : null;
    const mask = truth?.cameraMask ?? computedMask;
    const canFollow = truth?.flow && mask;
    if (canFollow) tracker ??= createVariabilityTracker(planVariability(poses, OCC3D_GRID, OCC3D_CLASSES.free));
    return measureFrame(
      {
        labels,
        flow,
        truth,
        computedMask,
        rayOrigins: truth ? listRayOrigins(poses, lidars, index) : null,
        variability:
          canFollow && tracker
            ? tracker.addFrame({ worldFromEgo, truth: truth.labels, prediction: labels, mask, truthFlow: truth.flow! })
            : null,
      },
      OCC3D_CLASSES,
      OCC3D_GRID,
    );
  };
}

/** Keep a prediction as `<token>.npz`. */
export function savePrediction(folder: string, token: string, { labels, flow }: Prediction): void {
  const { size } = OCC3D_GRID;
  const arrays = [{ name: 'semantics', type: 'uint8' as const, shape: size as readonly number[], data: labels }];
  const flows = flow
    ? [{ name: 'flow', type: 'float16' as const, shape: [...size, 2] as readonly number[], data: toHalfBits(flow) }]
    : [];
  writeWhole(path.join(folder, `${token}.npz`), encodeNpz([...arrays, ...flows]));
}

/** A file is there whole or not at all, also when the run is stopped meanwhile. */
export function writeWhole(file: string, content: string | Uint8Array): void {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(`${file}.part`, content);
  renameSync(`${file}.part`, file);
}

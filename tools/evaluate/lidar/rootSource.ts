import { describeScene as describeTables } from '../../../src/clips/nuscenes/describeScene.ts';
import { parseRows, type Row } from '../../../src/clips/nuscenes/parseRows.ts';
import { LIDAR, readFileName } from '../../../src/clips/nuscenes/rootIndex.ts';
import { composePose, invertRigid, multiplyMatrix4 } from '../../../src/geometry/rigid.ts';
import type { LidarBox } from '../../../src/metrics/lidar/boxes.ts';
import type { BoxGroup } from '../../../src/metrics/lidar/model.ts';
import { createDiskTree } from '../../support/diskTree.ts';
import { type DataRoot, readDataRoot } from '../dataRoot.ts';
import { checkScene } from '../sceneClip.ts';
import type { LidarSource, SceneFrameWithSweep, SceneWithSweeps } from './lidarScene.ts';

/** nuScenes categories of each group; the beginnings of names. */
const GROUP_OF_CATEGORY: readonly (readonly [string, BoxGroup])[] = [
  ['vehicle.car', 'vehicle'],
  ['vehicle.truck', 'vehicle'],
  ['vehicle.trailer', 'vehicle'],
  ['vehicle.bus.', 'vehicle'],
  ['vehicle.construction', 'vehicle'],
  ['vehicle.bicycle', 'cycle'],
  ['vehicle.motorcycle', 'cycle'],
  ['human.pedestrian.adult', 'pedestrian'],
  ['human.pedestrian.child', 'pedestrian'],
  ['human.pedestrian.construction_worker', 'pedestrian'],
  ['human.pedestrian.police_officer', 'pedestrian'],
  ['movable_object.trafficcone', 'cone'],
  ['movable_object.barrier', 'barrier'],
];

/** A box as the tables have it: in the world, with width before length. */
interface WorldBox {
  readonly group: BoxGroup;
  readonly worldFromBox: Float64Array;
  readonly size: readonly [number, number, number];
}

/** Open a nuScenes-format root whose key frames may have sweeps; `choose` picks scenes from all names. */
export async function openRootSource(
  folder: string,
  split: string,
  choose: (names: readonly string[]) => readonly string[],
): Promise<LidarSource> {
  const root = await readDataRoot(folder, choose);
  const tokens = new Set(
    root.scenes.flatMap(({ firstSample, sampleCount }) =>
      root.index.sampleTokens.slice(firstSample, firstSample + sampleCount),
    ),
  );
  const boxes = await readAnnotations(root, tokens);
  return {
    folder,
    version: root.version,
    split,
    scenes: root.scenes.map(({ name }) => name),
    readScene: async (name) => readScene(root, name, boxes),
  };
}

function readScene(
  root: DataRoot,
  name: string,
  boxes: ReadonlyMap<string, readonly WorldBox[]> | null,
): SceneWithSweeps {
  const scene = root.scenes.find((candidate) => candidate.name === name)!;
  const described = describeTables(root.index, scene);
  checkScene(root, name, described);
  const lidar = root.index.channels.indexOf(LIDAR);
  const frames = described.frames.map((frame, place): SceneFrameWithSweep => {
    const slot = (scene.firstSample + place) * root.index.channels.length + lidar;
    const egoFromWorld = invertRigid(frame.worldFromEgo);
    const placed = boxes?.get(frame.token)?.map(
      ({ group, worldFromBox, size }): LidarBox => ({
        group,
        egoFromBox: multiplyMatrix4(egoFromWorld, worldFromBox),
        size,
      }),
    );
    return {
      frame,
      images: described.files[place]!,
      sweep: readFileName(root.index, slot),
      egoFromLidar: described.egoFromLidar[place]!,
      boxes: boxes ? (placed ?? []) : null,
    };
  });
  return { name, frames };
}

/** Boxes of the wanted samples, by sample; null where the root has no annotations. The table may be larger than a string can be. */
async function readAnnotations(root: DataRoot, samples: ReadonlySet<string>): Promise<Map<string, WorldBox[]> | null> {
  const tree = createDiskTree(root.folder);
  const open = (table: string) => tree.readFile(`${root.version}/${table}.json`);
  const [annotations, instances, categories] = await Promise.all(
    ['sample_annotation', 'instance', 'category'].map(open),
  );
  if (!annotations || !instances || !categories) return null;
  const groupOfCategory = new Map<string, BoxGroup>();
  for await (const { token, name } of eachRow(categories)) {
    const [, group] = GROUP_OF_CATEGORY.find(([start]) => String(name).startsWith(start)) ?? [];
    if (group) groupOfCategory.set(String(token), group);
  }
  const groupOfInstance = new Map<string, BoxGroup>();
  for await (const { token, category_token } of eachRow(instances)) {
    const group = groupOfCategory.get(String(category_token));
    if (group) groupOfInstance.set(String(token), group);
  }
  const boxes = new Map<string, WorldBox[]>();
  for await (const row of eachRow(annotations)) {
    const sample = String(row['sample_token']);
    const group = groupOfInstance.get(String(row['instance_token']));
    if (group && samples.has(sample)) boxes.set(sample, [...(boxes.get(sample) ?? []), readBox(row, group)]);
  }
  return boxes;
}

async function* eachRow(file: Blob): AsyncGenerator<Row> {
  const signal = new AbortController().signal;
  const onFault = (sentence: string) => {
    throw new Error(sentence);
  };
  for await (const batch of parseRows(file, { signal, onBytes: () => undefined, onFault })) yield* batch;
}

function readBox({ translation, rotation, size, token }: Row, group: BoxGroup): WorldBox {
  const isList = (value: unknown, length: number): value is number[] =>
    Array.isArray(value) && value.length === length && value.every((part) => typeof part === 'number');
  if (!isList(translation, 3) || !isList(rotation, 4) || !isList(size, 3)) {
    throw new Error(`The annotation ${String(token)} has no whole translation, rotation and size.`);
  }
  const [width, length, height] = size as [number, number, number];
  return { group, worldFromBox: composePose({ rotation, translation }), size: [length, width, height] };
}

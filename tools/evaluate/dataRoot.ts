import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { readTable } from './readTable.ts';

/** Cameras in the order in which models take them. */
export const CAMERAS = [
  'CAM_FRONT_LEFT',
  'CAM_FRONT',
  'CAM_FRONT_RIGHT',
  'CAM_BACK_LEFT',
  'CAM_BACK',
  'CAM_BACK_RIGHT',
] as const;

const quaternion = z.array(z.number()).length(4);
const vector = z.array(z.number()).length(3);
const sceneRow = z.object({ token: z.string(), name: z.string(), first_sample_token: z.string() });
const sampleRow = z.object({ token: z.string(), timestamp: z.number(), next: z.string(), scene_token: z.string() });
const sensorRow = z.object({ token: z.string(), channel: z.string() });
const calibrationRow = z.object({
  token: z.string(),
  sensor_token: z.string(),
  translation: vector,
  rotation: quaternion,
  camera_intrinsic: z.array(vector),
});
const poseRow = z.object({ token: z.string(), translation: vector, rotation: quaternion });
const dataRow = z.object({
  sample_token: z.string(),
  ego_pose_token: z.string(),
  calibrated_sensor_token: z.string(),
  timestamp: z.number(),
  is_key_frame: z.boolean(),
  filename: z.string(),
  width: z.number().nullish(),
  height: z.number().nullish(),
});

export type CalibrationRow = z.infer<typeof calibrationRow>;
export type PoseRow = z.infer<typeof poseRow>;
export type DataRow = z.infer<typeof dataRow>;
export type SampleRow = z.infer<typeof sampleRow>;

/** Key frames of some scenes of a data root, by the names and tokens of its tables. */
export interface DataRoot {
  readonly folder: string;
  readonly version: string;
  /** In order of their names; samples in the order of time. */
  readonly scenes: readonly { readonly name: string; readonly samples: readonly SampleRow[] }[];
  readonly calibrations: ReadonlyMap<string, CalibrationRow>;
  readonly poses: ReadonlyMap<string, PoseRow>;
  /** Sample token, then channel. */
  readonly data: ReadonlyMap<string, ReadonlyMap<string, DataRow>>;
}

/** Read the tables of a nuScenes-format root for the scenes that `choose` picks from all names. */
export async function readDataRoot(
  folder: string,
  choose: (names: readonly string[]) => readonly string[],
): Promise<DataRoot> {
  const version = findVersion(folder);
  const read = async <Row>(table: string, schema: z.ZodType<Row>, wanted?: (text: string) => boolean) => {
    const rows: Row[] = [];
    const file = path.join(folder, version, `${table}.json`);
    await readTable(file, (row) => void rows.push(parseRow(schema, row, file)), wanted);
    return rows;
  };
  const allScenes = (await read('scene', sceneRow)).sort((a, b) => (a.name < b.name ? -1 : 1));
  const chosen = new Set(choose(allScenes.map(({ name }) => name)));
  const samples = new Map((await read('sample', sampleRow)).map((row) => [row.token, row]));
  const scenes = allScenes
    .filter(({ name }) => chosen.has(name))
    .map((scene) => ({ name: scene.name, samples: followSamples(scene.first_sample_token, samples) }));
  const wantedSamples = new Set(scenes.flatMap((scene) => scene.samples.map(({ token }) => token)));
  const sensors = new Map((await read('sensor', sensorRow)).map(({ token, channel }) => [token, channel]));
  const calibrations = new Map((await read('calibrated_sensor', calibrationRow)).map((row) => [row.token, row]));
  const isKeyFrame = (text: string) => /"is_key_frame":\s*true/.test(text);
  const data = new Map<string, Map<string, DataRow>>();
  const wantedPoses = new Set<string>();
  for (const row of await read('sample_data', dataRow, isKeyFrame)) {
    const channel = sensors.get(calibrations.get(row.calibrated_sensor_token)?.sensor_token ?? '');
    if (!channel || !wantedSamples.has(row.sample_token)) continue;
    const channels = data.get(row.sample_token) ?? new Map<string, DataRow>();
    data.set(row.sample_token, channels.set(channel, row));
    wantedPoses.add(row.ego_pose_token);
  }
  const isWantedPose = (text: string) => wantedPoses.has(/"token":\s*"(\w+)"/.exec(text)?.[1] ?? '');
  const poses = new Map((await read('ego_pose', poseRow, isWantedPose)).map((row) => [row.token, row]));
  return { folder, version, scenes, calibrations, poses, data };
}

function parseRow<Row>(schema: z.ZodType<Row>, row: unknown, file: string): Row {
  const parsed = schema.safeParse(row);
  if (parsed.success) return parsed.data;
  const { path: place, message } = parsed.error.issues[0]!;
  throw new Error(`A row's ${place.join('.')}: ${message}; in ${file}`);
}

function findVersion(folder: string): string {
  const versions = existsSync(folder)
    ? readdirSync(folder).filter((name) => existsSync(path.join(folder, name, 'sample_data.json')))
    : [];
  if (versions.length === 1) return versions[0]!;
  const found = versions.length === 0 ? 'no table sample_data.json' : `tables of several versions (${versions})`;
  throw new Error(`There is ${found} in a folder of ${folder}.`);
}

function followSamples(first: string, samples: ReadonlyMap<string, SampleRow>): SampleRow[] {
  const chain: SampleRow[] = [];
  for (let token = first; token !== ''; token = chain.at(-1)!.next) {
    const sample = samples.get(token);
    if (!sample) throw new Error(`The tables have no sample ${token}.`);
    chain.push(sample);
  }
  return chain;
}

const miniSplits: Readonly<Record<string, readonly string[]>> = {
  mini_train: ['0061', '0553', '0655', '0757', '0796', '1077', '1094', '1100'].map((number) => `scene-${number}`),
  mini_val: ['scene-0103', 'scene-0916'],
};
const annotations = z.object({ train_split: z.array(z.string()), val_split: z.array(z.string()) });

/** Names of the scenes of a split. Throws for a split that is not known, and for scenes that the root does not have. */
export function listSplit(folder: string, split: string, names: readonly string[]): readonly string[] {
  if (split === 'all') return names;
  const listed = miniSplits[split] ?? readSplit(folder, split);
  const missing = listed.filter((name) => !names.includes(name));
  if (missing.length > 0) throw new Error(`The data root lacks ${missing.length} scenes of ${split}: ${missing[0]}…`);
  return listed;
}

function readSplit(folder: string, split: string): readonly string[] {
  if (split === 'train' || split === 'val') {
    const files = ['annotations.json', 'gts/annotations.json'].map((name) => path.join(folder, name));
    const file = files.find((candidate) => existsSync(candidate));
    if (!file) throw new Error(`--split ${split} needs Occ3D's annotations.json in the data root.`);
    return annotations.parse(JSON.parse(readFileSync(file, 'utf8')))[`${split}_split`];
  }
  if (!existsSync(split)) throw new Error(`--split: there is no split and no file ${split}.`);
  return readFileSync(split, 'utf8').split(/\s+/).filter(Boolean);
}

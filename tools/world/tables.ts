import { closeSync, mkdirSync, openSync, readdirSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { quaternionFromTransform } from '../../src/clips/world/geometry/transform.ts';
import { type BoxRecord, makeToken, type SampleRecord, type SceneRecord } from './record.ts';
import { ATTRIBUTES, attributeOf, CATEGORIES, VISIBILITIES } from './taxonomy.ts';

const CHANNELS = [
  'CAM_FRONT',
  'CAM_FRONT_RIGHT',
  'CAM_BACK_RIGHT',
  'CAM_BACK',
  'CAM_BACK_LEFT',
  'CAM_FRONT_LEFT',
  'LIDAR_TOP',
];
const TABLE_NAMES = [
  'scene',
  'sample',
  'sample_data',
  'ego_pose',
  'calibrated_sensor',
  'sample_annotation',
  'instance',
  'log',
  'sensor',
  'category',
  'attribute',
  'visibility',
  'map',
] as const;
type TableName = (typeof TABLE_NAMES)[number];

/** Writes rows of one table as they come, so that large sets need little memory. */
class TableFile {
  private readonly file: number;
  private first = true;

  constructor(path: string) {
    this.file = openSync(path, 'w');
    writeSync(this.file, '[\n');
  }

  add(row: object): void {
    writeSync(this.file, `${this.first ? '' : ',\n'}${JSON.stringify(row)}`);
    this.first = false;
  }

  close(): void {
    writeSync(this.file, '\n]\n');
    closeSync(this.file);
  }
}

type Tables = Record<TableName, TableFile>;

const rotationOf = (matrix: readonly number[]) => quaternionFromTransform(Float64Array.from(matrix));
const translationOf = (matrix: readonly number[]) => [matrix[3]!, matrix[7]!, matrix[11]!];

/** Builds the thirteen nuScenes v1.0 tables and the map image from all finished scenes below `root`. */
export async function assembleTables(
  root: string,
  version: string,
): Promise<{ scenes: number; samples: number; annotations: number }> {
  const folder = join(root, version);
  mkdirSync(folder, { recursive: true });
  mkdirSync(join(root, 'maps'), { recursive: true });
  const names = readdirSync(join(root, '.scenes'))
    .filter((name) => name.endsWith('.json'))
    .sort();
  const tables = Object.fromEntries(
    TABLE_NAMES.map((name) => [name, new TableFile(join(folder, `${name}.json`))]),
  ) as Tables;
  addFixedRows(tables);
  const counts = { scenes: 0, samples: 0, annotations: 0 };
  const logTokens: string[] = [];
  for (const name of names) {
    const scene = JSON.parse(readFileSync(join(root, '.scenes', name), 'utf8')) as SceneRecord;
    logTokens.push(addScene(tables, scene));
    counts.scenes++;
    counts.samples += scene.samples.length;
    counts.annotations += addAnnotations(tables, scene);
  }
  const map = 'maps/world.png';
  tables.map.add({ token: makeToken('map'), log_tokens: logTokens, category: 'semantic_prior', filename: map });
  for (const table of Object.values(tables)) table.close();
  // There is no raster map; one empty pixel keeps readers that open the file working.
  await sharp(Buffer.alloc(1), { raw: { width: 1, height: 1, channels: 1 } })
    .png()
    .toFile(join(root, map));
  return counts;
}

function addFixedRows(tables: Tables): void {
  for (const channel of CHANNELS)
    tables.sensor.add({
      token: makeToken(`sensor ${channel}`),
      channel,
      modality: channel.startsWith('CAM') ? 'camera' : 'lidar',
    });
  for (const [index, name] of CATEGORIES.entries())
    tables.category.add({ token: makeToken(`category ${name}`), name, description: name, index });
  for (const name of ATTRIBUTES)
    tables.attribute.add({ token: makeToken(`attribute ${name}`), name, description: name });
  for (const [index, level] of VISIBILITIES.entries())
    tables.visibility.add({ description: `visibility of whole object is ${level}`, token: String(index + 1), level });
}

function addScene(tables: Tables, scene: SceneRecord): string {
  const { samples } = scene;
  const log = makeToken(`log ${scene.name}`);
  const date = new Date(samples[0]!.timestamp / 1000).toISOString().slice(0, 10);
  tables.log.add({
    token: log,
    logfile: scene.name,
    vehicle: 'world',
    date_captured: date,
    location: 'synthetic-world',
  });
  tables.scene.add({
    token: scene.token,
    log_token: log,
    nbr_samples: samples.length,
    first_sample_token: samples[0]!.token,
    last_sample_token: samples[samples.length - 1]!.token,
    name: scene.name,
    description: scene.description,
  });
  for (const camera of scene.rig) {
    const k = camera.intrinsics;
    tables.calibrated_sensor.add({
      token: makeToken(`${scene.name} calibrated ${camera.name}`),
      sensor_token: makeToken(`sensor ${camera.name}`),
      translation: translationOf(camera.egoFromSensor),
      rotation: rotationOf(camera.egoFromSensor),
      camera_intrinsic: [k.slice(0, 3), k.slice(3, 6), k.slice(6, 9)],
    });
  }
  tables.calibrated_sensor.add({
    token: makeToken(`${scene.name} calibrated LIDAR_TOP`),
    sensor_token: makeToken('sensor LIDAR_TOP'),
    translation: translationOf(scene.egoFromLidar),
    rotation: rotationOf(scene.egoFromLidar),
    camera_intrinsic: [],
  });
  for (const [index, sample] of samples.entries()) {
    tables.sample.add({
      token: sample.token,
      timestamp: sample.timestamp,
      prev: samples[index - 1]?.token ?? '',
      next: samples[index + 1]?.token ?? '',
      scene_token: scene.token,
    });
    addSampleData(tables, scene, sample, index);
  }
  return log;
}

function addSampleData(tables: Tables, scene: SceneRecord, sample: SampleRecord, index: number): void {
  const [width, height] = scene.size;
  const tokenAt = (step: number, channel: string) =>
    scene.samples[index + step] ? makeToken(`${scene.name} data ${index + step} ${channel}`) : '';
  const add = (
    channel: string,
    filename: string,
    timestamp: number,
    worldFromEgo: readonly number[],
    fileformat: string,
    size: [number, number],
  ) => {
    const token = tokenAt(0, channel);
    tables.ego_pose.add({
      token,
      timestamp,
      rotation: rotationOf(worldFromEgo),
      translation: translationOf(worldFromEgo),
    });
    tables.sample_data.add({
      token,
      sample_token: sample.token,
      ego_pose_token: token,
      calibrated_sensor_token: makeToken(`${scene.name} calibrated ${channel}`),
      timestamp,
      fileformat,
      is_key_frame: true,
      height: size[1],
      width: size[0],
      filename,
      prev: tokenAt(-1, channel),
      next: tokenAt(1, channel),
    });
  };
  for (const camera of sample.cameras)
    add(camera.name, camera.file, camera.timestamp, camera.worldFromEgo, 'jpg', [width, height]);
  add('LIDAR_TOP', sample.lidar, sample.timestamp, sample.worldFromEgo, 'pcd', [0, 0]);
}

/** Rows of `instance` and `sample_annotation`: runs of the same actor; an actor that leaves and comes back stays one instance. */
function addAnnotations(tables: Tables, scene: SceneRecord): number {
  const tracks = new Map<number, { box: BoxRecord; sample: SampleRecord; token: string }[]>();
  for (const [index, sample] of scene.samples.entries()) {
    for (const box of sample.boxes) {
      const track = tracks.get(box.instance) ?? [];
      track.push({ box, sample, token: makeToken(`${scene.name} annotation ${index} ${box.instance}`) });
      tracks.set(box.instance, track);
    }
  }
  let count = 0;
  for (const [instance, track] of tracks) {
    const { category } = track[0]!.box;
    const token = makeToken(`${scene.name} instance ${instance}`);
    tables.instance.add({
      token,
      category_token: makeToken(`category ${category}`),
      nbr_annotations: track.length,
      first_annotation_token: track[0]!.token,
      last_annotation_token: track[track.length - 1]!.token,
    });
    const parked = instance >= 5000;
    for (const [index, { box, sample, token: annotation }] of track.entries()) {
      const attribute = attributeOf(category, Math.hypot(...box.velocity), parked, !parked);
      const [length, width, height] = box.size as [number, number, number];
      tables.sample_annotation.add({
        token: annotation,
        sample_token: sample.token,
        instance_token: token,
        visibility_token: String(box.visibility),
        attribute_tokens: attribute ? [makeToken(`attribute ${attribute}`)] : [],
        translation: translationOf(box.worldFromBox),
        size: [width, length, height],
        rotation: rotationOf(box.worldFromBox),
        prev: track[index - 1]?.token ?? '',
        next: track[index + 1]?.token ?? '',
        num_lidar_pts: box.points,
        num_radar_pts: 0,
      });
      count++;
    }
  }
  return count;
}

import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import path from 'node:path';

/** How large the tables are. */
export interface TablesSize {
  readonly scenes: number;
  readonly samples: number;
  /** Rows of sample_data, and of ego_pose. */
  readonly sampleData: number;
}

/** v1.0-trainval. */
export const TRAINVAL: TablesSize = { scenes: 850, samples: 34_149, sampleData: 2_631_083 };

const sensors = [
  ...['FRONT', 'FRONT_RIGHT', 'FRONT_LEFT', 'BACK', 'BACK_LEFT', 'BACK_RIGHT'].map((side) => ({
    channel: `CAM_${side}`,
    modality: 'camera',
  })),
  { channel: 'LIDAR_TOP', modality: 'lidar' },
  ...['FRONT', 'FRONT_LEFT', 'FRONT_RIGHT', 'BACK_LEFT', 'BACK_RIGHT'].map((side) => ({
    channel: `RADAR_${side}`,
    modality: 'radar',
  })),
];
const locations = ['boston-seaport', 'singapore-onenorth', 'singapore-queenstown', 'singapore-hollandvillage'];
const extensions: Readonly<Record<string, string>> = { camera: 'jpg', lidar: 'pcd.bin', radar: 'pcd' };

/** Write the tables of `size` into the folder `v1.0-<name>` below `folder`; the rows of a scene stand together, as in the real ones. */
export function writeTables(folder: string, name: string, size: TablesSize): string {
  const target = path.join(folder, `v1.0-${name}`);
  mkdirSync(target, { recursive: true });
  const write = (table: string, rows: Iterable<object>) => writeTable(path.join(target, `${table}.json`), rows);
  write(
    'sensor',
    sensors.map((sensor, index) => ({ token: makeToken(1, index), ...sensor })),
  );
  write('calibrated_sensor', listCalibrations(size));
  write(
    'log',
    Array.from({ length: Math.ceil(size.scenes / 12) }, (_, log) => ({
      token: makeToken(3, log),
      logfile: `n0${log % 9}-made-up`,
      vehicle: `n0${log % 9}`,
      date_captured: '2018-07-18',
      location: locations[log % locations.length]!,
    })),
  );
  write('scene', listScenes(size));
  write('sample', listSamples(size));
  write('sample_data', listData(size));
  write('ego_pose', listPoses(size));
  return target;
}

function writeTable(file: string, rows: Iterable<object>): void {
  const handle = openSync(file, 'w');
  let text = '[\n';
  let isFirst = true;
  for (const row of rows) {
    text += `${isFirst ? '' : ',\n'}${formatRow(row)}`;
    isFirst = false;
    if (text.length > 1 << 20) {
      writeSync(handle, text);
      text = '';
    }
  }
  writeSync(handle, `${text}\n]`);
  closeSync(handle);
}

/** One field a line and one number a line, without indents, as the real tables have it. */
function formatRow(row: object): string {
  let text = '{';
  for (const [name, value] of Object.entries(row) as [string, unknown][]) {
    text += `${text === '{' ? '' : ','}\n"${name}": ${formatValue(value)}`;
  }
  return `${text}\n}`;
}

function formatValue(value: unknown): string {
  if (typeof value === 'string') return `"${value}"`;
  if (!Array.isArray(value)) return String(value);
  return value.length === 0 ? '[]' : `[\n${value.map(formatValue).join(',\n')}\n]`;
}

/** 32 hexadecimal digits that look random and are the same every time. */
function makeToken(kind: number, index: number): string {
  let token = '';
  for (let word = 0; word < 4; word++) {
    let value = Math.imul(index + 1, 0x9e3779b1) ^ Math.imul(kind * 4 + word + 1, 0x85ebca6b);
    value = Math.imul(value ^ (value >>> 15), 0x2c1b3c6d);
    value = Math.imul(value ^ (value >>> 12), 0x297a2d39);
    token += ((value ^ (value >>> 15)) >>> 0).toString(16).padStart(8, '0');
  }
  return token;
}

/** First sample of a scene; that of the scene after the last is the number of samples. */
function firstSampleOf(scene: number, { scenes, samples }: TablesSize): number {
  return Math.floor((scene * samples) / scenes);
}

function* listScenes(size: TablesSize): Generator<object> {
  for (let scene = 0; scene < size.scenes; scene++) {
    const [first, end] = [firstSampleOf(scene, size), firstSampleOf(scene + 1, size)];
    yield {
      token: makeToken(4, scene),
      log_token: makeToken(3, Math.floor(scene / 12)),
      nbr_samples: end - first,
      first_sample_token: makeToken(5, first),
      last_sample_token: makeToken(5, end - 1),
      name: `scene-${String(scene + 1).padStart(4, '0')}`,
      description: scene % 8 === 7 ? 'Night, made-up drive straight on' : 'Made-up drive straight on',
    };
  }
}

/** Scene of each sample and time in microseconds. */
function* walkSamples(
  size: TablesSize,
): Generator<{ scene: number; sample: number; first: number; end: number; time: number }> {
  for (let scene = 0; scene < size.scenes; scene++) {
    const [first, end] = [firstSampleOf(scene, size), firstSampleOf(scene + 1, size)];
    for (let sample = first; sample < end; sample++) {
      yield {
        scene,
        sample,
        first,
        end,
        time: 1_532_402_927_647_951 + scene * 60_000_000 + (sample - first) * 500_000,
      };
    }
  }
}

function* listSamples(size: TablesSize): Generator<object> {
  for (const { scene, sample, first, end, time } of walkSamples(size)) {
    yield {
      token: makeToken(5, sample),
      timestamp: time,
      prev: sample === first ? '' : makeToken(5, sample - 1),
      next: sample === end - 1 ? '' : makeToken(5, sample + 1),
      scene_token: makeToken(4, scene),
    };
  }
}

function* listCalibrations(size: TablesSize): Generator<object> {
  for (let scene = 0; scene < size.scenes; scene++) {
    for (const [place, { modality }] of sensors.entries()) {
      const isCamera = modality === 'camera';
      const yaw = (place * Math.PI) / 3;
      yield {
        token: makeToken(2, scene * sensors.length + place),
        sensor_token: makeToken(1, place),
        translation: [1.7 * Math.cos(yaw), 0.5 * Math.sin(yaw), 1.51],
        rotation: isCamera ? multiplyCamera(yaw) : [Math.cos(yaw / 2), 0, 0, Math.sin(yaw / 2)],
        camera_intrinsic: isCamera
          ? [
              [1266.417203046554, 0, 816.2670197447984],
              [0, 1266.417203046554, 491.50706579294757],
              [0, 0, 1],
            ]
          : [],
      };
    }
  }
}

/** A camera that looks along `yaw`: (cos, 0, 0, sin) of half of it times the turn from camera axes to ego axes. */
function multiplyCamera(yaw: number): number[] {
  const [c, s] = [Math.cos(yaw / 2) / 2, Math.sin(yaw / 2) / 2];
  return [c + s, -c - s, c - s, s - c];
}

/** One row of sample_data with what ego_pose says at its time. */
function* walkData(
  size: TablesSize,
): Generator<{ row: number; scene: number; sample: number; place: number; isKey: boolean; time: number; way: number }> {
  let row = 0;
  for (const { scene, sample, first, time } of walkSamples(size)) {
    const rows =
      Math.floor(((sample + 1) * size.sampleData) / size.samples) -
      Math.floor((sample * size.sampleData) / size.samples);
    for (let entry = 0; entry < rows; entry++, row++) {
      const place = entry % sensors.length;
      const offset = Math.floor(entry / sensors.length) * 70_000 + place * 4000;
      yield {
        row,
        scene,
        sample,
        place,
        isKey: entry < sensors.length,
        time: time + offset,
        way: (sample - first) * 3 + offset * 6e-6,
      };
    }
  }
}

function* listData(size: TablesSize): Generator<object> {
  for (const { row, scene, sample, place, isKey, time } of walkData(size)) {
    const { channel, modality } = sensors[place]!;
    const isCamera = modality === 'camera';
    yield {
      token: makeToken(6, row),
      sample_token: makeToken(5, sample),
      ego_pose_token: makeToken(6, row),
      calibrated_sensor_token: makeToken(2, scene * sensors.length + place),
      timestamp: time,
      fileformat: isCamera ? 'jpg' : 'pcd',
      is_key_frame: isKey,
      height: isCamera ? 900 : 0,
      width: isCamera ? 1600 : 0,
      filename: `${isKey ? 'samples' : 'sweeps'}/${channel}/n008-2018-08-01-15-16-36-0400__${channel}__${time}.${extensions[modality]}`,
      prev: makeToken(6, Math.max(0, row - sensors.length)),
      next: makeToken(6, row + sensors.length),
    };
  }
}

function* listPoses(size: TablesSize): Generator<object> {
  for (const { row, scene, time, way } of walkData(size)) {
    const yaw = scene / 100;
    yield {
      token: makeToken(6, row),
      timestamp: time,
      rotation: [Math.cos(yaw / 2), 0, 0, Math.sin(yaw / 2)],
      translation: [600 + way * Math.cos(yaw), 1600 + way * Math.sin(yaw), 0],
    };
  }
}

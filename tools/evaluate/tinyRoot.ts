import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { encodeNpz, toHalfBits } from '../world/npz.ts';
import { CAMERAS } from './dataRoot.ts';

/** For tests: a nuScenes-format root without images, and truth that is a road, some walls and a car that drives. */
export interface TinyRoot {
  readonly folder: string;
  readonly scenes: readonly { readonly name: string; readonly tokens: readonly string[] }[];
  truth(token: string): { readonly labels: Uint8Array; readonly flow: Float32Array };
}

const SIZE = [200, 200, 16] as const;
const identity = { rotation: [1, 0, 0, 0], translation: [0, 0, 0] };

/** Write `sceneCount` scenes of `frames` key frames each; the last sample of all has no truth. */
export function writeTinyRoot(folder: string, sceneCount: number, frames: number): TinyRoot {
  const scenes = Array.from({ length: sceneCount }, (_, scene) => ({
    name: `tiny-${scene}`,
    tokens: Array.from({ length: frames }, (_, frame) => `sample${scene}x${frame}`),
  }));
  const channels = [...CAMERAS, 'LIDAR_TOP'];
  writeTable(
    folder,
    'sensor',
    channels.map((channel) => ({ token: `sensor ${channel}`, channel })),
  );
  writeTable(folder, 'calibrated_sensor', channels.map(calibrate));
  writeTable(
    folder,
    'scene',
    scenes.map(({ name, tokens }) => ({ token: name, name, first_sample_token: tokens[0]! })),
  );
  const samples = scenes.flatMap(({ name, tokens }) =>
    tokens.map((token, frame) => ({
      token,
      frame,
      timestamp: 1e15 + frame * 5e5,
      next: tokens[frame + 1] ?? '',
      scene_token: name,
    })),
  );
  writeTable(folder, 'sample', samples);
  const data = samples.flatMap(({ token, timestamp }) =>
    channels.map((channel) => ({
      sample_token: token,
      ego_pose_token: `pose${token}`,
      calibrated_sensor_token: `calibrated ${channel}`,
      timestamp,
      is_key_frame: true,
      filename: `samples/${channel}/${token}.jpg`,
      width: 160,
      height: 90,
    })),
  );
  writeTable(folder, 'sample_data', data);
  const poses = samples.map(({ token, frame }) => ({
    token: `pose${token}`,
    ...identity,
    translation: [3 * frame, 0, 0],
  }));
  writeTable(folder, 'ego_pose', poses);
  const truth = (token: string) => makeTruth([...token].reduce((sum, letter) => sum + letter.charCodeAt(0), 0));
  for (const { token, scene_token } of samples.slice(0, -1)) writeTruth(folder, scene_token, token, truth(token));
  return { folder, scenes, truth };
}

function calibrate(channel: string): object {
  const isCamera = channel.startsWith('CAM');
  return {
    token: `calibrated ${channel}`,
    sensor_token: `sensor ${channel}`,
    ...(isCamera
      ? { rotation: [0.5, -0.5, 0.5, -0.5], translation: [0, 0, 1.5] }
      : { ...identity, translation: [0.9, 0, 1.8] }),
    camera_intrinsic: isCamera
      ? [
          [126, 0, 79.5],
          [0, 126, 44.5],
          [0, 0, 1],
        ]
      : [],
  };
}

function writeTable(folder: string, name: string, rows: readonly object[]): void {
  mkdirSync(path.join(folder, 'v1.0-tiny'), { recursive: true });
  writeFileSync(path.join(folder, 'v1.0-tiny', `${name}.json`), JSON.stringify(rows, null, 0));
}

function makeTruth(seed: number): { labels: Uint8Array; flow: Float32Array } {
  const labels = new Uint8Array(640_000).fill(17);
  const flow = new Float32Array(1_280_000);
  for (let x = 0; x < 200; x++) {
    for (let y = 0; y < 200; y++) {
      const column = (x * 200 + y) * 16;
      labels[column + 1] = Math.abs(y - 100) < 15 ? 11 : 13;
      if ((x + seed) % 40 === 0 && Math.abs(y - 100) > 20) labels.fill(15, column + 2, column + 9);
      const isCar = Math.abs(x - 110 - (seed % 7)) < 5 && Math.abs(y - 104) < 3;
      for (let z = 2; isCar && z < 6; z++) {
        labels[column + z] = 4;
        flow[2 * (column + z)] = 2;
      }
    }
  }
  return { labels, flow };
}

function writeTruth(
  folder: string,
  scene: string,
  token: string,
  { labels, flow }: ReturnType<TinyRoot['truth']>,
): void {
  const mask = labels.map((_, voxel) => (voxel % 5 === 0 ? 0 : 1));
  const write = (source: string, arrays: Parameters<typeof encodeNpz>[0]) => {
    const file = path.join(folder, source, scene, token, 'labels.npz');
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, encodeNpz(arrays, 1));
  };
  write('gts', [
    { name: 'semantics', type: 'uint8', shape: SIZE, data: labels },
    { name: 'mask_camera', type: 'uint8', shape: SIZE, data: mask },
  ]);
  write('openocc_v2', [{ name: 'flow', type: 'float16', shape: [...SIZE, 2], data: toHalfBits(flow) }]);
}

import { expect, test } from 'vitest';
import type { FileTree } from '../../domain/fileTree.ts';
import { encodeNpy } from '../npz/writeNpz.ts';
import { findPresence } from './findPresence.ts';
import { readTables } from './readTables.ts';
import { type DataRoot, findDataRoot } from './rootFiles.ts';
import { openScene } from './sceneClip.ts';

const sceneToken = 'c'.repeat(32);
const lidarToken = 'a'.repeat(32);
const lidarFile = 'n015-2018-07-24__LIDAR_TOP__1532402927647951.pcd.bin';

/** One scene with one sample, a camera and a lidar that stands 1.84 m above the ground, turned as nuScenes turns it. */
const tables = {
  sensor: ['CAM_FRONT', 'LIDAR_TOP'].map((channel) => ({ token: channel, channel })),
  calibrated_sensor: ['CAM_FRONT', 'LIDAR_TOP'].map((channel) => ({
    token: `cal ${channel}`,
    sensor_token: channel,
    translation: [0, 0, 1.84],
    rotation: channel === 'LIDAR_TOP' ? [Math.SQRT1_2, 0, 0, -Math.SQRT1_2] : [0.5, -0.5, 0.5, -0.5],
    camera_intrinsic: channel === 'LIDAR_TOP' ? [] : [100, 0, 50, 0, 100, 25, 0, 0, 1],
  })),
  scene: [{ token: sceneToken, name: 'scene-0001', description: '', first_sample_token: 's' }],
  sample: [{ token: 's', timestamp: 1532402927647951, next: '', scene_token: sceneToken }],
  sample_data: ['CAM_FRONT', 'LIDAR_TOP'].map((channel) => ({
    token: channel === 'LIDAR_TOP' ? lidarToken : 'camera',
    sample_token: 's',
    ego_pose_token: 'p',
    calibrated_sensor_token: `cal ${channel}`,
    timestamp: 1532402927647951,
    is_key_frame: true,
    height: 50,
    width: 100,
    filename: channel === 'LIDAR_TOP' ? `samples/LIDAR_TOP/${lidarFile}` : 'samples/CAM_FRONT/a.jpg',
  })),
  ego_pose: [{ token: 'p', rotation: [1, 0, 0, 0], translation: [0, 0, 0] }],
};

/** A car 10.25 m ahead of the lidar (its y) and 0.75 m below it, in a grid of `size` metres from `lower`, and something that is noise. */
function makeRows(size: number, lower: readonly [number, number, number], order: readonly number[]): Uint8Array {
  const cell = [0.1, 10.1, -0.8].map((metres, axis) => Math.floor((metres - lower[axis]!) / size));
  const noise = [cell[0]!, cell[1]! + 8, cell[2]!];
  const rows = [
    [cell, 4],
    [noise, 0],
  ].flatMap(([place, label]) => [...order.map((axis) => (place as number[])[axis]!), label as number]);
  return encodeNpy({ name: 'rows', type: 'int32', shape: [2, 4], data: Int32Array.from(rows) });
}

function makeTree(files: Readonly<Record<string, Uint8Array>>): FileTree {
  const all = new Map<string, Blob>(
    Object.entries(tables).map(([name, rows]) => [`v1.0-mini/${name}.json`, new Blob([JSON.stringify(rows)])]),
  );
  for (const [name, bytes] of Object.entries(files)) all.set(name, new Blob([bytes as Uint8Array<ArrayBuffer>]));
  return {
    name: 'data',
    readFile: async (path) => all.get(path) ?? null,
    async *list(path) {
      const prefix = path === '' ? '' : `${path}/`;
      const inside = [...all.keys()].filter((name) => name.startsWith(prefix));
      const names = new Map(inside.map((name) => [name.slice(prefix.length).split('/')[0]!, name]));
      for (const [name, full] of names) yield { name, kind: full === prefix + name ? 'file' : 'folder' };
    },
  };
}

async function open(files: Readonly<Record<string, Uint8Array>>) {
  const root = (await findDataRoot(makeTree(files))) as DataRoot;
  const version = root.versions[0]!;
  const index = await readTables(await root.readTables(version), { version, signal: new AbortController().signal });
  const presence = await findPresence(root, index, index.scenes[0]!);
  return { presence, ...(await openScene(root, index, index.scenes[0]!)) };
}

const surroundOcc = makeRows(0.5, [-50, -50, -5], [0, 1, 2]);
const openOccupancy = makeRows(0.2, [-51.2, -51.2, -5], [2, 1, 0]);

test.each(['nuscenes_occ/samples', 'gts_surroundocc/samples', 'surroundocc/val_samples', 'extra/occ_samples'])(
  'SurroundOcc in %s is told, listed and moved into the ego frame',
  async (folder) => {
    const { presence, clip } = await open({ [`${folder}/${lidarFile}.npy`]: surroundOcc });
    expect(presence).toMatchObject({ surroundOcc: true, openOccupancy: false, occ3d: false });
    expect(clip.truths?.map(({ title }) => title)).toEqual(['SurroundOcc']);
    expect(clip.hasTruth).toBe(true);
    checkCar(await clip.openTruth(0));
  },
);

test.each(['nuScenes-Occupancy-v0.1/', 'nuScenes-Occupancy/', 'part/nuScenes-Occupancy/', ''])(
  'OpenOccupancy in “%s” is told, listed and moved into the ego frame',
  async (folder) => {
    const file = `${folder}scene_${sceneToken}/occupancy/${lidarToken}.npy`;
    const { presence, clip } = await open({ [file]: openOccupancy });
    expect(presence).toMatchObject({ surroundOcc: false, openOccupancy: true });
    expect(clip.truthId).toBe('open-occupancy');
    checkCar(await clip.openTruth(0));
  },
);

test('several truths stand beside each other; without any the clip says so', async () => {
  const both = await open({
    [`nuscenes_occ/samples/${lidarFile}.npy`]: surroundOcc,
    [`nuScenes-Occupancy/scene_${sceneToken}/occupancy/${lidarToken}.npy`]: openOccupancy,
  });
  expect(both.clip.truths?.map(({ id }) => id)).toEqual(['surround-occ', 'open-occupancy']);
  const none = await open({});
  expect(none.clip.hasTruth).toBe(false);
  expect(none.clip.truths).toBeUndefined();
  expect(await none.clip.openTruth(0)).toBeNull();
});

function checkCar(truth: Awaited<ReturnType<Awaited<ReturnType<typeof open>>['clip']['openTruth']>>): void {
  const cars = [...truth!.labels.keys()].filter((voxel) => truth!.labels[voxel] === 4);
  expect(cars.length).toBeGreaterThan(0);
  for (const voxel of cars) {
    expect(Math.abs(-40 + 0.4 * (Math.floor(voxel / 3200) + 0.5) - 10.1)).toBeLessThan(0.6);
    expect(Math.abs(-1 + 0.4 * ((voxel % 16) + 0.5) - 1.04)).toBeLessThan(0.6);
  }
  // Noise is not judged, and counts as nothing.
  const ahead = (Math.floor((13 + 40) / 0.4) * 200 + 100) * 16 + 5;
  expect(truth!.labels[ahead]).toBe(17);
  expect(truth!.ignored!.some((value) => value === 1)).toBe(true);
}

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { FileTree } from '../../domain/fileTree.ts';
import { OccuscopeError } from '../../errors/catalogue.ts';
import { chooseRows, createTokenSet } from './chooseRows.ts';
import { describeScene } from './describeScene.ts';
import { readTables } from './readTables.ts';
import { findDataRoot } from './rootFiles.ts';
import { type RootIndex, readFileName, TABLES } from './rootIndex.ts';
import { readPieces, splitRecords } from './splitRecords.ts';

type Tables = Record<(typeof TABLES)[number], Record<string, unknown>[]>;
const cameras = ['CAM_FRONT', 'CAM_BACK'];

/** Two scenes of three samples with two cameras, a lidar and a radar, the ego driving 2 m a second; the camera fires 1 m later. */
function makeTables(): Tables {
  const channels = [...cameras, 'LIDAR_TOP', 'RADAR_FRONT'];
  const samples = [0, 1].flatMap((scene) =>
    [0, 1, 2].map((place) => ({
      token: `s${scene}${place}`,
      timestamp: 1e9 + scene * 1e8 + place * 5e5,
      next: place < 2 ? `s${scene}${place + 1}` : '',
      scene_token: `scene${scene}`,
    })),
  );
  const intrinsics = [
    [100, 0, 50],
    [0, 100, 25],
    [0, 0, 1],
  ];
  return {
    sensor: channels.map((channel) => ({ token: `sensor ${channel}`, channel })),
    calibrated_sensor: channels.map((channel) => ({
      token: `cal ${channel}`,
      sensor_token: `sensor ${channel}`,
      translation: [0, 0, 1.5],
      rotation: [1, 0, 0, 0],
      camera_intrinsic: channel.startsWith('CAM') ? intrinsics : [],
    })),
    log: [{ token: 'log', location: 'boston' }],
    scene: [1, 0].map((scene) => ({
      token: `scene${scene}`,
      name: `scene-000${scene}`,
      description: 'Night, } and "quotes"',
      log_token: 'log',
      first_sample_token: `s${scene}0`,
    })),
    sample: samples,
    sample_data: samples.flatMap(({ token, timestamp }) =>
      channels.flatMap((channel) =>
        [true, false].map((is_key_frame) => ({
          token: `d ${token} ${channel} ${is_key_frame}`,
          sample_token: token,
          ego_pose_token: `p ${token} ${channel}`,
          calibrated_sensor_token: `cal ${channel}`,
          timestamp,
          is_key_frame,
          height: 50,
          width: 100,
          filename: `${is_key_frame ? 'samples' : 'sweeps'}/${channel}/${token}.jpg`,
        })),
      ),
    ),
    ego_pose: samples.flatMap(({ token }, index) =>
      channels.map((channel) => ({
        token: `p ${token} ${channel}`,
        rotation: [1, 0, 0, 0],
        translation: [index + (channel.startsWith('CAM') ? 1 : 0), 0, 0],
      })),
    ),
  };
}

function toFiles(tables: Tables, write = (rows: unknown) => JSON.stringify(rows, null, 1)) {
  return Object.fromEntries(TABLES.map((name) => [name, new Blob([write(tables[name])])]));
}

function read(tables: Tables, pieceBytes = 300): Promise<RootIndex> {
  return readTables(toFiles(tables), { version: 'v1.0-test', signal: new AbortController().signal, pieceBytes });
}

/** All sentences about the tables and their first scene. */
async function listFaults(change: (tables: Tables) => void): Promise<string[]> {
  const tables = makeTables();
  change(tables);
  const index = await read(tables);
  return [...index.faults, ...describeScene(index, index.scenes[0]!).faults];
}

describe('tables', () => {
  test('become an index, whatever the size of the pieces', async () => {
    const whole = await read(makeTables(), 1 << 20);
    for (const pieceBytes of [1, 7, 64, 1000]) expect(await read(makeTables(), pieceBytes)).toEqual(whole);
    expect(whole.channels).toEqual(['CAM_FRONT', 'CAM_BACK', 'LIDAR_TOP']);
    expect(
      whole.scenes.map(({ name, location, sampleCount, faults }) => [name, location, sampleCount, faults]),
    ).toEqual([
      ['scene-0000', 'boston', 3, []],
      ['scene-0001', 'boston', 3, []],
    ]);
    expect(whole.sampleTokens.slice(0, 3)).toEqual(['s00', 's01', 's02']);
    expect(readFileName(whole, 1)).toBe('samples/CAM_BACK/s00.jpg');
    expect(whole.faults).toEqual([]);
  });

  test('give frames whose cameras went through their own ego poses', async () => {
    const index = await read(makeTables());
    const { frames, files, cameraNames, faults } = describeScene(index, index.scenes[1]!);
    expect(cameraNames).toEqual(cameras);
    expect(faults).toEqual([]);
    expect(frames.map(({ worldFromEgo }) => worldFromEgo[3])).toEqual([3, 4, 5]);
    // The camera fired one metre further on than the lidar.
    expect(frames[2]!.cameras[1]!.egoFromCamera[3]).toBeCloseTo(1);
    expect(frames[2]!.cameras[1]!.egoFromCamera[11]).toBeCloseTo(1.5);
    expect(files[2]).toEqual(['samples/CAM_FRONT/s12.jpg', 'samples/CAM_BACK/s12.jpg']);
  });

  test.each<[string, (tables: Tables) => void, RegExp]>([
    ['a sample of no scene', (t) => (t.sample[0]!['scene_token'] = 'gone'), /no scene gone/],
    ['a sample that is not there', (t) => t.sample.splice(1, 1), /belong to sample s01, which no scene has/],
    [
      'a chain into nothing',
      (t) => (t.sample[1]!['next'] = 'nowhere'),
      /leads to nowhere, which this scene does not have/,
    ],
    ['a chain in a circle', (t) => (t.sample[2]!['next'] = 's00'), /comes back to s00.*in the order of time/],
    ['equal times', (t) => (t.sample[1]!['timestamp'] = t.sample[0]!['timestamp']), /s00 and s01 have the same time/],
    ['a missing pose', (t) => t.ego_pose.splice(1, 1), /no ego pose p s00 CAM_BACK/],
    [
      'a long quaternion',
      (t) => (t.calibrated_sensor[0]!['rotation'] = [2, 0, 0, 0]),
      /CAM_FRONT has a rotation of length 2\.000, not 1/,
    ],
    ['a quaternion of zeros', (t) => (t.calibrated_sensor[0]!['rotation'] = [0, 0, 0, 0]), /rotation of length zero/],
    [
      'NaN in a camera matrix',
      (t) =>
        (t.calibrated_sensor[0]!['camera_intrinsic'] = [
          [Number.NaN, 0, 1],
          [0, 1, 1],
          [0, 0, 1],
        ]),
      /CAM_FRONT has no usable camera matrix/,
    ],
    ['a calibration that is not there', (t) => t.calibrated_sensor.splice(0, 1), /no calibration cal CAM_FRONT/],
    ['two key frames in one place', (t) => t.sample_data.push(t.sample_data[0]!), /second of its sample/],
    ['a key frame without a file', (t) => (t.sample_data[0]!['filename'] = 7), /no time or no file name/],
    ['a scene without samples', (t) => (t.sample = t.sample.slice(3)), /no samples of this scene/],
    ['a row without a name', (t) => delete t.scene[0]!['name'], /has no name or is there twice/],
  ])('with %s say so in one sentence, and the rest keeps working', async (_, change, expected) => {
    const faults = await listFaults(change);
    expect(faults.filter((sentence) => expected.test(sentence))).toHaveLength(1);
  });

  test('with NaN as Python writes it name the calibration', async () => {
    const files = toFiles(makeTables());
    const text = (await files['calibrated_sensor']!.text()).replace('100', 'NaN');
    const options = { version: 'v', signal: new AbortController().signal };
    const { faults } = await readTables({ ...files, calibrated_sensor: new Blob([text]) }, options);
    expect(faults).toEqual([expect.stringMatching(/cal CAM_FRONT of CAM_FRONT has no usable camera matrix/)]);
  });

  test('find poses wherever the token stands in its row, and however it is written', async () => {
    const whole = await read(makeTables());
    const files = toFiles(makeTables());
    const poses = makeTables().ego_pose.map(({ token, ...rest }) => ({ ...rest, token }));
    const escaped = JSON.stringify(makeTables().ego_pose).replaceAll('"p s', '"\\u0070 s');
    for (const text of [JSON.stringify(poses), escaped, JSON.stringify(makeTables().ego_pose)]) {
      const options = { version: 'v1.0-test', signal: new AbortController().signal };
      expect(await readTables({ ...files, ego_pose: new Blob([text]) }, options)).toEqual(whole);
    }
  });

  test('with an unusable camera give the others', async () => {
    const tables = makeTables();
    tables.calibrated_sensor[0]!['rotation'] = [0, 0, 0, 0];
    const index = await read(tables);
    expect(describeScene(index, index.scenes[0]!).cameraNames).toEqual(['CAM_BACK']);
  });

  test('of one and of forty cameras are read', async () => {
    const tables = makeTables();
    for (let extra = 0; extra < 38; extra++) {
      tables.sensor.push({
        token: `e${extra}`,
        channel: `CAM_EXTRA_${extra}`,
        modality: undefined as unknown as string,
      });
      tables.calibrated_sensor.push({ ...tables.calibrated_sensor[0], token: `c${extra}`, sensor_token: `e${extra}` });
      tables.sample_data.push({ ...tables.sample_data[0], token: `x${extra}`, calibrated_sensor_token: `c${extra}` });
    }
    const many = await read(tables);
    expect(describeScene(many, many.scenes[0]!).cameraNames).toHaveLength(40);
    const one = makeTables();
    one.sample_data = one.sample_data.filter(
      ({ calibrated_sensor_token }) => calibrated_sensor_token === 'cal CAM_BACK',
    );
    const index = await read(one);
    expect(describeScene(index, index.scenes[0]!).cameraNames).toEqual(['CAM_BACK']);
  });

  test('a table that is missing, cut short or no list ends in one sentence', async () => {
    const options = { version: 'v1.0-test', signal: new AbortController().signal };
    const { sample_data: _, ...without } = toFiles(makeTables());
    await expect(readTables(without, options)).rejects.toThrow(/v1\.0-test has no sample_data\.json/);
    const cut = { ...toFiles(makeTables()), ego_pose: new Blob([JSON.stringify(makeTables().ego_pose).slice(0, -40)]) };
    await expect(readTables(cut, options)).rejects.toThrow(/ego_pose\.json ends in the middle/);
    const page = { ...toFiles(makeTables()), scene: new Blob(['<html>']) };
    await expect(readTables(page, options)).rejects.toThrow(/scene\.json does not begin with \[/);
    const abort = new AbortController();
    abort.abort();
    await expect(readTables(toFiles(makeTables()), { ...options, signal: abort.signal })).rejects.toThrow(/abort/i);
  });

  test('with entries that are no objects keep the others and say so', async () => {
    const files = toFiles(makeTables(), (rows) => `[null, 5, ${JSON.stringify(rows).slice(1, -1)}, [1]]`);
    const index = await readTables(files, { version: 'v1.0-test', signal: new AbortController().signal });
    expect(index.sampleTokens.length).toBeGreaterThan(0);
  });

  test('changed at random end in an index or in one sentence', async () => {
    const names = fc.constantFrom(...TABLES);
    const values = fc.oneof(fc.string(), fc.integer(), fc.constant(null), fc.constant([]), fc.double(), fc.boolean());
    const change = fc.record({ table: names, row: fc.nat(40), field: fc.nat(9), value: values });
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 6 }), async (changes) => {
        const tables = makeTables();
        for (const { table, row, field, value } of changes) {
          const target = tables[table][row % tables[table].length]!;
          const name = Object.keys(target)[field % Object.keys(target).length]!;
          target[name] = value;
        }
        const index = await read(tables, 4000);
        for (const scene of index.scenes) {
          const { frames } = describeScene(index, scene);
          for (const { cameras: views, worldFromEgo } of frames) {
            expect(worldFromEgo.every(Number.isFinite)).toBe(true);
            for (const view of views) expect(view.egoFromCamera.every(Number.isFinite)).toBe(true);
          }
        }
      }),
      { numRuns: 200 },
    );
  });

  test('cut or changed byte by byte end in an index or in a catalogue sentence', async () => {
    const good = new TextEncoder().encode(JSON.stringify(makeTables().sample_data));
    await fc.assert(
      fc.asyncProperty(
        fc.nat(good.length),
        fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { maxLength: 3 }),
        async (end, changes) => {
          const bytes = good.slice(0, changes.length === 0 ? end : undefined);
          for (const [at, value] of changes) bytes[at] = value;
          const files = { ...toFiles(makeTables()), sample_data: new Blob([bytes]) };
          const options = { version: 'v', signal: new AbortController().signal, pieceBytes: 500 };
          await readTables(files, options).catch((error: unknown) => expect(error).toBeInstanceOf(OccuscopeError));
        },
      ),
      { numRuns: 200 },
    );
  });
});

test('rows are cut where JSON.parse sees them, for any text and any pieces', async () => {
  // Texts full of what looks like the seam between two rows.
  const text = fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom('}', ',', '{', '"', 'a', ' ', '\\', 'é') }));
  const row = fc.dictionary(
    text,
    fc.oneof(text, fc.integer(), fc.array(fc.dictionary(text, text, { maxKeys: 3 }), { maxLength: 3 })),
    { maxKeys: 4 },
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(row, { maxLength: 8 }),
      fc.integer({ min: 1, max: 400 }),
      fc.boolean(),
      async (rows, pieceBytes, isPretty) => {
        const file = new Blob([JSON.stringify(rows, null, isPretty ? 2 : 0)]);
        const found: unknown[] = [];
        const pieces = readPieces(file, new AbortController().signal, () => undefined, pieceBytes);
        for await (const { text, borders } of splitRecords(pieces)) {
          for (let index = 0; index < borders.length; index += 2) {
            found.push(JSON.parse(text.slice(borders[index], borders[index + 1])));
          }
        }
        expect(found).toEqual(JSON.parse(JSON.stringify(rows)));
      },
    ),
    { numRuns: 300 },
  );
});

test('rows are chosen by their token without being parsed, escapes and all', () => {
  const token = fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom('a', 'b', '"', '\\', 'é'), maxLength: 12 }));
  fc.assert(
    fc.property(fc.array(token, { minLength: 1 }), fc.array(token), fc.boolean(), (there, wanted, isPretty) => {
      const rows = there.map((each) => JSON.stringify({ token: each, is: 'x' }, null, isPretty ? 1 : 0));
      const text = rows.join(',');
      const borders = rows.flatMap((row, index) => {
        const start = rows.slice(0, index).reduce((sum, { length }) => sum + length + 1, 0);
        return [start, start + row.length];
      });
      const tokens = createTokenSet(new Set([...wanted, there[0]!]));
      const found = chooseRows({ text, borders }, { kind: 'tokens', tokens }).map((row) => JSON.parse(row).token);
      const isPlain = (each: string) => JSON.stringify(each) === `"${each}"`;
      expect(found.filter((each) => tokens.has(each))).toEqual(there.filter((each) => tokens.has(each)));
      expect(found.filter((each) => isPlain(each) && !tokens.has(each))).toEqual([]);
    }),
  );
});

describe('a data root', () => {
  const makeTree = (paths: readonly string[]): FileTree => ({
    name: 'nuscenes',
    readFile: async (path) => (paths.includes(path) ? new Blob([path]) : null),
    async *list(path) {
      const prefix = path === '' ? '' : `${path}/`;
      const names = new Map<string, 'file' | 'folder'>();
      for (const file of paths) {
        if (!file.startsWith(prefix)) continue;
        const [name, ...rest] = file.slice(prefix.length).split('/');
        names.set(name!, rest.length > 0 ? 'folder' : 'file');
      }
      for (const [name, kind] of names) yield { name, kind };
    },
  });

  test('is found whole, in parts beside each other, and as the folder of tables alone', async () => {
    const whole = await findDataRoot(
      makeTree(['v1.0-mini/sample_data.json', 'v1.0-mini/scene.json', 'samples/A/1.jpg']),
    );
    expect(whole!.versions).toEqual(['v1.0-mini']);
    expect(await (await whole!.readFile('samples/A/1.jpg'))!.text()).toBe('samples/A/1.jpg');
    const parts = await findDataRoot(
      makeTree([
        'meta/v1.0-trainval/sample_data.json',
        'blobs01/samples/A/1.jpg',
        'blobs02/samples/A/2.jpg',
        'blobs02/gts/s/t/labels.npz',
      ]),
    );
    expect(parts!.versions).toEqual(['v1.0-trainval']);
    expect(await (await parts!.readFile('samples/A/2.jpg'))!.text()).toBe('blobs02/samples/A/2.jpg');
    expect(await (await parts!.readFile('samples/A/1.jpg'))!.text()).toBe('blobs01/samples/A/1.jpg');
    expect(await parts!.readFile('samples/A/3.jpg')).toBeNull();
    expect(await parts!.hasFolder('gts/s')).toBe(true);
    expect(await parts!.hasFolder('gts/other')).toBe(false);
    expect((await findDataRoot(makeTree(['sample_data.json', 'scene.json'])))!.versions).toEqual(['nuscenes']);
    expect(await findDataRoot(makeTree(['samples/A/1.jpg', 'a/b.txt']))).toBeNull();
  });
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { OccuscopeError } from '../../../errors/catalogue.ts';
import { composePose, transformPoint } from '../../../geometry/rigid.ts';
import { readRig } from './readRig.ts';
import { parseRigFile, writeRigFile } from './rigFile.ts';

const ahead = [0, 0, 1, 1.7, -1, 0, 0, 0, 0, -1, 0, 1.5, 0, 0, 0, 1];
const k = [500, 0, 319.5, 0, 500, 239.5, 0, 0, 1];
const camera = { name: 'front', width: 640, height: 480, intrinsics: k, egoFromCamera: ahead };
const rigFile = { format: 'occuscope-rig/1', cameras: [camera] };

async function faultOf(text: string, sibling: string | null = null): Promise<string> {
  const error: unknown = await readRig(text, 'file', async () => sibling).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(OccuscopeError);
  expect((error as OccuscopeError).code).toBe('calibration-invalid');
  return (error as OccuscopeError).detail ?? '';
}

describe('rig.json', () => {
  test('what is written is read back equal, matrices on one line', () => {
    const quaternion = fc
      .tuple(...Array.from({ length: 4 }, () => fc.double({ min: -1, max: 1, noNaN: true })))
      .filter((q) => Math.hypot(...q) > 0.1);
    const mounted = fc.record({
      name: fc.string({ minLength: 1, maxLength: 20 }).filter((name) => !/[/\\]/.test(name)),
      size: fc.record({ width: fc.integer({ min: 1, max: 5000 }), height: fc.integer({ min: 1, max: 5000 }) }),
      focal: fc.double({ min: 1, max: 5000, noNaN: true }),
      rotation: quaternion,
      translation: fc.tuple(...Array.from({ length: 3 }, () => fc.double({ min: -50, max: 50, noNaN: true }))),
      coefficients: fc.option(fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 4, maxLength: 4 })),
    });
    fc.assert(
      fc.property(fc.uniqueArray(mounted, { minLength: 1, maxLength: 8, selector: ({ name }) => name }), (list) => {
        const cameras = list.map(({ name, size, focal, rotation, translation, coefficients }) => ({
          name,
          size,
          intrinsics: Float64Array.of(focal, 0, 10, 0, focal, 20, 0, 0, 1),
          distortion: coefficients && { model: 'brown-conrady' as const, coefficients },
          egoFromCamera: composePose({ rotation, translation }),
        }));
        const text = writeRigFile({ cameras, egoFromLidar: cameras[0]!.egoFromCamera });
        const read = parseRigFile(JSON.parse(text), 'rig.json');
        // JSON has no negative zero.
        const plain = (value: unknown) => JSON.parse(JSON.stringify(value));
        expect(plain(read.cameras)).toEqual(plain(cameras));
        expect(plain(read.egoFromLidar)).toEqual(plain(cameras[0]!.egoFromCamera));
      }),
    );
    expect(writeRigFile({ ...parseRigFile(rigFile, 'rig'), egoFromLidar: null })).toContain(
      '"intrinsics": [500, 0, 319.5,',
    );
  });

  test('a quaternion and a matrix say the same', () => {
    const pose = { rotation: [0.5, -0.5, 0.5, -0.5], translation: [1.7, 0, 1.5] };
    const rig = parseRigFile({ ...rigFile, cameras: [{ ...camera, egoFromCamera: pose }] }, 'rig.json');
    expect([...rig.cameras[0]!.egoFromCamera].map((value) => value + 0)).toEqual(ahead.map((value) => value + 0));
  });

  const change = (edit: (file: ReturnType<typeof JSON.parse>) => void) => {
    const copy = structuredClone(rigFile) as ReturnType<typeof JSON.parse>;
    edit(copy);
    return JSON.stringify(copy);
  };
  test.each<[string, string, RegExp]>([
    ['no camera', change((file) => (file.cameras = [])), /cameras: a rig needs at least one camera/],
    [
      '65 cameras',
      change((file) => (file.cameras = Array.from({ length: 65 }, (_, i) => ({ ...camera, name: `c${i}` })))),
      /more than 64 cameras/,
    ],
    [
      'two cameras of one name',
      change((file) => file.cameras.push(camera)),
      /cameras\[1\]\.name: “front” is there twice/,
    ],
    ['NaN', change(() => undefined).replace('319.5', 'NaN'), /file holds NaN or Infinity, which are no numbers/],
    [
      'null for a number',
      change((file) => (file.cameras[0].intrinsics[2] = null)),
      /cameras\[0\]\.intrinsics\[2\]: .*number/,
    ],
    [
      'a negative focal length',
      change((file) => (file.cameras[0].intrinsics[0] = -5)),
      /focal length that is not above zero/,
    ],
    [
      'a transposed matrix',
      change((file) => (file.cameras[0].intrinsics = [500, 0, 0, 0, 500, 0, 319, 239, 1])),
      /is not of the form fx s cx/,
    ],
    ['a mirrored camera', change((file) => (file.cameras[0].egoFromCamera[4] = 1)), /mirrors: its determinant is -1/],
    ['a scaled rotation', change((file) => (file.cameras[0].egoFromCamera[2] = 2)), /egoFromCamera: holds no rotation/],
    [
      'a long quaternion',
      change((file) => (file.cameras[0].egoFromCamera = { rotation: [1, 1, 0, 0], translation: [0, 0, 0] })),
      /egoFromCamera\.rotation: is a quaternion of length 1\.41; it must be 1/,
    ],
    [
      'three coefficients',
      change((file) => (file.cameras[0].distortion = { model: 'equidistant', coefficients: [0, 0, 0] })),
      /the model equidistant takes 4 coefficients/,
    ],
    [
      'an unknown lens',
      change((file) => (file.cameras[0].distortion = { model: 'mei', coefficients: [] })),
      /distortion\.model: /,
    ],
    ['no size', change((file) => delete file.cameras[0].width), /cameras\[0\]\.width: /],
    ['an unknown field', change((file) => (file.cameras[0].fov = 90)), /fov/],
    ['another format', change((file) => (file.format = 'occuscope-rig/9')), /format: /],
    ['half a file', JSON.stringify(rigFile).slice(0, 60), /is not JSON/],
    ['prose', 'hello', /neither a rig\.json, nor nuScenes JSON, a KITTI calib\.txt or a Kalibr camchain/],
    ['nothing', '', /neither/],
  ])('%s', async (_, text, expected) => {
    expect(await faultOf(text)).toMatch(expected);
  });
});

describe('nuScenes', () => {
  const record = {
    token: 'a',
    sensor_token: 's1',
    translation: [1.7, 0, 1.5],
    rotation: [0.5, -0.5, 0.5, -0.5],
    camera_intrinsic: [
      [1266, 0, 816],
      [0, 1266, 491],
      [0, 0, 1],
    ],
  };
  const lidar = {
    token: 'b',
    sensor_token: 's2',
    translation: [0.9, 0, 1.8],
    rotation: [1, 0, 0, 0],
    camera_intrinsic: [],
  };
  const sensors = JSON.stringify([
    { token: 's1', channel: 'CAM_FRONT' },
    { token: 's2', channel: 'LIDAR_TOP' },
  ]);

  test('records with sensor.json: names, the lidar, no size', async () => {
    const rig = await readRig(JSON.stringify([record, lidar]), 'calibrated_sensor.json', async () => sensors);
    expect(rig.cameras.map(({ name, size: known }) => [name, known])).toEqual([['CAM_FRONT', null]]);
    expect(rig.cameras[0]!.egoFromCamera[2]).toBeCloseTo(1, 12);
    expect(rig.egoFromLidar![11]).toBe(1.8);
    expect(rig.notes).toEqual([]);
  });

  test('an object by camera, with the field names of info files', async () => {
    const { rotation, translation, camera_intrinsic } = record;
    const rig = await readRig(
      JSON.stringify({
        cams: {
          CAM_BACK: {
            sensor2ego_rotation: rotation,
            sensor2ego_translation: translation,
            cam_intrinsic: camera_intrinsic,
          },
        },
      }),
      'info.json',
    );
    expect(rig.cameras[0]!.name).toBe('CAM_BACK');
  });

  test('without names cameras are numbered, and that is said', async () => {
    const rig = await readRig(JSON.stringify([record, { ...record, token: 'c' }]), 'x.json');
    expect(rig.cameras.map(({ name }) => name)).toEqual(['camera_0', 'camera_1']);
    expect(rig.notes[0]).toMatch(/numbered in the order of the file/);
  });

  test('faults', async () => {
    expect(await faultOf(JSON.stringify([record, record]), sensors)).toMatch(/several calibrations of CAM_FRONT/);
    expect(await faultOf(JSON.stringify([{ ...record, rotation: [1, 0, 0, 0.5] }]), sensors)).toMatch(
      /\[0\]: rotation: is a quaternion of length 1\.12/,
    );
    expect(await faultOf(JSON.stringify([lidar]), sensors)).toMatch(/describes no camera/);
    expect(
      await faultOf(
        JSON.stringify([
          {
            ...record,
            camera_intrinsic: [
              [1, 0],
              [0, 1],
            ],
          },
        ]),
        sensors,
      ),
    ).toMatch(/camera_intrinsic has 4 numbers instead of 9/);
  });
});

describe('KITTI', () => {
  const p = (shift: number) => `718.856 0 607.1928 ${shift} 0 718.856 185.2157 0 0 0 1 0`;
  const tr = 'Tr: 0 -1 0 0 0 0 -1 -0.08 1 0 0 -0.27';
  const text = `P0: ${p(0)}\nP1: ${p(-386.1448)}\n${tr}\n`;

  test('camera 1 stands 0.54 m to the right of camera 0, both above the ground', async () => {
    const rig = await readRig(text, 'calib.txt');
    expect(rig.cameras.map(({ name }) => name)).toEqual(['image_0', 'image_1']);
    const [first, second] = rig.cameras.map(({ egoFromCamera }) => transformPoint(egoFromCamera, [0, 0, 0]));
    expect(first).toEqual([expect.closeTo(0.27, 9), expect.closeTo(0, 9), expect.closeTo(1.73 - 0.08, 9)]);
    expect(second![1]).toBeCloseTo(-386.1448 / 718.856, 9);
    expect(transformPoint(rig.cameras[0]!.egoFromCamera, [0, 0, 10])[0]).toBeCloseTo(10.27, 9);
    expect(rig.egoFromLidar![11]).toBe(1.73);
  });

  test('without Tr the mounting is assumed, and that is said', async () => {
    const rig = await readRig(`P2: ${p(0)}`, 'calib.txt');
    expect(rig.cameras[0]!.name).toBe('image_2');
    expect(rig.egoFromLidar).toBeNull();
    expect(rig.notes.join()).toMatch(/no line Tr and no calib_velo_to_cam\.txt/);
  });

  test('raw data: either of the two files is read with the other', async () => {
    const cameras = `calib_time: 09-Jan-2012\nS_rect_02: 1242 375\nR_rect_00: 1 0 0 0 1 0 0 0 1\nP_rect_02: ${p(0)}\n`;
    const velodyne = 'calib_time: 15-Mar-2012\nR: 0 -1 0 0 0 -1 1 0 0\nT: 0 -0.08 -0.27\ndelta_f: 0 0\n';
    const pairs = { 'calib_cam_to_cam.txt': cameras, 'calib_velo_to_cam.txt': velodyne };
    const read = (name: keyof typeof pairs) =>
      readRig(pairs[name], name, async (other) => pairs[other as keyof typeof pairs] ?? null);
    const [first, second] = [await read('calib_cam_to_cam.txt'), await read('calib_velo_to_cam.txt')];
    expect(second).toEqual(first);
    expect(first.cameras[0]).toMatchObject({ name: 'image_02', size: { width: 1242, height: 375 } });
    expect(transformPoint(first.cameras[0]!.egoFromCamera, [0, 0, 0])).toEqual([
      expect.closeTo(0.27, 9),
      expect.closeTo(0, 9),
      expect.closeTo(1.73 - 0.08, 9),
    ]);
    expect(first.egoFromLidar![11]).toBe(1.73);
    expect((await readRig(cameras, 'calib_cam_to_cam.txt')).egoFromLidar).toBeNull();
    expect(await faultOf(velodyne)).toMatch(/needs calib_cam_to_cam\.txt beside it/);
    expect(await faultOf(cameras, velodyne.replace('T: 0', 'T:'))).toMatch(/T has not 3 numbers/);
  });

  test('faults name the line', async () => {
    expect(await faultOf(text.replace('718.856', 'nan'))).toMatch(/P0 holds a value that is no number/);
    expect(await faultOf('P0: 1 2 3')).toMatch(/P0 has 3 numbers instead of 12/);
    expect(await faultOf(text.replace('Tr: 0 -1', 'Tr: 0 -2'))).toMatch(/Tr holds no rotation/);
    expect(await faultOf(`${text}P0: ${p(1)}`)).toMatch(/two lines P0/);
  });
});

describe('Kalibr', () => {
  const rows = (m: number[][]) => m.map((row) => `  - [${row.join(', ')}]`).join('\n');
  const cam = (index: number, extra: string) =>
    `cam${index}:\n  camera_model: pinhole\n  intrinsics: [400, 410, 320, 240]\n  distortion_model: radtan\n  distortion_coeffs: [-0.3, 0.1, 0, 0]\n  resolution: [640, 480]\n  rostopic: /cam${index}\n${extra}\n`;
  const identity = [
    [1, 0, 0, 0],
    [0, 1, 0, 0],
    [0, 0, 1, 0],
    [0, 0, 0, 1],
  ];
  const beside = [[1, 0, 0, -0.11], ...identity.slice(1)];
  const imu = [
    [0, -1, 0, 0],
    [0, 0, -1, 0.2],
    [1, 0, 0, -0.5],
    [0, 0, 0, 1],
  ];

  test('a chain: the second camera stands 11 cm to the right of the first', async () => {
    const rig = await readRig(`${cam(0, '')}${cam(1, `  T_cn_cnm1:\n${rows(beside)}`)}`, 'camchain.yaml');
    expect(rig.cameras.map(({ name }) => name)).toEqual(['cam0', 'cam1']);
    expect(rig.cameras[1]!.egoFromCamera[7]).toBeCloseTo(-0.11, 12);
    expect(rig.cameras[0]!.egoFromCamera[11]).toBeCloseTo(1.65, 12);
    expect(rig.cameras[0]!.distortion).toEqual({ model: 'brown-conrady', coefficients: [-0.3, 0.1, 0, 0] });
    expect(rig.notes.join(' ')).toMatch(/look straight ahead.*knows no ground/);
  });

  test('by the IMU: its axes are the ego’s', async () => {
    const rig = await readRig(cam(0, `  T_cam_imu:\n${rows(imu)}`), 'camchain-imucam.yaml');
    const m = rig.cameras[0]!.egoFromCamera;
    expect([m[2], m[3]]).toEqual([expect.closeTo(1, 12), expect.closeTo(0.5, 12)]);
  });

  test('faults name the camera', async () => {
    expect(await faultOf(cam(0, '').replace('pinhole', 'omni'))).toMatch(/cam0 has the camera model “omni”/);
    expect(await faultOf(cam(0, '').replace('radtan', 'fov'))).toMatch(/distortion model “fov”/);
    expect(await faultOf(`${cam(0, '')}${cam(1, '')}`)).toMatch(/cam1 has neither T_cn_cnm1 nor T_cam_imu/);
    expect(await faultOf(cam(0, '').replace('410', '.nan'))).toMatch(/cam0: intrinsics\[1\]: /);
    expect(await faultOf(cam(0, `  T_cam_imu:\n${rows(beside.slice(0, 3))}`))).toMatch(/T_cam_imu/);
    expect(await faultOf('cam0: [')).toMatch(/is not YAML|cam0/);
    expect(await faultOf('cam0: &a [*a, *a]')).toMatch(/./);
  });
});

test('whatever the text, a calibration is read or refused in one sentence', async () => {
  const pieces = fc.constantFrom(
    'cam0:',
    'P0: ',
    'Tr: ',
    '{',
    '}',
    '[',
    ']',
    '"cameras":',
    '"rotation":',
    '1 0 0 ',
    'null',
    ',',
    '\n',
    '  ',
    'NaN',
    '-',
    '"translation":[0,0,0]',
    '\u0000',
  );
  const text = fc.oneof(
    fc.string(),
    fc.array(pieces, { maxLength: 30 }).map((list) => list.join('')),
    fc.json(),
  );
  await fc.assert(
    fc.asyncProperty(text, async (value) => {
      const result = await readRig(value, 'file').catch((error: unknown) => error);
      if (result instanceof OccuscopeError) expect(result.detail).toBeTruthy();
      else expect(result).toHaveProperty('cameras');
    }),
    { numRuns: 500 },
  );
});

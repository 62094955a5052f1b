import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { planPreprocess } from '../../preprocess/plan.ts';
import { adjustCamera, describeHeading, noAdjustment } from './adjustCamera.ts';
import { findHorizonRow, moveIntrinsics, planWindow, scaleIntrinsics } from './imageWindow.ts';
import { fitCamera, guessRig, matchCameras } from './matchCameras.ts';
import { projectLidar, projectScene } from './projectScene.ts';
import { lookAhead, type RigCamera } from './rig.ts';
import { adviseRig } from './rigAdvice.ts';

const network = { imageSize: [352, 128], cameras: 6 } as const;
const images = {
  size: network.imageSize,
  fit: 'width-keep-bottom',
  channels: 'rgb',
  scale: 1,
  mean: [0, 0, 0],
  std: [1, 1, 1],
} as const;
const ahead = lookAhead(1.7, 0, 1.5);
const pinhole = (focal: number, width: number, height: number) =>
  Float64Array.of(focal, 0, (width - 1) / 2, 0, focal, (height - 1) / 2, 0, 0, 1);

describe('the part of an image that the network gets', () => {
  test('nuScenes’ images are taken whole', () => {
    const k = Float64Array.of(1266.4, 0, 816.3, 0, 1266.4, 491.5, 0, 0, 1);
    expect(planWindow(k, ahead, { width: 1600, height: 900 }, network)).toEqual({
      left: 0,
      top: 0,
      width: 1600,
      height: 900,
    });
  });

  test('640 x 480: without the cut the horizon would be dropped; with it, it lies where training had it', () => {
    const size = { width: 640, height: 480 };
    const window = planWindow(pinhole(500, 640, 480), ahead, size, network);
    const plan = planPreprocess(images, window.width, window.height);
    const row = (240 * 352) / 640 - plan.cropTop;
    expect(row).toBeCloseTo(0.3 * 128, 0);
    expect(planPreprocess(images, 640, 480).cropTop).toBeGreaterThan((240 * 352) / 640);
  });

  test('KITTI’s flat images lose their sides', () => {
    const window = planWindow(pinhole(718, 1242, 375), ahead, { width: 1242, height: 375 }, network);
    expect(window).toEqual({ left: 105, top: 0, width: 1031, height: 375 });
    expect(() => planPreprocess(images, 1242, 375)).toThrow(/becomes 352 x 106/);
    expect(planPreprocess(images, window.width, window.height).cropTop).toBe(0);
  });

  test('any image and any camera: a window inside of it that the network’s preprocessing takes', () => {
    const angle = fc.double({ min: -180, max: 180, noNaN: true });
    fc.assert(
      fc.property(
        fc.integer({ min: 8, max: 5000 }),
        fc.integer({ min: 8, max: 5000 }),
        fc.double({ min: 10, max: 5000, noNaN: true }),
        angle,
        angle,
        (width, height, focal, pitch, roll) => {
          const camera: RigCamera = {
            name: 'x',
            size: null,
            intrinsics: pinhole(focal, width, height),
            distortion: null,
            egoFromCamera: ahead,
          };
          const { egoFromCamera } = adjustCamera(camera, { ...noAdjustment, pitch, roll });
          const window = planWindow(camera.intrinsics, egoFromCamera, { width, height }, network);
          expect(window.left).toBeGreaterThanOrEqual(0);
          expect(window.left + window.width).toBeLessThanOrEqual(width);
          expect(window.top + window.height).toBeLessThanOrEqual(height);
          expect(planPreprocess(images, window.width, window.height).cropTop).toBeGreaterThanOrEqual(0);
        },
      ),
    );
  });

  test('without a network images are whole', () => {
    expect(planWindow(pinhole(100, 30, 90), ahead, { width: 30, height: 90 }, null)).toEqual({
      left: 0,
      top: 0,
      width: 30,
      height: 90,
    });
  });

  test('a point keeps its place in windows and scaled copies', () => {
    const k = pinhole(500, 640, 480);
    const u = (m: Readonly<Float64Array>) => m[0]! * 0.3 + m[2]!;
    expect(u(moveIntrinsics(k, { left: 40, top: 10, width: 1, height: 1 }))).toBeCloseTo(u(k) - 40, 12);
    expect(u(scaleIntrinsics(k, 0.5, 0.5))).toBeCloseTo((u(k) + 0.5) * 0.5 - 0.5, 12);
  });
});

describe('corrections', () => {
  const camera: RigCamera = {
    name: 'front',
    size: { width: 640, height: 480 },
    intrinsics: pinhole(500, 640, 480),
    distortion: null,
    egoFromCamera: ahead,
  };
  const heading = (change: Partial<typeof noAdjustment>) =>
    describeHeading(adjustCamera(camera, { ...noAdjustment, ...change }).egoFromCamera);

  test('each slider does what its name says', () => {
    expect(heading({ yaw: 20 })).toEqual({
      heading: expect.closeTo(20, 9),
      elevation: expect.closeTo(0, 9),
      roll: expect.closeTo(0, 9),
    });
    expect(heading({ pitch: 7 }).elevation).toBeCloseTo(7, 9);
    expect(heading({ roll: 5 }).roll).toBeCloseTo(5, 9);
    const moved = adjustCamera(camera, { ...noAdjustment, x: 1, y: 2, z: 3, focal: 1.5 });
    expect([moved.egoFromCamera[3], moved.egoFromCamera[7], moved.egoFromCamera[11]]).toEqual([2.7, 2, 4.5]);
    expect(moved.intrinsics[0]).toBe(750);
    expect(adjustCamera(camera, noAdjustment).egoFromCamera).toEqual(camera.egoFromCamera);
  });

  test('looking up moves the horizon down', () => {
    const up = adjustCamera(camera, { ...noAdjustment, pitch: 5 });
    expect(findHorizonRow(up.intrinsics, up.egoFromCamera)! - 239.5).toBeCloseTo(
      500 * Math.tan((5 * Math.PI) / 180),
      6,
    );
    const steep = adjustCamera(camera, { ...noAdjustment, pitch: 89 });
    expect(findHorizonRow(steep.intrinsics, steep.egoFromCamera)).toBeNull();
  });
});

describe('which calibration is whose', () => {
  const mounted = (name: string): RigCamera => ({
    name,
    size: { width: 1600, height: 900 },
    intrinsics: pinhole(1266, 1600, 900),
    distortion: null,
    egoFromCamera: ahead,
  });
  const rig = (...names: string[]) => ({ format: '', cameras: names.map(mounted), egoFromLidar: null, notes: [] });

  test('by name, whatever the case, zeros and underlines', () => {
    expect(matchCameras(['front-left', 'CAM_BACK', 'roof'], rig('CAM_BACK', 'CAM_FRONT_LEFT'))).toEqual([1, 0, null]);
    expect(matchCameras(['image_02', 'image_03'], rig('image_0', 'image_2', 'image_3'))).toEqual([1, 2]);
    expect(matchCameras(['cam1', 'cam0'], rig('cam0', 'cam1'))).toEqual([1, 0]);
    expect(matchCameras(['left', 'right'], rig('cam0', 'cam1'))).toEqual([null, null]);
    expect(matchCameras(['camera'], rig('image_0'))).toEqual([0]);
  });

  test('scaled copies are fitted and it is said; other shapes are refused', () => {
    const half = fitCamera(mounted('front'), { width: 800, height: 450 });
    expect(half.camera.intrinsics[0]).toBe(633);
    expect(half.note).toBe('front: the calibration is for 1600 x 900; it was scaled to 800 x 450.');
    expect(() => fitCamera(mounted('front'), { width: 640, height: 480 })).toThrow(
      /front: the images are 640 x 480, the calibration is for 1600 x 900/,
    );
  });

  test('without a calibration names give headings, and that is said', () => {
    const guess = guessRig(
      ['CAM_FRONT', 'left', 'back_right'].map((name) => ({ name, size: { width: 640, height: 480 } })),
    );
    expect(guess.cameras.map(({ egoFromCamera }) => Math.round(describeHeading(egoFromCamera).heading))).toEqual([
      0, 90, -110,
    ]);
    expect(guess.notes[0]).toMatch(/nothing predicted can be trusted/);
  });
});

describe('what is drawn on an image', () => {
  const view = { width: 640, height: 480, intrinsics: pinhole(500, 640, 480), egoFromCamera: lookAhead(0, 0, 1.5) };

  test('the line ahead runs from the bottom to the horizon in the middle', () => {
    const [line] = projectScene(view).filter(({ kind }) => kind === 'ahead');
    expect(line!.points.filter((_, index) => index % 2 === 0).every((u) => Math.abs(u - 319.5) < 1e-9)).toBe(true);
    expect(line!.points.at(-1)).toBeCloseTo(239.5 + (500 * 1.5) / 40, 6);
  });

  test('nothing behind the camera, nothing far off the image', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -180, max: 180, noNaN: true }),
        fc.double({ min: -90, max: 90, noNaN: true }),
        (yaw, pitch) => {
          const camera: RigCamera = {
            name: '',
            size: null,
            intrinsics: view.intrinsics,
            distortion: null,
            egoFromCamera: view.egoFromCamera,
          };
          const { egoFromCamera } = adjustCamera(camera, { ...noAdjustment, yaw, pitch });
          for (const { points } of projectScene({ ...view, egoFromCamera })) {
            expect(points.every((value, index) => Math.abs(value) < 2 * (index % 2 === 0 ? 640 : 480) + 1)).toBe(true);
          }
        },
      ),
    );
  });

  test('a lidar point lies where the pinhole puts it', () => {
    const egoFromLidar = Float64Array.of(1, 0, 0, 1, 0, 1, 0, 0, 0, 0, 1, 1.8, 0, 0, 0, 1);
    const points = Float32Array.of(9, 2, -1.8, -20, 0, 0, 9, 90, 0);
    // Ego (10, 2, 0): 10 m ahead, 2 m left, 1.5 m down of the camera.
    expect([...projectLidar(view, egoFromLidar, points)]).toEqual([
      expect.closeTo(319.5 - 100, 3),
      expect.closeTo(239.5 + 75, 3),
      expect.closeTo(10, 5),
    ]);
  });
});

describe('what another rig means', () => {
  const view = (name: string, yaw: number, change: Partial<typeof noAdjustment> = {}, focal = 1266) => {
    const camera: RigCamera = {
      name,
      size: null,
      intrinsics: pinhole(focal, 1600, 900),
      distortion: null,
      egoFromCamera: lookAhead(1, 0, 1.5),
    };
    const { egoFromCamera, intrinsics } = adjustCamera(camera, { ...noAdjustment, yaw, ...change });
    return { name, width: 1600, height: 900, intrinsics, egoFromCamera };
  };
  const around = [55, 0, -55, 110, 180, -110].map((yaw) => view(`cam${yaw}`, yaw, {}, yaw === 180 ? 809 : 1266));

  test('nothing about a rig like nuScenes’', () => {
    expect(adviseRig(around, network)).toEqual([]);
  });

  test('each difference in one sentence', () => {
    expect(adviseRig(around.slice(0, 3), network).join(' ')).toMatch(
      /places for 6 cameras; 3 stay empty.*No camera looks to the left or behind or to the right/,
    );
    const strange = adviseRig(
      [view('truck', 0, { z: 1.5, roll: 10, pitch: -12 }), view('tele', 180, {}, 4000)],
      network,
    ).join(' ');
    expect(strange).toMatch(/truck sits 3\.00 m above the ground/);
    expect(strange).toMatch(/truck looks 12° down/);
    expect(strange).toMatch(/truck is rolled by 10°/);
    expect(strange).toMatch(/tele sees 23°/);
    expect(adviseRig([view('sky', 0, { pitch: 80 })], network).join(' ')).toMatch(/sky has no horizon in its image/);
  });
});

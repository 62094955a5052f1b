import { PerspectiveCamera, Vector3 } from 'three/webgpu';
import { describe, expect, test } from 'vitest';
import { OCC3D_CLASSES } from '../domain/classes.ts';
import type { CameraView } from '../domain/clip.ts';
import { OCC3D_GRID } from '../domain/geometry.ts';
import { computePyramid } from './cameraPyramids.ts';
import { aimAt, aimCamera, type CameraShot, createShot, findPresetView, orbitPose } from './cameraViews.ts';
import { pickAt } from './hoverPicker.ts';

/** A camera looking left and slightly down, with its axis away from the image's middle and oblong pixels. */
const tilt = 0.1;
const view: CameraView = {
  name: 'CAM_FRONT',
  timestampMicroseconds: 0,
  width: 1600,
  height: 900,
  intrinsics: new Float64Array([1266, 0, 816.2, 0, 1240, 491.5, 0, 0, 1]),
  // Columns: right = -x of ego, down, forward = +y of ego tilted down.
  egoFromCamera: new Float64Array([
    ...[1, 0, 0, 1.7],
    ...[0, -Math.sin(tilt), Math.cos(tilt), 0.2],
    ...[0, -Math.cos(tilt), -Math.sin(tilt), 1.5],
    ...[0, 0, 0, 1],
  ]),
};

/** What cameraRig does with a shot. */
function makeCamera(shot: CameraShot, width: number, height: number): PerspectiveCamera {
  const camera = new PerspectiveCamera(shot.fov, 1, 0.3, 600);
  camera.position.copy(shot.position);
  camera.quaternion.copy(shot.quaternion);
  camera.setViewOffset(width, height, -shot.shiftX * height, -shot.shiftY * height, width, height);
  camera.aspect = (width / height) * shot.stretch;
  camera.updateProjectionMatrix();
  camera.updateMatrixWorld();
  return camera;
}

describe("a camera's own view", () => {
  for (const [width, height] of [
    [1600, 900],
    [640, 640],
    [300, 900],
  ] as const) {
    test(`puts points where the image has them, fitted into ${width} x ${height}`, () => {
      const shot = createShot();
      aimCamera(shot, view, width, height);
      const camera = makeCamera(shot, width, height);
      const scale = Math.min(width / view.width, height / view.height);
      for (const [u, v, depth] of [
        [816.2, 491.5, 10],
        [0, 0, 5],
        [1599, 899, 30],
        [300, 700, 3],
      ] as const) {
        const k = view.intrinsics;
        const inCamera = [(depth * (u - k[2]!)) / k[0]!, (depth * (v - k[5]!)) / k[4]!, depth];
        const m = view.egoFromCamera;
        const ego = new Vector3().fromArray(
          [0, 1, 2].map(
            (row) =>
              m[4 * row]! * inCamera[0]! +
              m[4 * row + 1]! * inCamera[1]! +
              m[4 * row + 2]! * inCamera[2]! +
              m[4 * row + 3]!,
          ),
        );
        const projected = ego.project(camera);
        const canvasX = ((projected.x + 1) / 2) * width;
        const canvasY = ((1 - projected.y) / 2) * height;
        expect(canvasX).toBeCloseTo(width / 2 + (u + 0.5 - view.width / 2) * scale, 3);
        expect(canvasY).toBeCloseTo(height / 2 + (v + 0.5 - view.height / 2) * scale, 3);
      }
    });
  }

  test('is found by name', () => {
    expect(findPresetView('camera:CAM_FRONT', [view])).toBe(view);
    expect(findPresetView('camera:CAM_BACK', [view])).toBeNull();
    expect(findPresetView('chase', [view])).toBeNull();
  });

  test('spans the pyramid that is drawn for it', () => {
    const [apex, topLeft, topRight] = computePyramid(view);
    expect(apex).toEqual([1.7, 0.2, 1.5]);
    expect(topRight![0] - topLeft![0]).toBeCloseTo((1.6 * 1600) / 1266);
  });
});

describe('the voxel under the pointer', () => {
  test('is the one that is seen there', () => {
    const shot = createShot();
    aimAt(shot, orbitPose('chase'));
    const camera = makeCamera(shot, 900, 600);
    const labels = new Uint8Array(200 * 200 * 16).fill(17);
    const cell = [130, 104, 5] as const;
    labels[(cell[0] * 200 + cell[1]) * 16 + cell[2]] = 4;
    const centre = cell.map((value, axis) => OCC3D_GRID.lower[axis]! + (value + 0.5) * 0.4);
    const { x, y } = new Vector3().fromArray(centre).project(camera);
    const data = {
      grid: OCC3D_GRID,
      classes: OCC3D_CLASSES,
      labels: { cpu: labels },
      flow: null,
      version: 1,
      worldFromEgo: null,
    };
    const settings = { visibleClasses: 0x1ffff, heightRange: [0, 15] as const };
    expect(pickAt(camera, x, y, data, settings)).toMatchObject({ cell, label: 4, face: 0 });
    expect(pickAt(camera, x + 0.2, y, data, settings)).toBeNull();
    expect(pickAt(camera, x, y, { ...data, labels: { gpu: {} as GPUBuffer } }, settings)).toBeNull();
    expect(
      pickAt(camera, x, y, { ...data, labels: { gpu: {} as GPUBuffer }, pickLabels: labels }, settings)?.label,
    ).toBe(4);
  });
});

describe('orbit presets', () => {
  test("bird's-eye has forward up and left on the left", () => {
    const shot = createShot();
    aimAt(shot, orbitPose('birds-eye'));
    const camera = makeCamera(shot, 800, 800);
    const ahead = new Vector3(20, 0, 0).project(camera);
    const left = new Vector3(0, 20, 0).project(camera);
    expect(ahead.y).toBeGreaterThan(0.3);
    expect(Math.abs(ahead.x)).toBeLessThan(1e-6);
    expect(left.x).toBeLessThan(-0.3);
  });

  test('all show the ego, and bird’s-eye the whole Occ3D grid', () => {
    for (const preset of ['birds-eye', 'chase', 'free'] as const) {
      const shot = createShot();
      aimAt(shot, orbitPose(preset));
      const camera = makeCamera(shot, 1000, 1000);
      const points =
        preset === 'birds-eye'
          ? [
              [40, 40],
              [-40, 40],
              [40, -40],
              [-40, -40],
            ]
          : [[0, 0]];
      for (const [x, y] of points) {
        const { x: u, y: v, z } = new Vector3(x, y, 0).project(camera);
        expect(Math.max(Math.abs(u), Math.abs(v), Math.abs(z))).toBeLessThan(1);
      }
    }
  });
});

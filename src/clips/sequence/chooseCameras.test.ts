import { expect, test } from 'vitest';
import { adjustCamera, noAdjustment } from './adjustCamera.ts';
import { spreadCameras } from './chooseCameras.ts';
import { lookAhead, type Rig } from './rig.ts';

/** Cameras that look to these headings, degrees to the left. */
function makeRig(...headings: readonly number[]): Rig {
  const cameras = headings.map((yaw) => {
    const ahead = { name: `at ${yaw}`, size: null, distortion: null, egoFromCamera: lookAhead(0, 0, 1.6) };
    return adjustCamera(
      { ...ahead, intrinsics: Float64Array.of(100, 0, 50, 0, 100, 50, 0, 0, 1) },
      { ...noAdjustment, yaw },
    );
  });
  return { format: 'test', cameras, egoFromLidar: null, notes: [] };
}

const all = () => true;
const own = (count: number) => Array.from({ length: count }, (_, index) => index);

test('no more than a network takes: all of them, in the order of the calibration', () => {
  expect(spreadCameras(makeRig(0, 90, 180), [2, 0, 1], all, 6)).toEqual([1, 2, 0]);
  expect(spreadCameras(makeRig(0, 90, 180), [0, null, 2], (index) => index !== 2, 6)).toEqual([0]);
});

test('of a rig with three cameras ahead one is enough: the others look around', () => {
  const rig = makeRig(2, 0, -2, 60, -60, 120, -120, 180);
  expect(spreadCameras(rig, own(8), all, 6)).toEqual([1, 3, 4, 5, 6, 7]);
});

test('a twin is taken last, and a network of one camera looks ahead', () => {
  const rig = makeRig(55, 0, -55, 110, 180, -110, 0);
  expect(spreadCameras(rig, own(7), all, 6)).toEqual([0, 1, 2, 3, 4, 5]);
  expect(spreadCameras(rig, own(7), all, 1)).toEqual([1]);
});

test('headings on both sides of straight back are neighbours', () => {
  expect(spreadCameras(makeRig(0, 179, -179, 90), own(4), all, 3)).toEqual([0, 1, 3]);
});

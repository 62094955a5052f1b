import { chainCameraToKeyEgo, composePose } from '../../src/geometry/rigid.ts';
import type { Checker, CheckRun, Golden } from './golden.ts';

/** Index of CAM_FRONT in the file's camera order, whose ego pose is the key ego. */
const KEY_CAMERA = 1;

function readPose(golden: Golden, prefix: string, translation: string, camera: number): Float64Array {
  return composePose({
    rotation: golden.numbers(`${prefix}_quat`).slice(camera * 4, camera * 4 + 4),
    translation: golden.numbers(translation).slice(camera * 3, camera * 3 + 3),
  });
}

async function check(run: CheckRun): Promise<void> {
  const { golden } = run;
  const cameras = golden.read('sensor2ego_quat').shape[0]!;
  const worldFromKeyEgo = readPose(golden, 'ego2global', 'ego2global_trans_rel', KEY_CAMERA);
  const chained = new Float32Array(cameras * 16);
  for (let camera = 0; camera < cameras; camera++) {
    const worldFromEgo = readPose(golden, 'ego2global', 'ego2global_trans_rel', camera);
    const egoFromCamera = readPose(golden, 'sensor2ego', 'sensor2ego_trans', camera);
    chained.set(chainCameraToKeyEgo(worldFromKeyEgo, worldFromEgo, egoFromCamera), camera * 16);
  }
  run.compare('expected_sensor2keyego', 'cpu', chained, 1e-4);
}

export const rigGeometryChecker: Checker = {
  title: 'rig geometry, camera to key ego',
  matches: (names) => names.includes('expected_sensor2keyego'),
  // Intrinsics take part in the voxel pooling files, which hold the same rig.
  knows: (name) => name !== 'intrinsics',
  check,
};

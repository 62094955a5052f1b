import type { Matrix4 } from '../../../domain/geometry.ts';
import { OccuscopeError } from '../../../errors/catalogue.ts';
import { numbers, z } from '../../../errors/schema.ts';
import { invertRigid, multiplyMatrix4 } from '../../../geometry/rigid.ts';
import { describeIntrinsicsFault, describeRigidFault, imageLength, parseWith, refuseFault } from '../checks.ts';
import type { Distortion } from '../distortion.ts';
import { assumedCameraHeight, lookAhead, type Rig, type RigCamera } from '../rig.ts';

const rows4 = z.array(numbers(4)).check(z.length(4));

const cameraSchema = z.looseObject({
  camera_model: z.string(),
  intrinsics: z.array(z.number()),
  distortion_model: z._default(z.string(), 'none'),
  distortion_coeffs: z._default(z.array(z.number()), []),
  resolution: z.tuple([imageLength, imageLength]),
  T_cn_cnm1: z.optional(rows4),
  T_cam_imu: z.optional(rows4),
  rostopic: z.optional(z.string()),
});

type ChainCamera = z.infer<typeof cameraSchema>;

/** Whether a text looks like Kalibr's camchain: `cam0:` at the start of a line. */
export function isKalibrChain(text: string): boolean {
  return /^["']?cam\d+["']?\s*:/m.test(text);
}

/**
 * Read a Kalibr camchain (YAML). Each camera is placed by `T_cam_imu`, else by `T_cn_cnm1` from the camera before.
 * Lens models: `radtan`, `equidistant`, `none` of a pinhole; others are refused by name. Throws `calibration-invalid`.
 */
export async function parseKalibrRig(text: string, name: string): Promise<Rig> {
  const chain = await readYaml(text, name);
  const keys = Object.keys(chain).filter((key) => /^cam\d+$/.test(key));
  keys.sort((a, b) => Number(a.slice(3)) - Number(b.slice(3)));
  const notes: string[] = [];
  const cameras: RigCamera[] = [];
  let before: Matrix4 | null = null;
  for (const key of keys) {
    const where = `${name} ${key}`;
    const camera = parseWith(cameraSchema, chain[key], 'calibration-invalid', where);
    before = placeCamera(camera, before, where, notes);
    cameras.push(readCamera(camera, key, before, where));
  }
  if (cameras.length === 0)
    throw new OccuscopeError('calibration-invalid', { detail: `${name} describes no camera cam0, cam1, ….` });
  return { format: 'Kalibr camchain', cameras: settleHeight(cameras, notes), egoFromLidar: null, notes };
}

async function readYaml(text: string, name: string): Promise<Record<string, unknown>> {
  const { parse } = await import('yaml');
  try {
    const value: unknown = parse(text, { maxAliasCount: 50 });
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch (cause) {
    const detail = `${name} is not YAML: ${(cause as Error).message.split('\n')[0]}.`;
    throw new OccuscopeError('calibration-invalid', { detail, cause });
  }
  throw new OccuscopeError('calibration-invalid', { detail: `${name} describes no camera.` });
}

function placeCamera(camera: ChainCamera, before: Matrix4 | null, where: string, notes: string[]): Matrix4 {
  if (camera.T_cam_imu) {
    if (!before) notes.push('The axes of the IMU are taken as those of the ego: x forward, y left, z up.');
    return invertRigid(readTransform(camera.T_cam_imu, `${where}: T_cam_imu`));
  }
  if (before && camera.T_cn_cnm1) {
    return multiplyMatrix4(before, invertRigid(readTransform(camera.T_cn_cnm1, `${where}: T_cn_cnm1`)));
  }
  if (before)
    throw new OccuscopeError('calibration-invalid', {
      detail: `${where} has neither T_cn_cnm1 nor T_cam_imu: nobody knows where it sits.`,
    });
  notes.push(
    'The first camera is taken to look straight ahead: a camchain without T_cam_imu does not say where the vehicle is.',
  );
  return lookAhead(0, 0, assumedCameraHeight);
}

/** A camchain knows no ground: put the whole rig at the height where the first camera is `assumedCameraHeight` above it. */
function settleHeight(cameras: readonly RigCamera[], notes: string[]): RigCamera[] {
  notes.push(`A camchain knows no ground; the first camera is put ${assumedCameraHeight} m above it.`);
  const lift = assumedCameraHeight - cameras[0]!.egoFromCamera[11]!;
  return cameras.map((camera) => {
    const egoFromCamera = Float64Array.from(camera.egoFromCamera);
    egoFromCamera[11]! += lift;
    return { ...camera, egoFromCamera };
  });
}

function readCamera(camera: ChainCamera, key: string, egoFromCamera: Matrix4, where: string): RigCamera {
  if (camera.camera_model !== 'pinhole') {
    const detail = `${where} has the camera model “${camera.camera_model}”; only pinhole is read.`;
    throw new OccuscopeError('calibration-invalid', { detail });
  }
  const [fx, fy, cx, cy] = camera.intrinsics;
  if (camera.intrinsics.length !== 4)
    refuseFault('calibration-invalid', `${where}: intrinsics`, 'needs 4 numbers: fu fv pu pv');
  const intrinsics = [fx!, 0, cx!, 0, fy!, cy!, 0, 0, 1];
  refuseFault('calibration-invalid', `${where}: intrinsics`, describeIntrinsicsFault(intrinsics));
  const [width, height] = camera.resolution;
  return {
    name: key,
    size: { width, height },
    intrinsics: Float64Array.from(intrinsics),
    distortion: readDistortion(camera, where),
    egoFromCamera,
  };
}

function readDistortion(
  { distortion_model: model, distortion_coeffs: coefficients }: ChainCamera,
  where: string,
): Distortion | null {
  if (model === 'none') return null;
  if (model !== 'radtan' && model !== 'equidistant') {
    const detail = `${where} has the distortion model “${model}”; radtan, equidistant and none are read.`;
    throw new OccuscopeError('calibration-invalid', { detail });
  }
  if (coefficients.length !== 4) refuseFault('calibration-invalid', `${where}: distortion_coeffs`, 'needs 4 numbers');
  return { model: model === 'radtan' ? 'brown-conrady' : 'equidistant', coefficients };
}

function readTransform(rows: readonly (readonly number[])[], subject: string): Matrix4 {
  const values = rows.flat();
  refuseFault('calibration-invalid', subject, describeRigidFault(values));
  return Float64Array.from(values);
}

import type { Matrix4 } from '../../../domain/geometry.ts';
import { OccuscopeError } from '../../../errors/catalogue.ts';
import { vector3, z } from '../../../errors/schema.ts';
import { composePose } from '../../../geometry/rigid.ts';
import { describeIntrinsicsFault, parseWith, refuseFault, unitQuaternion } from '../checks.ts';
import type { Rig, RigCamera } from '../rig.ts';

const rows3 = z.array(z.array(z.number()));

/** One record, with the names that nuScenes and the tools around it use. */
const recordSchema = z.looseObject({
  token: z.optional(z.string()),
  sensor_token: z.optional(z.string()),
  channel: z.optional(z.string()),
  translation: vector3(),
  rotation: unitQuaternion,
  camera_intrinsic: rows3,
});

const sensorSchema = z.array(z.looseObject({ token: z.string(), channel: z.string() }));

type CalibratedSensor = z.infer<typeof recordSchema>;

/** Other names of the three fields, as info files and converters write them. */
const aliases: Readonly<Record<string, readonly string[]>> = {
  translation: ['sensor2ego_translation'],
  rotation: ['sensor2ego_rotation', 'rotation_wxyz'],
  camera_intrinsic: ['cam_intrinsic', 'intrinsics', 'intrinsic', 'cam_intrinsics'],
};

/** Whether this JSON looks like nuScenes' `calibrated_sensor` records: a list, or an object with one record for each sensor. */
export function isNuscenesRig(json: unknown): boolean {
  return listRecords(json).some(([, record]) => 'translation' in record && 'rotation' in record);
}

/**
 * Read nuScenes-style calibrations; `sensors` is the text of `sensor.json`, where names are found that the records do not have.
 * Throws `calibration-invalid`.
 */
export function parseNuscenesRig(json: unknown, name: string, sensors: unknown): Rig {
  const channels = readChannels(sensors);
  const cameras: RigCamera[] = [];
  let egoFromLidar: Matrix4 | null = null;
  const notes: string[] = [];
  const records = listRecords(json);
  for (const [key, raw] of records) {
    const where = Array.isArray(json) ? `${name} [${key}]` : `${name} ${key}`;
    const record = parseWith(recordSchema, raw, 'calibration-invalid', where);
    const channel = record.channel ?? channels.get(record.sensor_token ?? '') ?? nameRecord(key, json, cameras.length);
    const egoFromSensor = composePose(record);
    if (record.camera_intrinsic.length === 0) {
      if (/lidar/i.test(channel)) egoFromLidar = egoFromSensor;
      continue;
    }
    cameras.push(readCamera(record, channel, egoFromSensor, where));
  }
  const doubled = cameras.find(({ name: own }, index) => cameras.findIndex((other) => other.name === own) !== index);
  if (doubled) {
    const detail = `${name} has several calibrations of ${doubled.name}; keep the one that belongs to the images.`;
    throw new OccuscopeError('calibration-invalid', { detail });
  }
  if (cameras.length === 0) throw new OccuscopeError('calibration-invalid', { detail: `${name} describes no camera.` });
  if (Array.isArray(json) && channels.size === 0 && !records.some(([, record]) => 'channel' in record)) {
    notes.push('There is no sensor.json beside the calibration, so its cameras are numbered in the order of the file.');
  }
  return { format: 'nuScenes calibrated_sensor', cameras, egoFromLidar, notes };
}

function readCamera(record: CalibratedSensor, channel: string, egoFromCamera: Matrix4, where: string): RigCamera {
  const intrinsics = record.camera_intrinsic.flat();
  refuseFault('calibration-invalid', `${where}: camera_intrinsic`, describeIntrinsicsFault(intrinsics));
  return {
    name: channel,
    size: readSize(record),
    intrinsics: Float64Array.from(intrinsics),
    distortion: null,
    egoFromCamera,
  };
}

function readSize({ width, height }: Record<string, unknown>): RigCamera['size'] {
  const isLength = (value: unknown): value is number => Number.isInteger(value) && (value as number) > 0;
  return isLength(width) && isLength(height) ? { width, height } : null;
}

function nameRecord(key: string, json: unknown, index: number): string {
  return Array.isArray(json) ? `camera_${index}` : key;
}

function listRecords(json: unknown): [string, Record<string, unknown>][] {
  if (typeof json !== 'object' || json === null) return [];
  const inner = json as Record<string, unknown>;
  const nested = ['cams', 'cameras', 'sensors', 'calibrated_sensor']
    .map((key) => inner[key])
    .find((value) => typeof value === 'object');
  const records = Array.isArray(json) ? json : (nested ?? json);
  return Object.entries(records as object)
    .filter((entry): entry is [string, Record<string, unknown>] => typeof entry[1] === 'object' && entry[1] !== null)
    .map(([key, record]) => [key, renameFields(record)]);
}

function renameFields(record: Record<string, unknown>): Record<string, unknown> {
  const renamed = { ...(record['sensor2ego'] as object | undefined), ...record };
  for (const [field, others] of Object.entries(aliases)) {
    const alias = others.find((other) => other in renamed);
    if (!(field in renamed) && alias) renamed[field] = (renamed as Record<string, unknown>)[alias];
  }
  if (!('camera_intrinsic' in renamed)) renamed['camera_intrinsic'] = [];
  return renamed;
}

function readChannels(sensors: unknown): Map<string, string> {
  if (sensors === null) return new Map();
  const list = parseWith(sensorSchema, sensors, 'calibration-invalid', 'sensor.json');
  return new Map(list.map(({ token, channel }) => [token, channel]));
}

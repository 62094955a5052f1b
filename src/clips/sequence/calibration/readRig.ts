import { OccuscopeError } from '../../../errors/catalogue.ts';
import { parseJson } from '../checks.ts';
import type { Rig } from '../rig.ts';
import { isKalibrChain, parseKalibrRig } from './kalibrRig.ts';
import { isKittiCalibration, isKittiVelodyne, KITTI_RAW, parseKittiRig } from './kittiRig.ts';
import { isNuscenesRig, parseNuscenesRig } from './nuscenesRig.ts';
import { parseRigFile } from './rigFile.ts';

/** A calibration is small; anything larger is another kind of file. */
const largestText = 16 * 2 ** 20;

/**
 * Read a calibration in any of the known formats, told apart by what they hold.
 * `readSibling` gives the text of a file of this name beside it, or null. Throws `calibration-invalid`.
 */
export async function readRig(
  text: string,
  name: string,
  readSibling: (name: string) => Promise<string | null> = async () => null,
): Promise<Rig> {
  if (text.length > largestText) {
    const detail = `${name} is ${Math.round(text.length / 2 ** 20)} MB long; a calibration is smaller.`;
    throw new OccuscopeError('calibration-invalid', { detail });
  }
  if (/^\s*[[{]/.test(text)) {
    const json = parseJson(text, 'calibration-invalid', name);
    if (!isNuscenesRig(json)) return parseRigFile(json, name);
    const sensors = Array.isArray(json) ? await readSibling('sensor.json') : null;
    const list = sensors === null ? null : parseJson(sensors, 'calibration-invalid', 'sensor.json');
    return parseNuscenesRig(json, name, list);
  }
  if (isKalibrChain(text)) return await parseKalibrRig(text, name);
  // Raw data: each of the two files is read with the other.
  if (isKittiCalibration(text)) {
    const isRaw = /^P_rect_/m.test(text);
    return parseKittiRig(text, name, isRaw ? await readSibling(KITTI_RAW.velodyne) : null);
  }
  if (isKittiVelodyne(text)) {
    const cameras = await readSibling(KITTI_RAW.cameras);
    if (cameras !== null) return parseKittiRig(cameras, KITTI_RAW.cameras, text);
    const detail = `${name} needs ${KITTI_RAW.cameras} beside it, which says what the cameras are.`;
    throw new OccuscopeError('calibration-invalid', { detail });
  }
  const detail = `${name} is neither a rig.json, nor nuScenes JSON, a KITTI calib.txt or a Kalibr camchain.`;
  throw new OccuscopeError('calibration-invalid', { detail });
}

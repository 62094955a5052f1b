import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { createDrive, type Drive, type DriveKeyFrame } from '../../src/clips/world/drive.ts';
import { type KeyFrameTruth, TruthMaker } from '../../src/clips/world/truth/truth.ts';
import { encodeNpz, toHalfBits } from './npz.ts';
import { makeToken, type SampleRecord, type SceneRecord, sceneName } from './record.ts';
import { type CameraShot, describeBoxes, makeLidar, makeSidecar, shootCameras } from './sensors.ts';

/** What to write for one scene. */
export interface SceneJob {
  readonly seed: number;
  readonly out: string;
  readonly keyFrames: number;
  readonly width: number;
  readonly height: number;
  readonly jitter: boolean;
}

/** Milliseconds spent in each part. */
export type PartTimes = Record<'create' | 'truth' | 'render' | 'write', number>;

/** OpenOcc's label for each Occ3D label 0..17 (`others` has no counterpart there: free). */
export const OPENOCC_FROM_OCC3D = [16, 9, 5, 3, 0, 4, 6, 7, 8, 2, 1, 10, 11, 12, 13, 14, 15, 16] as const;

const GRID_SHAPE = [200, 200, 16] as const;

// A key frame writes eleven files: most of their folders were made before.
const madeFolders = new Set<string>();

/** Writes `data` below the root, making folders as needed. */
export function writeBelow(root: string, path: string, data: Uint8Array | string): void {
  const full = join(root, path);
  const folder = dirname(full);
  if (!madeFolders.has(folder)) {
    mkdirSync(folder, { recursive: true });
    madeFolders.add(folder);
  }
  writeFileSync(full, data);
}

export function encodeJpeg(shot: CameraShot, quality: number): Promise<Buffer> {
  return sharp(shot.view.rgba, { raw: { width: shot.width, height: shot.height, channels: 4 } })
    .removeAlpha()
    .jpeg({ quality, chromaSubsampling: '4:4:4' })
    .toBuffer();
}

/** Generates a scene, writes its files and, last, its record; resolves with the times spent. */
export async function writeScene(job: SceneJob, onKeyFrame: () => void): Promise<PartTimes> {
  const times: PartTimes = { create: 0, truth: 0, render: 0, write: 0 };
  const clock = <T>(part: keyof PartTimes, work: () => T): T => {
    const from = performance.now();
    const result = work();
    times[part] += performance.now() - from;
    return result;
  };
  const drive = clock('create', () => createDrive({ seed: job.seed, keyFrames: job.keyFrames, jitter: job.jitter }));
  const truthMaker = new TruthMaker(drive);
  const name = sceneName(job.seed);
  const samples: SampleRecord[] = [];
  for (const keyFrame of drive.keyFrames) {
    const instant = drive.instantAt(keyFrame.timeSeconds);
    const truth = clock('truth', () => truthMaker.make(keyFrame, instant));
    const shots = clock('render', () => shootCameras(keyFrame, instant, job.width, job.height));
    const from = performance.now();
    samples.push(await writeSample(job, drive, keyFrame, shots, truth, name));
    times.write += performance.now() - from;
    onKeyFrame();
  }
  const record: SceneRecord = {
    format: 'occuscope-world-scene/1',
    name,
    token: makeToken(name),
    seed: job.seed,
    description: describeDrive(drive),
    size: [job.width, job.height],
    rig: drive.rig.cameras.map((camera, slot) => ({
      name: camera.name,
      egoFromSensor: Array.from(camera.egoFromSensor),
      intrinsics: samples[0]!.cameras[slot]!.intrinsics,
    })),
    egoFromLidar: Array.from(drive.rig.egoFromLidar),
    samples,
  };
  writeBelow(job.out, `.scenes/${name}.json.part`, JSON.stringify(record));
  renameSync(join(job.out, `.scenes/${name}.json.part`), join(job.out, `.scenes/${name}.json`));
  return times;
}

/** One line on place and light, worded like nuScenes' own descriptions so that the same filters find nights and rain. */
function describeDrive({ style, weather, keyFrames, seed }: Drive): string {
  const lenses = keyFrames[0]!.cameras.filter(({ lens }) => lens.dirt.length > 0).map(({ name }) => name);
  const notes = [
    weather.night > 0 ? 'night' : '',
    weather.wetness > 0.4 ? 'rain' : '',
    weather.night === 0 && weather.sunDirection[2] < 0.22 ? 'low sun' : '',
    lenses.length > 0 ? `dirt on ${lenses.join(' ')}` : '',
  ].filter((note) => note !== '');
  return [`Synthetic ${style.kind} drive`, ...notes, `seed ${seed}`].join(', ');
}

async function writeSample(
  job: SceneJob,
  drive: Drive,
  keyFrame: DriveKeyFrame,
  shots: readonly CameraShot[],
  truth: KeyFrameTruth,
  name: string,
): Promise<SampleRecord> {
  const token = makeToken(`${name} sample ${keyFrame.index}`);
  const instant = drive.instantAt(keyFrame.timeSeconds);
  const cameras = await Promise.all(
    keyFrame.cameras.map(async (camera, slot) => {
      const file = `samples/${camera.name}/${name}__${camera.name}__${camera.timestampMicroseconds}.jpg`;
      writeBelow(job.out, file, await encodeJpeg(shots[slot]!, 92));
      return {
        name: camera.name,
        file,
        timestamp: camera.timestampMicroseconds,
        intrinsics: Array.from(shots[slot]!.intrinsics),
        egoFromCamera: Array.from(camera.egoFromCamera),
        worldFromEgo: Array.from(camera.worldFromEgo),
      };
    }),
  );
  const lidar = makeLidar(shots, drive.rig.egoFromLidar);
  const paths = {
    lidar: `samples/LIDAR_TOP/${name}__LIDAR_TOP__${keyFrame.timestampMicroseconds}.pcd.bin`,
    truth: `gts/${name}/${token}/labels.npz`,
    openocc: `openocc_v2/${name}/${token}/labels.npz`,
    sidecar: `world/${name}/${token}.npz`,
  };
  writeBelow(job.out, paths.lidar, new Uint8Array(lidar.file.buffer));
  writeTruth(job.out, paths, truth);
  const side = makeSidecar(shots);
  const shape = [shots.length, side.height, side.width];
  writeBelow(
    job.out,
    paths.sidecar,
    encodeNpz([
      { name: 'segmentation', type: 'uint8', shape, data: side.segmentation },
      { name: 'depth', type: 'uint16', shape, data: side.depth },
    ]),
  );
  return {
    token,
    timestamp: keyFrame.timestampMicroseconds,
    worldFromEgo: Array.from(keyFrame.worldFromEgo),
    cameras,
    ...paths,
    boxes: describeBoxes(keyFrame, instant, shots, lidar.egoPoints),
  };
}

function writeTruth(out: string, paths: { truth: string; openocc: string }, truth: KeyFrameTruth): void {
  writeBelow(
    out,
    paths.truth,
    encodeNpz(
      [
        { name: 'semantics', type: 'uint8', shape: GRID_SHAPE, data: truth.labels },
        // There is no simulated sweep: the lidar mask is the camera mask.
        { name: 'mask_lidar', type: 'uint8', shape: GRID_SHAPE, data: truth.cameraMask },
        { name: 'mask_camera', type: 'uint8', shape: GRID_SHAPE, data: truth.cameraMask },
      ],
      2,
    ),
  );
  writeBelow(
    out,
    paths.openocc,
    encodeNpz(
      [
        {
          name: 'semantics',
          type: 'uint8',
          shape: GRID_SHAPE,
          data: truth.labels.map((label) => OPENOCC_FROM_OCC3D[label]!),
        },
        { name: 'flow', type: 'float16', shape: [...GRID_SHAPE, 2], data: toHalfBits(truth.flow) },
      ],
      2,
    ),
  );
}

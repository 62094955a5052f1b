import { basename, resolve } from 'node:path';
import { createDrive } from '../../src/clips/world/drive.ts';
import { TruthMaker } from '../../src/clips/world/truth/truth.ts';
import { OCC3D_GRID } from '../../src/domain/geometry.ts';
import { encodeNpz, toHalfBits } from './npz.ts';
import type { ClipOptions } from './options.ts';
import { makeToken } from './record.ts';
import { encodeJpeg, writeBelow } from './scene.ts';
import { shootCameras } from './sensors.ts';

/** Writes one packaged clip: clip.json, six JPEGs and a truth archive for each key frame. The folder's name is the clip's id. */
export async function writeClip(options: ClipOptions): Promise<void> {
  const out = resolve(options.out);
  const id = basename(out);
  const [width, height] = options.size;
  const drive = createDrive({ seed: options.seed, keyFrames: options.keyframes, jitter: options.jitter });
  const truthMaker = new TruthMaker(drive);
  const frames: unknown[] = [];
  for (const keyFrame of drive.keyFrames) {
    const instant = drive.instantAt(keyFrame.timeSeconds);
    const truth = truthMaker.make(keyFrame, instant);
    const shots = shootCameras(keyFrame, instant, width, height);
    const number = String(keyFrame.index).padStart(3, '0');
    const cameras = await Promise.all(
      keyFrame.cameras.map(async (camera, slot) => {
        const image = `images/${number}-${camera.name}.jpg`;
        writeBelow(out, image, await encodeJpeg(shots[slot]!, options.quality));
        return {
          image,
          timestampMicroseconds: camera.timestampMicroseconds,
          width,
          height,
          intrinsics: Array.from(shots[slot]!.intrinsics),
          egoFromCamera: Array.from(camera.egoFromCamera),
        };
      }),
    );
    const path = `truth/${number}.npz`;
    writeBelow(
      out,
      path,
      encodeNpz(
        [
          { name: 'semantics', type: 'uint8', shape: OCC3D_GRID.size, data: truth.labels },
          { name: 'mask_camera', type: 'uint8', shape: OCC3D_GRID.size, data: truth.cameraMask },
          { name: 'flow', type: 'float16', shape: [...OCC3D_GRID.size, 2], data: toHalfBits(truth.flow) },
        ],
        9,
      ),
    );
    frames.push({
      token: makeToken(`clip ${options.seed} ${keyFrame.index}`),
      timestampMicroseconds: keyFrame.timestampMicroseconds,
      worldFromEgo: Array.from(keyFrame.worldFromEgo),
      cameras,
      truth: path,
    });
    console.log(`${keyFrame.index + 1}/${options.keyframes}`);
  }
  const clip = {
    format: 'occuscope-clip/1',
    id,
    title: options.title ?? id,
    licence: 'Apache-2.0',
    origin: `Made by the project's synthetic world: npm run world -- clip --seed ${options.seed} --keyframes ${options.keyframes} --size ${width}x${height}; camera calibrations are facts from nuScenes.`,
    classes: 'occ3d',
    grid: OCC3D_GRID,
    cameras: drive.keyFrames[0]!.cameras.map((camera) => camera.name),
    frames,
  };
  writeBelow(out, 'clip.json', JSON.stringify(clip));
}

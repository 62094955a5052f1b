import { OCC3D_CLASSES } from '../../domain/classes.ts';
import type { CameraImage, Clip } from '../../domain/clip.ts';
import { OCC3D_GRID } from '../../domain/geometry.ts';
import { OccuscopeError } from '../../errors/catalogue.ts';
import { describeScene } from './describeScene.ts';
import type { DataRoot } from './rootFiles.ts';
import type { RootIndex, SceneEntry } from './rootIndex.ts';
import { listSceneTruths } from './sceneTruths.ts';

/** A scene as a clip, and what is wrong with it, one sentence each. */
export interface SceneClip {
  readonly clip: Clip;
  readonly faults: readonly string[];
}

/** Open a scene; images and truth are read when they are asked for. Throws `tables-invalid` where it has no camera or no frame at all. */
export async function openScene(root: DataRoot, index: RootIndex, scene: SceneEntry): Promise<SceneClip> {
  const described = describeScene(index, scene);
  const { cameraNames, frames, files, faults } = described;
  if (cameraNames.length === 0 || frames.length === 0) {
    const lack = frames.length === 0 ? 'key frame with an ego pose' : 'camera with a calibration';
    throw new OccuscopeError('tables-invalid', { detail: [`${scene.name} has no ${lack}.`, ...faults].join('\n') });
  }
  const read = (path: string) => root.readFile(path);
  const truths = await listSceneTruths(root, scene, described);
  const [first] = truths;
  const clip: Clip = {
    id: scene.name,
    title: scene.name,
    licence: 'that of your copy of nuScenes',
    origin: `${index.version}, ${scene.description || 'without description'}`,
    classes: OCC3D_CLASSES,
    grid: OCC3D_GRID,
    cameraNames,
    frames,
    egoFromLidar: described.egoFromLidar.find((pose) => pose !== null) ?? undefined,
    hasTruth: first !== undefined,
    ...(first && { truths, truthId: first.id }),
    async openImage(frameIndex, cameraIndex) {
      const view = frames[frameIndex]?.cameras[cameraIndex];
      if (!view) throw new RangeError(`${scene.name} has no frame ${frameIndex} or no camera ${cameraIndex}`);
      const name = files[frameIndex]![cameraIndex]!;
      if (name === '') {
        const detail = `The tables have no key frame of ${view.name} for sample ${frames[frameIndex]!.token}.`;
        throw new OccuscopeError('image-missing', { detail });
      }
      const file = await read(name);
      if (!file) throw new OccuscopeError('image-missing', { detail: `${root.name} has no ${name}.` });
      return await decodeImage(file, name, view.width, view.height);
    },
    openTruth: async (frameIndex) => (first ? await first.openTruth(frameIndex) : null),
    close: () => undefined,
  };
  return { clip, faults };
}

/** The file's own bytes, without colour management. An image of another size is refused: its calibration would not fit. */
async function decodeImage(file: Blob, name: string, width: number, height: number): Promise<CameraImage> {
  let pixels: ImageBitmap;
  try {
    pixels = await createImageBitmap(file, { colorSpaceConversion: 'none', premultiplyAlpha: 'none' });
  } catch (cause) {
    throw new OccuscopeError('image-decode-failed', { detail: `${name}.`, cause });
  }
  if (pixels.width === width && pixels.height === height) return { width, height, pixels };
  const detail = `${name} is ${pixels.width} x ${pixels.height}; the tables say ${width} x ${height}.`;
  pixels.close();
  throw new OccuscopeError('image-size-unsupported', { detail });
}

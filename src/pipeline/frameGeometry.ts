import type { CameraImage, Frame } from '../domain/clip.ts';
import type { Matrix4 } from '../domain/geometry.ts';
import { OccuscopeError } from '../errors/catalogue.ts';
import { invertRigid, multiplyMatrix4 } from '../geometry/rigid.ts';
import { getNetworkIntrinsics, type ImagesSpec, type PreprocessPlan, planPreprocess } from '../preprocess/plan.ts';
import { createBlindCamera } from './blindCamera.ts';
import type { FrameGeometry, NetworkCamera } from './stage.ts';

/** Builds frames' calibrations and remembers which pose and cameras the memory belongs to. */
export interface GeometryBuilder {
  /** The calibration of a frame that would follow the last committed one. Throws `image-size-unsupported` or `clip-invalid`. */
  describe(frame: Frame): FrameGeometry;
  /** The frame has run: the memory now belongs to its pose and cameras. */
  commit(frame: Frame): void;
  reset(): void;
  /** Preprocessing for images of one stored size. */
  planImages(width: number, height: number): PreprocessPlan;
}

/**
 * Create a builder for a network of `cameraCount` cameras and the image size of its manifest. Poses are kept in float64.
 * A frame may have fewer cameras: blind ones fill the places that are left.
 */
export function createGeometryBuilder(images: ImagesSpec, cameraCount: number): GeometryBuilder {
  const plans = new Map<string, PreprocessPlan>();
  let previous: { readonly worldFromEgo: Matrix4; readonly cameras: readonly NetworkCamera[] } | null = null;
  const planImages = (width: number, height: number): PreprocessPlan => {
    const key = `${width}x${height}`;
    const plan = plans.get(key) ?? planPreprocess(images, width, height);
    plans.set(key, plan);
    return plan;
  };
  const [width, height] = images.size;
  const listCameras = (frame: Frame): NetworkCamera[] => {
    const missing = cameraCount - frame.cameras.length;
    if (missing < 0 || missing === cameraCount) {
      const detail = `Frame ${frame.index} has ${frame.cameras.length} cameras; the model takes 1 to ${cameraCount}.`;
      throw new OccuscopeError('clip-invalid', { detail });
    }
    const seeing = frame.cameras.map((view) => ({
      intrinsics: getNetworkIntrinsics(view, planImages(view.width, view.height)),
      egoFromCamera: view.egoFromCamera,
    }));
    return [...seeing, ...Array.from({ length: missing }, () => createBlindCamera(width, height))];
  };
  return {
    planImages,
    describe: (frame) => ({
      width,
      height,
      cameras: listCameras(frame),
      previousEgoFromEgo: previous && relateEgos(previous.worldFromEgo, frame.worldFromEgo),
      previousCameras: previous?.cameras ?? null,
    }),
    commit(frame) {
      previous = { worldFromEgo: frame.worldFromEgo, cameras: listCameras(frame) };
    },
    reset() {
      previous = null;
    },
  };
}

/** Where points of this ego are in the previous ego: inverse(worldFromPrevious) * worldFromEgo. */
export function relateEgos(worldFromPrevious: Matrix4, worldFromEgo: Matrix4): Matrix4 {
  return multiplyMatrix4(invertRigid(worldFromPrevious), worldFromEgo);
}

/** Check that there is one image for each camera, in the size that the calibration speaks of. Throws `clip-invalid`. */
export function checkImages(frame: Frame, images: readonly CameraImage[]): void {
  frame.cameras.forEach((view, index) => {
    const image = images[index];
    if (image?.width === view.width && image.height === view.height) return;
    const found = image ? `an image of ${image.width} x ${image.height}` : 'no image';
    const detail = `Frame ${frame.index}, ${view.name}: ${found}, but the calibration is for ${view.width} x ${view.height}.`;
    throw new OccuscopeError('clip-invalid', { detail });
  });
}

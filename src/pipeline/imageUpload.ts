import type { CameraImage } from '../domain/clip.ts';
import type { GpuContext } from '../gpu/device.ts';
import { createPreprocess, type Preprocess } from '../preprocess/createPreprocess.ts';
import type { GeometryBuilder } from './frameGeometry.ts';

/** The first box of the picture: camera images of any sizes into the `images` tensor. */
export interface ImageUpload {
  /** Bring one frame's images onto the GPU. */
  upload(images: readonly CameraImage[]): void;
  encode(encoder: GPUCommandEncoder): void;
  destroy(): void;
}

/**
 * Create the upload over the borrowed tensor; one preprocessing per image size, rebuilt when a clip brings other sizes.
 * Places of the network for which a frame has no image read as zeros.
 */
export function createImageUpload(context: GpuContext, geometry: GeometryBuilder, tensor: GPUBuffer): ImageUpload {
  const bySize = new Map<string, Preprocess>();
  let layout = '';
  /** Whether places may hold images of cameras that are there no more. */
  let isStale = false;
  const destroy = () => {
    for (const preprocess of bySize.values()) preprocess.destroy();
    bySize.clear();
  };
  return {
    upload(images) {
      const sizes = images.map(({ width, height }) => `${width}x${height}`);
      if (sizes.join() !== layout) {
        destroy();
        isStale = true;
      }
      layout = sizes.join();
      images.forEach((image, camera) => {
        const known = bySize.get(sizes[camera]!);
        const preprocess =
          known ?? createPreprocess(context, geometry.planImages(image.width, image.height), { images: tensor });
        bySize.set(sizes[camera]!, preprocess);
        preprocess.upload(camera, image);
      });
    },
    encode(encoder) {
      if (isStale) encoder.clearBuffer(tensor);
      isStale = false;
      for (const preprocess of bySize.values()) preprocess.encode(encoder);
    },
    destroy,
  };
}

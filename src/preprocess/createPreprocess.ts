import filterColumnsWgsl from '../../shaders/preprocess/filterColumns.wgsl?raw';
import filterRowsWgsl from '../../shaders/preprocess/filterRows.wgsl?raw';
import type { CameraImage } from '../domain/clip.ts';
import { createStorageBuffer, writeBuffer } from '../gpu/buffers.ts';
import type { GpuContext } from '../gpu/device.ts';
import { createKernel } from '../gpu/kernel.ts';
import { checkSourceSize, type PreprocessPlan } from './plan.ts';
import type { FilterTaps } from './resample.ts';

/** Preprocessing of images of one size into slices of the network's `images` tensor. */
export interface Preprocess {
  /** Upload one camera's pixels through the queue. Throws `image-size-unsupported` when they are not of the planned size. */
  upload(cameraIndex: number, image: CameraImage): void;
  /** Record the passes for every camera uploaded so far; neither submits nor reads back. */
  encode(encoder: GPUCommandEncoder): void;
  destroy(): void;
}

/** What one camera owns on the GPU. */
interface CameraSlot {
  readonly texture: GPUTexture;
  readonly sizes: GPUBuffer;
  readonly rowsGroup: GPUBindGroup;
  readonly columnsGroup: GPUBindGroup;
}

const TEXTURE_USAGE = 0x02 | 0x04 | 0x10; // COPY_DST | TEXTURE_BINDING | RENDER_ATTACHMENT (for image copies)
const UNIFORM_USAGE = 0x40 | 0x08; // UNIFORM | COPY_DST

/**
 * Create the GPU preprocessing for images of the planned size.
 * Writes f32 [3, height, width] per camera into the borrowed buffer `images` [N, 3, height, width]; channel order and
 * normalisation are the plan's. Cameras of another source size need a second instance over the same buffer.
 */
export function createPreprocess(
  context: GpuContext,
  plan: PreprocessPlan,
  { images }: { readonly images: GPUBuffer },
): Preprocess {
  const { device } = context;
  const rowsKernel = createKernel(device, 'preprocess rows', filterRowsWgsl);
  const columnsKernel = createKernel(device, 'preprocess columns', filterColumnsWgsl);
  const rows = createStorageBuffer(device, 'preprocess rows', plan.rowCount * plan.width * 4);
  const normalised = uploadConstant(device, 'preprocess normalised', plan.normalised);
  const horizontal = uploadTaps(device, 'preprocess horizontal', plan.horizontal);
  const vertical = uploadTaps(device, 'preprocess vertical', plan.vertical);
  const slots = new Map<number, CameraSlot>();

  function createSlot(cameraIndex: number): CameraSlot {
    const texture = device.createTexture({
      label: `camera ${cameraIndex}`,
      size: [plan.sourceWidth, plan.sourceHeight],
      format: 'rgba8unorm',
      usage: TEXTURE_USAGE,
    });
    const sizes = createSizes(device, plan, cameraIndex);
    return {
      texture,
      sizes,
      rowsGroup: rowsKernel.bind([
        { buffer: sizes },
        texture.createView(),
        { buffer: horizontal.spans },
        { buffer: horizontal.weights },
        { buffer: rows },
      ]),
      columnsGroup: columnsKernel.bind([
        { buffer: sizes },
        { buffer: rows },
        { buffer: vertical.spans },
        { buffer: vertical.weights },
        { buffer: normalised },
        { buffer: images },
      ]),
    };
  }

  return {
    upload(cameraIndex, image) {
      checkSourceSize(plan, image.width, image.height, `The image of camera ${cameraIndex}`);
      let slot = slots.get(cameraIndex);
      if (!slot) {
        slot = createSlot(cameraIndex);
        slots.set(cameraIndex, slot);
      }
      uploadPixels(device, slot.texture, image);
    },
    encode(encoder) {
      const pass = encoder.beginComputePass({ label: 'preprocess' });
      for (const slot of slots.values()) {
        rowsKernel.encode(pass, slot.rowsGroup, coverPixels(plan.width, plan.rowCount));
        columnsKernel.encode(pass, slot.columnsGroup, coverPixels(plan.width, plan.height));
      }
      pass.end();
    },
    destroy() {
      for (const slot of slots.values()) {
        slot.texture.destroy();
        slot.sizes.destroy();
      }
      slots.clear();
      for (const buffer of [rows, normalised, ...Object.values(horizontal), ...Object.values(vertical)])
        buffer.destroy();
    },
  };
}

function uploadPixels(device: GPUDevice, texture: GPUTexture, { width, height, pixels }: CameraImage): void {
  if (ArrayBuffer.isView(pixels)) {
    const bytes = pixels as Uint8ClampedArray<ArrayBuffer>;
    device.queue.writeTexture({ texture }, bytes, { bytesPerRow: 4 * width, rowsPerImage: height }, [width, height]);
  } else {
    device.queue.copyExternalImageToTexture({ source: pixels }, { texture, premultipliedAlpha: false }, [
      width,
      height,
    ]);
  }
}

/** The `Sizes` struct of both shaders. */
function createSizes(device: GPUDevice, plan: PreprocessPlan, cameraIndex: number): GPUBuffer {
  const values = Uint32Array.of(
    plan.width,
    plan.height,
    plan.firstRow,
    plan.rowCount,
    plan.horizontal.tapsPerOutput,
    plan.vertical.tapsPerOutput,
    cameraIndex * 3 * plan.width * plan.height,
    plan.sourceChannels[0] === 2 ? 1 : 0,
  );
  const buffer = device.createBuffer({ label: 'preprocess sizes', size: values.byteLength, usage: UNIFORM_USAGE });
  writeBuffer(device, buffer, values);
  return buffer;
}

function uploadTaps(device: GPUDevice, label: string, taps: FilterTaps): { spans: GPUBuffer; weights: GPUBuffer } {
  const spans = new Uint32Array(2 * taps.starts.length);
  taps.starts.forEach((start, output) => {
    spans[2 * output] = start;
    spans[2 * output + 1] = taps.counts[output]!;
  });
  return {
    spans: uploadConstant(device, `${label} spans`, spans),
    weights: uploadConstant(device, `${label} weights`, taps.weights),
  };
}

function uploadConstant(device: GPUDevice, label: string, data: ArrayBufferView): GPUBuffer {
  const buffer = createStorageBuffer(device, label, data.byteLength);
  writeBuffer(device, buffer, data);
  return buffer;
}

function coverPixels(width: number, height: number): readonly [number, number] {
  return [Math.ceil(width / 8), Math.ceil(height / 8)];
}

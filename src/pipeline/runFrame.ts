import type { FrameMarks } from '../gpu/timestamps.ts';

/** One box of the picture: either passes that we record, or a network part that ONNX Runtime submits by itself. */
export type FrameStep =
  | { readonly name: string; readonly encode: (encoder: GPUCommandEncoder) => void }
  | { readonly name: string; readonly run: () => Promise<unknown> };

/**
 * Run one frame on the GPU, in the order of the recipe:
 *
 *   preprocess -> encoder.onnx -> plane sweep -> depth.onnx -> voxel pooling -> memory warp -> head.onnx -> decode -> keep the memory
 *
 * Everything stays on one queue, so order is all the synchronisation there is: what we recorded is submitted before an ONNX part runs,
 * and ONNX Runtime has submitted its own work when its run resolves. Nothing is read back.
 */
export async function runFrame(
  device: GPUDevice,
  steps: readonly FrameStep[],
  marks: FrameMarks | null,
): Promise<void> {
  let encoder = device.createCommandEncoder({ label: 'frame' });
  marks?.mark(encoder);
  for (const step of steps) {
    if ('encode' in step) {
      step.encode(encoder);
    } else {
      device.queue.submit([encoder.finish()]);
      await step.run();
      encoder = device.createCommandEncoder({ label: 'frame' });
    }
    marks?.mark(encoder);
  }
  marks?.resolve(encoder);
  device.queue.submit([encoder.finish()]);
}

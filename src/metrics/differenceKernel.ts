import differenceWgsl from '../../shaders/metrics/difference.wgsl?raw';
import { createStorageBuffer } from '../gpu/buffers.ts';
import { coverInvocations, createKernel } from '../gpu/kernel.ts';
import type { ComparedVolumes } from './confusionKernel.ts';
import { createSettings, writeSettings } from './settings.ts';

/** Compares label volumes on the GPU into a label volume of its own; `encode` neither submits nor reads back. */
export interface DifferencePass {
  /** u8 packed four to a u32, with DIFFERENCE of src/reference/difference.ts as labels. */
  readonly difference: GPUBuffer;
  encode(encoder: GPUCommandEncoder, volumes: ComparedVolumes): void;
  destroy(): void;
}

/** Create the pass for a grid of `voxelCount` voxels. Twin: `compareLabels` in src/reference/difference.ts. */
export function createDifferencePass(device: GPUDevice, voxelCount: number, free: number): DifferencePass {
  const words = Math.ceil(voxelCount / 4);
  const difference = createStorageBuffer(device, 'difference', words * 4);
  const settings = createSettings(device, 'difference settings', 12);
  const kernel = createKernel(device, 'difference', differenceWgsl);
  return {
    difference,
    encode(encoder, { truth, prediction, mask }) {
      writeSettings(device, settings, [voxelCount, free, mask ? 1 : 0]);
      const group = kernel.bind([settings, truth, prediction, mask ?? truth, difference].map((buffer) => ({ buffer })));
      const pass = encoder.beginComputePass({ label: 'difference' });
      kernel.encode(pass, group, coverInvocations(words, 64));
      pass.end();
    },
    destroy() {
      difference.destroy();
      settings.destroy();
    },
  };
}

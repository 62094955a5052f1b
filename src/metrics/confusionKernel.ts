import confusionWgsl from '../../shaders/metrics/confusion.wgsl?raw';
import { createStorageBuffer, readBuffer } from '../gpu/buffers.ts';
import { createKernel } from '../gpu/kernel.ts';
import type { Confusion, ConfusionPlan } from '../reference/confusion.ts';
import { createSettings, writeSettings } from './settings.ts';

/** Label volumes on the GPU: u8 packed four to a u32, grid order. Without a mask every voxel counts as unseen. */
export interface ComparedVolumes {
  readonly truth: GPUBuffer;
  readonly prediction: GPUBuffer;
  readonly mask: GPUBuffer | null;
}

/** Counts voxels on the GPU; `encode` neither submits nor reads back. */
export interface ConfusionCounter {
  encode(encoder: GPUCommandEncoder, volumes: ComparedVolumes): void;
  /** Counts of the last submitted `encode`. */
  read(): Promise<Confusion>;
  destroy(): void;
}

const WORKGROUP = 256;
/** Enough workgroups to fill a large GPU, few enough that their sums are cheap. */
const MAXIMUM_WORKGROUPS = 128;

/** Create the counter. Twin: `countConfusion` in src/reference/confusion.ts. */
export function createConfusionCounter(device: GPUDevice, plan: ConfusionPlan): ConfusionCounter {
  const table = plan.classCount ** 2;
  const entries = 2 * table + 2;
  const counts = createStorageBuffer(device, 'confusion counts', entries * 4);
  const settings = createSettings(device, 'confusion settings', 8);
  const kernel = createKernel(device, 'confusion', confusionWgsl, { CLASSES: plan.classCount, ENTRIES: entries });
  const workgroups = Math.min(MAXIMUM_WORKGROUPS, Math.ceil(plan.voxelCount / 4 / WORKGROUP));
  return {
    encode(encoder, { truth, prediction, mask }) {
      writeSettings(device, settings, [plan.voxelCount, mask ? 1 : 0]);
      const group = kernel.bind([settings, truth, prediction, mask ?? truth, counts].map((buffer) => ({ buffer })));
      encoder.clearBuffer(counts);
      const pass = encoder.beginComputePass({ label: 'confusion' });
      kernel.encode(pass, group, [workgroups]);
      pass.end();
    },
    async read() {
      const values = new Uint32Array(await readBuffer(device, counts, entries * 4));
      return {
        all: values.slice(0, table),
        camera: values.slice(table, 2 * table),
        truthOutside: values[2 * table]!,
        predictionOutside: values[2 * table + 1]!,
      };
    },
    destroy() {
      counts.destroy();
      settings.destroy();
    },
  };
}

import type { ClassTable } from '../domain/classes.ts';
import type { GridSpec } from '../domain/geometry.ts';
import { createStorageBuffer, writeBuffer } from '../gpu/buffers.ts';
import { type Confusion, planConfusion } from '../reference/confusion.ts';
import { createRayDirections, planRayCast } from '../reference/rayCast.ts';
import { createConfusionCounter } from './confusionKernel.ts';
import { type CastHits, createRayCaster } from './rayKernel.ts';

/** The volumes of one frame, grid order. */
export interface CountedVolumes {
  readonly truth: Uint8Array;
  readonly prediction: Uint8Array;
  /** The data's own camera mask, or null. */
  readonly mask: Uint8Array | null;
}

/** What the GPU finds out about a frame; `measureFrame` takes it instead of looping over voxels and rays itself. */
export interface GpuFrameCounts {
  /** Null where the camera mask is still to be made: then the CPU counts. */
  readonly confusion: Confusion | null;
  /** One per ray origin. */
  readonly hits: readonly CastHits[];
}

/** Counts frames on the GPU, one at a time; integer for integer what the CPU counts. */
export interface GpuFrameCounter {
  /** `origins`: three numbers each, metres, ego frame; at most eight. */
  count(volumes: CountedVolumes, origins: Float32Array): Promise<GpuFrameCounts>;
  destroy(): void;
}

export function createGpuFrameCounter(device: GPUDevice, table: ClassTable, grid: GridSpec): GpuFrameCounter {
  const voxels = grid.size[0] * grid.size[1] * grid.size[2];
  const bytes = Math.ceil(voxels / 4) * 4;
  const [truth, prediction, mask] = ['truth', 'prediction', 'camera mask'].map((label) =>
    createStorageBuffer(device, `metrics ${label}`, bytes),
  ) as [GPUBuffer, GPUBuffer, GPUBuffer];
  const plan = planRayCast(grid, table.free, createRayDirections());
  const caster = createRayCaster(device, plan, table.classes.length);
  const counter = createConfusionCounter(device, planConfusion(table.classes.length, voxels));
  return {
    async count(volumes, origins) {
      writeBuffer(device, truth, volumes.truth);
      writeBuffer(device, prediction, volumes.prediction);
      if (volumes.mask) writeBuffer(device, mask, volumes.mask);
      const encoder = device.createCommandEncoder({ label: 'metrics' });
      if (volumes.mask) counter.encode(encoder, { truth, prediction, mask });
      if (origins.length > 0) caster.encode(encoder, { truth, prediction }, origins);
      device.queue.submit([encoder.finish()]);
      const [confusion, hits] = await Promise.all([
        volumes.mask ? counter.read() : null,
        origins.length > 0 ? caster.readHits() : [],
      ]);
      return { confusion, hits };
    },
    destroy() {
      caster.destroy();
      counter.destroy();
      for (const buffer of [truth, prediction, mask]) buffer.destroy();
    },
  };
}

import { writeBuffer } from '../gpu/buffers.ts';
import type { GpuContext } from '../gpu/device.ts';
import type { GpuStage } from './stage.ts';
import { createLocatePasses, createScratch, createSumPasses, type VoxelPoolBuffers } from './voxelPoolPasses.ts';
import { computeFrustumAxes, computeFrustumMatrices, type VoxelPoolPlan } from './voxelPoolPlan.ts';

export type { VoxelPoolBuffers } from './voxelPoolPasses.ts';
export { planVoxelPool, type VoxelPoolEntry, type VoxelPoolPlan, voxelPoolSchema } from './voxelPoolPlan.ts';

/**
 * Create the stage on the GPU. Runs of points per cell are rebuilt in every frame, since camera poses differ from frame to frame:
 * count, prefix sum, scatter, sort, then one gather per cell and channel. Throws `gpu-limit-too-small`.
 */
export function createVoxelPool(context: GpuContext, plan: VoxelPoolPlan, buffers: VoxelPoolBuffers): GpuStage {
  const { device } = context;
  const scratch = createScratch(device, plan);
  const passes = [...createLocatePasses(device, plan, scratch), ...createSumPasses(device, plan, buffers, scratch)];
  return {
    kind: 'voxel-pool',
    update(geometry) {
      writeBuffer(device, scratch.matrices, computeFrustumMatrices(plan, geometry));
      writeBuffer(device, scratch.axes, computeFrustumAxes(plan, geometry));
    },
    encode(encoder) {
      encoder.clearBuffer(scratch.counts);
      const pass = encoder.beginComputePass({ label: 'voxel-pool' });
      for (const encodePass of passes) encodePass(pass);
      pass.end();
    },
    destroy() {
      for (const buffer of Object.values(scratch).flat()) buffer.destroy();
    },
  };
}

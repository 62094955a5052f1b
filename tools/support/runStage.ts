import { createStorageBuffer, readBuffer, writeBuffer } from '../../src/gpu/buffers.ts';
import type { GpuContext } from '../../src/gpu/device.ts';
import type { MemoryWarpPlan } from '../../src/pipeline/memoryWarp.ts';
import { createMemoryWarp } from '../../src/pipeline/memoryWarp.ts';
import { createPlaneSweep, type PlaneSweepPlan } from '../../src/pipeline/planeSweep.ts';
import type { FrameGeometry, GpuStage } from '../../src/pipeline/stage.ts';
import { countElements } from '../../src/pipeline/stage.ts';
import { createVoxelPool, type VoxelPoolPlan } from '../../src/pipeline/voxelPool.ts';
import { createScratch, createSumPasses, type EncodePass } from '../../src/pipeline/voxelPoolPasses.ts';
import type { LocatedEntries } from '../../src/reference/voxelPool.ts';

/** Value that output buffers hold before a run, so that elements which a kernel forgets are seen. */
export const UNTOUCHED = -12345.678;

/** A storage buffer that holds `data`. */
export function upload(device: GPUDevice, label: string, data: Float32Array | Uint32Array): GPUBuffer {
  const buffer = createStorageBuffer(device, label, data.byteLength);
  writeBuffer(device, buffer, data);
  return buffer;
}

/** Run a stage once on the frame's calibration and read `output` (f32) back. The stage is destroyed, the buffers are not. */
export async function runStageOnce(
  context: GpuContext,
  stage: GpuStage,
  geometry: FrameGeometry,
  output: GPUBuffer,
  elements: number,
): Promise<Float32Array> {
  stage.update(geometry);
  const encoder = context.device.createCommandEncoder();
  stage.encode(encoder);
  context.device.queue.submit([encoder.finish()]);
  const result = new Float32Array(await readBuffer(context.device, output, elements * 4));
  stage.destroy();
  return result;
}

/** Voxel pooling on the GPU from plain arrays. */
export async function poolVoxelsOnGpu(
  context: GpuContext,
  plan: VoxelPoolPlan,
  geometry: FrameGeometry,
  depth: Float32Array,
  features: Float32Array,
): Promise<Float32Array> {
  const buffers = createPoolBuffers(context.device, plan, depth, features);
  const stage = createVoxelPool(context, plan, buffers);
  const result = await runStageOnce(context, stage, geometry, buffers.out, plan.cells * plan.channels);
  for (const buffer of Object.values(buffers)) buffer.destroy();
  return result;
}

/** Voxel pooling on the GPU for entries whose cells are given instead of found: everything behind locatePoints.wgsl. */
export async function poolLocatedOnGpu(
  { device }: GpuContext,
  plan: VoxelPoolPlan,
  located: LocatedEntries,
  depth: Float32Array,
  features: Float32Array,
): Promise<Float32Array> {
  const buffers = createPoolBuffers(device, plan, depth, features);
  const scratch = createScratch(device, plan);
  const counts = new Uint32Array(plan.cells + 1);
  for (const cell of located.cellOfEntry) if (cell < plan.cells) counts[cell]! += 1;
  writeBuffer(device, scratch.counts, counts);
  writeBuffer(device, scratch.cellOfEntry, located.cellOfEntry);
  writeBuffer(device, scratch.shareOfEntry, located.shareOfEntry);
  submitPasses(device, createSumPasses(device, plan, buffers, scratch));
  const result = new Float32Array(await readBuffer(device, buffers.out, plan.cells * plan.channels * 4));
  for (const buffer of [...Object.values(buffers), ...Object.values(scratch).flat()]) buffer.destroy();
  return result;
}

function createPoolBuffers(device: GPUDevice, plan: VoxelPoolPlan, depth: Float32Array, features: Float32Array) {
  return {
    depth: upload(device, 'depth', depth),
    context: upload(device, 'context', features),
    out: upload(device, 'out', new Float32Array(plan.cells * plan.channels).fill(UNTOUCHED)),
  };
}

/** Submit dispatches as one compute pass. */
export function submitPasses(device: GPUDevice, passes: readonly EncodePass[]): void {
  const encoder = device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  for (const encodePass of passes) encodePass(pass);
  pass.end();
  device.queue.submit([encoder.finish()]);
}

/** Memory warp on the GPU from plain arrays. */
export async function warpMemoryOnGpu(
  context: GpuContext,
  plan: MemoryWarpPlan,
  geometry: FrameGeometry,
  memory: Float32Array,
): Promise<Float32Array> {
  const elements = countElements(plan.outShape);
  const input = upload(context.device, 'memory', memory);
  const output = upload(context.device, 'moved', new Float32Array(elements).fill(UNTOUCHED));
  const stage = createMemoryWarp(context, plan, { in: input, out: output });
  const result = await runStageOnce(context, stage, geometry, output, elements);
  input.destroy();
  output.destroy();
  return result;
}

/** A plane sweep on the GPU from plain arrays. */
export async function sweepPlanesOnGpu(
  context: GpuContext,
  plan: PlaneSweepPlan,
  geometry: FrameGeometry,
  current: Float32Array,
  previous: Float32Array,
): Promise<Float32Array> {
  const elements = countElements(plan.outShape);
  const buffers = {
    current: upload(context.device, 'current', current),
    previous: upload(context.device, 'previous', previous),
    out: upload(context.device, 'matches', new Float32Array(elements).fill(UNTOUCHED)),
  };
  const result = await runStageOnce(context, createPlaneSweep(context, plan, buffers), geometry, buffers.out, elements);
  for (const buffer of Object.values(buffers)) buffer.destroy();
  return result;
}

import { OccuscopeError } from '../errors/catalogue.ts';
import { createStorageBuffer } from '../gpu/buffers.ts';
import type { ModelPlan } from './planModel.ts';
import { countElements } from './stage.ts';

/** The GPU memory of one network: a buffer for each tensor, owned here and borrowed by stages. */
export interface TensorBuffers {
  /** What a stage reads: for a state tensor, the previous frame's value. */
  reading(name: string): GPUBuffer;
  /** What a stage writes: for a state tensor, the value that the next frame will read. */
  writing(name: string): GPUBuffer;
  readonly labels: GPUBuffer;
  readonly flow: GPUBuffer | null;
  /** Record that this frame's state becomes the previous one's. */
  encodeKeepState(encoder: GPUCommandEncoder): void;
  /** Zero all state through the queue. */
  clearState(): void;
  readonly byteLength: number;
  destroy(): void;
}

/**
 * Allocate every buffer of a planned model. State is double: stages read the kept copy while they write the new one.
 * Throws `gpu-limit-too-small` naming the tensor when one does not fit the device.
 */
export function createTensorBuffers(device: GPUDevice, plan: ModelPlan): TensorBuffers {
  const limit = Math.min(device.limits.maxBufferSize, device.limits.maxStorageBufferBindingSize);
  const all: GPUBuffer[] = [];
  const allocate = (label: string, bytes: number): GPUBuffer => {
    if (bytes > limit) {
      const detail = `Tensor "${label}" has ${bytes} bytes; the device takes ${limit} in one buffer.`;
      for (const buffer of all) buffer.destroy();
      throw new OccuscopeError('gpu-limit-too-small', { detail });
    }
    const buffer = createStorageBuffer(device, label, bytes);
    all.push(buffer);
    return buffer;
  };
  const fresh = new Map<string, GPUBuffer>();
  for (const [name, shape] of plan.shapes) fresh.set(name, allocate(name, countElements(shape) * 4));
  const kept = new Map<string, GPUBuffer>();
  for (const name of plan.state) kept.set(name, allocate(`${name} (kept)`, countElements(plan.shapes.get(name)!) * 4));
  const decode = plan.stages.find((stage) => stage.kind === 'decode')!.plan;
  const labels = allocate('labels', decode.labelBytes);
  const flow = decode.flow ? allocate('flow', decode.flowBytes) : null;
  return {
    reading: (name) => kept.get(name) ?? fresh.get(name)!,
    writing: (name) => fresh.get(name)!,
    labels,
    flow,
    encodeKeepState(encoder) {
      for (const [name, buffer] of kept) encoder.copyBufferToBuffer(fresh.get(name)!, 0, buffer, 0, buffer.size);
    },
    clearState() {
      const encoder = device.createCommandEncoder({ label: 'clear state' });
      for (const buffer of kept.values()) encoder.clearBuffer(buffer);
      device.queue.submit([encoder.finish()]);
    },
    byteLength: all.reduce((sum, { size }) => sum + size, 0),
    destroy() {
      for (const buffer of all) buffer.destroy();
    },
  };
}

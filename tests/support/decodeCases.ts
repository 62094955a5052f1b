import { expect } from 'vitest';
import { decodeHalf } from '../../src/clips/npz/decodeHalf.ts';
import type { ClassTable } from '../../src/domain/classes.ts';
import type { GridSpec, Vector3 } from '../../src/domain/geometry.ts';
import { createStorageBuffer, readBuffer, writeBuffer } from '../../src/gpu/buffers.ts';
import type { GpuContext } from '../../src/gpu/device.ts';
import { createDecode, type DecodePlan } from '../../src/pipeline/decode.ts';
import { type DecodeTensors, decodeReference } from '../../src/reference/decode.ts';
import { withoutGpuErrors } from './gpu.ts';

/** A grid of unit cells at the origin. */
export function makeGrid(size: Vector3): GridSpec {
  return { lower: [0, 0, 0], voxel: [1, 1, 1], size };
}

/** Nameless classes, the last one free. */
export function makeClasses(count: number): ClassTable {
  const classes = Array.from({ length: count }, (_, label) => ({ name: `class ${label}`, dynamic: false }));
  return { id: 'test', classes, free: count - 1 };
}

/** Repeatable numbers in [-1, 1). */
export function makeNoise(count: number, seed: number): Float32Array {
  let state = seed;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return state / 2 ** 31;
  });
}

/** Run the decode stage on the GPU and expect what its twin gives: labels exactly, flow to one unit in half precision's last place. */
export async function compareWithTwin(context: GpuContext, plan: DecodePlan, tensors: DecodeTensors): Promise<void> {
  const { device } = context;
  const upload = (data: Float32Array) => {
    const buffer = createStorageBuffer(device, 'input', data.byteLength);
    writeBuffer(device, buffer, data);
    return buffer;
  };
  await withoutGpuErrors(device, async () => {
    const buffers = {
      logits: upload(tensors.logits),
      occupancy: tensors.occupancy && upload(tensors.occupancy),
      flow: tensors.flow && upload(tensors.flow),
      labels: createStorageBuffer(device, 'labels', plan.labelBytes),
      flowOut: tensors.flow && createStorageBuffer(device, 'flow', plan.flowBytes),
    };
    const stage = createDecode(context, plan, buffers);
    const encoder = device.createCommandEncoder();
    stage.encode(encoder);
    device.queue.submit([encoder.finish()]);
    const expected = decodeReference(plan, tensors);
    const labels = new Uint8Array(await readBuffer(device, buffers.labels, plan.labelBytes));
    expect(Buffer.from(labels.subarray(0, plan.voxelCount)).equals(Buffer.from(expected.labels))).toBe(true);
    expect(labels.subarray(plan.voxelCount).every((label) => label === 0)).toBe(true);
    if (buffers.flowOut) {
      const packed = new Uint32Array(await readBuffer(device, buffers.flowOut, plan.flowBytes));
      expect(findLargestFlowError(packed, expected.flow!)).toBeLessThanOrEqual(1);
    }
    stage.destroy();
    for (const buffer of Object.values(buffers)) buffer?.destroy();
  });
}

/** Largest difference in units of half precision's last place. */
function findLargestFlowError(packed: Uint32Array, expected: Float32Array): number {
  let largest = 0;
  expected.forEach((value, index) => {
    const half = decodeHalf((packed[index >> 1]! >>> (16 * (index & 1))) & 0xffff);
    const unit = 2 ** (Math.max(Math.floor(Math.log2(Math.abs(value) || 2 ** -14)), -14) - 10);
    largest = Math.max(largest, Math.abs(half - value) / unit);
  });
  return largest;
}

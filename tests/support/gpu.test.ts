import { expect, test } from 'vitest';
import { createStorageBuffer, readBuffer, writeBuffer } from '../../src/gpu/buffers.ts';
import { createKernel } from '../../src/gpu/kernel.ts';
import { describeGpu, withoutGpuErrors } from './gpu.ts';

const doubling = `
@group(0) @binding(0) var<storage, read_write> values: array<u32>;
@compute @workgroup_size(4) fn main(@builtin(global_invocation_id) id: vec3u) { values[id.x] *= 2u; }
`;

describeGpu('GPU in Node', (getContext) => {
  test('a kernel computes and its result reads back', async () => {
    const { device, adapterName } = getContext();
    expect(adapterName).not.toBe('');
    const values = await withoutGpuErrors(device, async () => {
      const buffer = createStorageBuffer(device, 'values', 16);
      writeBuffer(device, buffer, new Uint32Array([1, 2, 3, 4]));
      const kernel = createKernel(device, 'doubling', doubling);
      const encoder = device.createCommandEncoder();
      const pass = encoder.beginComputePass();
      kernel.encode(pass, kernel.bind([{ buffer }]), [1]);
      pass.end();
      device.queue.submit([encoder.finish()]);
      return new Uint32Array(await readBuffer(device, buffer));
    });
    expect([...values]).toEqual([2, 4, 6, 8]);
  });

  test('validation errors are reported', async () => {
    const { device } = getContext();
    await expect(withoutGpuErrors(device, () => device.createShaderModule({ code: 'not wgsl' }))).rejects.toThrow();
  });
});

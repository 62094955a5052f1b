import { afterAll, describe, test } from 'vitest';
import type { GpuContext } from '../../src/gpu/device.ts';
import { type NodeGpu, openNodeGpu } from '../../tools/support/nodeGpu.ts';

let opened: NodeGpu | null = null;
let reason = '';
try {
  opened = await openNodeGpu();
} catch (error) {
  reason = error instanceof Error ? error.message : String(error);
}
const required = process.env.REQUIRE_WEBGPU === '1';

/** The device that all tests of one file share. Throws where there is none; inside `describeGpu` there always is one. */
export function getGpuContext(): GpuContext {
  if (!opened) throw new Error(`No WebGPU adapter: ${reason}`);
  return opened.context;
}

/**
 * A `describe` block whose tests need a GPU device.
 * Without an adapter the block becomes one skipped test that names the reason; with `REQUIRE_WEBGPU=1` one failing test.
 */
export function describeGpu(name: string, define: (getContext: () => GpuContext) => void): void {
  if (opened) {
    describe(name, () => define(getGpuContext));
    return;
  }
  describe(name, () => {
    if (required) test(`needs WebGPU: ${reason}`, getGpuContext);
    else test.skip(`SKIPPED, no WebGPU adapter: ${reason}`, () => undefined);
  });
}

/** Run `action` and fail when WebGPU reports a validation or out-of-memory error meanwhile. */
export async function withoutGpuErrors<T>(device: GPUDevice, action: () => Promise<T> | T): Promise<T> {
  device.pushErrorScope('out-of-memory');
  device.pushErrorScope('validation');
  const errors: string[] = [];
  try {
    return await action();
  } finally {
    for (let scope = 0; scope < 2; scope++) {
      const error = await device.popErrorScope();
      if (error) errors.push(error.message);
    }
    // A validation error explains whatever else went wrong, so it may replace the action's own exception.
    // biome-ignore lint/correctness/noUnsafeFinally: see above
    if (errors.length > 0) throw new Error(errors.join('\n'));
  }
}

afterAll(async () => {
  await opened?.close();
});

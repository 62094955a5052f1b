import type { GpuContext } from '../../src/gpu/device.ts';

/** What TypeScript bound to a kernel: one entry for each compiled pipeline. */
export interface RecordedKernel {
  readonly wgsl: string;
  readonly constants: Readonly<Record<string, number>>;
  /** Resources of every bind group made for the pipeline, in binding order. */
  readonly groups: RecordedResource[][];
}

export type RecordedResource = { readonly kind: 'buffer'; readonly usage: number } | { readonly kind: 'texture' };

interface FakeBuffer {
  readonly size: number;
  readonly usage: number;
  destroy(): void;
}

/**
 * A device that computes nothing and remembers which resources are bound to which WGSL.
 * Needs no adapter, so the agreement of TypeScript and WGSL is checked on every machine.
 */
export function createRecordingContext(): { readonly context: GpuContext; readonly kernels: RecordedKernel[] } {
  const kernels: RecordedKernel[] = [];
  const pass = { setPipeline() {}, setBindGroup() {}, dispatchWorkgroups() {}, end() {} };
  const device = {
    limits: { maxStorageBufferBindingSize: 2 ** 30, maxBufferSize: 2 ** 30 },
    queue: { writeBuffer() {}, writeTexture() {}, copyExternalImageToTexture() {}, submit() {} },
    createBuffer: ({ size, usage }: GPUBufferDescriptor): FakeBuffer => ({ size, usage, destroy() {} }),
    createTexture: () => ({ createView: () => ({ isTextureView: true }), destroy() {} }),
    createShaderModule: ({ code }: GPUShaderModuleDescriptor) => ({ code }),
    createComputePipeline(descriptor: GPUComputePipelineDescriptor) {
      const { module, constants } = descriptor.compute;
      const kernel = { wgsl: (module as unknown as { code: string }).code, constants: { ...constants }, groups: [] };
      kernels.push(kernel);
      return { getBindGroupLayout: () => kernel };
    },
    createBindGroup({ layout, entries }: GPUBindGroupDescriptor) {
      (layout as unknown as RecordedKernel).groups.push([...entries].map(({ resource }) => describeResource(resource)));
      return {};
    },
    createCommandEncoder: () => ({ beginComputePass: () => pass, clearBuffer() {}, finish() {} }),
  };
  const context: GpuContext = {
    device: device as unknown as GPUDevice,
    adapterName: 'recording',
    isSoftware: true,
    hasTimestamps: false,
  };
  return { context, kernels };
}

function describeResource(resource: GPUBindingResource): RecordedResource {
  if (!('buffer' in resource)) return { kind: 'texture' };
  return { kind: 'buffer', usage: (resource.buffer as unknown as FakeBuffer).usage };
}

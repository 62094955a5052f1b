import type { Tensor } from 'onnxruntime-common';
import { readBuffer, writeBuffer } from '../../src/gpu/buffers.ts';
import type { OrtRuntime } from '../../src/models/ortRuntime.ts';
import { countElements } from '../../src/pipeline/stage.ts';

/**
 * An ORT runtime for GPU tests in Node, where ORT's own WebGPU provider does not start: inputs are read back from the GPU,
 * the part runs on the CPU, and outputs are written to the preallocated buffers. For tests only; the app never does this.
 */
export function createHostOrt(device: GPUDevice, runtime: OrtRuntime): OrtRuntime {
  const { Tensor } = runtime.ort;
  const readTensor = async ({ gpuBuffer, dims }: Tensor): Promise<Tensor> => {
    const bytes = await readBuffer(device, gpuBuffer as unknown as GPUBuffer, countElements(dims) * 4);
    return new Tensor('float32', new Float32Array(bytes), dims);
  };
  return {
    ...runtime,
    async createSession(file, bytes) {
      const session = await runtime.createSession(file, bytes, { executionProviders: ['wasm'] });
      return {
        ...session,
        async run(feeds, fetches) {
          const read = Object.entries(feeds).map(async ([name, tensor]) => [name, await readTensor(tensor)] as const);
          const results = await session.run(Object.fromEntries(await Promise.all(read)));
          for (const [name, { gpuBuffer }] of Object.entries(fetches ?? {})) {
            writeBuffer(device, gpuBuffer as unknown as GPUBuffer, results[name]!.data as Float32Array);
          }
          return results;
        },
      };
    },
  };
}

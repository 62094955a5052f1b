import type { Tensor } from 'onnxruntime-common';
import { createStorageBuffer, readBuffer } from '../../src/gpu/buffers.ts';
import type { GpuContext } from '../../src/gpu/device.ts';
import { loadOrt } from '../../src/models/loadOrt.ts';
import { countElements } from '../../src/pipeline/stage.ts';
import { upload } from '../../tools/support/runStage.ts';
import { checkAnswer, countSamples } from '../kernels/benchmark.ts';
import { measureQueue } from '../measure.ts';
import type { Measurement } from '../report.ts';
import { type GraphParts, writeGraph } from './onnxBytes.ts';

/** A graph that ORT's WebGPU provider runs on the shared device, its inputs in order, and the answer it must give. */
export interface OrtCase {
  readonly what: string;
  readonly graph: GraphParts;
  readonly inputs: readonly Float32Array[];
  readonly expected: Float32Array;
  readonly tolerance: number;
}

/** Check and time a graph in ORT with all tensors in GPU buffers, as the app runs it. Throws when ORT cannot run it. */
export async function measureOrt(
  context: GpuContext,
  { what, graph, inputs, expected, tolerance }: OrtCase,
): Promise<Measurement> {
  const { device } = context;
  const runtime = await loadOrt('webgpu');
  const session = await runtime.createSession('benchmark.onnx', writeGraph(graph), {
    // The typings name the provider only; the device option is what makes ORT use ours.
    executionProviders: [{ name: 'webgpu', device } as { name: 'webgpu' }],
    preferredOutputLocation: 'gpu-buffer',
  });
  const outputBuffer = createStorageBuffer(device, 'ort output', countElements(graph.output.shape) * 4);
  const buffers = inputs.map((values, index) => upload(device, graph.inputs[index]!.name, values));
  const wrap = (buffer: GPUBuffer, dims: readonly number[]): Tensor =>
    runtime.ort.Tensor.fromGpuBuffer(buffer, { dataType: 'float32', dims: [...dims] });
  const feeds = Object.fromEntries(graph.inputs.map(({ name, shape }, index) => [name, wrap(buffers[index]!, shape)]));
  const fetches = { [graph.output.name]: wrap(outputBuffer, graph.output.shape) };
  try {
    await session.run(feeds, fetches);
    const answer = new Float32Array(await readBuffer(device, outputBuffer, expected.byteLength));
    const largestError = checkAnswer(what, answer, expected, tolerance);
    const milliseconds = await measureQueue(device, () => session.run(feeds, fetches), countSamples(context));
    return { what, milliseconds, largestError };
  } finally {
    await session.release();
    for (const buffer of [outputBuffer, ...buffers]) buffer.destroy();
  }
}

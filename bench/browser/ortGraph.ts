import type { Tensor } from 'onnxruntime-common';
import { createStorageBuffer, readBuffer } from '../../src/gpu/buffers.ts';
import type { GpuContext } from '../../src/gpu/device.ts';
import { loadOrt } from '../../src/models/loadOrt.ts';
import { countElements } from '../../src/pipeline/stage.ts';
import { type OnnxGraph, writeOnnx } from '../../tools/onnx/writeOnnx.ts';
import { upload } from '../../tools/support/runStage.ts';
import { type Contestant, checkAnswer } from '../kernels/benchmark.ts';

/** A graph that ORT's WebGPU provider runs on the shared device, its inputs in order, and the answer it must give. */
export interface OrtCase {
  readonly what: string;
  readonly graph: OnnxGraph;
  readonly inputs: readonly Float32Array[];
  readonly expected: Float32Array;
  readonly tolerance: number;
}

/** Check a graph in ORT with all tensors in GPU buffers, as the app runs it. Throws when ORT cannot run it. */
export async function prepareOrt(
  context: GpuContext,
  { what, graph, inputs, expected, tolerance }: OrtCase,
): Promise<Contestant> {
  const { device } = context;
  const output = graph.outputs[0]!;
  const runtime = await loadOrt('webgpu');
  const session = await runtime.createSession('benchmark.onnx', writeOnnx(graph), {
    // The typings name the provider only; the device option is what makes ORT use ours.
    executionProviders: [{ name: 'webgpu', device } as { name: 'webgpu' }],
    preferredOutputLocation: 'gpu-buffer',
  });
  const outputBuffer = createStorageBuffer(device, 'ort output', countElements(output.shape) * 4);
  const buffers = inputs.map((values, index) => upload(device, graph.inputs[index]!.name, values));
  const wrap = (buffer: GPUBuffer, dims: readonly number[]): Tensor =>
    runtime.ort.Tensor.fromGpuBuffer(buffer, { dataType: 'float32', dims: [...dims] });
  const feeds = Object.fromEntries(graph.inputs.map(({ name, shape }, index) => [name, wrap(buffers[index]!, shape)]));
  const fetches = { [output.name]: wrap(outputBuffer, output.shape) };
  const destroy = async () => {
    await session.release();
    for (const buffer of [outputBuffer, ...buffers]) buffer.destroy();
  };
  try {
    await session.run(feeds, fetches);
    const answer = new Float32Array(await readBuffer(device, outputBuffer, expected.byteLength));
    const largestError = checkAnswer(what, answer, expected, tolerance);
    return { what, largestError, submit: () => session.run(feeds, fetches), destroy };
  } catch (error) {
    await destroy();
    throw error;
  }
}

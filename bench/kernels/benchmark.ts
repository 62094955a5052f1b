import type { GpuContext } from '../../src/gpu/device.ts';
import type { GpuStage } from '../../src/pipeline/stage.ts';
import { findLargestDifference } from '../../tools/support/findLargestDifference.ts';
import type { BenchmarkReport } from '../report.ts';

/** Something that can be measured. Throws when an answer is wrong: a wrong answer is not timed. */
export interface Benchmark {
  readonly name: string;
  run(context: GpuContext): Promise<BenchmarkReport[]>;
}

/** Samples behind each distribution: fewer on a software adapter, where each one is slow. */
export function countSamples(context: GpuContext): number {
  return context.isSoftware ? 7 : 30;
}

/** Largest difference from the expected answer. Throws when it exceeds the tolerance. */
export function checkAnswer(what: string, actual: Float32Array, expected: Float32Array, tolerance: number): number {
  const error = findLargestDifference(actual, expected);
  if (!(error <= tolerance)) throw new Error(`${what}: wrong answer, error ${error} exceeds ${tolerance}; not timed.`);
  return error;
}

/** Record and submit one run of a stage. */
export function submitStage(device: GPUDevice, stage: GpuStage): void {
  const encoder = device.createCommandEncoder();
  stage.encode(encoder);
  device.queue.submit([encoder.finish()]);
}

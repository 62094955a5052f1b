import type { GpuContext } from '../../src/gpu/device.ts';
import type { GpuStage } from '../../src/pipeline/stage.ts';
import { findLargestDifference } from '../../tools/support/findLargestDifference.ts';
import { measureInTurns } from '../measure.ts';
import type { BenchmarkReport, Measurement } from '../report.ts';

/** Something that can be measured. Throws when an answer is wrong: a wrong answer is not timed. */
export interface Benchmark {
  readonly name: string;
  run(context: GpuContext): Promise<BenchmarkReport[]>;
}

/** One way of computing something, ready to be timed: its answer has been checked. */
export interface Contestant {
  readonly what: string;
  /** Largest absolute difference from the CPU twin. */
  readonly largestError: number;
  submit(): unknown;
  destroy(): void | Promise<void>;
}

/** Time the contestants in turns, then free them. Fewer samples on a software adapter, where each one is slow. */
export async function timeContestants(context: GpuContext, contestants: readonly Contestant[]): Promise<Measurement[]> {
  const submits = contestants.map((contestant) => () => contestant.submit());
  const distributions = await measureInTurns(context.device, submits, context.isSoftware ? 9 : 30);
  for (const contestant of contestants) await contestant.destroy();
  return contestants.map(({ what, largestError }, index) => ({
    what,
    largestError,
    milliseconds: distributions[index]!,
  }));
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

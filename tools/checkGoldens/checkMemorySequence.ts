import type { MemoryWarpPlan } from '../../src/pipeline/memoryWarp.ts';
import { warpMemory } from '../../src/reference/memoryWarp.ts';
import { warpMemoryOnGpu } from '../support/runStage.ts';
import { createMotion, planSoloWarp } from './checkMemoryWarp.ts';
import type { Checker, CheckRun, Golden, Side } from './golden.ts';

/** Seconds between key frames. */
const SWEEP_SECONDS = 0.5;
const BATCH_NORM_EPSILON = 1e-5;

/** A 1x1 convolution, batch norm and ReLU: part of a network's ONNX head, computed here to check the warps in their use. */
interface Mixing {
  readonly weights: Float32Array;
  readonly bias: Float32Array;
  /** Rows gamma, beta, mean, variance. */
  readonly norm: Float32Array;
  readonly inputs: number;
  readonly outputs: number;
}

function readMixing(golden: Golden, name: string): Mixing {
  const [outputs, inputs] = golden.read(`${name}_w`).shape as [number, number];
  return {
    weights: golden.floats(`${name}_w`),
    bias: golden.floats(`${name}_b`),
    norm: golden.floats(`${name}_bn`),
    inputs,
    outputs,
  };
}

function mix(mixing: Mixing, planes: readonly Float32Array[]): Float32Array[] {
  const { weights, bias, norm, inputs, outputs } = mixing;
  return Array.from({ length: outputs }, (_, output) => {
    const scale = norm[output]! / Math.sqrt(norm[3 * outputs + output]! + BATCH_NORM_EPSILON);
    return planes[0]!.map((_, cell) => {
      let sum = bias[output]!;
      for (let input = 0; input < inputs; input++) sum += weights[output * inputs + input]! * planes[input]![cell]!;
      return Math.max(0, (sum - norm[2 * outputs + output]!) * scale + norm[outputs + output]!);
    });
  });
}

interface QueueState {
  /** Slots newest first, each [C, cells]. */
  history: Float32Array;
  sweepTimes: number[];
}

type Warp = (plan: MemoryWarpPlan, motion: Float64Array, history: Float32Array) => Promise<Float32Array>;

async function checkSide(run: CheckRun, side: Side, warp: Warp): Promise<void> {
  const { golden } = run;
  const [timeMixing, fusing] = [readMixing(golden, 'time'), readMixing(golden, 'cat')];
  const steps = golden.numbers('start_of_sequence');
  const slots = golden.read('expected_sweep_times_0').shape[0]!;
  const shape = golden.read('curr_0').shape;
  const channels = shape[0]!;
  const cells = shape.slice(1).reduce((product, size) => product * size, 1);
  const historyShape = [slots * channels, ...shape.slice(1)];
  const plan = planSoloWarp(historyShape, golden.numbers('grid_lower'), golden.numbers('grid_interval'));
  const state: QueueState = { history: new Float32Array(slots * channels * cells), sweepTimes: [] };
  for (const [step, starts] of steps.entries()) {
    const current = golden.floats(`curr_${step}`);
    if (starts) {
      for (let slot = 0; slot < slots; slot++) state.history.set(current, slot * current.length);
      state.sweepTimes = Array(slots).fill(0);
    } else {
      state.sweepTimes = state.sweepTimes.map((time) => time + 1);
    }
    const motion = Float64Array.from(golden.read(`curr_to_prev_ego_${step}`).data);
    const warped = await warp(plan, motion, state.history);
    const groups = [current, ...splitEqually(warped, slots)];
    const mixed = groups.flatMap((group, index) => {
      const seconds = index === 0 ? 0 : state.sweepTimes[index - 1]! * SWEEP_SECONDS;
      return mix(timeMixing, [...splitEqually(group, channels), new Float32Array(cells).fill(seconds)]);
    });
    run.compare(`expected_${step}`, side, join(mix(fusing, mixed)), 2e-3);
    state.history = join(groups.slice(0, slots));
    state.sweepTimes = [0, ...state.sweepTimes.slice(0, slots - 1)];
    if (side === 'cpu') run.compare(`expected_sweep_times_${step}`, side, Float32Array.from(state.sweepTimes), 0);
  }
  run.compare('expected_final_history', side, state.history, 2e-3);
}

function splitEqually(values: Float32Array, parts: number): Float32Array[] {
  const length = values.length / parts;
  return Array.from({ length: parts }, (_, part) => values.subarray(part * length, (part + 1) * length));
}

function join(parts: readonly Float32Array[]): Float32Array {
  return Float32Array.from(parts.flatMap((part) => [...part]));
}

async function check(run: CheckRun): Promise<void> {
  await checkSide(run, 'cpu', async (plan, motion, history) => warpMemory(plan, createMotion(motion), history));
  const { gpu } = run;
  if (gpu)
    await checkSide(run, 'gpu', (plan, motion, history) => warpMemoryOnGpu(gpu, plan, createMotion(motion), history));
}

export const memorySequenceChecker: Checker = {
  title: 'memory over a sequence (warps; mixing layers computed here)',
  matches: (names) =>
    ['start_of_sequence', 'time_w', 'cat_w', 'expected_sweep_times_0'].every((name) => names.includes(name)),
  knows: () => true,
  check,
};

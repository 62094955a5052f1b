import type { GpuContext } from '../../src/gpu/device.ts';
import { findLargestDifference } from '../support/findLargestDifference.ts';
import { memorySequenceChecker } from './checkMemorySequence.ts';
import { memoryWarpChecker } from './checkMemoryWarp.ts';
import { metricsRayChecker } from './checkMetricsRay.ts';
import { metricsVoxelChecker } from './checkMetricsVoxel.ts';
import { preprocessChecker } from './checkPreprocess.ts';
import { rayEdgeChecker, rayOriginsChecker } from './checkRays.ts';
import { rigGeometryChecker } from './checkRigGeometry.ts';
import { variabilityChecker } from './checkVariability.ts';
import { selfTestChecker, softPoolChecker, voxelPoolChecker } from './checkVoxelPool.ts';
import { type Checker, type CheckRun, type Golden, type GoldenResult, openGolden } from './golden.ts';

/** The first checker that matches a file's arrays checks it. */
const checkers: readonly Checker[] = [
  selfTestChecker,
  softPoolChecker,
  voxelPoolChecker,
  memorySequenceChecker,
  memoryWarpChecker,
  rigGeometryChecker,
  preprocessChecker,
  metricsVoxelChecker,
  metricsRayChecker,
  rayEdgeChecker,
  rayOriginsChecker,
  variabilityChecker,
];

/** What came of one golden file. */
export type GoldenOutcome =
  | { readonly kind: 'unknown' }
  | {
      readonly kind: 'checked';
      readonly title: string;
      readonly results: readonly GoldenResult[];
      /** Arrays that no comparison reads. */
      readonly unknownArrays: readonly string[];
      /** Why the check broke off, or null. */
      readonly error: string | null;
    };

/** Check one golden file with the CPU code and, when there is a device, the WGSL kernels. */
export async function runGoldens(folder: string, file: string, gpu: GpuContext | null): Promise<GoldenOutcome> {
  let golden: Golden;
  try {
    golden = openGolden(folder, file);
  } catch (cause) {
    const error = cause instanceof Error ? cause.message : String(cause);
    return { kind: 'checked', title: 'unreadable', results: [], unknownArrays: [], error };
  }
  const checker = checkers.find((candidate) => candidate.matches(golden.archive.names));
  if (!checker) return { kind: 'unknown' };
  const results: GoldenResult[] = [];
  const run: CheckRun = {
    golden,
    gpu,
    record: (result) => void results.push(result),
    compare(array, side, actual, tolerance, note = '') {
      const error = findLargestDifference(actual, golden.floats(array));
      results.push({ array, side, error, tolerance, unit: 'max abs', note });
    },
  };
  let error: string | null = null;
  try {
    await checker.check(run);
  } catch (cause) {
    error = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
  }
  const unknownArrays = golden.archive.names.filter((name) => !checker.knows(name) && !/^(info|official)_/.test(name));
  return { kind: 'checked', title: checker.title, results, unknownArrays, error };
}

export function isWithinTolerance({ error, tolerance }: GoldenResult): boolean {
  return error <= tolerance;
}

/** One line of the report. */
export function describeResult(result: GoldenResult): string {
  const verdict = isWithinTolerance(result) ? 'ok    ' : 'EXCESS';
  const numbers = `${result.error.toPrecision(3)} <= ${result.tolerance.toPrecision(3)}`;
  return `${verdict}  ${result.side}  ${result.array.padEnd(28)} ${numbers.padEnd(24)} ${result.unit} ${result.note}`.trimEnd();
}

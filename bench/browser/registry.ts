import { drawingBenchmark } from '../drawing.ts';
import type { Benchmark } from '../kernels/benchmark.ts';
import { memoryWarpAgainstOrt, voxelPoolAgainstOrt } from './againstOrt.ts';

/** Benchmarks that need a page: ORT's WebGPU provider, drawing, whole frames. */
export const pageBenchmarks: readonly Benchmark[] = [voxelPoolAgainstOrt, memoryWarpAgainstOrt, drawingBenchmark];

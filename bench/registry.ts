import type { Benchmark } from './kernels/benchmark.ts';
import { memoryWarpBenchmark } from './kernels/memoryWarp.ts';
import { voxelPoolBenchmark } from './kernels/voxelPool.ts';

/** Benchmarks that run wherever there is a WebGPU device. Those that need a page are listed in browser/registry.ts. */
export const kernelBenchmarks: readonly Benchmark[] = [voxelPoolBenchmark, memoryWarpBenchmark];

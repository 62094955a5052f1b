import type { GpuContext } from '../src/gpu/device.ts';
import type { Benchmark } from './kernels/benchmark.ts';
import type { BenchmarkReport, BenchmarkRun } from './report.ts';

/** Run the benchmarks whose name contains `filter`, one after another, on one device. */
export async function runBenchmarks(
  where: string,
  context: GpuContext,
  benchmarks: readonly Benchmark[],
  filter: string,
): Promise<BenchmarkRun> {
  const reports: BenchmarkReport[] = [];
  for (const benchmark of benchmarks) {
    if (benchmark.name.includes(filter)) reports.push(...(await benchmark.run(context)));
  }
  return { where, adapter: context.adapterName, isSoftware: context.isSoftware, reports };
}

import { createGpuContext } from '../../src/gpu/device.ts';
import { type BenchmarkRun, formatRun } from '../report.ts';
import { runBenchmarks } from '../runBenchmarks.ts';
import { pageBenchmarks } from './registry.ts';

declare global {
  interface Window {
    /** Settles with the page's result; `npm run bench` waits for it. */
    benchmarkRun: Promise<BenchmarkRun>;
  }
}

const filter = new URLSearchParams(location.search).get('filter') ?? '';
const output = document.querySelector('#report')!;

async function run(): Promise<BenchmarkRun> {
  const context = await createGpuContext(navigator.gpu);
  return runBenchmarks(`in the browser: ${navigator.userAgent}`, context, pageBenchmarks, filter);
}

window.benchmarkRun = run();
window.benchmarkRun.then(
  (result) => {
    output.textContent = formatRun(result);
  },
  (error: unknown) => {
    output.textContent = String(error);
  },
);

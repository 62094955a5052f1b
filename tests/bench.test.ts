import { expect, test } from 'vitest';
import { checkAnswer } from '../bench/kernels/benchmark.ts';
import { kernelBenchmarks } from '../bench/registry.ts';
import { describeSamples, formatRun } from '../bench/report.ts';
import { describeGpu } from './support/gpu.ts';

test('a distribution is read off the sorted samples', () => {
  const samples = Array.from({ length: 100 }, (_, index) => 100 - index);
  expect(describeSamples(samples)).toEqual({ p10: 11, median: 51, p90: 91, samples: 100 });
  expect(() => describeSamples([])).toThrow('no samples');
});

test('a wrong answer is not timed', () => {
  expect(checkAnswer('kernel', Float32Array.of(1, 2), Float32Array.of(1, 2.001), 0.01)).toBeCloseTo(0.001, 5);
  expect(() => checkAnswer('kernel', Float32Array.of(1), Float32Array.of(1.5), 0.01)).toThrow('not timed');
  expect(() => checkAnswer('kernel', Float32Array.of(Number.NaN), Float32Array.of(1), 0.01)).toThrow('not timed');
  expect(() => checkAnswer('kernel', Float32Array.of(1), Float32Array.of(1, 2), 0.01)).toThrow('not timed');
});

test('the report names adapter, sizes, distribution and ratio, and warns of software adapters', () => {
  const at = (median: number) => ({ p10: median, median, p90: median, samples: 5 });
  const text = formatRun({
    where: 'here',
    adapter: 'some adapter',
    isSoftware: true,
    reports: [
      {
        title: 'pooling',
        sizes: '3 x 4',
        measurements: [
          { what: 'ours', milliseconds: at(2), largestError: 0 },
          { what: 'theirs', milliseconds: at(5), largestError: 0.5 },
        ],
        notes: ['a note'],
      },
    ],
  });
  for (const part of ['some adapter (software', 'pooling: 3 x 4', 'median', '2.50 x ours', 'note: a note']) {
    expect(text).toContain(part);
  }
});

describeGpu('benchmarks run on any adapter', (getContext) => {
  test.each(kernelBenchmarks)('$name', async (benchmark) => {
    for (const report of await benchmark.run(getContext())) {
      expect(report.measurements.length).toBe(1);
      expect(report.measurements[0]!.milliseconds.median).toBeGreaterThan(0);
    }
  });
});

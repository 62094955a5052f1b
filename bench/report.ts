/** Milliseconds of repeated runs. */
export interface Distribution {
  readonly p10: number;
  readonly median: number;
  readonly p90: number;
  readonly samples: number;
}

/** One measured way of computing something. Its answer was checked before it was timed. */
export interface Measurement {
  readonly what: string;
  readonly milliseconds: Distribution;
  /** Largest absolute difference from the CPU twin. */
  readonly largestError: number;
}

/** One benchmark at one size; `measurements[0]` is ours, the others are what it is compared with. */
export interface BenchmarkReport {
  readonly title: string;
  readonly sizes: string;
  readonly measurements: readonly Measurement[];
  /** Why an expected measurement is missing, in plain words. */
  readonly notes: readonly string[];
}

/** Everything that one process or page measured. */
export interface BenchmarkRun {
  readonly where: string;
  readonly adapter: string;
  readonly isSoftware: boolean;
  readonly reports: readonly BenchmarkReport[];
}

/** p10, median and p90 of the samples. Throws on an empty list. */
export function describeSamples(samples: readonly number[]): Distribution {
  const sorted = [...samples].sort((a, b) => a - b);
  const pick = (share: number): number => {
    const value = sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
    if (value === undefined) throw new RangeError('no samples');
    return value;
  };
  return { p10: pick(0.1), median: pick(0.5), p90: pick(0.9), samples: sorted.length };
}

/** Plain text of a run, one line for each measurement. */
export function formatRun(run: BenchmarkRun): string {
  const lines = [
    `${run.where}`,
    `adapter: ${run.adapter}${run.isSoftware ? ' (software: shows that it works, not how fast it is)' : ''}`,
  ];
  for (const { title, sizes, measurements, notes } of run.reports) {
    lines.push('', `${title}: ${sizes}`);
    const ours = measurements[0]?.milliseconds.median;
    measurements.forEach(({ what, milliseconds: { p10, median, p90, samples }, largestError }, index) => {
      const times = `p10 ${format(p10)}  median ${format(median)}  p90 ${format(p90)} ms  (${samples} samples)`;
      const ratio = index > 0 && ours !== undefined ? `  ${(median / ours).toPrecision(3)} x ours` : '';
      lines.push(`  ${what.padEnd(34)} ${times}  error ${largestError.toPrecision(2)}${ratio}`);
    });
    for (const note of notes) lines.push(`  note: ${note}`);
  }
  return lines.join('\n');
}

function format(milliseconds: number): string {
  return milliseconds.toFixed(milliseconds < 10 ? 3 : 1).padStart(8);
}

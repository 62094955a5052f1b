import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { targets } from './registry.ts';
import { type FuzzOrder, type FuzzReport, makeInput } from './worker.ts';

/** No input may take longer, milliseconds. */
const longest = 2000;
/** Nor may a parser hold more: heap and buffers of its thread, bytes. The largest grid that is read has 10 MB of labels. */
const mostBytes = 768 * 2 ** 20;

const root = path.resolve(import.meta.dirname, '../..');
const keep = path.join(root, 'test-results/fuzz');

/** Fuzz the named parsers, or all. Exit status 1 when one fails. */
export async function main(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { inputs: { type: 'string', default: '100000' }, seed: { type: 'string', default: '1' } },
  });
  const unknown = positionals.filter((name) => !targets.some((target) => target.name === name));
  if (unknown.length > 0) {
    console.error(`No parser ${unknown.join(', ')}; there are ${targets.map(({ name }) => name).join(', ')}.`);
    return 2;
  }
  const chosen = targets.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
  let failures = 0;
  for (const { name } of chosen) {
    if (!(await fuzzTarget(name, Number(values.inputs), Number(values.seed)))) failures += 1;
  }
  console.log(failures === 0 ? `${chosen.length} parsers held.` : `${failures} of ${chosen.length} parsers failed.`);
  return failures === 0 ? 0 : 1;
}

async function fuzzTarget(name: string, inputs: number, seed: number): Promise<boolean> {
  const start = performance.now();
  const report = await runWorker({ target: name, inputs, seed, pulse: new SharedArrayBuffer(8) });
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  if (report.kind === 'crash') {
    mkdirSync(keep, { recursive: true });
    const file = path.join(keep, `${name}-${seed}-${report.index}.bin`);
    writeFileSync(file, report.input);
    console.log(
      `${name}: FAILED at input ${report.index} of seed ${seed}, kept as ${path.relative(root, file)}\n${report.fault}`,
    );
    return false;
  }
  const { read, refused, slowest, peakBytes } = report;
  const isSlow = slowest > longest;
  const isLarge = peakBytes > mostBytes;
  const verdict = isSlow ? 'TOO SLOW' : isLarge ? 'TOO LARGE' : 'held';
  console.log(
    `${name}: ${verdict}; ${inputs} inputs in ${seconds} s, ${read} read, ${refused} refused, slowest ${slowest.toFixed(1)} ms, ` +
      `at most ${Math.round(peakBytes / 2 ** 20)} MB`,
  );
  return !isSlow && !isLarge;
}

/** A worker that hangs cannot say so: its pulse is watched from here. */
function runWorker(order: FuzzOrder): Promise<FuzzReport> {
  const worker = new Worker(path.join(root, 'tools/run.mjs'), {
    argv: [path.join(root, 'tools/fuzz/worker.ts')],
    workerData: order,
    resourceLimits: { maxOldGenerationSizeMb: 1024 },
  });
  return new Promise((resolve) => {
    const beat = new Int32Array(order.pulse);
    let last = { index: -1, since: performance.now() };
    const fail = (fault: string) => {
      const index = Atomics.load(beat, 0);
      resolve({ kind: 'crash', index, fault, input: makeInput(order.target, order.seed, index) });
    };
    let hasBegun = false;
    const watch = setInterval(() => {
      const index = Atomics.load(beat, 0);
      hasBegun ||= index > 0;
      if (index !== last.index) last = { index, since: performance.now() };
      else if (hasBegun && performance.now() - last.since > longest * 2) {
        fail(`no end after ${longest * 2} ms`);
        void worker.terminate();
      }
    }, 250);
    worker.on('message', (report: FuzzReport) => resolve(report));
    worker.on('error', (error) => fail(String(error)));
    worker.on('exit', () => {
      clearInterval(watch);
      fail('the worker ended without a report');
    });
  });
}

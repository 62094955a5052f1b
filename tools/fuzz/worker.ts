import { parentPort, workerData } from 'node:worker_threads';
import { OccuscopeError } from '../../src/errors/catalogue.ts';
import { readCorpus } from './corpus.ts';
import { createRandom, mutate } from './mutate.ts';
import { type FuzzTarget, targets } from './registry.ts';

/** What the watchdog gives a worker. */
export interface FuzzOrder {
  readonly target: string;
  readonly inputs: number;
  readonly seed: number;
  /** [index of the present input, 1 while it is parsed] for the watchdog. */
  readonly pulse: SharedArrayBuffer;
}

export type FuzzReport =
  | {
      readonly kind: 'done';
      readonly read: number;
      readonly refused: number;
      readonly slowest: number;
      readonly peakBytes: number;
    }
  | { readonly kind: 'crash'; readonly index: number; readonly fault: string; readonly input: Uint8Array };

/** The input of an index: the same for the same seed, whatever came before. */
export function makeInput(target: string, seed: number, index: number): Uint8Array<ArrayBuffer> {
  const found = targets.find(({ name }) => name === target)!;
  const corpus = readCorpus(found.corpus).map(({ bytes }) => bytes);
  return mutate(corpus, found.form, createRandom(seed * 1_000_003 + index)) as Uint8Array<ArrayBuffer>;
}

async function fuzz({ target, inputs, seed, pulse }: FuzzOrder): Promise<FuzzReport> {
  const found = targets.find(({ name }) => name === target)!;
  const corpus = readCorpus(found.corpus).map(({ bytes }) => bytes);
  const beat = new Int32Array(pulse);
  let [read, refused, slowest, peakBytes] = [0, 0, 0, 0];
  for (let index = 0; index < inputs; index++) {
    const input = mutate(corpus, found.form, createRandom(seed * 1_000_003 + index)) as Uint8Array<ArrayBuffer>;
    Atomics.store(beat, 0, index);
    const trial = await tryInput(found, input);
    if (trial.fault !== null) return describeCrash(index, trial.fault, input);
    if (trial.isRead) read += 1;
    else refused += 1;
    // A machine that was busy elsewhere is no slow parser: what took long has a second try.
    const again = trial.milliseconds > 500 ? (await tryInput(found, input)).milliseconds : Infinity;
    slowest = Math.max(slowest, Math.min(trial.milliseconds, again));
    if (index % 100 === 0) peakBytes = Math.max(peakBytes, measureMemory());
  }
  return { kind: 'done', read, refused, slowest, peakBytes: Math.max(peakBytes, measureMemory()) };
}

interface Trial {
  readonly isRead: boolean;
  readonly milliseconds: number;
  /** Anything but a result or one sentence. */
  readonly fault: unknown;
}

async function tryInput({ parse }: FuzzTarget, input: Uint8Array<ArrayBuffer>): Promise<Trial> {
  const start = performance.now();
  let isRead = false;
  let fault: unknown = null;
  try {
    await parse(input);
    isRead = true;
  } catch (error) {
    if (!(error instanceof OccuscopeError)) fault = error ?? new Error('nothing was thrown');
    else if (!/^[^\n]+$/.test(error.sentence)) fault = new Error('an error without a sentence');
  }
  return { isRead, milliseconds: performance.now() - start, fault };
}

/** Heap and buffers of this thread, bytes. */
function measureMemory(): number {
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

function describeCrash(index: number, error: unknown, input: Uint8Array): FuzzReport {
  const fault = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { kind: 'crash', index, fault, input };
}

/** Runs in a worker thread that tools/fuzz/main.ts starts. */
export async function main(): Promise<number> {
  parentPort!.postMessage(await fuzz(workerData as FuzzOrder));
  return 0;
}

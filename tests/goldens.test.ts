import { readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { describeResult, isWithinTolerance, runGoldens } from '../tools/checkGoldens/runGoldens.ts';
import { describeGpu } from './support/gpu.ts';

const folder = path.join(import.meta.dirname, 'goldens');
const files = readdirSync(folder).filter((name) => name.endsWith('.npz'));

/** Plain arithmetic on the CPU; every other file has a kernel behind it. */
const withoutKernel = ['rig-geometry.npz', 'ray-origins.npz', 'metrics-stcv.npz'];

async function expectAllWithinTolerance(file: string, gpu: Parameters<typeof runGoldens>[2]): Promise<void> {
  const outcome = await runGoldens(folder, file, gpu);
  if (outcome.kind === 'unknown') throw new Error(`no check for ${file}`);
  expect(outcome.error).toBeNull();
  const results = gpu ? outcome.results.filter(({ side }) => side === 'gpu') : outcome.results;
  expect(results.filter((result) => !isWithinTolerance(result)).map(describeResult)).toEqual([]);
  if (gpu && !withoutKernel.includes(file)) expect(results.length).toBeGreaterThan(0);
}

describe('golden numbers of the research code, CPU twins', () => {
  test('there are golden files', () => expect(files.length).toBeGreaterThan(0));
  test.each(files)('%s', async (file) => expectAllWithinTolerance(file, null));
});

describeGpu('golden numbers of the research code, WGSL', (getContext) => {
  test.each(files)('%s', async (file) => expectAllWithinTolerance(file, getContext()));
});

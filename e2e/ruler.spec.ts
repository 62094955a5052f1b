import { gzipSync } from 'node:zlib';
import type { Page, Response } from '@playwright/test';
import { type RulerFrame, solveFrames } from '../tools/ruler/expected.ts';
import { BUDGET_KILOBYTES } from '../tools/setup/javascriptBudget.ts';
import { countColours, expect, type OccuscopePage, test } from './pages/occuscopePage.ts';

// The ruler clip and the ruler model in the real page: every voxel of every frame is known without running anything.
// Seeks go back and forth, because the prediction of a frame must not depend on how one came to it.

test.describe.configure({ timeout: 400_000 });

const frames = solveFrames();
const seeks = [2, 0, 3, 1, 7, 4, 6, 2, 5];
/** Labels of each frame, as the first backend that ran predicted them. */
const predicted = new Map<number, Uint8Array>();

for (const { backend, flowTolerance } of [
  { backend: 'cpu', flowTolerance: 1e-4 },
  // Flow is kept as half floats on the GPU: 2 ** -11 of the largest vector, rounded up.
  { backend: 'webgpu', flowTolerance: 0.02 },
] as const) {
  test.describe(backend, () => {
    test.use({ journey: backend });

    test('every voxel in any order of seeks, as on the other backend, within the budget of JavaScript', async ({
      occuscope,
      page,
    }) => {
      const complaints = collectWarnings(page);
      const scripts = collectScripts(page);
      await occuscope.openReady(`clip=ruler&model=ruler&backend=${backend}`);
      await test.step('the JavaScript of a visit up to its first prediction', () => checkBudget(scripts, backend));
      const report = await occuscope.report();
      expect(report.backend).toBe(backend);
      expect(report.frame?.timings.length).toBeGreaterThan(3);
      for (const index of seeks) await seekAndCompare(occuscope, index, frames[index]!, flowTolerance);
      expect(complaints).toEqual([]);
    });

    if (backend === 'cpu') return;
    test('a lost device is rebuilt, and what was predicted is still there', async ({
      occuscope,
      expectedErrors,
      page,
    }) => {
      expectedErrors.push(/device.*(lost|destroyed)/i);
      await occuscope.goOnOrOpen('clip=ruler&model=ruler&backend=webgpu');
      await occuscope.seek(1);
      const before = await occuscope.readLabels();
      const { storedFrames } = (await occuscope.report()).memory;
      await page.evaluate(() => window.occuscope.loseDevice());
      await expect(page.locator('.notice').filter({ hasText: 'has been rebuilt' })).toBeVisible({ timeout: 180_000 });
      await expect(occuscope.status).toHaveAttribute('data-phase', 'ready');
      expect(await occuscope.readLabels()).toEqual(before);
      expect((await occuscope.report()).memory.storedFrames).toBe(storedFrames);
      expect(countColours(await occuscope.readPicture()), 'the 3D view draws again').toBeGreaterThan(8);
      // What is predicted anew comes from the new device.
      await page.getByRole('button', { name: 'Reset' }).click();
      await occuscope.seek(2);
      expect(Buffer.compare(await occuscope.readLabels(), frames[2]!.labels)).toBe(0);
    });
  });
}

async function seekAndCompare(occuscope: OccuscopePage, index: number, expected: RulerFrame, flowTolerance: number) {
  await occuscope.seek(index);
  expect((await occuscope.report()).frame?.index).toBe(index);
  const labels = await occuscope.readLabels();
  expect(countDifferent(labels, expected.labels), `wrong voxels in frame ${index}`).toBe(0);
  expect(countDifferent(labels, predicted.get(index) ?? labels), `unlike the other backend in frame ${index}`).toBe(0);
  predicted.set(index, labels);
  const flow = (await occuscope.readFlow()) ?? new Float32Array();
  expect(flow.length).toBe(expected.flow.length);
  const worst = flow.reduce((most, value, i) => Math.max(most, Math.abs(value - expected.flow[i]!)), 0);
  expect(worst, `flow error in frame ${index}, metres per second`).toBeLessThanOrEqual(flowTolerance);
}

function countDifferent(found: Uint8Array, expected: Uint8Array): number {
  expect(found.length).toBe(expected.length);
  return found.filter((label, voxel) => label !== expected[voxel]).length;
}

function collectWarnings(page: Page): string[] {
  const complaints: string[] = [];
  page.on('console', (message) => {
    // What three says of itself is another test's business; here ONNX Runtime and the GPU must have nothing to say.
    if (/^(error|warning)$/.test(message.type()) && !/^THREE\./.test(message.text())) complaints.push(message.text());
  });
  return complaints;
}

/** Every script that the page fetches, workers' too, with its size. */
function collectScripts(page: Page): Map<string, Promise<number>> {
  const scripts = new Map<string, Promise<number>>();
  const measure = async (response: Response) => gzipSync(await response.body()).length;
  page.on('response', (response) => {
    if (/\.m?js(\?|$)/.test(response.url())) scripts.set(response.url(), measure(response));
  });
  return scripts;
}

/** The build step adds up files (tools/setup/javascriptBudget.ts); this counts what a visit really fetches. */
async function checkBudget(scripts: ReadonlyMap<string, Promise<number>>, backend: 'webgpu' | 'cpu') {
  const sizes = await Promise.all([...scripts].map(async ([url, bytes]) => [url.replace(/^.*\//, ''), await bytes]));
  const names = sizes.map(([name]) => String(name)).join(' ');
  // Proof that the count sees everything: the page, the 3D view, the runtime and, on the CPU, the worker.
  for (const part of [/index-/, /PageViewport-/, /modelPort-/, /ort\./]) expect(names).toMatch(part);
  if (backend === 'cpu') expect(names).toMatch(/cpuFrame\.worker/);
  const kilobytes = sizes.reduce((sum, [, bytes]) => sum + Number(bytes), 0) / 1000;
  test.info().annotations.push({ type: 'JavaScript', description: `${backend}: ${kilobytes.toFixed(1)} kB gzip` });
  expect(kilobytes).toBeLessThanOrEqual(BUDGET_KILOBYTES);
}

import { expect, type Page, test } from '@playwright/test';
import { type RulerFrame, solveFrames } from '../tools/ruler/expected.ts';

// The ruler clip and the ruler model in the real page: every voxel of every frame is known without running anything.
// Seeks go back and forth, because the prediction of a frame must not depend on how one came to it.

test.describe.configure({ timeout: 400_000 });

const frames = solveFrames();
const seeks = [0, 3, 1, 7, 4, 6, 2, 5];

async function openRuler(page: Page, backend: 'webgpu' | 'cpu'): Promise<string[]> {
  const complaints: string[] = [];
  page.on('console', (message) => {
    // What three says of itself is another test's business; here ONNX Runtime and the GPU must have nothing to say.
    if (/^(error|warning)$/.test(message.type()) && !/^THREE\./.test(message.text())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto(`./?clip=ruler&model=ruler&backend=${backend}`);
  await page.evaluate(() => window.occuscope.ready);
  return complaints;
}

async function seekAndCompare(page: Page, index: number, { labels, flow }: RulerFrame, flowTolerance: number) {
  const found = await page.evaluate(async (frameIndex) => {
    await window.occuscope.seek(frameIndex);
    return { labels: [...window.occuscope.labels()], flow: [...(window.occuscope.flow() ?? [])] };
  }, index);
  expect(found.labels.length).toBe(labels.length);
  const wrong = found.labels.filter((label, voxel) => label !== labels[voxel]).length;
  expect(wrong, `wrong voxels in frame ${index}`).toBe(0);
  expect(found.flow.length).toBe(flow.length);
  const worst = found.flow.reduce((most, value, i) => Math.max(most, Math.abs(value - flow[i]!)), 0);
  expect(worst, `flow error in frame ${index}, metres per second`).toBeLessThanOrEqual(flowTolerance);
}

test('WebGPU: every voxel, in any order of seeks', async ({ page }) => {
  const complaints = await openRuler(page, 'webgpu');
  expect(await page.evaluate(() => window.occuscope.report().backend)).toBe('webgpu');
  // Flow is kept as half floats on the GPU: 2 ** -11 of the largest vector, rounded up.
  for (const index of seeks) await seekAndCompare(page, index, frames[index]!, 0.02);
  expect(complaints).toEqual([]);
});

test('without WebGPU: the same voxels', async ({ page }) => {
  const complaints = await openRuler(page, 'cpu');
  expect(await page.evaluate(() => window.occuscope.report().backend)).toBe('cpu');
  for (const index of seeks) await seekAndCompare(page, index, frames[index]!, 1e-4);
  expect(complaints).toEqual([]);
});

import { countColours, expect, test } from './pages/occuscopePage.ts';

const FREE = 17;

test.describe('prediction on the ruler clip, whose answers are known', () => {
  test.setTimeout(420_000);

  test('WebGPU and CPU give the same labels and flow, however one jumps about', async ({ occuscope }) => {
    const cpu = await collect('cpu', [0, 1, 2]);
    expect(countOccupied(cpu.labels[0]!)).toBeGreaterThan(100);
    expect(
      differ(cpu.labels[0]!, cpu.labels[2]!),
      'frames differ, or the comparison below says nothing',
    ).toBeGreaterThan(0.001);

    // Straight to frame 2: it has to catch up from the first frame; then back and forth.
    const gpu = await collect('webgpu', [2, 0, 1, 2]);
    const [two, zero, one, twoAgain] = gpu.labels;
    expect(differ(two!, twoAgain!)).toBe(0);
    expect(differ(zero!, cpu.labels[0]!)).toBeLessThanOrEqual(0.001);
    expect(differ(one!, cpu.labels[1]!)).toBeLessThanOrEqual(0.001);
    expect(differ(two!, cpu.labels[2]!)).toBeLessThanOrEqual(0.001);
    expect(measureLargestDifference(gpu.flow, cpu.flow)).toBeLessThan(0.05);

    async function collect(backend: string, order: readonly number[]) {
      await occuscope.openReady(`clip=ruler&model=ruler&backend=${backend}`);
      const report = await occuscope.report();
      expect(report.backend).toBe(backend);
      expect(report.frame?.timings.length).toBeGreaterThan(3);
      const labels: Uint8Array[] = [];
      for (const frameIndex of order) {
        await occuscope.seek(frameIndex);
        expect((await occuscope.report()).frame?.index).toBe(frameIndex);
        labels.push(await occuscope.readLabels());
      }
      return { labels, flow: await occuscope.readFlow() };
    }
  });

  test('a lost device is rebuilt, and what was predicted is still there', async ({
    occuscope,
    expectedErrors,
    page,
  }) => {
    expectedErrors.push(/device.*(lost|destroyed)/i);
    await occuscope.openReady('clip=ruler&model=ruler&backend=webgpu');
    await occuscope.seek(1);
    const before = await occuscope.readLabels();
    await page.evaluate(() => window.occuscope.loseDevice());
    await expect(page.locator('.notice').filter({ hasText: 'has been rebuilt' })).toBeVisible({ timeout: 180_000 });
    await expect(occuscope.status).toHaveAttribute('data-phase', 'ready');
    expect(differ(await occuscope.readLabels(), before)).toBe(0);
    expect((await occuscope.report()).memory.storedFrames).toBe(2);
    expect(countColours(await occuscope.readPicture()), 'the 3D view draws again').toBeGreaterThan(8);
    await occuscope.seek(2);
    expect(countOccupied(await occuscope.readLabels())).toBeGreaterThan(100);
  });
});

function countOccupied(labels: Uint8Array): number {
  return labels.reduce((count, label) => count + (label === FREE ? 0 : 1), 0);
}

/** Share of voxels whose labels differ. */
function differ(a: Uint8Array, b: Uint8Array): number {
  expect(a.length).toBe(b.length);
  let count = 0;
  for (let index = 0; index < a.length; index++) if (a[index] !== b[index]) count += 1;
  return count / a.length;
}

function measureLargestDifference(a: Float32Array | null, b: Float32Array | null): number {
  expect(a?.length).toBe(b?.length);
  if (!a || !b) return 0;
  let largest = 0;
  for (let index = 0; index < a.length; index++) largest = Math.max(largest, Math.abs(a[index]! - b[index]!));
  return largest;
}

import path from 'node:path';
import type { Page } from '@playwright/test';
import { createServer, type ViteDevServer } from 'vite';
import { OCC3D_CLASSES } from '../src/domain/classes.ts';
import { compactArrows, planArrowCompaction } from '../src/reference/arrowCompaction.ts';
import { compactFaces, planFaceCompaction } from '../src/reference/faceCompaction.ts';
import { makeStreet } from './harness/street.ts';
import { findFreePort } from './pages/findFreePort.ts';
import {
  countColours,
  decodePicture,
  expect,
  measureHueShare,
  type Picture,
  readPixels,
  test,
} from './pages/occuscopePage.ts';

/** The viewport by itself, on a made-up street: a page of its own, served from the sources. */
let server: ViteDevServer;

const port = await findFreePort();
const origin = `http://localhost:${port}/`;
test.use({ viewport: { width: 640, height: 400 }, baseURL: origin });
test.describe.configure({ mode: 'serial' });

test.beforeAll(async () => {
  const root = path.join(import.meta.dirname, '..');
  server = await createServer({
    root,
    configFile: path.join(root, 'vite.config.ts'),
    cacheDir: path.join(root, 'node_modules/.vite-e2e'),
    logLevel: 'error',
    server: { port, strictPort: true, hmr: false },
  });
  await server.listen();
});
test.afterAll(() => server.close());

async function open(page: Page, query: string, panes = 1): Promise<void> {
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(String(error)));
  await page.goto(`${origin}e2e/harness/viewport.html?panes=${panes}&${query}`);
  await waitForPicture(page, panes, panes);
  expect(faults).toEqual([]);
}

/** Waits for `ready` first pictures and the counts of every pane; fails on any error that the viewport reports. */
async function waitForPicture(page: Page, ready: number, panes = 1): Promise<void> {
  await page.waitForFunction(
    ([wanted, count]) => {
      const { harness } = window;
      if (!harness) return false;
      if (harness.errors.length > 0) return true;
      return harness.ready >= wanted! && harness.stats.filter(Boolean).length === count;
    },
    [ready, panes],
  );
  expect(await page.evaluate(() => window.harness.errors)).toEqual([]);
  await page.waitForTimeout(500);
}

const readPane = (page: Page, pane = 0) => readPixels(page.locator('.pane canvas').nth(pane));

function expectStreet(picture: Picture): void {
  expect(countColours(picture), 'not one flat colour').toBeGreaterThan(20);
  expect(measureHueShare(picture, '#ff00ff'), 'driveable surface').toBeGreaterThan(0.1);
  expect(measureHueShare(picture, '#0096f5'), 'cars').toBeGreaterThan(0.003);
  expect(measureHueShare(picture, '#00af00'), 'vegetation').toBeGreaterThan(0.01);
  expect(measureHueShare(picture, '#ffff00'), 'the bus').toBeGreaterThan(0.003);
}

/** Mean absolute difference per channel, 0..255. */
function compare(a: Picture, b: Picture): number {
  expect([a.width, a.height]).toEqual([b.width, b.height]);
  let sum = 0;
  for (const [index, value] of a.pixels.entries()) sum += Math.abs(value - b.pixels[index]!);
  return sum / a.pixels.length;
}

const everything = { visibleClasses: 0x1ffff, firstSlice: 0, lastSlice: 15 };

/** What the twins say that the street must show. */
function countStreet(filter = everything) {
  const { grid, labels, flow } = makeStreet();
  const { faces, voxels, overflow } = compactFaces(labels, planFaceCompaction(grid, OCC3D_CLASSES.free), filter);
  const { arrows } = compactArrows(labels, flow, planArrowCompaction(grid, OCC3D_CLASSES), filter);
  return { faces, voxels, overflow, arrows };
}

/** What WebGPU drew of the street, for WebGL2 to be compared with. */
let onGpu: Picture | null = null;

test.describe('on WebGPU', () => {
  test.use({ journey: 'street' });

  /** The street on WebGPU; left by the test before, or opened. */
  async function openStreet(page: Page): Promise<void> {
    if (page.url() === 'about:blank') await open(page, 'backend=webgpu');
  }

  test('WebGPU draws what our kernels wrote', async ({ page }) => {
    await openStreet(page);
    expect(await page.evaluate(() => window.harness.stats[0])).toEqual(countStreet());
    const picture = await readPane(page);
    expectStreet(picture);
    await expect(page).toHaveScreenshot('street.png', { maxDiffPixelRatio: 0.04, threshold: 0.25 });
    onGpu = picture;
  });

  test('settings change the picture without a new canvas', async ({ page }) => {
    await openStreet(page);
    await page.locator('canvas').evaluate((canvas) => canvas.setAttribute('data-same', 'yes'));
    await page.evaluate(() => window.harness.change({ visibleClasses: (1 << 4) | (1 << 11) }));
    const filter = { ...everything, visibleClasses: (1 << 4) | (1 << 11) };
    await expect.poll(() => page.evaluate(() => window.harness.stats[0])).toEqual(countStreet(filter));
    await page.waitForTimeout(500);
    const filtered = await readPane(page);
    expect(measureHueShare(filtered, '#00af00'), 'vegetation').toBeLessThan(0.001);
    expect(measureHueShare(filtered, '#ff00ff'), 'driveable surface').toBeGreaterThan(0.1);

    await page.evaluate(() =>
      window.harness.change({ palette: 'nuscenes', visibleClasses: 0x1ffff, heightRange: [0, 4] }),
    );
    const cut = countStreet({ ...everything, lastSlice: 4 });
    await expect.poll(() => page.evaluate(() => window.harness.stats[0])).toEqual(cut);
    await page.waitForTimeout(500);
    const recoloured = await readPane(page);
    expect(measureHueShare(recoloured, '#0096f5'), "Occ3D's car colour").toBeLessThan(0.001);
    expect(measureHueShare(recoloured, '#00cfbf'), "nuScenes' road colour").toBeGreaterThan(0.1);
    await expect(page.locator('canvas')).toHaveAttribute('data-same', 'yes');
  });

  test('presets, keys and capture', async ({ page }) => {
    await openStreet(page);
    await page.evaluate(() => window.harness.change({ cameraPreset: 'chase', visibleClasses: 0x1ffff }));
    await page.waitForTimeout(500);
    const getPose = () => page.evaluate(() => window.harness.handles[0]!.getPose());
    const chase = await getPose();
    await page.locator('canvas').focus();
    await page.keyboard.down('KeyD');
    await page.waitForTimeout(400);
    await page.keyboard.up('KeyD');
    await expect.poll(async () => (await getPose()).position[1]).not.toBeCloseTo(chase.position[1], 1);

    await page.evaluate(() => window.harness.change({ cameraPreset: 'birds-eye' }));
    await expect.poll(async () => (await getPose()).position[2]).toBeGreaterThan(100);
    await page.evaluate(() => window.harness.change({ cameraPreset: 'camera:CAM_BACK' }));
    await expect.poll(async () => (await getPose()).position).toEqual([0, 0, 1.5]);

    const bytes = await page.evaluate(async () => {
      const blob = await window.harness.handles[0]!.capture();
      return Array.from(new Uint8Array(await blob.arrayBuffer()));
    });
    expect(countColours(await decodePicture(Buffer.from(bytes)))).toBeGreaterThan(8);
  });
});

test('WebGL2 draws the same picture', async ({ page }) => {
  await open(page, 'backend=webgl');
  expect(await page.evaluate(() => window.harness.stats[0])).toEqual(countStreet());
  const onWebGl = await readPane(page);
  expectStreet(onWebGl);
  expect(compare(onGpu!, onWebGl)).toBeLessThan(3);
});

test('two panes share one device, keep their own cameras, and survive its replacement', async ({ page }) => {
  await open(page, 'backend=webgpu&arrows=0', 2);
  const before = [await readPane(page, 0), await readPane(page, 1)];
  for (const picture of before) expect(countColours(picture)).toBeGreaterThan(20);
  await page.evaluate(() => window.harness.handles[1]!.setPose({ position: [0, -60, 40], target: [0, 0, 0], fov: 42 }));
  await page.waitForTimeout(800);
  expect(compare(before[0]!, await readPane(page, 0))).toBeLessThan(1);
  expect(compare(before[1]!, await readPane(page, 1))).toBeGreaterThan(5);

  await page.evaluate(() => window.harness.replaceDevice());
  await waitForPicture(page, 4, 2);
  expect(compare(before[0]!, await readPane(page, 0))).toBeLessThan(2);
});

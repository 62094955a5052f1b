import { expect, measureHueShare, test } from './pages/occuscopePage.ts';

test('without WebGPU the page says so and predicts on the CPU; a bad link says what is wrong', async ({
  occuscope,
  page,
}) => {
  await page.addInitScript(() => Object.defineProperty(Navigator.prototype, 'gpu', { get: () => undefined }));
  await occuscope.openReady('clip=ruler&model=ruler&backend=quantum&frame=x&view=sideways');
  for (const name of ['backend', 'frame', 'view']) {
    await expect(page.locator('.notice').filter({ hasText: `“${name}”` })).toBeVisible();
  }
  await expect(page.locator('.camera--tile canvas[data-frame="0"]')).toHaveCount(6);
  await expect(page.getByText('This browser offers no WebGPU adapter.')).toBeVisible();
  await expect(page.getByRole('radio', { name: 'CPU' })).toBeChecked();
  const report = await occuscope.report();
  expect(report.backend).toBe('cpu');
  expect(report.problems.join()).toContain('gpu-missing');
});

test('a GPU whose buffers are too small gives the sentence, and the CPU is one click away', async ({
  occuscope,
  page,
}) => {
  test.setTimeout(300_000);
  await page.addInitScript(() => {
    const limits = Object.getOwnPropertyDescriptor(GPUDevice.prototype, 'limits')!;
    Object.defineProperty(GPUDevice.prototype, 'limits', {
      get(this: GPUDevice) {
        const real = limits.get!.call(this) as GPUSupportedLimits;
        return new Proxy(real, {
          get: (target, name) =>
            name === 'maxStorageBufferBindingSize' ? 4096 : (Reflect.get(target, name, target) as unknown),
        });
      },
    });
  });
  await occuscope.open('clip=ruler&model=ruler&backend=webgpu');
  await expect(page.getByText('This GPU cannot hold a buffer that the model needs.')).toBeVisible({ timeout: 120_000 });
  await expect(occuscope.status).toHaveAttribute('data-phase', 'failed');
  await page.getByRole('button', { name: 'Use the CPU' }).click();
  await expect(occuscope.status).toHaveAttribute('data-phase', 'ready');
  await expect(page.getByTestId('readout')).toContainText('Frame 1');
});

test('a model that cannot be had, is damaged or is held up: each is said, the images stay, trying again works', async ({
  occuscope,
  page,
  expectedErrors,
}) => {
  expectedErrors.push(/Failed to load resource/);
  const box = page.locator('.pane .error-box');
  await test.step('missing', async () => {
    await page.route('**/models/ruler/head.onnx', (route) => route.fulfill({ status: 404, body: 'gone' }));
    await occuscope.open('clip=ruler&model=ruler&backend=cpu');
    await expect(box).toContainText('A model file could not be downloaded.');
    await expect(box).toContainText('head.onnx');
    await expect(page.locator('.camera--tile canvas[data-frame="0"]')).toHaveCount(6);
    await page.unroute('**/models/ruler/head.onnx');
  });
  await test.step('damaged', async () => {
    await page.route('**/models/ruler/head.onnx', (route) => route.fulfill({ body: Buffer.alloc(2329) }));
    await box.getByRole('button', { name: 'Try again' }).click();
    await expect(box).toContainText('does not match the size or checksum');
    await page.unroute('**/models/ruler/head.onnx');
  });
  await test.step('held up: its bytes are shown, it is cancelled and started again', async () => {
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    await page.route('**/models/ruler/head.onnx', async (route) => {
      await held;
      await route.continue().catch(() => undefined);
    });
    await box.getByRole('button', { name: 'Try again' }).click();
    const downloads = page.getByTestId('downloads');
    await expect(downloads.getByText('Model', { exact: true })).toBeVisible();
    await downloads.getByRole('button', { name: 'Cancel' }).click();
    await expect(page.getByText('Loading was cancelled.')).toBeVisible();
    release();
    await page.getByRole('button', { name: 'Load the model' }).click();
    await expect(occuscope.status).toHaveAttribute('data-phase', 'ready');
    await expect(page.getByTestId('readout')).toContainText('Frame 1');
  });
  await test.step('ground truth that cannot be read: it is said, and no other frame’s stays in its place', async () => {
    const shareOfRoad = async () => measureHueShare(await occuscope.readPicture(), '#00cfbf');
    await page.getByRole('radio', { name: 'Ground truth' }).click();
    await expect(page.locator('.readout')).toHaveText('Frame 1, ground truth');
    await expect.poll(shareOfRoad).toBeGreaterThan(0.002);
    await page.route('**/clips/ruler/truth-1.npz', (route) => route.fulfill({ body: 'no zip' }));
    await occuscope.seek(1);
    await expect(page.locator('.readout')).toHaveText('Frame 2 has ground truth that cannot be read');
    await expect(page.locator('.notice').filter({ hasText: 'The ground truth could not be opened.' })).toBeVisible();
    await expect.poll(shareOfRoad).toBeLessThan(0.0002);
  });
});

test('a clip that cannot be had is reported where its images would be', async ({ occuscope, page, expectedErrors }) => {
  expectedErrors.push(/Failed to load resource/);
  await page.route('**/clips/ruler/clip.json', (route) => route.fulfill({ status: 500, body: '' }));
  await occuscope.open('clip=ruler&model=ruler&backend=cpu');
  await expect(page.locator('.stage > .error-box')).toContainText('A file of the clip could not be downloaded.');
});

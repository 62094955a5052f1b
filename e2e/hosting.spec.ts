import { expect, test } from '@playwright/test';

test('the site works below a sub-path, isolated, and asks only its own server for anything', async ({
  page,
  baseURL,
}) => {
  const failures: string[] = [];
  const foreign: string[] = [];
  page.on('pageerror', (error) => failures.push(String(error)));
  page.on('response', (response) => {
    if (response.status() >= 400) failures.push(`${response.status()} ${response.url()}`);
  });
  page.on('request', (request) => {
    const { protocol, origin } = new URL(request.url());
    if (protocol !== 'blob:' && protocol !== 'data:' && origin !== new URL(baseURL!).origin)
      foreign.push(request.url());
  });
  await page.goto('./');
  await expect(page).toHaveTitle(/Occuscope/);
  await expect(page.locator('#root > *').first()).toBeVisible();
  expect(await page.evaluate(() => window.crossOriginIsolated)).toBe(true);
  // Long enough for the clip, the viewport and the model to be asked for; a playing clip never falls idle.
  await page.waitForTimeout(5_000);
  expect(failures).toEqual([]);
  expect(foreign).toEqual([]);
});

test('the licences of what the site contains lie beside it', async ({ request }) => {
  const response = await request.get('./licences.md');
  expect(response.status()).toBe(200);
  const text = await response.text();
  for (const name of ['three', 'react', 'onnxruntime-web', 'zod']) expect(text).toContain(name);
});

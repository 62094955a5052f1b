import { defineConfig } from '@playwright/test';
import { findFreePort } from './e2e/pages/findFreePort.ts';
import { findBrowser, listBrowserFlags } from './tools/setup/browser.mjs';

/** The site has to work wherever it is put, so it is tested under a path of its own. */
const prefix = '/some/sub/path/';

// Playwright reads this file again in every worker; what the first reading found goes on through the environment.
process.env.OCCUSCOPE_E2E_PORT ??= String(await findFreePort());
if (!process.env.CHROME_PATH) {
  const browser = await findBrowser();
  if (!browser) throw new Error('No Chrome or Chromium found: run "npm test", which installs one, or set CHROME_PATH.');
  process.env.CHROME_PATH = browser;
}
const port = process.env.OCCUSCOPE_E2E_PORT;
const url = `http://127.0.0.1:${port}${prefix}`;

export default defineConfig({
  testDir: 'e2e',
  outputDir: 'test-results',
  // One browser at a time, and long limits: software WebGPU takes all cores and its time.
  workers: 1,
  fullyParallel: false,
  timeout: 180_000,
  expect: { timeout: 60_000 },
  forbidOnly: process.env.CI !== undefined,
  reporter: 'list',
  use: {
    baseURL: url,
    // As large as the page needs and no larger: a software adapter draws every pixel.
    viewport: { width: 1200, height: 760 },
    screenshot: 'only-on-failure',
    // Recording costs seconds a test, so it is done when asked: OCCUSCOPE_TRACE=1.
    trace: process.env.OCCUSCOPE_TRACE ? 'retain-on-failure' : 'off',
    launchOptions: { executablePath: process.env.CHROME_PATH, args: listBrowserFlags(process.platform) },
  },
  projects: [{ name: 'chromium' }],
  webServer: {
    command: `node tools/setup/serve.mjs --port ${port} --prefix ${prefix}`,
    url,
    reuseExistingServer: false,
    timeout: 30_000,
  },
});

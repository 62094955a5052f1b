import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { type Browser, chromium, type Page } from 'playwright';
import { findBrowser, listBrowserFlags } from '../setup/browser.mjs';
import { createStaticServer, listenLocally } from '../setup/server.mjs';

const usage = `usage: node tools/run.mjs tools/tables/measure.ts --root DIR [--site dist]

  --root DIR   a folder with nuScenes tables, as npm run tables writes it
  --site DIR   the built site`;

/** Open a data root in a fresh browser, then again, and print seconds and the memory of the tab. Returns the exit code. */
export async function main(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: { root: { type: 'string' }, site: { type: 'string', default: 'dist' } },
  });
  const executablePath = await findBrowser();
  if (!values.root || !executablePath) {
    console.error(values.root ? 'No Chrome or Chromium found: set CHROME_PATH.' : usage);
    return 2;
  }
  const server = createStaticServer({ folder: values.site });
  const port = await listenLocally(server, 4400, false);
  const browser = await chromium.launch({ executablePath, args: listBrowserFlags(process.platform) });
  try {
    const context = await browser.newContext();
    for (const title of ['first opening', 'second opening']) {
      const page = await context.newPage();
      await page.goto(`http://127.0.0.1:${port}/?clip=ruler&model=ruler&backend=cpu`);
      await page.evaluate(() => window.occuscope.ready);
      const before = await readTabBytes(browser);
      const { seconds, peak } = await openRoot(page, browser, values.root);
      console.log(`${title}: ${seconds.toFixed(1)} s, tab ${gigabytes(peak)} at most, ${gigabytes(before)} before`);
      await page.close();
    }
  } finally {
    await browser.close();
    server.close();
    server.closeAllConnections();
  }
  return 0;
}

async function openRoot(page: Page, browser: Browser, root: string): Promise<{ seconds: number; peak: number }> {
  let peak = 0;
  const timer = setInterval(() => {
    readTabBytes(browser).then(
      (bytes) => {
        peak = Math.max(peak, bytes);
      },
      () => undefined,
    );
  }, 250);
  try {
    await page.getByRole('button', { name: 'Open…' }).click();
    const input = page.getByTestId('folder-input');
    await input.waitFor({ state: 'attached' });
    const start = performance.now();
    await input.setInputFiles(root);
    await page.getByTestId('scene-count').waitFor({ timeout: 600_000 });
    return { seconds: (performance.now() - start) / 1000, peak: Math.max(peak, await readTabBytes(browser)) };
  } finally {
    clearInterval(timer);
  }
}

/** Resident bytes of the largest renderer process: the tab with its workers. Linux only; 0 elsewhere. */
async function readTabBytes(browser: Browser): Promise<number> {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  await session.detach();
  const sizes = processInfo.filter(({ type }) => type === 'renderer').map(({ id }) => readResidentBytes(id));
  return Math.max(0, ...sizes);
}

function readResidentBytes(process: number): number {
  try {
    return 1024 * Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${process}/status`, 'utf8'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(2)} GB`;
}

// Opens a model package in a real browser as the app does, and says which of its nodes WebGPU would hand to the CPU.
// Usage: npm run check:model -- [folder with manifest.json, default public/models/street-base]
// Exit status: 0 all on the GPU, 1 some on the CPU or the package is faulty, 2 no browser.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { chromium, type Page } from 'playwright';
import { createServer } from 'vite';
import { findBrowser, listBrowserFlags } from '../setup/browser.mjs';
import { type PartPlacement, readPlacements } from './placements.ts';

const root = path.resolve(import.meta.dirname, '../..');

declare const checkModel: (manifestUrl: string) => Promise<{ parts: string[]; bytes: number }>;

export async function main(args: readonly string[] = []): Promise<number> {
  const folder = path.resolve(args[0] ?? path.join(root, 'public/models/street-base'));
  const manifest = path.join(folder, 'manifest.json');
  if (!existsSync(manifest)) {
    console.error(`${manifest} does not exist.`);
    return 1;
  }
  const executablePath = await findBrowser();
  if (!executablePath) {
    console.error('No Chrome or Chromium was found; set CHROME_PATH.');
    return 2;
  }
  const server = await createServer({
    root,
    logLevel: 'error',
    server: { port: 0, hmr: false, watch: null, fs: { allow: [root, folder] } },
  });
  const browser = await chromium.launch({ executablePath, args: listBrowserFlags(process.platform) });
  try {
    await server.listen();
    const page = await browser.newPage();
    const address = server.resolvedUrls!.local[0]!;
    await page.goto(`${address}tools/checkModel/page.html`);
    return report(await inspect(page, `${address}@fs${manifest}`));
  } catch (error) {
    console.error(String(error));
    return 1;
  } finally {
    await browser.close();
    await server.close();
  }
}

async function inspect(page: Page, manifestUrl: string): Promise<{ placements: PartPlacement[]; bytes: number }> {
  const lines: string[] = [];
  page.on('console', (message) => lines.push(...message.text().split('\n')));
  await page.waitForFunction(() => 'checkModel' in globalThis);
  const { parts, bytes } = await page.evaluate((url) => checkModel(url), manifestUrl);
  return { placements: readPlacements(lines, parts), bytes };
}

function report({ placements, bytes }: { placements: PartPlacement[]; bytes: number }): number {
  for (const { file, counts, cpuNodes } of placements) {
    console.log(`${file}: ${[...counts].map(([provider, count]) => `${count} nodes on ${provider}`).join(', ')}`);
    for (const node of cpuNodes) console.log(`  on the CPU: ${node}`);
  }
  const stray = placements.some(({ counts }) => (counts.get('CPUExecutionProvider') ?? 0) > 0);
  console.log(`${(bytes / 1e6).toFixed(1)} MB; ${stray ? 'some nodes run on the CPU.' : 'every node runs on WebGPU.'}`);
  return stray ? 1 : 0;
}

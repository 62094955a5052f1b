// Opens a model package in a real browser as the app does, and says which of its nodes WebGPU would hand to the CPU.
// Usage: npm run check:model -- [folder with manifest.json, default public/models/street-base] [--compare FOLDER_OF_A_CLIP]
// With --compare the clip's first frame is run on WebGPU and on the CPU, whole and part by part (minutes on a software adapter).
// Exit status: 0 all is well, 1 nodes on the CPU or computed wrongly, the backends differ or the package is faulty, 2 no browser.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { chromium, type Page } from 'playwright';
import { createServer } from 'vite';
import { findBrowser, listBrowserFlags } from '../setup/browser.mjs';
import type { Comparison } from './compare.ts';
import type { PageReport } from './page.ts';
import { type PartPlacement, readPlacements } from './placements.ts';

const root = path.resolve(import.meta.dirname, '../..');

declare const checkModel: (manifestUrl: string) => Promise<PageReport>;
declare const compare: (manifestUrl: string, clipUrl: string) => Promise<Comparison>;

/** Share of voxels whose label may differ between the backends. */
const LARGEST_SHARE = 0.001;

export async function main(args: readonly string[] = []): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: { compare: { type: 'string' } },
    allowPositionals: true,
  });
  const folder = path.resolve(positionals[0] ?? path.join(root, 'public/models/street-base'));
  const clip = values.compare === undefined ? null : path.resolve(values.compare);
  const manifest = path.join(folder, 'manifest.json');
  const missing = [manifest, ...(clip ? [path.join(clip, 'clip.json')] : [])].find((file) => !existsSync(file));
  if (missing) {
    console.error(`${missing} does not exist.`);
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
    server: { port: 0, hmr: false, watch: null, fs: { allow: [root, folder, ...(clip ? [clip] : [])] } },
  });
  const browser = await chromium.launch({ executablePath, args: listBrowserFlags(process.platform) });
  try {
    await server.listen();
    const page = await browser.newPage();
    const address = server.resolvedUrls!.local[0]!;
    await page.goto(`${address}tools/checkModel/page.html`);
    await page.waitForFunction(() => 'checkModel' in globalThis);
    const manifestUrl = `${address}@fs${manifest}`;
    const sound = reportPackage(await inspect(page, manifestUrl));
    if (!clip) return sound ? 0 : 1;
    const urls = [manifestUrl, `${address}@fs${clip}/clip.json`] as const;
    const agree = reportComparison(await page.evaluate((given) => compare(...given), urls));
    return sound && agree ? 0 : 1;
  } catch (error) {
    console.error(String(error));
    return 1;
  } finally {
    await browser.close();
    await server.close();
  }
}

type Inspection = Omit<PageReport, 'parts'> & { readonly placements: PartPlacement[] };

async function inspect(page: Page, manifestUrl: string): Promise<Inspection> {
  const lines: string[] = [];
  page.on('console', (message) => lines.push(...message.text().split('\n')));
  const { parts, ...rest } = await page.evaluate((url) => checkModel(url), manifestUrl);
  return { placements: readPlacements(lines, parts), ...rest };
}

function reportPackage({ placements, bytes, faults }: Inspection): boolean {
  for (const { file, counts, cpuNodes } of placements) {
    console.log(`${file}: ${[...counts].map(([provider, count]) => `${count} nodes on ${provider}`).join(', ')}`);
    for (const node of cpuNodes) console.log(`  on the CPU: ${node}`);
  }
  for (const fault of faults) console.log(`computed wrongly on WebGPU: ${fault}`);
  const stray = placements.some(({ counts }) => (counts.get('CPUExecutionProvider') ?? 0) > 0);
  console.log(`${(bytes / 1e6).toFixed(1)} MB; ${stray ? 'some nodes run on the CPU.' : 'every node runs on WebGPU.'}`);
  return !stray && faults.length === 0;
}

function reportComparison({ tensors, differingLabels, voxels }: Comparison): boolean {
  console.log('WebGPU against the CPU, each part from the same inputs:');
  for (const { what, largest, scale } of tensors) {
    console.log(`  ${what}: differs by up to ${largest.toExponential(1)}, values up to ${scale.toPrecision(3)}`);
  }
  const share = differingLabels / voxels;
  console.log(`The frame as a whole: ${differingLabels} of ${voxels} labels differ (${(100 * share).toFixed(3)} %).`);
  return share <= LARGEST_SHARE;
}

import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright';
import { createServer } from 'vite';
import { findBrowser, listBrowserFlags } from '../tools/setup/browser.mjs';
import { openNodeGpu } from '../tools/support/nodeGpu.ts';
import { kernelBenchmarks } from './registry.ts';
import { type BenchmarkRun, formatRun } from './report.ts';
import { runBenchmarks } from './runBenchmarks.ts';

const usage = `usage: npm run bench -- [--filter TEXT] [--no-browser | --no-node] [--json FILE]
Times our kernels in Node (Dawn), then in Chromium against ONNX Runtime's operators. Answers are checked before they are timed.
OCCUSCOPE_NATIVE_GPU=1 takes the machine's GPU instead of the software adapter, on which times mean little.`;

const nativeFlags = [
  '--no-sandbox',
  '--enable-unsafe-webgpu',
  '--enable-features=Vulkan',
  '--ignore-gpu-blocklist',
  '--disable-quic',
];

/** Command line of \`npm run bench\`. Exit code 1 when a benchmark fails or none ran. */
export async function main(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      filter: { type: 'string', default: '' },
      json: { type: 'string' },
      'no-browser': { type: 'boolean', default: false },
      'no-node': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(usage);
    return 0;
  }
  const runs: BenchmarkRun[] = [];
  const parts = [...(values['no-node'] ? [] : [runInNode]), ...(values['no-browser'] ? [] : [runInBrowser])];
  for (const part of parts) {
    const run = await part(values.filter);
    console.log(`\n${formatRun(run)}`);
    runs.push(run);
  }
  if (values.json) writeFileSync(values.json, `${JSON.stringify(runs, null, 2)}\n`);
  return runs.some(({ reports }) => reports.length > 0) ? 0 : 1;
}

async function runInNode(filter: string): Promise<BenchmarkRun> {
  const gpu = await openNodeGpu();
  try {
    return await runBenchmarks(`in Node ${process.version} on Dawn`, gpu.context, kernelBenchmarks, filter);
  } finally {
    await gpu.close();
  }
}

async function runInBrowser(filter: string): Promise<BenchmarkRun> {
  const executablePath = await findBrowser();
  if (!executablePath) throw new Error('No Chrome or Chromium found; set CHROME_PATH, or pass --no-browser.');
  const root = path.join(import.meta.dirname, '..');
  const server = await createServer({
    root,
    configFile: path.join(root, 'vite.config.ts'),
    logLevel: 'error',
    server: { port: 5177, hmr: false },
  });
  await server.listen();
  const native = process.env.OCCUSCOPE_NATIVE_GPU === '1';
  const browser = await chromium.launch({
    executablePath,
    args: native ? nativeFlags : listBrowserFlags(process.platform),
  });
  try {
    const page = await browser.newPage();
    const url = new URL('bench/browser/index.html', server.resolvedUrls!.local[0]);
    url.searchParams.set('filter', filter);
    await page.goto(url.href);
    await page.waitForFunction(() => 'benchmarkRun' in window);
    return await page.evaluate(() => window.benchmarkRun);
  } finally {
    await browser.close();
    await server.close();
  }
}

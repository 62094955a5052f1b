// @ts-check
// npm test: install what is missing, then every check in order; stops at the first that fails.
// The last line counts the tests of vitest and Playwright.
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { findOrInstallBrowser } from './browser.mjs';
import { countPlaywright, countVitest, formatCounts, sumCounts } from './counts.mjs';
import { buildSite, installPackages } from './installAndBuild.mjs';
import { findCommand, root, runProgram } from './runProgram.mjs';

const reports = path.join(root, '.cache');
const vitestReport = path.join(reports, 'vitest.json');
const playwrightReport = path.join(reports, 'playwright.json');
/** Added to the environment of every step: the browser, and where reports go. */
const environment = { PLAYWRIGHT_JSON_OUTPUT_NAME: playwrightReport };

/** @returns {Promise<number>} */
async function chooseBrowser() {
  const browser = await findOrInstallBrowser();
  if (!browser) {
    console.error(
      'No Chrome or Chromium, and none could be installed. Install Google Chrome or Chromium, or name one in CHROME_PATH.',
    );
    return 1;
  }
  console.log(browser);
  // The browser tests start it; the kernel tests use the software GPU driver that lies beside it.
  Object.assign(environment, { CHROME_PATH: browser, OCCUSCOPE_CHROMIUM: browser });
  return 0;
}

/**
 * @param {string} packageName
 * @param {string} command
 * @param {readonly string[]} args
 */
function runTool(packageName, command, args) {
  return () => runProgram(process.execPath, [findCommand(packageName, command), ...args], environment);
}

/** @type {readonly (readonly [string, () => Promise<number>])[]} */
const steps = [
  ['Packages', installPackages],
  ['Browser', chooseBrowser],
  ['Format and lint', runTool('@biomejs/biome', 'biome', ['check', '.'])],
  ['Types', runTool('typescript', 'tsc', ['--noEmit'])],
  ['Layers', runTool('dependency-cruiser', 'depcruise', ['src', 'tools', '--config', '.dependency-cruiser.cjs'])],
  [
    'Unit, golden and kernel tests',
    runTool('vitest', 'vitest', ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${vitestReport}`]),
  ],
  ['Build', buildSite],
  ['Browser tests', runTool('@playwright/test', 'playwright', ['test', '--reporter=list,json'])],
];

/**
 * Counts of a report file; nothing when its step was not reached.
 * @template T
 * @param {string} file
 * @param {(report: T) => import('./counts.mjs').Counts} count
 */
function readCounts(file, count) {
  return existsSync(file) ? [count(JSON.parse(readFileSync(file, 'utf8')))] : [];
}

mkdirSync(reports, { recursive: true });
for (const file of [vitestReport, playwrightReport]) rmSync(file, { force: true });
let exitCode = 0;
for (const [title, run] of steps) {
  console.log(`\n=== ${title} ===`);
  const startedAt = performance.now();
  exitCode = await run();
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  console.log(`--- ${title}: ${exitCode === 0 ? 'ok' : `FAILED (exit code ${exitCode})`} after ${seconds} s`);
  if (exitCode !== 0) break;
}
const counts = [...readCounts(vitestReport, countVitest), ...readCounts(playwrightReport, countPlaywright)];
console.log(`\n${formatCounts(sumCounts(counts, exitCode !== 0))}`);
process.exitCode = exitCode;

// @ts-check
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { findCommand, runProgram } from './runProgram.mjs';

/** @typedef {{ platform: string, env: NodeJS.ProcessEnv }} System */

const linuxNames = ['google-chrome-stable', 'google-chrome', 'chromium', 'chromium-browser', 'chrome'];

/**
 * Places where Chrome or Chromium usually lies, best first: on PATH, then the platform's own folders.
 * @param {System} system
 * @returns {string[]}
 */
export function listBrowserPlaces({ platform, env }) {
  if (platform === 'win32') {
    const folders = [env.PROGRAMFILES, env['PROGRAMFILES(X86)'], env.LOCALAPPDATA].filter(
      (folder) => folder !== undefined,
    );
    return folders.flatMap((folder) =>
      ['Google\\Chrome\\Application\\chrome.exe', 'Chromium\\Application\\chrome.exe'].map(
        (file) => `${folder}\\${file}`,
      ),
    );
  }
  const onPath = (env.PATH ?? '')
    .split(':')
    .filter((folder) => folder.startsWith('/'))
    .flatMap((folder) => linuxNames.map((name) => path.posix.join(folder, name)));
  if (platform === 'darwin') {
    const applications = ['/Applications', ...(env.HOME ? [`${env.HOME}/Applications`] : [])].flatMap((folder) =>
      ['Google Chrome', 'Chromium'].map((name) => `${folder}/${name}.app/Contents/MacOS/${name}`),
    );
    return [...applications, ...onPath];
  }
  return [
    ...onPath,
    '/opt/google/chrome/chrome',
    '/usr/lib/chromium/chromium',
    '/usr/lib/chromium-browser/chromium-browser',
  ];
}

/**
 * The browser to test with, or null. `CHROME_PATH` wins; then an installed Chrome or Chromium; then Playwright's own.
 * Throws when `CHROME_PATH` names a program that does not start: a wish that cannot be met is not passed over.
 * @param {System & { starts: (program: string) => boolean, playwrightPath: string | null }} system
 * @returns {string | null}
 */
export function chooseBrowser({ starts, playwrightPath, ...system }) {
  const wished = system.env.CHROME_PATH;
  if (wished) {
    if (starts(wished)) return wished;
    throw new Error(`CHROME_PATH names ${wished}, which does not start.`);
  }
  const places = [...listBrowserPlaces(system), ...(playwrightPath ? [playwrightPath] : [])];
  return places.find((place) => starts(place)) ?? null;
}

/**
 * Whether a program is a browser that starts. Some distributions put a note to install a snap in Chromium's place.
 * @param {string} program
 */
function startsAsBrowser(program) {
  if (!existsSync(program)) return false;
  // On Windows, chrome.exe opens a window when asked for its version.
  if (process.platform === 'win32') return true;
  const { status, stdout } = spawnSync(program, ['--version'], { encoding: 'utf8', timeout: 30_000 });
  return status === 0 && /chrom/i.test(stdout);
}

/** Find a browser on this machine, or null. */
export async function findBrowser() {
  const playwright = await import('playwright').catch(() => null);
  const playwrightPath = playwright?.chromium.executablePath() ?? null;
  return chooseBrowser({ platform: process.platform, env: process.env, starts: startsAsBrowser, playwrightPath });
}

/** Find a browser or install one: Playwright's own, then on Debian and its kin the distribution's. Null when neither works. */
export async function findOrInstallBrowser() {
  const found = await findBrowser();
  if (found) return found;
  console.log('No Chrome or Chromium found: installing Playwright’s…');
  // Behind a firewall the download cannot work: say so soon rather than after many long tries.
  const environment = { PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT: '15000' };
  await runProgram(process.execPath, [findCommand('playwright', 'playwright'), 'install', 'chromium'], environment);
  const own = await findBrowser();
  if (own) return own;
  if (process.platform === 'linux' && existsSync('/usr/bin/apt-get')) {
    console.log('Installing Chromium with apt-get…');
    const prefix = process.getuid?.() === 0 ? [] : ['sudo', '-n'];
    for (const args of [['update'], ['install', '-y', 'chromium']]) {
      const [program = '', ...rest] = [...prefix, 'apt-get', ...args];
      if ((await runProgram(program, rest, { DEBIAN_FRONTEND: 'noninteractive' })) !== 0) break;
    }
  }
  return findBrowser();
}

/**
 * Flags that give Chromium WebGPU without a window. On Linux the software adapter, so that every machine draws the same picture.
 * @param {string} platform
 * @returns {string[]}
 */
export function listBrowserFlags(platform) {
  const quiet = [
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ];
  const webgpu = ['--enable-unsafe-webgpu', '--ignore-gpu-blocklist'];
  const software = [
    '--no-sandbox',
    '--enable-features=Vulkan',
    '--use-vulkan=swiftshader',
    '--use-angle=swiftshader',
    '--enable-unsafe-swiftshader',
  ];
  return platform === 'linux' ? [...software, ...webgpu, ...quiet] : [...webgpu, ...quiet];
}

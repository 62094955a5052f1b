import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { chooseBrowser, listBrowserFlags, listBrowserPlaces } from './browser.mjs';
import { countPlaywright, countVitest, formatCounts, sumCounts } from './counts.mjs';
import { markBuilt, needsBuild, needsInstall } from './freshness.mjs';
import { chooseOpener } from './openPage.mjs';
import { createStaticServer, listenLocally, locateFile } from './server.mjs';

describe('chooseBrowser', () => {
  const linux = { platform: 'linux', env: { PATH: '/home/me/bin:relative:/usr/bin' }, playwrightPath: '/cache/chrome' };
  const starting =
    (...programs: string[]) =>
    (program: string) =>
      programs.includes(program);

  test('CHROME_PATH wins over everything', () => {
    const env = { ...linux.env, CHROME_PATH: '/my/chrome' };
    expect(chooseBrowser({ ...linux, env, starts: starting('/my/chrome', '/usr/bin/chromium') })).toBe('/my/chrome');
  });

  test('a CHROME_PATH that does not start is an error, not a reason to take another browser', () => {
    const env = { ...linux.env, CHROME_PATH: '/my/chrome' };
    expect(() => chooseBrowser({ ...linux, env, starts: starting('/usr/bin/chromium') })).toThrow('/my/chrome');
  });

  test('an installed browser comes before Playwright’s own; one that does not start is passed over', () => {
    expect(chooseBrowser({ ...linux, starts: starting('/usr/bin/chromium', '/cache/chrome') })).toBe(
      '/usr/bin/chromium',
    );
    expect(chooseBrowser({ ...linux, starts: starting('/cache/chrome') })).toBe('/cache/chrome');
    expect(chooseBrowser({ ...linux, starts: starting() })).toBeNull();
    expect(chooseBrowser({ ...linux, playwrightPath: null, starts: starting() })).toBeNull();
  });

  test('PATH is searched in its order, and only its absolute folders', () => {
    const places = listBrowserPlaces(linux);
    expect(places[0]).toBe('/home/me/bin/google-chrome-stable');
    expect(places.indexOf('/home/me/bin/chromium')).toBeLessThan(places.indexOf('/usr/bin/google-chrome'));
    expect(places.every((place) => place.startsWith('/'))).toBe(true);
  });

  test('macOS and Windows have places of their own', () => {
    expect(listBrowserPlaces({ platform: 'darwin', env: { HOME: '/Users/me' } })).toContain(
      '/Users/me/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    );
    expect(listBrowserPlaces({ platform: 'win32', env: { PROGRAMFILES: 'C:\\Program Files' } })).toEqual([
      'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
      'C:\\Program Files\\Chromium\\Application\\chrome.exe',
    ]);
  });

  test('only Linux gets the software adapter', () => {
    expect(listBrowserFlags('linux')).toContain('--use-vulkan=swiftshader');
    expect(listBrowserFlags('darwin').join()).not.toContain('swiftshader');
  });
});

test.each([
  ['linux', {}, null],
  ['linux', { DISPLAY: ':0' }, 'xdg-open'],
  ['linux', { WAYLAND_DISPLAY: 'wayland-0' }, 'xdg-open'],
  ['darwin', {}, 'open'],
  ['win32', {}, 'cmd'],
] as const)('on %s with %j a page opens with %s', (platform, env, program) => {
  expect(chooseOpener('http://localhost:1/', { platform, env })?.[0] ?? null).toBe(program);
});

describe('counts', () => {
  const vitest = countVitest({ numPassedTests: 5, numFailedTests: 0, numPendingTests: 2, numTodoTests: 1 });
  const playwright = countPlaywright({ stats: { expected: 3, flaky: 1, unexpected: 0, skipped: 1 } });

  test('both reports are summed', () => {
    expect(formatCounts(sumCounts([vitest, playwright], false))).toBe('9 passed, 0 failed, 4 skipped');
  });

  test('a failed step never closes with 0 failed, and failing tests are not counted twice', () => {
    expect(sumCounts([], true)).toEqual({ passed: 0, failed: 1, skipped: 0 });
    expect(sumCounts([{ passed: 1, failed: 4, skipped: 0 }], true).failed).toBe(4);
  });
});

const folder = mkdtempSync(path.join(os.tmpdir(), 'occuscope-setup-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('freshness', () => {
  let root = folder;
  const write = (name: string, seconds: number) => {
    const file = path.join(root, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, 'x');
    for (const place of [file, path.dirname(file)]) utimesSync(place, seconds, seconds);
  };
  beforeEach(() => {
    root = mkdtempSync(path.join(folder, 'root-'));
  });

  test('packages are installed when there are none and when the lock file is newer', () => {
    write('package-lock.json', 100);
    expect(needsInstall(root)).toBe(true);
    write('node_modules/.package-lock.json', 200);
    expect(needsInstall(root)).toBe(false);
    write('package-lock.json', 300);
    expect(needsInstall(root)).toBe(true);
  });

  test('the site is built when it never was, when a source changed, and when a source was removed', () => {
    write('src/deep/a.ts', 100);
    utimesSync(path.join(root, 'src'), 100, 100);
    expect(needsBuild(root)).toBe(true);
    write('dist/index.html', 150);
    expect(needsBuild(root)).toBe(true);
    markBuilt(root, new Date(200_000));
    expect(needsBuild(root)).toBe(false);
    write('src/deep/a.ts', 201);
    expect(needsBuild(root)).toBe(true);
    markBuilt(root, new Date(250_000));
    expect(needsBuild(root)).toBe(false);
    rmSync(path.join(root, 'src/deep/a.ts'));
    expect(needsBuild(root)).toBe(true);
  });
});

describe('static server', () => {
  test.each([
    ['/', '/', 'index.html'],
    ['/some/sub/path/', '/some/sub/path/', 'index.html'],
    ['/some/sub/path/', '/some/sub/path/a/b%20c.js?query#part', 'a/b c.js'],
    ['/some/sub/path/', '/other/a.js', null],
    ['/', '/../secret', null],
    ['/', '/..%2fsecret', null],
    ['/', '/a%00b', null],
    ['/', '/%', null],
  ])('under %s, %s names %s', (prefix, url, expected) => {
    expect(locateFile('/site', prefix, url)).toBe(expected === null ? null : path.resolve('/site', expected));
  });

  test('files come with their types and with the isolation headers', async () => {
    for (const name of ['index.html', 'a.wasm', 'a.onnx', 'a.js']) writeFileSync(path.join(folder, name), name);
    const server = createStaticServer({ folder, prefix: '/sub/' });
    const port = await listenLocally(server, 0, true);
    const get = (name: string, init?: RequestInit) => fetch(`http://127.0.0.1:${port}/sub/${name}`, init);
    try {
      const page = await get('');
      expect(await page.text()).toBe('index.html');
      expect(page.headers.get('cross-origin-opener-policy')).toBe('same-origin');
      expect(page.headers.get('cross-origin-embedder-policy')).toBe('require-corp');
      expect((await get('a.wasm')).headers.get('content-type')).toBe('application/wasm');
      expect((await get('a.onnx')).headers.get('content-type')).toBe('application/octet-stream');
      expect((await get('a.js')).headers.get('content-type')).toContain('text/javascript');
      expect((await get('a.js', { method: 'HEAD' })).headers.get('content-length')).toBe('4');
      expect((await get('missing')).status).toBe(404);
      expect((await get('a.js', { method: 'POST' })).status).toBe(405);
    } finally {
      server.close();
    }
  });

  test('a port in use is passed over, or refused when it was asked for', async () => {
    const blocker = createServer();
    await new Promise<void>((resolve) => blocker.listen(0, '127.0.0.1', resolve));
    const { port } = blocker.address() as AddressInfo;
    const server = createStaticServer({ folder });
    try {
      await expect(listenLocally(createStaticServer({ folder }), port, true)).rejects.toThrow(/EADDRINUSE/);
      expect(await listenLocally(server, port, false)).toBeGreaterThan(port);
    } finally {
      server.close();
      blocker.close();
    }
  });
});

import {
  type BrowserContext,
  test as base,
  type ConsoleMessage,
  expect,
  type Locator,
  type Page,
  type Request,
} from '@playwright/test';
import sharp from 'sharp';
import type { Automation } from '../../src/session/automation.ts';

/** The page as tests use it: by what a person sees, and by `window.occuscope`. */
export class OccuscopePage {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  /** Open with a query such as `clip=ruler&backend=cpu`. */
  async open(query = ''): Promise<void> {
    await this.page.goto(`./${query && `?${query}`}`);
  }

  /** Open and wait for the first prediction. */
  async openReady(query = ''): Promise<void> {
    await this.open(query);
    await this.page.evaluate(() => window.occuscope.ready);
    await this.page.locator('html[data-viewport="ready"]').waitFor();
  }

  /** In a journey: go on in the page as the test before left it; where this test runs alone, open it. */
  async goOnOrOpen(query = ''): Promise<void> {
    if (this.page.url() === 'about:blank') await this.openReady(query);
  }

  seek(frameIndex: number): Promise<void> {
    return this.page.evaluate((index) => window.occuscope.seek(index), frameIndex);
  }

  report(): Promise<ReturnType<Automation['report']>> {
    return this.page.evaluate(() => window.occuscope.report());
  }

  async readLabels(): Promise<Uint8Array> {
    const text = await this.page.evaluate(() => {
      let characters = '';
      for (const label of window.occuscope.labels()) characters += String.fromCharCode(label);
      return btoa(characters);
    });
    return Uint8Array.from(Buffer.from(text, 'base64'));
  }

  async readFlow(): Promise<Float32Array | null> {
    const values = await this.page.evaluate(() => {
      const flow = window.occuscope.flow();
      return flow && Array.from(flow);
    });
    return values && Float32Array.from(values);
  }

  legendRow(name: string): Locator {
    return this.page.locator('.legend__row').filter({ hasText: new RegExp(`^${name}`) });
  }

  get status(): Locator {
    return this.page.getByTestId('status');
  }

  get frameNumber(): Locator {
    return this.page.getByTestId('frame-number');
  }

  /** The 3D canvas of a column, counted from the left, as pixels. */
  readPicture(column = 0): Promise<Picture> {
    return readPixels(this.page.locator('.pane').nth(column).locator('canvas'));
  }
}

/** What is on the screen of an element, as pixels. */
export async function readPixels(element: Locator): Promise<Picture> {
  return decodePicture(await element.screenshot());
}

/** The pixels of an encoded picture. */
export async function decodePicture(file: Buffer | string): Promise<Picture> {
  const { data, info } = await sharp(file).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  return { pixels: data, width: info.width, height: info.height };
}

/** RGB bytes, row by row. */
export interface Picture {
  readonly pixels: Uint8Array;
  readonly width: number;
  readonly height: number;
}

/** Share of pixels that are strongly coloured and whose hue is within 8 degrees of `#rrggbb`. */
export function measureHueShare({ pixels }: Picture, hex: string): number {
  const wanted = computeHue(...(hexToRgb(hex) as [number, number, number])).hue;
  let count = 0;
  for (let index = 0; index < pixels.length; index += 3) {
    const { hue, saturation, value } = computeHue(pixels[index]!, pixels[index + 1]!, pixels[index + 2]!);
    const distance = Math.abs(((hue - wanted + 540) % 360) - 180);
    if (saturation > 0.5 && value > 60 && distance < 8) count += 1;
  }
  return count / (pixels.length / 3);
}

/** Number of clearly different colours (16 steps per channel): 1 for a flat picture. */
export function countColours({ pixels }: Picture): number {
  const seen = new Set<number>();
  for (let index = 0; index < pixels.length; index += 3) {
    seen.add(((pixels[index]! >> 4) << 8) | ((pixels[index + 1]! >> 4) << 4) | (pixels[index + 2]! >> 4));
  }
  return seen.size;
}

function hexToRgb(hex: string): number[] {
  const value = Number.parseInt(hex.slice(1), 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}

function computeHue(red: number, green: number, blue: number) {
  const value = Math.max(red, green, blue);
  const range = value - Math.min(red, green, blue);
  let hue = 0;
  if (range > 0) {
    if (value === red) hue = ((green - blue) / range) * 60;
    else if (value === green) hue = ((blue - red) / range) * 60 + 120;
    else hue = ((red - green) / range) * 60 + 240;
  }
  return { hue: (hue + 360) % 360, saturation: value === 0 ? 0 : range / value, value };
}

interface Fixtures {
  readonly occuscope: OccuscopePage;
  /** Console errors that a test expects; all others fail it. */
  readonly expectedErrors: RegExp[];
  /** Tests of one journey, in serial mode, go on in the page as the test before left it. Without one a test gets a page of its own. */
  readonly journey: string | null;
}

interface WorkerFixtures {
  readonly profile: Profile;
}

/** One browser context for all tests: what was compiled once is not compiled again. */
interface Profile {
  readonly context: BrowserContext;
  open: { readonly journey: string | null; readonly page: Page } | null;
}

/** Every test also checks that the console stays clean and that nothing asks another origin. */
export const test = base.extend<Fixtures, WorkerFixtures>({
  journey: [null, { option: true }],
  profile: [
    async ({ browser }, use, { project }) => {
      const { baseURL, viewport } = project.use;
      const context = await browser.newContext({ ...(baseURL && { baseURL }), ...(viewport && { viewport }) });
      await use({ context, open: null });
      await context.close();
    },
    { scope: 'worker' },
  ],
  context: ({ profile }, use) => use(profile.context),
  page: async ({ profile, journey, viewport, baseURL }, use, { file }) => {
    const name = journey && `${file} ${journey}`;
    const last = profile.open;
    let page = last?.page;
    if (!page || !name || last?.journey !== name || page.isClosed()) {
      await page?.close();
      page = await openCleanPage(profile.context, new URL(baseURL!).origin);
      if (viewport) await page.setViewportSize(viewport);
      profile.open = { journey: name, page };
    }
    await use(page);
  },
  // biome-ignore lint/correctness/noEmptyPattern: the form that Playwright asks for.
  expectedErrors: async ({}, use) => {
    await use([]);
  },
  occuscope: [
    async ({ page, baseURL, expectedErrors }, use) => {
      const faults: string[] = [];
      const strangers: string[] = [];
      const onConsole = (message: ConsoleMessage) => {
        if (message.type() === 'error') faults.push(message.text());
      };
      const onPageError = (error: Error) => faults.push(String(error));
      const onRequest = (request: Request) => {
        const url = new URL(request.url());
        if (['blob:', 'data:'].includes(url.protocol)) return;
        if (url.origin !== new URL(baseURL!).origin) strangers.push(request.url());
      };
      page.on('console', onConsole).on('pageerror', onPageError).on('request', onRequest);
      await use(new OccuscopePage(page));
      page.off('console', onConsole).off('pageerror', onPageError).off('request', onRequest);
      expect(strangers, 'requests to other origins').toEqual([]);
      const unexpected = faults.filter((text) => !expectedErrors.some((pattern) => pattern.test(text)));
      expect(unexpected, 'console errors').toEqual([]);
    },
    { auto: true },
  ],
});

/** A page of a visitor who was never here: nothing of other tests is remembered but what the browser compiled. */
async function openCleanPage(context: BrowserContext, origin: string): Promise<Page> {
  const page = await context.newPage();
  const client = await context.newCDPSession(page);
  const storageTypes = 'cookies,local_storage,indexeddb,cache_storage,file_systems';
  await client.send('Storage.clearDataForOrigin', { origin, storageTypes });
  await client.detach();
  return page;
}

export { expect };

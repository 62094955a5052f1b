import type { CDPSession, Page } from '@playwright/test';
import { expect, test } from './pages/occuscopePage.ts';

// A clip of 20 frames played over and over: what the first loops allocate must be all there ever is.
// Every other loop the predictions are thrown away, so that frames are run anew and not only drawn anew.
// A software adapter takes half a minute for a loop, so the test runs only when asked: OCCUSCOPE_LOOPS=20 npx playwright test memory.

const FRAMES = 20;
const LOOPS = Number(process.env.OCCUSCOPE_LOOPS ?? 0);
const LOOPS_PER_MEASUREMENT = 2;

// Said before a browser is started for it.
test.skip(LOOPS < 4 * LOOPS_PER_MEASUREMENT, 'set OCCUSCOPE_LOOPS to 8 or more');

test.use({
  viewport: { width: 480, height: 420 },
  // Memory is measured after a garbage collection that happens at once, not when the browser feels like it.
  launchOptions: async ({ launchOptions }, use) => {
    await use({
      ...launchOptions,
      args: [...(launchOptions.args ?? []), '--enable-blink-features=ForceEagerMeasureMemory'],
    });
  },
});

/** Counts the GPU memory that the page holds: created, and neither destroyed nor collected. Runs before the page's scripts. */
function countGpuBytes(): void {
  const alive = new Map<string, number>();
  let nextKey = 0;
  const keys = new WeakMap<object, string>();
  const forget = (key: string) => void alive.delete(key);
  const collected = new FinalizationRegistry(forget);
  const track = <Resource extends GPUBuffer | GPUTexture>(resource: Resource, label: string, bytes: number) => {
    const key = `${nextKey++} ${label}`;
    alive.set(key, bytes);
    keys.set(resource, key);
    collected.register(resource, key);
    return resource;
  };
  for (const kind of ['GPUBuffer', 'GPUTexture'] as const) {
    const prototype = globalThis[kind]?.prototype as { destroy(): undefined } | undefined;
    if (!prototype) return;
    const { destroy } = prototype;
    prototype.destroy = function (this: object) {
      forget(keys.get(this) ?? '');
      return destroy.call(this);
    };
  }
  const { createBuffer, createTexture } = GPUDevice.prototype;
  GPUDevice.prototype.createBuffer = function (descriptor) {
    return track(createBuffer.call(this, descriptor), descriptor.label ?? 'buffer', descriptor.size);
  };
  GPUDevice.prototype.createTexture = function (descriptor) {
    const texture = createTexture.call(this, descriptor);
    // Four bytes a texel stand for all formats: this is about growth, not about size.
    const texels = texture.width * texture.height * texture.depthOrArrayLayers * texture.sampleCount;
    return track(texture, descriptor.label ?? 'texture', texels * 4);
  };
  Object.assign(globalThis, { aliveGpuBytes: alive });
}

declare global {
  var aliveGpuBytes: ReadonlyMap<string, number> | undefined;
  var loopsOver: Promise<void> | undefined;
}

/** The ruler clip, its eight frames repeated up to twenty, so close in time that playing waits for predictions only. */
async function serveLongRuler(page: Page): Promise<void> {
  await page.route('**/clips/ruler/clip.json', async (route) => {
    const response = await route.fetch();
    const clip = (await response.json()) as { frames: { token: string; timestampMicroseconds: number }[] };
    const start = clip.frames[0]!.timestampMicroseconds;
    const frames = Array.from({ length: FRAMES }, (_, index) => ({
      ...clip.frames[index % clip.frames.length]!,
      token: `long-${index}`,
      timestampMicroseconds: start + index * 10_000,
    }));
    await route.fulfill({ response, json: { ...clip, frames } });
  });
}

/** Plays until the timeline has come back to its first frame `loops` times; then pauses. */
async function playLoops(page: Page, loops: number): Promise<void> {
  await page.evaluate((wanted) => {
    const number = document.querySelector('[data-testid="frame-number"]')!;
    globalThis.loopsOver = new Promise<void>((resolve) => {
      let left = wanted;
      let before = Number(number.textContent);
      const watcher = new MutationObserver(() => {
        const now = Number(number.textContent);
        if (now < before) left -= 1;
        before = now;
        if (left > 0) return;
        watcher.disconnect();
        resolve();
      });
      watcher.observe(number, { characterData: true, childList: true, subtree: true });
    });
  }, loops);
  await page.getByRole('button', { name: 'Play', exact: true }).click();
  await page.evaluate(() => globalThis.loopsOver);
  await page.getByRole('button', { name: 'Pause', exact: true }).click();
}

interface Memory {
  readonly gpuBytes: number;
  /** JavaScript heap of the page and its workers, and their WebAssembly memory. */
  readonly heapBytes: number;
}

async function measureMemory(page: Page, session: CDPSession): Promise<Memory> {
  // Twice, because collecting a wrapper lets go of what only it held.
  for (let turn = 0; turn < 2; turn += 1) {
    await session.send('HeapProfiler.collectGarbage');
    await page.waitForTimeout(100);
  }
  return await page.evaluate(async () => {
    const { measureUserAgentSpecificMemory } = performance as unknown as {
      measureUserAgentSpecificMemory(): Promise<{ bytes: number }>;
    };
    const gpuBytes = [...(globalThis.aliveGpuBytes?.values() ?? [])].reduce((sum, bytes) => sum + bytes, 0);
    return { gpuBytes, heapBytes: (await measureUserAgentSpecificMemory.call(performance)).bytes };
  });
}

for (const backend of ['webgpu', 'cpu'] as const) {
  test(`${backend}: memory stays flat over ${LOOPS} loops of ${FRAMES} frames`, async ({ page, occuscope }) => {
    test.setTimeout(60_000 * LOOPS);
    await page.addInitScript(countGpuBytes);
    await serveLongRuler(page);
    const session = await page.context().newCDPSession(page);
    await occuscope.openReady(`clip=ruler&model=ruler&backend=${backend}`);
    const measured: Memory[] = [];
    for (let loop = 0; loop < LOOPS; loop += LOOPS_PER_MEASUREMENT) {
      const round = LOOPS_PER_MEASUREMENT;
      await playLoops(page, round);
      measured.push(await measureMemory(page, session));
      await page.getByRole('button', { name: 'Reset' }).click();
    }
    console.log(backend, measured.map(({ gpuBytes, heapBytes }) => `${gpuBytes} ${heapBytes}`).join(', '));
    // The first two measurements are taken while caches fill.
    const [, , settled, ...rest] = measured;
    if (backend === 'webgpu') expect(settled!.gpuBytes, 'the count sees the GPU').toBeGreaterThan(1_000_000);
    for (const { gpuBytes, heapBytes } of rest) {
      expect(gpuBytes, 'GPU bytes alive').toBeLessThan(settled!.gpuBytes + 64_000);
      expect(heapBytes, 'bytes of heap').toBeLessThan(settled!.heapBytes + 2_000_000);
    }
  });
}

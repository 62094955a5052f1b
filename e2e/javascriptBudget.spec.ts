import { gzipSync } from 'node:zlib';
import { BUDGET_KILOBYTES } from '../tools/setup/javascriptBudget.ts';
import { expect, test } from './pages/occuscopePage.ts';

// The build step adds up files (tools/setup/javascriptBudget.ts); this counts what a visit really fetches, workers included.

for (const backend of ['webgpu', 'cpu'] as const) {
  test(`${backend}: the JavaScript of a visit up to its first prediction keeps the budget`, async ({
    page,
    occuscope,
  }) => {
    const fetched = new Map<string, Promise<number>>();
    page.on('response', (response) => {
      if (!/\.m?js(\?|$)/.test(response.url())) return;
      fetched.set(
        response.url(),
        response.body().then((body) => gzipSync(body).length),
      );
    });
    await occuscope.openReady(`clip=ruler&model=ruler&backend=${backend}`);
    const sizes = await Promise.all([...fetched].map(async ([url, bytes]) => [url.replace(/^.*\//, ''), await bytes]));
    const names = sizes.map(([name]) => String(name)).join(' ');
    // Proof that the count sees everything: the page, the 3D view, the runtime and, on the CPU, the worker.
    for (const part of [/index-/, /PageViewport-/, /modelPort-/, /ort\./]) expect(names).toMatch(part);
    if (backend === 'cpu') expect(names).toMatch(/cpuFrame\.worker/);
    const kilobytes = sizes.reduce((sum, [, bytes]) => sum + Number(bytes), 0) / 1000;
    console.log(`${backend}: ${kilobytes.toFixed(1)} kB gzip: ${names}`);
    expect(kilobytes).toBeLessThanOrEqual(BUDGET_KILOBYTES);
  });
}

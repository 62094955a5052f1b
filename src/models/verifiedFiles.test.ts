import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { ortBuilds } from './loadOrt.ts';
import { openModel } from './openModel.ts';
import { type FileStore, openFileStore, openVerifiedFile } from './verifiedFiles.ts';

const right = new TextEncoder().encode('the weights');
const claim = { bytes: right.byteLength, sha256: createHash('sha256').update(right).digest('hex') };
const url = 'https://example.org/models/a/head.onnx';

/** The part of the Cache API that we use, over a map. */
function createFakeCaches() {
  const entries = new Map<string, Uint8Array<ArrayBuffer>>();
  const cache = {
    match: async (key: string) => (entries.has(key) ? new Response(entries.get(key)) : undefined),
    put: async (key: string, response: Response) => {
      entries.set(key, new Uint8Array(await response.arrayBuffer()));
    },
    delete: async (key: string) => entries.delete(key),
  };
  return { entries, caches: { open: async () => cache } as unknown as CacheStorage };
}

/** A server that gives these bodies in turn, then 404. */
function createFakeFetch(...bodies: Uint8Array<ArrayBuffer>[]) {
  const modes: string[] = [];
  const fake = async (_: unknown, options?: RequestInit) => {
    modes.push(options?.cache ?? '');
    const body = bodies.shift();
    return body ? new Response(body) : new Response('', { status: 404 });
  };
  return { fetch: fake as typeof fetch, modes };
}

async function openStore() {
  const { entries, caches } = createFakeCaches();
  return { entries, store: (await openFileStore(caches, 'https://example.org/app/')) as FileStore };
}

describe('a verified file', () => {
  test('is downloaded once, then comes from the store', async () => {
    const { store, entries } = await openStore();
    const { fetch, modes } = createFakeFetch(right);
    const seen: number[] = [];
    const options = { store, fetch, onBytes: (count: number) => seen.push(count) };
    expect(await openVerifiedFile(url, claim, options)).toEqual(right);
    expect(await openVerifiedFile(url, claim, options)).toEqual(right);
    expect(modes).toEqual(['default']);
    expect(entries.size).toBe(1);
    expect(seen).toEqual([right.byteLength, right.byteLength]);
  });

  test('heals when the stored copy is damaged', async () => {
    const { store, entries } = await openStore();
    await openVerifiedFile(url, claim, { store, ...createFakeFetch(right) });
    const [key] = entries.keys();
    entries.set(key!, right.slice(0, 4));
    expect(await openVerifiedFile(url, claim, { store, ...createFakeFetch(right) })).toEqual(right);
    expect(entries.get(key!)).toEqual(right);
  });

  test('is asked for again past the HTTP cache, and the progress goes back', async () => {
    const { store } = await openStore();
    const old = right.map((byte) => byte ^ 1);
    const { fetch, modes } = createFakeFetch(old, right);
    let sum = 0;
    await openVerifiedFile(url, claim, { store, fetch, onBytes: (count) => (sum += count) });
    expect(modes).toEqual(['default', 'reload']);
    expect(sum).toBe(right.byteLength);
  });

  test('is never kept when it is wrong', async () => {
    const { store, entries } = await openStore();
    const wrong = right.map((byte) => byte ^ 1);
    const opening = openVerifiedFile(url, claim, { store, ...createFakeFetch(wrong, wrong) });
    await expect(opening).rejects.toMatchObject({ code: 'model-file-corrupt' });
    await expect(
      openVerifiedFile(url, claim, { store, ...createFakeFetch(right.slice(1), right.slice(1)) }),
    ).rejects.toThrow(`has ${right.byteLength - 1} bytes where ${right.byteLength} are claimed`);
    expect(entries.size).toBe(0);
  });

  test('works without the Cache API', async () => {
    expect(await openFileStore(undefined, url)).toBeNull();
    expect(await openVerifiedFile(url, claim, { store: null, ...createFakeFetch(right) })).toEqual(right);
  });

  test('says where a download failed', async () => {
    const failing = openVerifiedFile(url, claim, { store: null, ...createFakeFetch() });
    await expect(failing).rejects.toMatchObject({ code: 'model-download-failed', detail: `${url}: HTTP 404.` });
  });
});

describe('opening a package', () => {
  test('a cancelled download ends with an AbortError', async () => {
    const abort = new AbortController();
    const hanging = (async (_: unknown, options?: RequestInit) => {
      abort.abort();
      options?.signal?.throwIfAborted();
      return new Response('{}');
    }) as typeof fetch;
    const opening = openModel('https://example.org/manifest.json', {
      store: null,
      fetch: hanging,
      signal: abort.signal,
    });
    await expect(opening).rejects.toMatchObject({ name: 'AbortError' });
  });

  test('a web page in place of the manifest is called that', async () => {
    const page = new TextEncoder().encode('<!doctype html>');
    const opening = openModel('https://example.org/manifest.json', { store: null, ...createFakeFetch(page) });
    await expect(opening).rejects.toMatchObject({
      code: 'model-download-failed',
      detail: expect.stringContaining('web page'),
    });
  });
});

test('the progress bar knows the size of every ONNX Runtime build', async () => {
  const { statSync } = await import('node:fs');
  const { createRequire } = await import('node:module');
  const require = createRequire(import.meta.url);
  const suffix = { jspi: '.jspi', asyncify: '.asyncify', wasm: '' };
  for (const name of ['jspi', 'asyncify', 'wasm'] as const) {
    const file = require.resolve(`onnxruntime-web/ort-wasm-simd-threaded${suffix[name]}.wasm`);
    expect(ortBuilds[name].bytes).toBe(statSync(file).size);
  }
});

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { openKeptPackages } from './keptPackages.ts';
import { readModelPackage } from './readPackage.ts';

const folder = path.resolve(import.meta.dirname, '../../public/models/ruler');
const names = ['manifest.json', 'encoder.onnx', 'head.onnx'];

function ruler(change: Record<string, Blob | null> = {}) {
  const files = new Map(names.map((name) => [name, new Blob([readFileSync(path.join(folder, name))])]));
  return async (name: string) => (name in change ? change[name]! : (files.get(name) ?? null));
}

/** As much of the Cache API as packages need. */
function createCaches(room = Number.POSITIVE_INFINITY) {
  const entries = new Map<string, Blob>();
  const urlOf = (key: string | Request) => (typeof key === 'string' ? key : key.url);
  const cache = {
    keys: async () => [...entries.keys()].map((url) => ({ url })),
    match: async (key: string | Request) => {
      const body = entries.get(urlOf(key));
      return body && new Response(body);
    },
    put: async (key: string, response: Response) => {
      if (entries.size >= room) throw new DOMException('full', 'QuotaExceededError');
      entries.set(key, await response.blob());
    },
    delete: async (key: string | Request) => entries.delete(urlOf(key)),
  };
  return { entries, caches: { open: async () => cache } as unknown as CacheStorage };
}

test('a folder opens like the package that it is', async () => {
  const { manifest, files } = await readModelPackage({ read: ruler() });
  expect(manifest.id).toBe('ruler');
  expect([...files.keys()]).toEqual(['encoder.onnx', 'head.onnx']);
});

test.each([
  ['manifest.json', null, /has no manifest\.json/],
  ['manifest.json', new Blob(['{']), /not JSON/],
  ['head.onnx', null, /head\.onnx is listed in the manifest and not in the package/],
  ['head.onnx', new Blob(['x']), /head\.onnx has 1 bytes where \d+ are claimed/],
])('a package with another %s is refused in one sentence', async (name, file, expected) => {
  await expect(readModelPackage({ read: ruler({ [name]: file }) })).rejects.toThrow(expected);
});

test('a byte that differs is found', async () => {
  const bytes = new Uint8Array(readFileSync(path.join(folder, 'head.onnx')));
  bytes[40]! ^= 1;
  await expect(readModelPackage({ read: ruler({ 'head.onnx': new Blob([bytes]) }) })).rejects.toThrow(/SHA-256/);
});

test('a kept package comes back whole, is listed with its size, and goes without a trace', async () => {
  const { caches, entries } = createCaches();
  const kept = (await openKeptPackages(caches, 'https://example.org/app/'))!;
  const model = await readModelPackage({ read: ruler() });
  await kept.keep('ruler', model);
  const bytes = [...model.files.values()].reduce((sum, file) => sum + file.byteLength, 0);
  expect(await kept.list()).toEqual([{ id: 'ruler', title: model.manifest.title, bytes }]);
  expect((await kept.read('ruler'))!.files).toEqual(model.files);
  expect(await kept.read('other')).toBeNull();
  await kept.remove('ruler');
  expect(entries.size).toBe(0);
});

test('where there is no room nothing is left behind', async () => {
  const { caches, entries } = createCaches(2);
  const kept = (await openKeptPackages(caches, 'https://example.org/'))!;
  await expect(kept.keep('ruler', await readModelPackage({ read: ruler() }))).rejects.toThrow('full');
  expect(entries.size).toBe(0);
  expect(await openKeptPackages(undefined, 'https://example.org/')).toBeNull();
});

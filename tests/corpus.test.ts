import { existsSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openNpz } from '../src/clips/npz/readNpz.ts';
import { OccuscopeError } from '../src/errors/catalogue.ts';
import { parseManifest } from '../src/models/manifest.ts';
import { readCorpus } from '../tools/fuzz/corpus.ts';
import { createRandom, mutate } from '../tools/fuzz/mutate.ts';
import { targets } from '../tools/fuzz/registry.ts';

/** What a parser says: null when it reads the input, else its one sentence. Anything but an OccuscopeError is a failure of the test. */
async function findFault(name: string, bytes: Uint8Array<ArrayBuffer>): Promise<string | null> {
  try {
    await targets.find((target) => target.name === name)!.parse(bytes);
    return null;
  } catch (error) {
    expect(error).toBeInstanceOf(OccuscopeError);
    const { sentence, detail, nextStep } = error as OccuscopeError;
    expect(sentence).toMatch(/^[A-Z].*\.$/);
    expect(nextStep.length).toBeGreaterThan(10);
    return detail ?? sentence;
  }
}

/** Which parser decides what is good in a folder of the corpus. */
const judges = {
  npy: 'npy',
  rows: 'surround-occ',
  stored: 'stored-npz',
  onnx: 'onnx',
  manifest: 'manifest',
  'model-zip': 'model-zip',
  clip: 'clip',
  tables: 'nuscenes-tables',
  'rig-json': 'rig-json',
  'rig-text': 'rig-text',
  poses: 'poses',
  times: 'times',
  address: 'address',
} as const;

describe.each(Object.entries(judges))('corpus of %s', (folder, judge) => {
  const files = readCorpus(folder);
  test.each(files.map(({ name, bytes }) => [name, bytes] as const))('%s', async (name, bytes) => {
    const fault = await findFault(judge, bytes);
    if (name.startsWith('good-')) expect(fault).toBeNull();
    else expect(fault).toMatch(/\S+ .+/);
  });
});

test.each([
  ['bad-object.npy', 'a.npy holds pickled Python objects.'],
  ['bad-text.npy', 'a.npy holds text.'],
  ['bad-structured.npy', 'a.npy has a structured element type.'],
  ['bad-complex.npy', 'a.npy has element type c8.'],
  ['bad-no-header.npy', 'a.npy ends inside its header.'],
  ['bad-not-npy.npy', 'a.npy is no .npy file.'],
  ['bad-truncated.npy', 'a.npy ends after 181 of 188 bytes.'],
])('%s is refused with the reason', async (name, sentence) => {
  const file = readCorpus('npy').find((candidate) => candidate.name === name)!;
  expect(await findFault('npy', file.bytes)).toBe(sentence);
});

test.each([
  ['bad-claims-too-much.npz', /claims \d{10} bytes unpacked; 536870912 may be read/],
  ['bad-claims-more.npz', /claims 100000000 bytes, which its \d+ packed bytes cannot hold/],
  ['bad-claims-too-little.npz', /unpacks to more than the 10 bytes that it claims/],
  ['bad-checksum.npz', /fails its checksum/],
  ['bad-truncated.npz', /is no zip/],
  ['bad-not-zip.npz', /is no zip/],
])('%s is refused with the reason', async (name, sentence) => {
  const { bytes } = readCorpus('npz').find((candidate) => candidate.name === name)!;
  expect(() => openNpz(bytes, 'a.npz').read('semantics')).toThrow(sentence);
});

describe('a manifest with any one field wrong names that field', () => {
  const text = new TextDecoder().decode(readCorpus('manifest')[0]!.bytes);
  const whole = JSON.parse(text) as object;

  function listPaths(value: unknown, at: (string | number)[] = []): (string | number)[][] {
    if (typeof value !== 'object' || value === null) return [at];
    const inner = Object.entries(value).flatMap(([key, item]) =>
      listPaths(item, [...at, Array.isArray(value) ? Number(key) : key]),
    );
    return at.length > 0 ? [at, ...inner] : inner;
  }

  test.each(listPaths(whole).map((place) => [place.join('.'), place] as const))('%s', (_, place) => {
    // A function of JSON has no value of this kind anywhere.
    for (const wrong of [{ strange: true }, -1.5]) {
      const copy = structuredClone(whole) as Record<string | number, unknown>;
      let owner = copy;
      for (const key of place.slice(0, -1)) owner = owner[key] as Record<string | number, unknown>;
      owner[place.at(-1)!] = wrong;
      let detail: string | null = null;
      try {
        parseManifest(copy);
      } catch (error) {
        expect(error).toBeInstanceOf(OccuscopeError);
        detail = (error as OccuscopeError).detail;
      }
      // Free numbers may be negative fractions: mean values, lower corners.
      if (detail === null) expect(wrong).toBe(-1.5);
      else if (place.every((part) => typeof part === 'number' || /^\w+$/.test(part)))
        expect(detail).toContain(String(place[0]));
    }
  });
});

test('mutated inputs of every parser end in a result or one sentence', { timeout: 240_000 }, async () => {
  for (const { name, corpus, form } of targets) {
    const files = readCorpus(corpus).map(({ bytes }) => bytes);
    await fc.assert(
      fc.asyncProperty(fc.nat(), async (seed) => {
        await findFault(name, mutate(files, form, createRandom(seed)) as Uint8Array<ArrayBuffer>);
      }),
      { numRuns: 60 },
    );
  }
});

test('the same seed makes the same inputs', () => {
  const corpus = readCorpus('npy').map(({ bytes }) => bytes);
  const make = (seed: number) => mutate(corpus, 'text', createRandom(seed));
  expect(make(7)).toEqual(make(7));
  expect(existsSync(path.resolve(import.meta.dirname, 'corpus/make_numpy_corpus.py'))).toBe(true);
});

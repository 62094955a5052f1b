import fc from 'fast-check';
import { type Zippable, zipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { OccuscopeError } from '../errors/catalogue.ts';
import { ARCHIVE_LIMITS, openZip } from './openZip.ts';

const pack = (files: Zippable, level: 0 | 6 = 6) => new Blob([zipSync(files, { level }) as Uint8Array<ArrayBuffer>]);
const textOf = async (blob: Blob | null) => (blob ? await blob.text() : null);
const bytes = (text: string) => new TextEncoder().encode(text);

async function findFault(archive: Blob, limits = ARCHIVE_LIMITS): Promise<string> {
  const error: unknown = await openZip(archive, limits).then(
    () => null,
    (cause: unknown) => cause,
  );
  expect(error).toBeInstanceOf(OccuscopeError);
  return (error as OccuscopeError).detail ?? '';
}

/** Writes `value` over the unpacked size that the table of contents claims. */
async function claimSize(archive: Blob, name: string, value: number): Promise<Blob> {
  const copy = new Uint8Array(await archive.arrayBuffer());
  const text = Array.from(copy, (byte) => String.fromCharCode(byte)).join('');
  new DataView(copy.buffer).setUint32(text.lastIndexOf(name) - 46 + 24, value, true);
  return new Blob([copy]);
}

describe('a zip', () => {
  test('gives its files, packed and stored, with a comment or bytes before it', async () => {
    for (const level of [0, 6] as const) {
      const archive = await openZip(
        pack({ 'a.txt': bytes('A'.repeat(5000)), b: { 'ü.txt': bytes('B') }, empty: bytes('') }, level),
      );
      expect([...archive.sizes]).toEqual([
        ['a.txt', 5000],
        ['b/ü.txt', 1],
        ['empty', 0],
      ]);
      expect(await textOf(await archive.read('a.txt'))).toBe('A'.repeat(5000));
      expect(await textOf(await archive.read('b/ü.txt'))).toBe('B');
      expect(await textOf(await archive.read('empty'))).toBe('');
      expect(await archive.read('c')).toBeNull();
    }
  });

  test.each(['../evil', '/etc/passwd', 'a/../../b', 'C:/x', 'a\\b', '..'])(
    'with the name %j is refused',
    async (name) => {
      expect(await findFault(pack({ fine: bytes('x'), [name]: bytes('x') }))).toMatch(/leads out of the archive/);
    },
  );

  test('with a file over the limit, or with too many, is refused before anything is unpacked', async () => {
    const limits = { entries: 2, fileBytes: 1000 };
    expect(await findFault(pack({ bomb: new Uint8Array(1001) }), limits)).toBe(
      'bomb unpacks to 1001 bytes; 1000 may be.',
    );
    expect(await findFault(pack({ a: bytes(''), b: bytes(''), c: bytes('') }), limits)).toMatch(/more than 2 files/);
  });

  test('whose claim is a lie fails when that file is read, and only that one', async () => {
    const honest = pack({ 'lie.bin': new Uint8Array(100_000), 'good.txt': bytes('good') });
    expect(await findFault(await claimSize(honest, 'lie.bin', 900_000_000))).toMatch(
      /more bytes than deflate can pack/,
    );
    for (const claim of [10, 100_001]) {
      const archive = await openZip(await claimSize(honest, 'lie.bin', claim));
      await expect(archive.read('lie.bin')).rejects.toThrow(/unpacks to .* claims/);
      expect(await textOf(await archive.read('good.txt'))).toBe('good');
    }
  });

  test('that is none, is cut short or is damaged anywhere ends in its result or in one sentence', async () => {
    expect(await findFault(new Blob(['<!doctype html>']))).toMatch(/no zip/);
    expect(await findFault(new Blob([]))).toMatch(/no zip/);
    const good = new Uint8Array(await pack({ 'a.txt': bytes('hello hello hello'), 'b.txt': bytes('b') }).arrayBuffer());
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { maxLength: 4 }),
        fc.nat(good.length),
        async (changes, end) => {
          const copy = good.slice(0, changes.length % 2 ? end : undefined);
          for (const [at, value] of changes) if (at < copy.length) copy[at] = value;
          try {
            const archive = await openZip(new Blob([copy]));
            for (const name of archive.sizes.keys()) await archive.read(name);
          } catch (error) {
            expect(error).toBeInstanceOf(OccuscopeError);
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});

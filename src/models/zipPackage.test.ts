import { readFileSync } from 'node:fs';
import path from 'node:path';
import { type Zippable, zipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { OccuscopeError } from '../errors/catalogue.ts';
import { openZipModel, readZipModel, ZIP_LIMITS } from './zipPackage.ts';

const folder = path.resolve(import.meta.dirname, '../../public/models/ruler');
const readFile = (name: string) => new Uint8Array(readFileSync(path.join(folder, name)));
const parts = () => ({
  'manifest.json': readFile('manifest.json'),
  'encoder.onnx': readFile('encoder.onnx'),
  'head.onnx': readFile('head.onnx'),
});
const pack = (files: Zippable) => zipSync(files) as Uint8Array<ArrayBuffer>;

/** Code and detail of what opening `archive` throws. */
async function findFault(archive: Uint8Array<ArrayBuffer>, limits = ZIP_LIMITS): Promise<string> {
  const error = await readZipModel(archive, limits).then(
    () => null,
    (cause: unknown) => cause,
  );
  expect(error).toBeInstanceOf(OccuscopeError);
  return `${(error as OccuscopeError).code}: ${(error as OccuscopeError).detail}`;
}

/** Writes `value` over the size that the table of contents claims for the file at `index`. */
function claimSize(archive: Uint8Array<ArrayBuffer>, name: string, value: number): Uint8Array<ArrayBuffer> {
  const text = Array.from(archive, (byte) => String.fromCharCode(byte)).join('');
  const entry = text.lastIndexOf(name) - 46;
  const copy = archive.slice();
  new DataView(copy.buffer).setUint32(entry + 24, value, true);
  return copy;
}

describe('a model package in a zip', () => {
  test('opens like the folder, packed or stored, at the top or in one folder', async () => {
    const files = parts();
    const wrapped = { ruler: files, '__MACOSX/ruler/manifest.json': new Uint8Array(3) };
    for (const archive of [pack(files), zipSync(files, { level: 0 }), pack(wrapped)]) {
      const { manifest, files: found, cardText } = await readZipModel(archive as Uint8Array<ArrayBuffer>);
      expect(manifest.id).toBe('ruler');
      expect([...found.keys()]).toEqual(['encoder.onnx', 'head.onnx']);
      expect(found.get('head.onnx')).toEqual(files['head.onnx']);
      expect(cardText).toBeNull();
    }
  });

  test('brings its card along', async () => {
    const manifest = JSON.parse(new TextDecoder().decode(parts()['manifest.json']));
    const withCard = new TextEncoder().encode(JSON.stringify({ ...manifest, card: 'card.md' }));
    const files = { ...parts(), 'manifest.json': withCard, 'card.md': new TextEncoder().encode('# Ruler') };
    expect((await readZipModel(pack(files))).cardText).toBe('# Ruler');
    const { 'card.md': _card, ...without } = files;
    expect(await findFault(pack(without))).toMatch(/model-package-invalid: It has no card\.md/);
  });

  test('is downloaded with its progress, and no further than it may be', async () => {
    const archive = pack(parts());
    const seen: number[] = [];
    const serve = async () => new Response(archive, { headers: { 'content-length': String(archive.byteLength) } });
    const model = await openZipModel('https://example.org/a/ruler.zip', {
      fetch: serve as typeof fetch,
      onProgress: ({ loadedBytes, totalBytes }) => seen.push(loadedBytes / totalBytes),
    });
    expect(model.manifest.id).toBe('ruler');
    expect(seen.at(-1)).toBe(1);
    const gone = openZipModel('https://example.org/a.zip', {
      fetch: (async () => new Response('', { status: 404 })) as typeof fetch,
    });
    await expect(gone).rejects.toThrow(/HTTP 404/);
  });

  test('that is no zip, is cut short or has no manifest says so', async () => {
    expect(await findFault(new TextEncoder().encode('<!doctype html>'))).toMatch(
      /^model-package-invalid: It is no zip/,
    );
    expect(await findFault(pack(parts()).slice(0, -30))).toMatch(/^model-package-invalid: It is no zip/);
    expect(await findFault(pack({ 'head.onnx': parts()['head.onnx'] }))).toMatch(/has no manifest\.json/);
    expect(await findFault(pack({ a: parts(), b: parts() }))).toMatch(/more than one package: a.*b/);
  });

  test.each(['../evil.onnx', '/etc/passwd', 'a/../../b', 'C:/x', 'a\\b', '..'])(
    'whose name %j leads out of it is refused',
    async (name) => {
      expect(await findFault(pack({ ...parts(), [name]: new Uint8Array(1) }))).toMatch(/leads out of the archive/);
    },
  );

  test('with a missing, exchanged or longer file is refused before or after unpacking', async () => {
    const { 'head.onnx': head, ...rest } = parts();
    expect(await findFault(pack(rest))).toMatch(/head\.onnx is listed in the manifest and not in the package/);
    const longer = new Uint8Array(head.length + 1);
    expect(await findFault(pack({ ...rest, 'head.onnx': longer }))).toMatch(/has \d+ bytes where \d+ are claimed/);
    const exchanged = head.slice();
    exchanged[100]! ^= 1;
    expect(await findFault(pack({ ...rest, 'head.onnx': exchanged }))).toMatch(
      /^model-file-corrupt: head\.onnx has SHA-256/,
    );
  });

  test('that is a bomb is refused, whatever it claims of itself', async () => {
    const zeros = new Uint8Array(20_000_000);
    // Honest about its size: not what the manifest claims. A lie: what is unpacked is cut off there, and the hash is wrong.
    const { 'head.onnx': head, ...rest } = parts();
    const bomb = pack({ ...rest, 'head.onnx': zeros });
    expect(bomb.byteLength).toBeLessThan(100_000);
    expect(await findFault(bomb)).toMatch(/has 20000000 bytes where/);
    expect(await findFault(claimSize(bomb, 'head.onnx', head.length))).toMatch(/^model-file-corrupt: head\.onnx/);
    // A manifest that is huge, and files that the manifest does not list, which nobody unpacks.
    expect(await findFault(pack({ ...parts(), 'manifest.json': zeros }))).toMatch(/manifest\.json is larger than/);
    expect((await readZipModel(pack({ ...parts(), 'other.bin': zeros }))).files.size).toBe(2);
  });

  test('keeps the limits on files, bytes and their sum', async () => {
    const archive = pack(parts());
    expect(await findFault(archive, { ...ZIP_LIMITS, entries: 2 })).toMatch(/more than 2 files/);
    expect(await findFault(archive, { ...ZIP_LIMITS, archiveBytes: 100 })).toMatch(/more than 100 bytes/);
    expect(await findFault(archive, { ...ZIP_LIMITS, unpackedBytes: 6000 })).toMatch(
      /unpacks to \d+ bytes; 6000 may|take 6219 bytes; 6000 may/,
    );
  });

  test('names a faulty manifest like a folder does', async () => {
    const text = new TextEncoder().encode('{"format": "occuscope-model/1"}');
    expect(await findFault(pack({ ...parts(), 'manifest.json': text }))).toMatch(/^model-manifest-invalid: /);
    const broken = new TextEncoder().encode('{');
    expect(await findFault(pack({ ...parts(), 'manifest.json': broken }))).toMatch(/manifest\.json is not JSON/);
  });
});

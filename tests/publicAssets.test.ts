import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { openNpz } from '../src/clips/npz/readNpz.ts';
import { parseClipFile } from '../src/clips/packaged/clipFile.ts';
import { openPackagedClip } from '../src/clips/packaged/openPackagedClip.ts';
import { findFileFault } from '../src/models/verifiedFiles.ts';
import { main as writeRuler } from '../tools/ruler/main.ts';
import { readPackage } from './support/rulerFixture.ts';

// What the site ships is what its descriptions claim.

const root = path.resolve(import.meta.dirname, '../public');
const readJson = (file: string) => JSON.parse(readFileSync(file, 'utf8'));
const models: { id: string; path: string; bytes: number }[] = readJson(path.join(root, 'models/index.json')).models;
const clips: { id: string; path: string }[] = readJson(path.join(root, 'clips/index.json')).clips;

describe('shipped models', () => {
  test.each(models.map((entry) => [entry.id, entry] as const))('%s', async (id, entry) => {
    const { manifest, files } = readPackage(path.join(root, 'models', entry.path));
    expect(manifest.id).toBe(id);
    let bytes = 0;
    for (const [name, claim] of Object.entries(manifest.files)) {
      expect(await findFileFault(claim, files.get(name)!), name).toBeNull();
      bytes += claim.bytes;
    }
    expect(entry.bytes, 'bytes in models/index.json').toBe(bytes);
  });
});

describe('shipped clips', () => {
  test.each(clips.map((entry) => [entry.id, entry] as const))('%s', async (id, entry) => {
    const folder = path.join(root, 'clips', entry.path);
    const file = parseClipFile(readJson(path.join(folder, 'clip.json')));
    expect(file.id).toBe(id);
    for (const { image } of file.frames.flatMap(({ cameras }) => cameras)) {
      expect(existsSync(path.join(folder, image)), image).toBe(true);
    }
    const read = async (name: string) => new Blob([readFileSync(path.join(folder, name))]);
    const clip = await openPackagedClip({ read, close: () => undefined });
    const last = clip.frames.length - 1;
    for (const index of new Set([0, last])) {
      const truth = await clip.openTruth(index);
      const highest = truth ? truth.labels.reduce((most, label) => Math.max(most, label), 0) : 0;
      expect(highest).toBeLessThan(clip.classes.classes.length);
    }
  });
});

describe('the shipped ruler is what its tool writes', () => {
  const fresh = mkdtempSync(path.join(os.tmpdir(), 'ruler-'));
  afterAll(() => rmSync(fresh, { recursive: true }));
  writeRuler([fresh]);

  test.each([
    'models/ruler/encoder.onnx',
    'models/ruler/head.onnx',
    'models/ruler/manifest.json',
    'clips/ruler/clip.json',
  ])('%s', (file) => {
    expect(readFileSync(path.join(fresh, file)).equals(readFileSync(path.join(root, file)))).toBe(true);
  });

  // Compressed bytes may differ between zlib versions, so truth is compared after inflating.
  test.each([0, 1, 2, 3, 4, 5, 6, 7])('clips/ruler/truth-%i.npz', (index) => {
    const read = (base: string) => openNpz(readFileSync(path.join(base, `clips/ruler/truth-${index}.npz`)));
    for (const member of ['semantics', 'mask_camera', 'flow']) {
      expect(read(fresh).read(member).data).toEqual(read(root).read(member).data);
    }
  });
});

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { isFrameFault, OccuscopeError } from '../../errors/catalogue.ts';
import { openPackagedClip } from './openPackagedClip.ts';

const folder = path.resolve(import.meta.dirname, '../../../public/clips/ruler');

/** The ruler clip with its description changed on the way. */
function openChanged(change: (json: ReturnType<typeof JSON.parse>) => void = () => undefined) {
  return openPackagedClip({
    async read(name) {
      const bytes = readFileSync(path.join(folder, name));
      if (name !== 'clip.json') return new Blob([bytes]);
      const json = JSON.parse(bytes.toString());
      change(json);
      return new Blob([JSON.stringify(json)]);
    },
    close: () => undefined,
  });
}

test('a clip opens with its rig, poses and truth', async () => {
  const clip = await openChanged();
  expect(clip.frames).toHaveLength(8);
  expect(clip.cameraNames[1]).toBe('CAM_FRONT');
  expect(clip.frames[1]!.worldFromEgo[3]).toBe(2);
  expect(clip.hasTruth).toBe(true);
  const truth = await clip.openTruth(2);
  expect(truth!.labels).toHaveLength(40 * 40 * 8);
  expect(truth!.cameraMask).toHaveLength(40 * 40 * 8);
  expect(truth!.flow).toHaveLength(40 * 40 * 8 * 2);
  expect(new Set(truth!.labels).has(17)).toBe(true);
});

test('a frame without truth gives null, a frame that is not there an error', async () => {
  const clip = await openChanged((json) => delete json.frames[3].truth);
  expect(await clip.openTruth(3)).toBeNull();
  await expect(clip.openTruth(99)).rejects.toThrow(/has no frame 99/);
});

test('truth of another grid is refused', async () => {
  const clip = await openChanged((json) => (json.grid.size = [40, 40, 16]));
  await expect(clip.openTruth(0)).rejects.toMatchObject({
    code: 'clip-invalid',
    detail: 'truth-0.npz: semantics has shape [40,40,8], but the grid asks for [40,40,16].',
  });
});

test('an image of another size than the clip says is the fault of its frame alone', async () => {
  const close = vi.fn();
  vi.stubGlobal('createImageBitmap', async () => ({ width: 3, height: 2, close }));
  try {
    const clip = await openChanged(() => undefined);
    const error: unknown = await clip.openImage(0, 0).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'image-size-unsupported', detail: expect.stringContaining('is 3 x 2') });
    expect(isFrameFault(error)).toBe(true);
    expect(close).toHaveBeenCalledOnce();
  } finally {
    vi.unstubAllGlobals();
  }
});

describe('each fault of a description is named', () => {
  const cases: [string, (json: ReturnType<typeof JSON.parse>) => void, RegExp][] = [
    ['no format', (json) => delete json.format, /^format: /],
    ['an unknown field', (json) => (json.frames[1].note = ''), /frames\[1\].*note/],
    [
      'a transposed pose',
      (json) => transpose(json.frames[1]),
      /^frames\[1\]\.worldFromEgo: must end in the row 0 0 0 1/,
    ],
    [
      'a scaled pose',
      (json) => (json.frames[0].worldFromEgo[0] = 2),
      /frames\[0\]\.worldFromEgo: must hold a rotation/,
    ],
    [
      'a missing camera',
      (json) => json.frames[4].cameras.pop(),
      /^frames\[4\]\.cameras: has 5 entries; the clip names 6/,
    ],
    ['time running back', (json) => json.frames.reverse(), /timestampMicroseconds: is not later than the frame before/],
    [
      'a path out of the folder',
      (json) => (json.frames[0].truth = '../x.npz'),
      /frames\[0\]\.truth: is not a relative path/,
    ],
    ['a path to elsewhere', (json) => (json.frames[0].truth = 'https://x.org/a.npz'), /is not a relative path/],
  ];
  test.each(cases)('%s', async (_, change, expected) => {
    const error: unknown = await openChanged(change).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(OccuscopeError);
    expect((error as OccuscopeError).detail).toMatch(expected);
  });
});

function transpose(frame: { worldFromEgo: number[] }): void {
  frame.worldFromEgo = frame.worldFromEgo.map((_, i, matrix) => matrix[(i % 4) * 4 + Math.floor(i / 4)]!);
}

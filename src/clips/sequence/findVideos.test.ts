import { expect, test, vi } from 'vitest';
import { treeFromPaths } from '../../opening/fileTrees.ts';
import { decodeInBrowser } from './cameraMedia.ts';
import { changePictures, findCameras, suggestPictures } from './draft.ts';
import { scanFiles } from './scanFiles.ts';

const closed: string[] = [];
let afterOpening = (_: string): void => undefined;

vi.mock('./video.ts', () => ({
  async openVideo(_: Blob, name: string) {
    afterOpening(name);
    return {
      times: Float64Array.of(0),
      describe: () => name,
      read: async () => ({ width: 2, height: 1, pixels: new Uint8ClampedArray(8) }),
      close: () => void closed.push(name),
    };
  },
}));

async function find(signal?: AbortSignal) {
  closed.length = 0;
  const tree = treeFromPaths('drive', ['back.mp4', 'front.mp4', 'left.mp4'], async () => new Blob(['x']));
  const contents = await scanFiles(tree);
  return await findCameras(tree, contents, suggestPictures(contents), decodeInBrowser, signal);
}

test('videos that opened are closed where a later one does not, and where nobody wants them any more', async () => {
  expect((await find()).cameras.map(({ name }) => name)).toEqual(['back', 'front', 'left']);
  expect(closed).toEqual([]);
  afterOpening = (name) => {
    if (name === 'left.mp4') throw new Error('no video track');
  };
  await expect(find()).rejects.toThrow('no video track');
  expect(closed).toEqual(['back.mp4', 'front.mp4']);
  const abort = new AbortController();
  afterOpening = (name) => {
    if (name === 'front.mp4') abort.abort(new DOMException('other settings', 'AbortError'));
  };
  await expect(find(abort.signal)).rejects.toThrow('other settings');
  expect(closed).toEqual(['back.mp4', 'front.mp4']);
});

test('leaving a field as it was is no change of the settings', async () => {
  const settings = suggestPictures(await scanFiles(treeFromPaths('drive', ['a/1.png', 'b/1.png'], async () => null)));
  const { pattern, frameRate } = settings;
  expect(changePictures(settings, { pattern })).toBe(settings);
  expect(changePictures(settings, { pattern, frameRate })).toBe(settings);
  expect(changePictures(settings, { frameRate: 5 })).toEqual({ ...settings, frameRate: 5 });
});

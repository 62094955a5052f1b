import { afterEach, expect, test, vi } from 'vitest';
import type { CameraImage } from '../../domain/clip.ts';
import { createViewReader, type ViewedCamera } from './viewImages.ts';

const viewed: ViewedCamera = {
  camera: {
    name: 'front',
    intrinsics: Float64Array.of(40, 0, 19.5, 0, 40, 14.5, 0, 0, 1),
    distortion: null,
    size: { width: 40, height: 30 },
    egoFromCamera: new Float64Array(16),
  },
  size: { width: 40, height: 30 },
  window: { left: 0, top: 2, width: 40, height: 20 },
};

function makeBitmap(width: number, height: number): { picture: CameraImage; close: () => void } {
  const close = vi.fn();
  return { picture: { width, height, pixels: { width, height, close } as unknown as ImageBitmap }, close };
}

afterEach(() => vi.unstubAllGlobals());

test('a picture of another size is refused and let go', async () => {
  const { picture, close } = makeBitmap(20, 30);
  await expect(createViewReader(viewed).read(picture, 'a.png')).rejects.toMatchObject({
    code: 'image-size-unsupported',
  });
  expect(close).toHaveBeenCalledOnce();
});

test('a picture that is cropped is let go, also where that fails, which is its own fault', async () => {
  const cropped = {};
  const crop = vi.fn(async () => cropped);
  vi.stubGlobal('createImageBitmap', crop);
  const good = makeBitmap(40, 30);
  expect((await createViewReader(viewed).read(good.picture, 'a.png')).pixels).toBe(cropped);
  expect(crop).toHaveBeenCalledWith(good.picture.pixels, 0, 2, 40, 20);
  expect(good.close).toHaveBeenCalledOnce();
  crop.mockRejectedValueOnce(new DOMException('no memory', 'InvalidStateError'));
  const bad = makeBitmap(40, 30);
  await expect(createViewReader(viewed).read(bad.picture, 'b.png')).rejects.toMatchObject({
    code: 'image-decode-failed',
    detail: expect.stringContaining('b.png'),
  });
  expect(bad.close).toHaveBeenCalledOnce();
});

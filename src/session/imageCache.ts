import type { CameraImage, Clip, FrameTruth } from '../domain/clip.ts';

/**
 * The same clip, with the images and truth of the last frames kept decoded, so that the strip and the network share one decode.
 * Evicted bitmaps are left to the garbage collector: somebody may still draw them.
 */
export function withDecodedCache(clip: Clip, keptFrames = 8): Clip {
  const images = createRecentMap<Promise<CameraImage>>(keptFrames * Math.max(1, clip.cameraNames.length));
  const truths = createRecentMap<Promise<FrameTruth | null>>(Math.max(2, keptFrames / 2));
  return {
    ...clip,
    openImage: (frameIndex, cameraIndex) =>
      images.getOrMake(`${frameIndex}/${cameraIndex}`, () => clip.openImage(frameIndex, cameraIndex)),
    openTruth: (frameIndex) => truths.getOrMake(String(frameIndex), () => clip.openTruth(frameIndex)),
    close: () => clip.close(),
  };
}

/** A map of promises that forgets the entry used longest ago, and every entry that failed. */
function createRecentMap<Value extends Promise<unknown>>(capacity: number) {
  const entries = new Map<string, Value>();
  return {
    getOrMake(key: string, make: () => Value): Value {
      const value = entries.get(key) ?? make();
      entries.delete(key);
      entries.set(key, value);
      value.catch(() => entries.delete(key));
      const oldest = entries.keys().next();
      if (entries.size > capacity && !oldest.done) entries.delete(oldest.value);
      return value;
    },
  };
}

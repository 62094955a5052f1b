import type { CameraImage, Clip, FrameTruth, TruthSource } from '../domain/clip.ts';

/**
 * The same clip, with the images and truth of the last frames kept decoded, so that the strip and the network share one decode.
 * Evicted bitmaps are left to the garbage collector: somebody may still draw them.
 */
export function withDecodedCache(clip: Clip, keptFrames = 8): Clip {
  const images = createRecentMap<Promise<CameraImage>>(keptFrames * Math.max(1, clip.cameraNames.length));
  const truths = clip.truths?.map((truth) => withTruthCache(truth, keptFrames));
  const own = { id: clip.truthId ?? '', title: '', openTruth: (frame: number) => clip.openTruth(frame) };
  const chosen = truths?.find(({ id }) => id === clip.truthId) ?? withTruthCache(own, keptFrames);
  return {
    ...clip,
    ...(truths && { truths }),
    openImage: (frameIndex, cameraIndex) =>
      images.getOrMake(`${frameIndex}/${cameraIndex}`, () => clip.openImage(frameIndex, cameraIndex)),
    openTruth: chosen.openTruth,
    close: () => clip.close(),
  };
}

/** The same truth, with the last frames kept: panes, metrics and pointer ask one after another. */
export function withTruthCache(truth: TruthSource, keptFrames = 8): TruthSource {
  const frames = createRecentMap<Promise<FrameTruth | null>>(Math.max(2, keptFrames / 2));
  return { ...truth, openTruth: (frame) => frames.getOrMake(String(frame), () => truth.openTruth(frame)) };
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

import { useEffect, useState } from 'react';
import type { DrawnVolume } from '../domain/drawnVolume.ts';
import type { GridSpec } from '../domain/geometry.ts';
import { usePage, usePageState } from '../stores/page.tsx';
import { maskVisibleClasses } from '../stores/viewStore.ts';

/** The last volume that was made, so that all images of a frame share one. */
let last: { readonly key: readonly unknown[]; readonly volume: DrawnVolume } | null = null;

/** What is drawn over the images of that frame, or null while it is not there. */
export function useImageVolume(frameIndex: number): DrawnVolume | null {
  const { session } = usePage();
  const content = usePageState('view', (state) => state.imageVoxels);
  const hidden = usePageState('view', (state) => state.hiddenClasses);
  const heightRange = usePageState('view', (state) => state.heightRange);
  const clip = usePageState('clip', (state) => state.clip);
  const version = usePageState('playback', (state) => state.version);
  const [volume, setVolume] = useState<DrawnVolume | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `version` says that `session.current` is another one.
  useEffect(() => {
    if (!clip || content === 'off') return setVolume(null);
    let isCurrent = true;
    const { classes } = clip;
    const show = (labels: Uint8Array | null | undefined, grid: GridSpec) => {
      if (!isCurrent) return;
      if (!labels) return setVolume(null);
      const key = [labels, hidden, heightRange, grid];
      if (!last || key.some((part, index) => part !== last!.key[index])) {
        const [firstSlice, lastSlice] = heightRange ?? [0, grid.size[2] - 1];
        const visibleClasses = maskVisibleClasses(hidden, classes.classes.length, classes.free);
        last = { key, volume: { labels, grid, visibleClasses, firstSlice, lastSlice } };
      }
      setVolume(last.volume);
    };
    if (content === 'truth') {
      session.openTruth(frameIndex).then(
        (truth) => show(truth?.labels, clip.grid),
        () => show(null, clip.grid),
      );
    } else {
      const { current } = session;
      show(current?.frameIndex === frameIndex ? current.labels : null, current?.grid ?? clip.grid);
    }
    return () => {
      isCurrent = false;
    };
  }, [session, clip, content, hidden, heightRange, frameIndex, version]);
  return volume;
}

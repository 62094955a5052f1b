import type { Stores } from '../stores/stores.ts';

/**
 * Resolves when the prediction of `frameIndex` is on screen.
 * Rejects with the model's error when it fails, with the frame's own where its images are missing, and with an `AbortError` when another frame is asked for meanwhile.
 */
export function waitForShown(stores: Stores, frameIndex: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const stops: (() => void)[] = [];
    const settle = (finish: () => void) => {
      for (const stop of stops) stop();
      finish();
    };
    const check = () => {
      const { shownFrame, frameIndex: asked, frameFault } = stores.playback.getState();
      const { phase, error } = stores.model.getState();
      if (shownFrame === frameIndex && phase === 'ready') return settle(resolve);
      if (asked !== frameIndex)
        return settle(() => reject(new DOMException('Another frame was asked for.', 'AbortError')));
      if (frameFault?.frameIndex === frameIndex) return settle(() => reject(frameFault.error));
      if (phase === 'failed') return settle(() => reject(error));
      const clipState = stores.clip.getState();
      if (clipState.phase === 'failed') return settle(() => reject(clipState.error));
      if (phase === 'cancelled' || clipState.phase === 'cancelled')
        settle(() => reject(new DOMException('Loading was cancelled.', 'AbortError')));
    };
    stops.push(stores.playback.subscribe(check), stores.model.subscribe(check), stores.clip.subscribe(check));
    check();
  });
}

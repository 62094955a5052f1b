import { areImagesShown, type ClipStore } from '../stores/clipStore.ts';

/** Longest wait for images before the model's downloads begin beside them, milliseconds. */
const patience = 2500;

/** Resolves when the clip's images are on screen, or after a while: downloads of many megabytes should not delay them. */
export function waitForImages(store: ClipStore): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(finish, patience);
    const stop = store.subscribe((state) => {
      if (areImagesShown(state)) finish();
    });
    function finish() {
      clearTimeout(timer);
      stop();
      resolve();
    }
  });
}

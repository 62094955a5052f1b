import { type ClipStore, createClipStore } from './clipStore.ts';
import { createHoverStore, type HoverStore } from './hoverStore.ts';
import { createModelStore, type ModelStore } from './modelStore.ts';
import { createPlaybackStore, type PlaybackStore } from './playbackStore.ts';
import { createStatusStore, type StatusStore } from './statusStore.ts';
import { createViewStore, type ViewStore } from './viewStore.ts';

/** Every store of the page, one per concern. */
export interface Stores {
  readonly clip: ClipStore;
  readonly model: ModelStore;
  readonly playback: PlaybackStore;
  readonly view: ViewStore;
  readonly hover: HoverStore;
  readonly status: StatusStore;
}

export function createStores(): Stores {
  return {
    clip: createClipStore(),
    model: createModelStore(),
    playback: createPlaybackStore(),
    view: createViewStore(),
    hover: createHoverStore(),
    status: createStatusStore(),
  };
}

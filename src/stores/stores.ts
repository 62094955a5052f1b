import { type CameraStore, createCameraStore } from './cameraStore.ts';
import { type ClipStore, createClipStore } from './clipStore.ts';
import { createHoverStore, type HoverStore } from './hoverStore.ts';
import { createMetricsStore, type MetricsStore } from './metricsStore.ts';
import { createModelStore, type ModelStore } from './modelStore.ts';
import { createPlaybackStore, type PlaybackStore } from './playbackStore.ts';
import { createSightStore, type SightStore } from './sightStore.ts';
import { createSourcesStore, type SourcesStore } from './sourcesStore.ts';
import { createStatusStore, type StatusStore } from './statusStore.ts';
import { createViewStore, type ViewStore } from './viewStore.ts';

/** Every store of the page, one per concern. */
export interface Stores {
  readonly clip: ClipStore;
  readonly camera: CameraStore;
  readonly model: ModelStore;
  readonly playback: PlaybackStore;
  readonly sight: SightStore;
  readonly sources: SourcesStore;
  readonly view: ViewStore;
  readonly hover: HoverStore;
  readonly metrics: MetricsStore;
  readonly status: StatusStore;
}

export function createStores(): Stores {
  return {
    clip: createClipStore(),
    camera: createCameraStore(),
    model: createModelStore(),
    playback: createPlaybackStore(),
    sight: createSightStore(),
    sources: createSourcesStore(),
    view: createViewStore(),
    hover: createHoverStore(),
    metrics: createMetricsStore(),
    status: createStatusStore(),
  };
}

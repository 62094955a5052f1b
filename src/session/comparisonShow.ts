import type { Clip, FrameTruth } from '../domain/clip.ts';
import { computeCameraMask } from '../reference/cameraMask.ts';
import { needsTruth } from '../stores/panes.ts';
import type { Comparison, CurrentFrame } from '../stores/session.ts';
import { notify } from '../stores/statusStore.ts';
import type { Stores } from '../stores/stores.ts';

/** Keeps the truth beside the prediction on screen, while somebody looks at both. */
export interface ComparisonShow {
  readonly current: Comparison | null;
}

interface ComparisonPorts {
  readonly stores: Stores;
  readonly getPrediction: () => CurrentFrame | null;
}

/** Truth is opened only when a pane, the metrics or the pointer asks for it: reading it takes a moment. */
export function createComparisonShow({ stores, getPrediction }: ComparisonPorts): ComparisonShow {
  const { playback, view, clip: clipStore, hover, metrics } = stores;
  let current: Comparison | null = null;
  let pending: CurrentFrame | null = null;
  let hasHovered = false;

  const publish = (next: Comparison | null) => {
    if (next === current) return;
    current = next;
    playback.setState(({ comparisonVersion }) => ({ comparisonVersion: comparisonVersion + 1 }));
  };
  const isWanted = () =>
    hasHovered ||
    metrics.getState().isOpen ||
    view.getState().isPeeking ||
    view.getState().panes.some(({ content }) => needsTruth(content));

  const update = () => {
    const { clip } = clipStore.getState();
    const prediction = getPrediction();
    if (!clip?.hasTruth || !prediction || !isWanted()) {
      pending = null;
      if (!prediction) publish(null);
      return;
    }
    if (current?.prediction === prediction || pending === prediction) return;
    pending = prediction;
    clip.openTruth(prediction.frameIndex).then(
      (truth) => {
        if (pending !== prediction) return;
        pending = null;
        publish(truth && makeComparison(clip, prediction, truth));
      },
      (error: unknown) => {
        if (pending !== prediction) return;
        pending = null;
        publish(null);
        notify(stores.status, 'error', `The ground truth could not be opened. ${String(error)}`);
      },
    );
  };
  for (const store of [playback, view, clipStore, metrics]) store.subscribe(update);
  hover.subscribe(({ voxel }) => {
    if (hasHovered || !voxel) return;
    hasHovered = true;
    update();
  });
  return {
    get current() {
      return current;
    },
  };
}

/** The mask is the data's own, or made by rays from the cameras through the truth when it is first asked for. */
function makeComparison(clip: Clip, prediction: CurrentFrame, truth: FrameTruth): Comparison {
  const { frameIndex } = prediction;
  let mask = truth.cameraMask;
  return {
    frameIndex,
    prediction,
    truth,
    isMaskGiven: truth.cameraMask !== null,
    get mask() {
      mask ??= computeCameraMask(truth.labels, clip.frames[frameIndex]!.cameras, clip.grid, clip.classes.free);
      return mask;
    },
  };
}

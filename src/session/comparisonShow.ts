import type { Clip, FrameTruth } from '../domain/clip.ts';
import { needsTruth, type PredictionId } from '../stores/paneContent.ts';
import type { Comparison } from '../stores/session.ts';
import { notify } from '../stores/statusStore.ts';
import type { Stores } from '../stores/stores.ts';
import { listSubjects } from '../stores/subjects.ts';
import type { ShownPrediction } from './frameShow.ts';
import { withoutIgnored } from './judged.ts';
import type { MaskCaster } from './maskProtocol.ts';
import { isSameGrid } from './sameGrid.ts';

/** Keeps the truth beside the predictions on screen, while somebody looks at both. */
export interface ComparisonShow {
  of(id: PredictionId): Comparison | null;
}

interface ComparisonPorts {
  readonly stores: Stores;
  readonly getShown: (id: PredictionId) => ShownPrediction | null;
  readonly castMask: MaskCaster;
}

/** The truth of one frame. The mask is the data's own, or made by rays through the truth when it is first asked for. */
interface OpenTruth {
  readonly truth: FrameTruth;
  mask: Uint8Array | null;
  isMaskAsked: boolean;
}

/** What no camera sees and what the truth does not judge are left out alike. */
function judgedMask({ ignored }: FrameTruth, mask: Uint8Array | null): Uint8Array | null {
  return mask && withoutIgnored(mask, ignored);
}

/** Truth is opened only when a pane, the metrics or the pointer asks for it: reading it takes a moment. */
export function createComparisonShow({ stores, getShown, castMask }: ComparisonPorts): ComparisonShow {
  const { playback, view, clip: clipStore, hover, metrics, sources } = stores;
  let openClip: Clip | null = null;
  const opened = new Map<number, OpenTruth | 'pending'>();
  const made = new Map<PredictionId, Comparison>();
  let hasHovered = false;

  const publish = () => {
    made.clear();
    playback.setState(({ comparisonVersion }) => ({ comparisonVersion: comparisonVersion + 1 }));
  };
  const isWanted = () =>
    hasHovered ||
    metrics.getState().isOpen ||
    view.getState().isPeeking ||
    view.getState().panes.some(({ content }) => needsTruth(content));
  const listFrames = () => new Set(listSubjects(stores).flatMap((id) => getShown(id)?.current.frameIndex ?? []));

  const open = async (clip: Clip, frameIndex: number) => {
    opened.set(frameIndex, 'pending');
    try {
      const truth = await clip.openTruth(frameIndex);
      if (openClip !== clip || !opened.has(frameIndex)) return;
      if (truth) opened.set(frameIndex, { truth, mask: judgedMask(truth, truth.cameraMask), isMaskAsked: false });
      if (truth) publish();
    } catch (error) {
      if (openClip === clip) notify(stores.status, 'error', `The ground truth could not be opened. ${String(error)}`);
    }
  };
  /** What the frames on screen need, and nothing else. */
  const update = () => {
    const { clip } = clipStore.getState();
    const isGone = clip !== openClip && opened.size > 0;
    if (clip !== openClip) opened.clear();
    openClip = clip;
    const frames = clip?.hasTruth && isWanted() ? listFrames() : new Set<number>();
    for (const frame of [...opened.keys()]) if (!frames.has(frame)) opened.delete(frame);
    for (const frame of frames) if (clip && !opened.has(frame)) void open(clip, frame);
    if (isGone) publish();
  };
  const askMask = (clip: Clip, frameIndex: number, held: OpenTruth) => {
    held.isMaskAsked = true;
    castMask(held.truth.labels, clip.frames[frameIndex]!.cameras, clip.grid, clip.classes.free).then(
      (mask) => {
        held.mask = judgedMask(held.truth, mask);
        if (opened.get(frameIndex) === held) publish();
      },
      (error: unknown) => notify(stores.status, 'error', `The camera mask could not be made. ${String(error)}`),
    );
  };
  const compare = (id: PredictionId): Comparison | null => {
    const shown = getShown(id);
    const clip = openClip;
    if (!shown || !clip || !isSameGrid(shown, clip)) return null;
    const { current: prediction } = shown;
    const { frameIndex } = prediction;
    const held = opened.get(frameIndex);
    if (!held || held === 'pending') return null;
    const { truth } = held;
    return {
      frameIndex,
      prediction,
      truth,
      isMaskGiven: truth.cameraMask !== null,
      get mask() {
        if (!held.mask && !held.isMaskAsked) askMask(clip, frameIndex, held);
        return held.mask;
      },
    };
  };
  for (const store of [playback, view, clipStore, metrics, sources]) store.subscribe(update);
  hover.subscribe(({ voxel }) => {
    if (hasHovered || !voxel) return;
    hasHovered = true;
    update();
  });
  return {
    of(id) {
      const known = made.get(id);
      if (known && known.prediction === getShown(id)?.current) return known;
      const fresh = compare(id);
      if (fresh) made.set(id, fresh);
      else made.delete(id);
      return fresh;
    },
  };
}

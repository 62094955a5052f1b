import { useEffect, useMemo, useState } from 'react';
import type { FrameTruth } from '../domain/clip.ts';
import { FLICKER_CLASSES, OUTCOME_CLASSES, SPEED_ERROR_CLASSES } from '../domain/comparisonClasses.ts';
import { computeCameraMask } from '../reference/cameraMask.ts';
import { type ComparedVolume, compareOutcomes, compareSpeeds, showFlicker } from '../session/compareVolumes.ts';
import type { SessionHandle } from '../session/createSession.ts';
import { usePage, usePageState } from '../stores/page.tsx';
import type { PaneContent } from '../stores/panes.ts';
import { notify } from '../stores/statusStore.ts';
import { maskVisibleClasses } from '../stores/viewStore.ts';
import type { ViewData } from '../viewport/types.ts';
import type { Metrics } from './createMetrics.ts';

/** What a pane draws, and which frame it belongs to. */
export interface PaneData extends ViewData {
  readonly frameIndex: number;
  readonly cpuFlow: Float32Array | null;
}

/** Volumes made here have negative versions, so that they never equal a prediction's. */
let lastOwnVersion = 0;
const nextOwnVersion = () => {
  lastOwnVersion -= 1;
  return lastOwnVersion;
};

/** The volume of a pane with this content, or null while there is none. */
export function usePaneData(
  session: SessionHandle,
  metrics: Metrics,
  content: PaneContent | undefined,
): PaneData | null {
  const prediction = usePrediction(session, content === 'prediction');
  const truth = useTruth(session, content === 'truth');
  const compared = useComparison(session, metrics, content);
  const data = content === 'prediction' ? prediction : content === 'truth' ? truth : compared;
  return useSight(session, data);
}

/** Only what the chosen camera sees in this volume: the rest is free. */
function useSight(session: SessionHandle, data: PaneData | null): PaneData | null {
  const seenBy = usePageState('view', (state) => state.seenBy);
  const clip = usePageState('clip', (state) => state.clip);
  return useMemo(() => {
    const view = seenBy === null ? undefined : clip?.frames[data?.frameIndex ?? -1]?.cameras[seenBy];
    const labels = data && (data.pickLabels ?? ('cpu' in data.labels ? data.labels.cpu : null));
    if (!view || !labels || !data) return data;
    const { free } = data.classes;
    // Of a comparison, the truth decides what a camera can see.
    const { comparison } = session;
    const isCompared = data.classes !== clip?.classes;
    const solid = isCompared && comparison?.frameIndex === data.frameIndex ? comparison.truth.labels : labels;
    const solidFree = isCompared ? (clip?.classes.free ?? free) : free;
    const mask = computeCameraMask(solid, [view], data.grid, solidFree);
    const seen = labels.map((label, voxel) => (mask[voxel] === 1 ? label : free));
    return {
      ...data,
      labels: { cpu: seen },
      pickLabels: seen,
      flow: data.cpuFlow && { cpu: data.cpuFlow },
      version: nextOwnVersion(),
    };
  }, [session, clip, data, seenBy]);
}

/** The prediction on screen; from the GPU until another frame is run, whose result would overwrite the buffers. */
function usePrediction(session: SessionHandle, isWanted: boolean): PaneData | null {
  const version = usePageState('playback', (state) => state.version);
  const isRunning = usePageState('playback', (state) => state.catchingUp !== null);
  const clip = usePageState('clip', (state) => state.clip);
  const backend = usePageState('model', (state) => state.backend);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `version` says that `session.shown` is another one.
  return useMemo(() => {
    const { shown } = session;
    if (!isWanted || !shown || !clip) return null;
    const { labels, flow, frameIndex } = shown.current;
    const gpu = isRunning || backend === 'cpu' ? null : shown.gpu;
    return {
      grid: shown.grid,
      classes: clip.classes,
      labels: gpu ? { gpu: gpu.labels } : { cpu: labels },
      pickLabels: labels,
      cpuFlow: flow,
      flow: gpu?.flow ? { gpu: gpu.flow } : flow && { cpu: flow },
      version: shown.version,
      frameIndex,
      worldFromEgo: clip.frames[frameIndex]?.worldFromEgo ?? null,
    };
  }, [session, clip, version, isRunning, backend, isWanted]);
}

function useTruth(session: SessionHandle, isWanted: boolean): PaneData | null {
  const { stores } = usePage();
  const clip = usePageState('clip', (state) => state.clip);
  const frameIndex = usePageState('playback', (state) => state.frameIndex);
  const [opened, setOpened] = useState<{ truth: FrameTruth; frameIndex: number; version: number } | null>(null);
  useEffect(() => {
    if (!isWanted || !clip) return;
    let isCurrent = true;
    session.openTruth(frameIndex).then(
      (truth) => {
        if (isCurrent) setOpened(truth && { truth, frameIndex, version: nextOwnVersion() });
      },
      (error: unknown) => {
        if (isCurrent) notify(stores.status, 'error', `The ground truth could not be opened. ${String(error)}`);
      },
    );
    return () => {
      isCurrent = false;
    };
  }, [session, stores, clip, frameIndex, isWanted]);
  return useMemo(() => {
    if (!opened || !clip) return null;
    return {
      grid: clip.grid,
      classes: clip.classes,
      labels: { cpu: opened.truth.labels },
      cpuFlow: opened.truth.flow,
      flow: opened.truth.flow && { cpu: opened.truth.flow },
      version: opened.version,
      frameIndex: opened.frameIndex,
      worldFromEgo: clip.frames[opened.frameIndex]?.worldFromEgo ?? null,
    };
  }, [opened, clip]);
}

const comparisonTables = {
  difference: OUTCOME_CLASSES,
  'flow-error': SPEED_ERROR_CLASSES,
  flicker: FLICKER_CLASSES,
} as const;

function isComparison(content: PaneContent | undefined): content is keyof typeof comparisonTables {
  return content !== undefined && content in comparisonTables;
}

/** Prediction over truth; made anew when the frame, the class filter or the mask changes. */
function useComparison(session: SessionHandle, metrics: Metrics, content: PaneContent | undefined): PaneData | null {
  // A frame's flicker is known once it is measured.
  const measured = usePageState('metrics', (state) => (content === 'flicker' ? state.frames : null));
  const version = usePageState('playback', (state) => state.comparisonVersion);
  const hidden = usePageState('view', (state) => state.hiddenClasses);
  const isMasked = usePageState('view', (state) => state.isMasked);
  const clip = usePageState('clip', (state) => state.clip);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `version` and `measured` say that what session and metrics hold is another one.
  return useMemo(() => {
    const { comparison } = session;
    if (!comparison || !clip || !isComparison(content)) return null;
    const { prediction, truth, frameIndex } = comparison;
    const volumes = {
      prediction: prediction.labels,
      predictionFlow: prediction.flow,
      truth: truth.labels,
      truthFlow: truth.flow,
    };
    const { classes } = clip;
    const filter = {
      visibleClasses: maskVisibleClasses(hidden, classes.classes.length, classes.free),
      mask: isMasked ? comparison.mask : null,
    };
    let volume: ComparedVolume | null = null;
    if (content === 'difference') volume = compareOutcomes(volumes, classes, filter);
    else if (content === 'flow-error') volume = compareSpeeds(volumes, classes, filter);
    else {
      const flicker = metrics.flickerOf(frameIndex);
      volume = flicker && showFlicker(volumes, flicker, classes, filter);
    }
    if (!volume) return null;
    return {
      grid: clip.grid,
      classes: comparisonTables[content],
      labels: { cpu: volume.labels },
      cpuFlow: volume.flow,
      flow: volume.flow && { cpu: volume.flow },
      version: nextOwnVersion(),
      frameIndex,
      worldFromEgo: clip.frames[frameIndex]?.worldFromEgo ?? null,
    };
  }, [session, metrics, clip, version, measured, content, hidden, isMasked]);
}

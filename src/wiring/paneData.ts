import { useEffect, useMemo, useState } from 'react';
import type { Frame, FrameTruth } from '../domain/clip.ts';
import { FLICKER_CLASSES, OUTCOME_CLASSES, SPEED_ERROR_CLASSES } from '../domain/comparisonClasses.ts';
import { type ComparedVolume, compareOutcomes, compareSpeeds, showFlicker } from '../session/compareVolumes.ts';
import type { SessionHandle } from '../session/createSession.ts';
import { withoutIgnored } from '../session/judged.ts';
import { usePage, usePageState } from '../stores/page.tsx';
import {
  type ComparisonKind,
  isComparison,
  type PaneContent,
  type PredictionId,
  readContent,
} from '../stores/paneContent.ts';
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
  const { kind, subject } = readContent(content ?? 'prediction');
  const prediction = usePrediction(session, kind === 'prediction' ? subject : null);
  const truth = useTruth(session, kind === 'truth');
  const compared = useComparison(session, metrics, isComparison(kind) ? kind : null, subject);
  const data = kind === 'prediction' ? prediction : kind === 'truth' ? truth : compared;
  return useSight(session, data, subject);
}

/** Only what the chosen camera sees in this volume: the rest is free. Until that is known, the volume as a whole stays. */
function useSight(session: SessionHandle, data: PaneData | null, subject: PredictionId): PaneData | null {
  const { stores } = usePage();
  const seenBy = usePageState('view', (state) => state.seenBy);
  const clip = usePageState('clip', (state) => state.clip);
  const [seen, setSeen] = useState<{ readonly data: PaneData; readonly limited: PaneData } | null>(null);
  useEffect(() => {
    const view = seenBy === null ? undefined : clip?.frames[data?.frameIndex ?? -1]?.cameras[seenBy];
    const labels = data && (data.pickLabels ?? ('cpu' in data.labels ? data.labels.cpu : null));
    setSeen((before) => (before?.data === data && view ? before : null));
    if (!view || !labels || !data) return;
    // Of a comparison, the truth decides what a camera can see.
    const truth = data.classes === clip?.classes ? null : session.comparisonOf(subject)?.truth.labels;
    const { free } = data.classes;
    let isCurrent = true;
    session.castMask(truth ?? labels, [view], data.grid, truth ? clip!.classes.free : free).then(
      (mask) => {
        if (isCurrent) setSeen({ data, limited: limitTo(data, labels, mask) });
      },
      (error: unknown) => {
        if (isCurrent) notify(stores.status, 'error', `What the camera sees could not be found. ${String(error)}`);
      },
    );
    return () => {
      isCurrent = false;
    };
  }, [session, stores, clip, data, seenBy, subject]);
  return seen && seen.data === data ? seen.limited : data;
}

function limitTo(data: PaneData, labels: Uint8Array, mask: Uint8Array): PaneData {
  const { free } = data.classes;
  const seen = labels.map((label, voxel) => (mask[voxel] === 1 ? label : free));
  return {
    ...data,
    labels: { cpu: seen },
    pickLabels: seen,
    flow: data.cpuFlow && { cpu: data.cpuFlow },
    version: nextOwnVersion(),
  };
}

/** A prediction on screen; the open model's from the GPU until another frame is run, whose result would overwrite the buffers. */
function usePrediction(session: SessionHandle, subject: PredictionId | null): PaneData | null {
  usePageState('playback', (state) => state.version);
  usePageState('sources', (state) => (subject ? state.used.get(subject)?.version : undefined));
  const isRunning = usePageState('playback', (state) => state.catchingUp !== null);
  const clip = usePageState('clip', (state) => state.clip);
  const backend = usePageState('model', (state) => state.backend);
  const shown = subject && session.shownOf(subject);
  return useMemo(() => {
    if (!shown || !clip) return null;
    const { labels, flow, frameIndex } = shown.current;
    const gpu = isRunning || backend === 'cpu' ? null : shown.gpu;
    return {
      grid: shown.grid,
      classes: shown.classes,
      labels: gpu ? { gpu: gpu.labels } : { cpu: labels },
      pickLabels: labels,
      cpuFlow: flow,
      flow: gpu?.flow ? { gpu: gpu.flow } : flow && { cpu: flow },
      version: shown.version,
      frameIndex,
      worldFromEgo: clip.frames[frameIndex]?.worldFromEgo ?? null,
    };
  }, [shown, clip, isRunning, backend]);
}

interface OpenedTruth {
  readonly truth: FrameTruth;
  /** Of the drive that it belongs to. */
  readonly frames: readonly Frame[];
  readonly frameIndex: number;
  readonly version: number;
}

function useTruth(session: SessionHandle, isWanted: boolean): PaneData | null {
  const { stores } = usePage();
  const clip = usePageState('clip', (state) => state.clip);
  const frameIndex = usePageState('playback', (state) => state.frameIndex);
  const [opened, setOpened] = useState<OpenedTruth | null>(null);
  useEffect(() => {
    if (!isWanted || !clip) return;
    let isCurrent = true;
    session.openTruth(frameIndex).then(
      (truth) => {
        if (isCurrent) setOpened(truth && { truth, frames: clip.frames, frameIndex, version: nextOwnVersion() });
      },
      (error: unknown) => {
        if (!isCurrent) return;
        // What was opened before is another frame's.
        setOpened(null);
        notify(stores.status, 'error', `The ground truth could not be opened. ${String(error)}`);
      },
    );
    return () => {
      isCurrent = false;
    };
  }, [session, stores, clip, frameIndex, isWanted]);
  return useMemo(() => {
    // Until the next drive's truth is there, the last one's does not fit its grid. Another truth of the same drive keeps its frames.
    if (!opened || !clip || opened.frames !== clip.frames) return null;
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
} as const satisfies Record<ComparisonKind, unknown>;

/** Prediction over truth; made anew when the frame, the class filter or the mask changes. */
function useComparison(
  session: SessionHandle,
  metrics: Metrics,
  kind: ComparisonKind | null,
  subject: PredictionId,
): PaneData | null {
  // A frame's flicker is known once it is measured.
  const measured = usePageState('metrics', (state) => (kind === 'flicker' ? state.measuredVersion : null));
  usePageState('playback', (state) => state.comparisonVersion);
  usePageState('playback', (state) => state.version);
  usePageState('sources', (state) => state.used.get(subject)?.version);
  const hidden = usePageState('view', (state) => state.hiddenClasses);
  const isMasked = usePageState('view', (state) => state.isMasked);
  const clip = usePageState('clip', (state) => state.clip);
  const comparison = kind && session.comparisonOf(subject);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `measured` says that what session and metrics hold is another one.
  return useMemo(() => {
    if (!comparison || !clip || !kind) return null;
    const { prediction, truth, frameIndex } = comparison;
    const mask = isMasked ? comparison.mask : withoutIgnored(null, truth.ignored);
    // A mask that is made by rays comes a moment later, and calls again.
    if (isMasked && !mask) return null;
    const volumes = {
      prediction: prediction.labels,
      predictionFlow: prediction.flow,
      truth: truth.labels,
      truthFlow: truth.flow,
    };
    const { classes } = clip;
    const filter = {
      visibleClasses: maskVisibleClasses(hidden, classes.classes.length, classes.free),
      mask,
    };
    let volume: ComparedVolume | null = null;
    if (kind === 'difference') volume = compareOutcomes(volumes, classes, filter);
    else if (kind === 'flow-error') volume = compareSpeeds(volumes, classes, filter);
    else {
      const flicker = metrics.flickerOf(subject, frameIndex);
      volume = flicker && showFlicker(volumes, flicker, classes, filter);
    }
    if (!volume) return null;
    return {
      grid: clip.grid,
      classes: comparisonTables[kind],
      labels: { cpu: volume.labels },
      cpuFlow: volume.flow,
      flow: volume.flow && { cpu: volume.flow },
      version: nextOwnVersion(),
      frameIndex,
      worldFromEgo: clip.frames[frameIndex]?.worldFromEgo ?? null,
    };
  }, [comparison, metrics, clip, measured, kind, subject, hidden, isMasked]);
}

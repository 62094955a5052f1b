import { useEffect, useMemo, useState, useSyncExternalStore } from 'react';
import type { FrameTruth } from '../domain/clip.ts';
import type { SessionHandle } from '../session/createSession.ts';
import type { HoveredVoxel } from '../stores/hoverStore.ts';
import { usePage, usePageState } from '../stores/page.tsx';
import { notify } from '../stores/statusStore.ts';
import { maskVisibleClasses, type ViewPreset } from '../stores/viewStore.ts';
import type { VoxelHit } from '../viewport/pickVoxel.ts';
import { computeTrajectory } from '../viewport/trajectory.ts';
import type { CameraPreset, ViewData, ViewSettings } from '../viewport/types.ts';
import { VoxelViewport } from '../viewport/VoxelViewport.tsx';
import { useDarkTheme, useReducedMotion } from './mediaPreferences.ts';

interface PageViewportProps {
  readonly paneIndex: number;
  readonly session: SessionHandle;
}

/** What a pane draws, with what only the page needs of it. */
interface PaneData extends ViewData {
  readonly frameIndex: number;
  readonly cpuFlow: Float32Array | null;
}

/** The 3D view of one pane, fed from stores and session. */
export function PageViewport({ paneIndex, session }: PageViewportProps) {
  const { stores } = usePage();
  const content = usePageState('view', (state) => state.panes[paneIndex]);
  const backend = usePageState('model', (state) => state.backend);
  const context = useSyncExternalStore(session.onContextChange, () => session.context);
  const prediction = usePrediction(session);
  const truth = useTruth(session, content === 'truth');
  const data = content === 'truth' ? truth : prediction;
  const settings = useViewSettings(data);
  if (backend === 'webgpu' && !context) return <p className="pane__wait">Waiting for the GPU device</p>;
  return (
    <VoxelViewport
      context={context}
      data={data}
      settings={settings}
      label={content === 'truth' ? 'Ground truth in 3D' : 'Predicted occupancy in 3D'}
      onReady={() => document.documentElement.setAttribute('data-viewport', 'ready')}
      onHover={(hit) => stores.hover.setState({ voxel: hit && data ? describeHit(hit, data, paneIndex) : null })}
      onError={(error) => {
        // What fails with a lost device is the session's to report; the browser may say so a little later.
        setTimeout(() => {
          if (context && session.context !== context) return;
          notify(
            stores.status,
            'error',
            `The 3D view failed. ${error instanceof Error ? error.message : String(error)}`,
          );
        }, 1000);
      }}
    />
  );
}

/** The prediction on screen; from the GPU until another frame is run, whose result would overwrite the buffers. */
function usePrediction(session: SessionHandle): PaneData | null {
  const version = usePageState('playback', (state) => state.version);
  const isRunning = usePageState('playback', (state) => state.catchingUp !== null);
  const clip = usePageState('clip', (state) => state.clip);
  const backend = usePageState('model', (state) => state.backend);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `version` says that `session.shown` is another one.
  return useMemo(() => {
    const { shown } = session;
    if (!shown || !clip) return null;
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
  }, [session, clip, version, isRunning, backend]);
}

/** Versions of truth volumes are negative, so that they never equal a prediction's. */
let lastTruthVersion = 0;

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
        if (!isCurrent) return;
        lastTruthVersion -= 1;
        setOpened(truth && { truth, frameIndex, version: lastTruthVersion });
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
      flow: opened.truth.flow && { cpu: opened.truth.flow },
      cpuFlow: opened.truth.flow,
      version: opened.version,
      frameIndex: opened.frameIndex,
      worldFromEgo: clip.frames[opened.frameIndex]?.worldFromEgo ?? null,
    };
  }, [opened, clip]);
}

/** Settings as the viewport takes them, for the frame that `data` belongs to. */
function useViewSettings(data: PaneData | null): ViewSettings {
  const view = usePageState('view', (state) => state);
  const clip = usePageState('clip', (state) => state.clip);
  const wantedFrame = usePageState('playback', (state) => state.frameIndex);
  const isDark = useDarkTheme();
  const reducedMotion = useReducedMotion();
  const frameIndex = data?.frameIndex ?? wantedFrame;
  const cameraViews = clip?.frames[frameIndex]?.cameras ?? noViews;
  const trajectory = useMemo(() => {
    const poses = clip?.frames.map(({ worldFromEgo }) => worldFromEgo) ?? [];
    return poses[frameIndex] ? computeTrajectory(poses, frameIndex) : null;
  }, [clip, frameIndex]);
  const { classes, grid } = data ?? clip ?? {};
  return useMemo(
    () => ({
      palette: view.palette,
      visibleClasses: classes ? maskVisibleClasses(view.hiddenClasses, classes.classes.length, classes.free) : 0,
      heightRange: view.heightRange ?? [0, (grid?.size[2] ?? 1) - 1],
      showArrows: view.showArrows,
      showGrid: view.showGrid,
      showEgo: view.showEgo,
      cameraPreset: toCameraPreset(view.preset, clip?.cameraNames ?? []),
      followEgo: view.followEgo,
      theme: isDark ? 'dark' : 'light',
      cameraViews,
      showCameras: view.showFrusta,
      trajectory: view.showTrajectory ? trajectory : null,
      reducedMotion,
    }),
    [view, classes, grid, clip, isDark, cameraViews, trajectory, reducedMotion],
  );
}

const noViews: ViewSettings['cameraViews'] = [];

/** The page counts cameras in rig order, the viewport names them. */
function toCameraPreset(preset: ViewPreset, names: readonly string[]): CameraPreset {
  if (!preset.startsWith('camera:')) return preset as CameraPreset;
  const name = names[Number(preset.slice('camera:'.length))];
  return name === undefined ? 'chase' : `camera:${name}`;
}

function describeHit({ index, cell, label }: VoxelHit, { grid, cpuFlow }: PaneData, paneIndex: number): HoveredVoxel {
  const centre = (axis: 0 | 1 | 2) => grid.lower[axis] + (cell[axis] + 0.5) * grid.voxel[axis];
  return {
    paneIndex,
    cell,
    label,
    centreMetres: [centre(0), centre(1), centre(2)],
    flow: cpuFlow && [cpuFlow[2 * index]!, cpuFlow[2 * index + 1]!],
  };
}

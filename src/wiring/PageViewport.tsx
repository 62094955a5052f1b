import { useCallback, useMemo, useSyncExternalStore } from 'react';
import type { ClassTable } from '../domain/classes.ts';
import type { Clip } from '../domain/clip.ts';
import type { SessionHandle } from '../session/createSession.ts';
import { isSameVoxels } from '../session/sameGrid.ts';
import type { HoveredVoxel, VoxelWord } from '../stores/hoverStore.ts';
import { usePage, usePageState } from '../stores/page.tsx';
import {
  isComparison,
  type PaneContent,
  type PaneKind,
  type PredictionId,
  readContent,
} from '../stores/paneContent.ts';
import { notify } from '../stores/statusStore.ts';
import { findContent, maskVisibleClasses, type ViewPreset } from '../stores/viewStore.ts';
import type { ComparisonPaletteId } from '../viewport/palettes.ts';
import type { VoxelHit } from '../viewport/pickVoxel.ts';
import { computeTrajectory } from '../viewport/trajectory.ts';
import type { CameraPreset, ViewSettings } from '../viewport/types.ts';
import { VoxelViewport } from '../viewport/VoxelViewport.tsx';
import type { CameraLink } from './cameraLink.ts';
import type { Metrics } from './createMetrics.ts';
import { findSights } from './findSights.ts';
import { useDarkTheme, useReducedMotion } from './mediaPreferences.ts';
import { type PaneData, usePaneData } from './paneData.ts';

interface PageViewportProps {
  readonly paneKey: number;
  readonly session: SessionHandle;
  readonly link: CameraLink;
  readonly metrics: Metrics;
}

const canvasNames: Readonly<Record<PaneKind, string>> = {
  prediction: 'Predicted occupancy in 3D',
  truth: 'Ground truth in 3D',
  difference: 'Difference between prediction and ground truth in 3D',
  'flow-error': 'Error of the predicted velocity in 3D',
  flicker: 'Flickering voxels in 3D',
  // Drawn flat, by a panel.
  memory: 'Memory',
};

/** The 3D view of one pane, fed from stores and session. */
export function PageViewport({ paneKey, session, link, metrics }: PageViewportProps) {
  const { stores } = usePage();
  const content = usePageState('view', (state) => findContent(state, paneKey));
  const backend = usePageState('model', (state) => state.backend);
  const context = useSyncExternalStore(session.onContextChange, () => session.context);
  const data = usePaneData(session, metrics, content);
  const settings = useViewSettings(data, paneKey, content);
  const attach = useCallback(
    (handle: Parameters<CameraLink['attach']>[1]) => link.attach(paneKey, handle),
    [link, paneKey],
  );
  if (backend === 'webgpu' && !context) return <p className="pane__wait">Waiting for the GPU device</p>;
  const { kind, subject } = readContent(content ?? 'prediction');
  const describe = (hit: VoxelHit | null) =>
    hit && data && describeHit(hit, data, session, paneKey, subject, stores.clip.getState().clip);
  const pin = (hit: VoxelHit | null): HoveredVoxel | null => {
    const voxel = describe(hit);
    const { clip } = stores.clip.getState();
    const labels =
      kind === 'prediction' ? session.predictionOf(subject)?.labels : session.comparisonOf(subject)?.truth.labels;
    const cameras = data && clip?.frames[data.frameIndex]?.cameras;
    if (!voxel || !data || !clip || !labels || !cameras) return voxel;
    return { ...voxel, sights: findSights(labels, data.grid, clip.classes.free, cameras, voxel.cell) };
  };
  return (
    <VoxelViewport
      ref={attach}
      context={context}
      data={data}
      settings={settings}
      label={canvasNames[kind]}
      onReady={() => {
        link.join(paneKey);
        document.documentElement.setAttribute('data-viewport', 'ready');
      }}
      onCameraMove={(pose) => link.follow(paneKey, pose)}
      onHover={(hit) => stores.hover.setState({ voxel: describe(hit) })}
      onPick={(hit) => stores.hover.setState({ pinned: pin(hit) })}
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

const palettes: Readonly<Partial<Record<PaneKind, ComparisonPaletteId>>> = {
  difference: 'outcome',
  'flow-error': 'speed-error',
  flicker: 'flicker',
};

/** Settings as the viewport takes them, for the frame that `data` belongs to. */
function useViewSettings(data: PaneData | null, paneKey: number, content: PaneContent | undefined): ViewSettings {
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
  const { kind } = readContent(content ?? 'prediction');
  const comparisonPalette = palettes[kind];
  const hidden = isComparison(kind) ? (kind === 'difference' ? view.hiddenOutcomes : noLabels) : view.hiddenClasses;
  const preset = view.panes.find(({ key }) => key === paneKey)?.ownPreset ?? view.preset;
  return useMemo(
    () => ({
      palette: comparisonPalette ?? view.palette,
      visibleClasses: classes ? maskVisibleClasses(hidden, classes.classes.length, classes.free) : 0,
      heightRange: view.heightRange ?? [0, (grid?.size[2] ?? 1) - 1],
      showArrows: view.showArrows,
      showGrid: view.showGrid,
      showEgo: view.showEgo,
      cameraPreset: toCameraPreset(preset, clip?.cameraNames ?? []),
      followEgo: view.followEgo,
      theme: isDark ? 'dark' : 'light',
      cameraViews,
      showCameras: view.showFrusta,
      trajectory: view.showTrajectory ? trajectory : null,
      reducedMotion,
    }),
    [view, hidden, preset, comparisonPalette, classes, grid, clip, isDark, cameraViews, trajectory, reducedMotion],
  );
}

const noViews: ViewSettings['cameraViews'] = [];
const noLabels: ReadonlySet<number> = new Set();

/** The page counts cameras in rig order, the viewport names them. */
function toCameraPreset(preset: ViewPreset, names: readonly string[]): CameraPreset {
  if (!preset.startsWith('camera:')) return preset as CameraPreset;
  const name = names[Number(preset.slice('camera:'.length))];
  return name === undefined ? 'chase' : `camera:${name}`;
}

/** What prediction and truth say about the voxel that was met in any pane. */
function describeHit(
  { index, cell }: VoxelHit,
  data: PaneData,
  session: SessionHandle,
  paneKey: number,
  subject: PredictionId,
  clip: Clip | null,
): HoveredVoxel {
  const { grid, frameIndex } = data;
  const centre = (axis: 0 | 1 | 2) => grid.lower[axis] + (cell[axis] + 0.5) * grid.voxel[axis];
  const shown = session.shownOf(subject);
  const current = shown?.current;
  const comparison = session.comparisonOf(subject) ?? session.comparisonOf('prediction');
  const say = (labels: Uint8Array, flow: Float32Array | null, { classes, free }: ClassTable): VoxelWord => ({
    label: labels[index]!,
    name: classes[labels[index]!]?.name ?? `label ${labels[index]}`,
    isFree: labels[index] === free,
    flow: flow && [flow[2 * index]!, flow[2 * index + 1]!],
  });
  const isTruthOfThese = comparison?.frameIndex === frameIndex && clip !== null && isSameVoxels(clip.grid, grid);
  const truth = isTruthOfThese ? comparison.truth : null;
  return {
    paneKey,
    cell,
    centreMetres: [centre(0), centre(1), centre(2)],
    prediction:
      current?.frameIndex === frameIndex && isSameVoxels(shown!.grid, grid)
        ? say(current.labels, current.flow, shown!.classes)
        : null,
    truth: truth && say(truth.labels, truth.flow, clip!.classes),
    sights: null,
  };
}

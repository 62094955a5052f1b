import { listCompareActions } from './compareActions.ts';
import { listMetricsActions, type MetricsRun } from './metricsActions.ts';
import type { PageAction } from './pageAction.ts';
import { chooseSpeed } from './playbackStore.ts';
import type { Session } from './session.ts';
import type { Stores } from './stores.ts';
import { choosePreset, PALETTES, type ViewPreset } from './viewStore.ts';

export type { PageAction } from './pageAction.ts';

/** What actions need beside stores and session. */
export interface ActionPorts {
  readonly openHelp: () => void;
  readonly openPalette: () => void;
  /** Ask for files or folders to open. */
  readonly openFiles: () => void;
  /** Save the 3D view as a picture with legend and numbers. */
  readonly saveFigure: () => void;
  /** Choose what to write to a file. */
  readonly openExport: () => void;
  readonly metricsRun: MetricsRun;
  readonly copyText: (text: string) => Promise<void>;
  readonly readAddress: () => string;
  /** Whether the page is dark now. */
  readonly isDark: () => boolean;
}

/** The one table of actions. */
export function createActions(stores: Stores, session: Session, ports: ActionPorts): readonly PageAction[] {
  return [
    ...listPlaybackActions(stores, session),
    ...listPresetActions(stores),
    ...listCompareActions(stores),
    ...listMetricsActions(stores, session, ports.metricsRun),
    ...listShowActions(stores),
    ...listPageActions(stores, session, ports),
  ];
}

function listPlaybackActions({ playback, clip }: Stores, session: Session): PageAction[] {
  const group = 'Playback';
  const lastFrame = () => (clip.getState().clip?.frames.length ?? 1) - 1;
  const setSpeed = (direction: 1 | -1) => playback.setState(({ speed }) => ({ speed: chooseSpeed(speed, direction) }));
  const seek = (frame: number) => void session.seek(frame).catch(() => undefined);
  return [
    {
      id: 'play',
      group,
      title: 'Play or pause',
      keys: ['Space'],
      run: () => session.setPlaying(!playback.getState().isPlaying),
    },
    { id: 'next', group, title: 'Next frame', keys: ['ArrowRight', '.'], run: () => session.stepBy(1) },
    { id: 'previous', group, title: 'Previous frame', keys: ['ArrowLeft', ','], run: () => session.stepBy(-1) },
    { id: 'forward', group, title: 'Five frames on', keys: ['Shift+ArrowRight'], run: () => session.stepBy(5) },
    { id: 'back', group, title: 'Five frames back', keys: ['Shift+ArrowLeft'], run: () => session.stepBy(-5) },
    { id: 'first', group, title: 'First frame', keys: ['Home'], run: () => seek(0) },
    { id: 'last', group, title: 'Last frame', keys: ['End'], run: () => seek(lastFrame()) },
    { id: 'faster', group, title: 'Faster', keys: [']'], run: () => setSpeed(1) },
    { id: 'slower', group, title: 'Slower', keys: ['['], run: () => setSpeed(-1) },
    {
      id: 'loop',
      group,
      title: 'Loop on or off',
      keys: ['L'],
      run: () => playback.setState(({ isLooping }) => ({ isLooping: !isLooping })),
    },
  ];
}

function listPresetActions({ view, clip }: Stores): PageAction[] {
  const group = '3D view';
  const setPreset = (preset: ViewPreset) => () => choosePreset(view, preset);
  const fixed: PageAction[] = [
    { id: 'birds-eye', group, title: 'Bird’s-eye view', keys: ['1'], run: setPreset('birds-eye') },
    { id: 'chase', group, title: 'Chase view', keys: ['2'], run: setPreset('chase') },
    { id: 'free', group, title: 'Free view', keys: ['3'], run: setPreset('free') },
  ];
  const names = ['front left', 'front', 'front right', 'back left', 'back', 'back right'];
  const cameras = names.map(
    (name, index): PageAction => ({
      id: `camera-${index}`,
      group,
      title: `View from the ${name} camera`,
      keys: [String(index + 4)],
      run: () => {
        if (index < (clip.getState().clip?.cameraNames.length ?? 0)) {
          choosePreset(view, `camera:${index}`);
          view.setState({ focusCamera: index });
        }
      },
    }),
  );
  const follow: PageAction = {
    id: 'follow',
    group,
    title: 'Follow the ego vehicle or stay in the world',
    keys: ['F'],
    run: () => view.setState(({ followEgo }) => ({ followEgo: !followEgo })),
  };
  return [...fixed, ...cameras, follow];
}

function listShowActions({ view }: Stores): PageAction[] {
  const group = 'Show';
  return [
    {
      id: 'palette',
      group,
      title: 'Next palette',
      keys: ['P'],
      run: () =>
        view.setState(({ palette }) => ({ palette: PALETTES[(PALETTES.indexOf(palette) + 1) % PALETTES.length]! })),
    },
    {
      id: 'show-all',
      group,
      title: 'All classes',
      keys: ['H'],
      run: () => view.setState({ hiddenClasses: new Set() }),
    },
    {
      id: 'arrows',
      group,
      title: 'Flow arrows',
      keys: ['A'],
      run: () => view.setState(({ showArrows }) => ({ showArrows: !showArrows })),
    },
    {
      id: 'grid',
      group,
      title: 'Ground grid',
      keys: ['G'],
      run: () => view.setState(({ showGrid }) => ({ showGrid: !showGrid })),
    },
    {
      id: 'ego',
      group,
      title: 'Ego vehicle',
      keys: ['E'],
      run: () => view.setState(({ showEgo }) => ({ showEgo: !showEgo })),
    },
    {
      id: 'pyramids',
      group,
      title: 'Camera pyramids',
      keys: ['V'],
      run: () => view.setState(({ showFrusta }) => ({ showFrusta: !showFrusta })),
    },
    {
      id: 'image-voxels',
      group,
      title: 'Predicted voxels on the camera images',
      keys: ['Shift+C'],
      run: () => view.setState(({ imageVoxels }) => ({ imageVoxels: imageVoxels === 'off' ? 'prediction' : 'off' })),
    },
    {
      id: 'cameras',
      group,
      title: 'Camera images',
      keys: ['C'],
      run: () => view.setState(({ showCameraImages }) => ({ showCameraImages: !showCameraImages })),
    },
  ];
}

function listPageActions({ view }: Stores, session: Session, ports: ActionPorts): PageAction[] {
  const group = 'Page';
  return [
    { id: 'palette-of-actions', group, title: 'Commands', keys: ['Mod+K'], run: ports.openPalette },
    { id: 'open', group, title: 'Open your own clips, predictions or models', keys: ['Mod+O'], run: ports.openFiles },
    { id: 'help', group, title: 'This list of keys', keys: ['?'], run: ports.openHelp },
    {
      id: 'theme',
      group,
      title: 'Dark or light',
      keys: ['D'],
      run: () => view.setState({ theme: ports.isDark() ? 'light' : 'dark' }),
    },
    {
      id: 'copy-link',
      group,
      title: 'Copy a link to this view',
      keys: ['U'],
      run: () => void ports.copyText(ports.readAddress()),
    },
    {
      id: 'save-figure',
      group,
      title: 'Save a still with legend and numbers',
      keys: ['Shift+U'],
      run: ports.saveFigure,
    },
    { id: 'export', group, title: 'Export labels, voxels, stills or video…', keys: ['Shift+E'], run: ports.openExport },
    {
      id: 'copy-report',
      group,
      title: 'Copy the report as JSON',
      keys: ['R'],
      run: () => void ports.copyText(JSON.stringify(session.makeReport(), null, 2)),
    },
    {
      id: 'reset-memory',
      group,
      title: 'Reset the memory and predict anew',
      keys: ['Shift+R'],
      run: () => void session.resetMemory().catch(() => undefined),
    },
  ];
}

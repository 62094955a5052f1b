import type { FreePose } from './cameraStore.ts';
import { METRIC_IDS } from './metricsStore.ts';
import { createPanes, type Pane } from './panes.ts';
import { notify } from './statusStore.ts';
import type { Stores } from './stores.ts';
import { formatUrlState, OUTCOME_WORDS, parseUrlState, type UrlState } from './urlState.ts';

const debounceMilliseconds = 200;

/** Take over what the address says about the view; returns the rest for the session. Bad values become notices. */
export function readUrl(stores: Stores, search: string): UrlState {
  const { state, faults } = parseUrlState(search);
  for (const fault of faults) notify(stores.status, 'warning', fault);
  const { view, hide, palette, show, widths, layout, cameras, pose, mask, height } = state;
  const { outcomes, voxels, opacity, seen, memory } = state;
  const camera = view?.startsWith('camera:') ? Number(view.slice('camera:'.length)) : null;
  stores.view.setState({
    ...(view && { preset: view }),
    ...(camera !== null && { focusCamera: camera }),
    ...(hide && { hiddenClasses: new Set(hide) }),
    ...(palette && { palette }),
    ...(show && { panes: createPanes(show, widths) }),
    ...(outcomes && { hiddenOutcomes: listHidden(outcomes === 'none' ? [] : outcomes) }),
    ...(voxels && { imageVoxels: voxels }),
    ...(opacity !== undefined && { imageOpacity: opacity / 100 }),
    ...(seen !== undefined && { seenBy: seen }),
    ...(layout && (show?.length ?? 0) > 1 && { layout }),
    ...(cameras && { areCamerasLinked: false }),
    ...(mask && { isMasked: false }),
    ...(height && height[0]! <= height[1]! && { heightRange: [height[0]!, height[1]!] as const }),
  });
  if (pose) stores.camera.setState({ pose: toPose(pose) });
  if (memory) stores.model.setState({ memoryUse: memory });
  readMetrics(stores, state);
  return state;
}

function readMetrics(stores: Stores, { metric, of, beside }: UrlState): void {
  if (of) stores.metrics.setState({ subject: of });
  if (beside && beside !== of) stores.metrics.setState({ second: beside });
  const chosen = METRIC_IDS.find((id) => id === metric);
  if (chosen) stores.metrics.setState({ chosen, isOpen: true });
  else if (metric !== undefined)
    notify(stores.status, 'warning', `The link names a metric that is not known: ${metric}`);
}

/** What the address should say now. */
export function describeUrl(stores: Stores): UrlState {
  const { clip, model, playback } = stores;
  const { card, backend, memoryUse } = model.getState();
  return {
    clip: clip.getState().clip?.id,
    model: card?.address,
    frame: playback.getState().frameIndex,
    backend,
    memory: memoryUse === 'moved' ? undefined : memoryUse,
    ...describeColumns(stores),
    ...describeFilters(stores),
    ...describeMetrics(stores),
  };
}

function describeColumns({ view, camera }: Stores): UrlState {
  const { preset, panes, layout, areCamerasLinked } = view.getState();
  const { pose } = camera.getState();
  return {
    view: preset,
    show: panes.length === 1 && panes[0]!.content === 'prediction' ? undefined : panes.map(({ content }) => content),
    widths: listWidths(panes),
    layout: layout === 'swipe' ? layout : undefined,
    cameras: areCamerasLinked ? undefined : 'apart',
    pose: pose && preset === 'free' ? [...pose.position, ...pose.target].map(roundMetres) : undefined,
  };
}

function describeFilters({ view }: Stores): UrlState {
  const state = view.getState();
  const shown = OUTCOME_WORDS.filter((_, label) => !state.hiddenOutcomes.has(label));
  const isUsual = shown.length === OUTCOME_WORDS.length - 1 && state.hiddenOutcomes.has(UNSEEN);
  return {
    mask: state.isMasked ? undefined : 'off',
    outcomes: isUsual ? undefined : shown.length === 0 ? 'none' : shown,
    voxels: state.imageVoxels === 'off' ? undefined : state.imageVoxels,
    opacity: state.imageVoxels === 'off' ? undefined : Math.round(state.imageOpacity * 100),
    seen: state.seenBy ?? undefined,
    height: state.heightRange ?? undefined,
    hide: [...state.hiddenClasses].sort((a, b) => a - b),
    palette: state.palette === 'nuscenes' ? undefined : state.palette,
  };
}

function describeMetrics({ metrics }: Stores): UrlState {
  const { isOpen, chosen, subject, second } = metrics.getState();
  if (!isOpen) return {};
  return { metric: chosen, of: subject === 'prediction' ? undefined : subject, beside: second ?? undefined };
}

/** Label of the outcome that is hidden until somebody asks for it. */
const UNSEEN = OUTCOME_WORDS.indexOf('unseen');

function listHidden(shown: readonly string[]): Set<number> {
  return new Set(OUTCOME_WORDS.flatMap((word, label) => (shown.includes(word) ? [] : [label])));
}

/** Whole per cent; nothing where all columns are as wide. */
function listWidths(panes: readonly Pane[]): number[] | undefined {
  const isEven = panes.every(({ share }) => Math.abs(share - 1 / panes.length) < 0.005);
  return isEven ? undefined : panes.map(({ share }) => Math.round(share * 100));
}

/** Keep the address in step with the stores, debounced, without new history entries. Returns the way to stop. */
export function bindUrl(stores: Stores, location: Location, history: History): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const write = () => {
    // While a clip or model loads, the address keeps what was asked for.
    if (!stores.clip.getState().clip || !stores.model.getState().card) return;
    const query = formatUrlState(describeUrl(stores), location.search);
    if (query !== location.search)
      history.replaceState(history.state, '', `${location.pathname}${query}${location.hash}`);
  };
  const schedule = () => {
    clearTimeout(timer);
    timer = setTimeout(write, debounceMilliseconds);
  };
  const stops = [stores.clip, stores.model, stores.playback, stores.view, stores.camera, stores.metrics].map((store) =>
    store.subscribe(schedule),
  );
  return () => {
    clearTimeout(timer);
    for (const stop of stops) stop();
  };
}

/** A free camera has the lens of the presets. */
const freeFov = 42;

function toPose([x, y, z, targetX, targetY, targetZ]: readonly number[]): FreePose {
  return { position: [x!, y!, z!], target: [targetX!, targetY!, targetZ!], fov: freeFov };
}

function roundMetres(value: number): number {
  return Math.round(value * 100) / 100;
}

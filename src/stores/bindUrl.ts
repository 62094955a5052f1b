import type { FreePose } from './cameraStore.ts';
import { METRIC_IDS } from './metricsStore.ts';
import { createPanes } from './panes.ts';
import { notify } from './statusStore.ts';
import type { Stores } from './stores.ts';
import { formatUrlState, parseUrlState, type UrlState } from './urlState.ts';

const debounceMilliseconds = 200;

/** Take over what the address says about the view; returns the rest for the session. Bad values become notices. */
export function readUrl(stores: Stores, search: string): UrlState {
  const { state, faults } = parseUrlState(search);
  for (const fault of faults) notify(stores.status, 'warning', fault);
  const { view, hide, palette, show, layout, cameras, pose, mask, metric, height } = state;
  const camera = view?.startsWith('camera:') ? Number(view.slice('camera:'.length)) : null;
  stores.view.setState({
    ...(view && { preset: view }),
    ...(camera !== null && { focusCamera: camera }),
    ...(hide && { hiddenClasses: new Set(hide) }),
    ...(palette && { palette }),
    ...(show && { panes: createPanes(show) }),
    ...(layout && (show?.length ?? 0) > 1 && { layout }),
    ...(cameras && { areCamerasLinked: false }),
    ...(mask && { isMasked: false }),
    ...(height && height[0]! <= height[1]! && { heightRange: [height[0]!, height[1]!] as const }),
  });
  if (pose) stores.camera.setState({ pose: toPose(pose) });
  const chosen = METRIC_IDS.find((id) => id === metric);
  if (chosen) stores.metrics.setState({ chosen, isOpen: true });
  else if (metric !== undefined)
    notify(stores.status, 'warning', `The link names a metric that is not known: ${metric}`);
  return state;
}

/** What the address should say now. */
export function describeUrl({ clip, model, playback, view, camera, metrics }: Stores): UrlState {
  const { preset, hiddenClasses, palette, panes, layout, areCamerasLinked, isMasked, heightRange } = view.getState();
  const { pose } = camera.getState();
  const { isOpen, chosen } = metrics.getState();
  const { card, backend } = model.getState();
  return {
    clip: clip.getState().clip?.id,
    model: card?.address,
    frame: playback.getState().frameIndex,
    backend,
    view: preset,
    show: panes.length === 1 && panes[0]!.content === 'prediction' ? undefined : panes.map(({ content }) => content),
    layout: layout === 'swipe' ? layout : undefined,
    cameras: areCamerasLinked ? undefined : 'apart',
    pose: pose && preset === 'free' ? [...pose.position, ...pose.target].map(roundMetres) : undefined,
    mask: isMasked ? undefined : 'off',
    metric: isOpen ? chosen : undefined,
    height: heightRange ?? undefined,
    hide: [...hiddenClasses].sort((a, b) => a - b),
    palette: palette === 'nuscenes' ? undefined : palette,
  };
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

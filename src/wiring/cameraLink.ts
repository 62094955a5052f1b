import type { Stores } from '../stores/stores.ts';
import type { CameraPose } from '../viewport/types.ts';
import type { ViewportHandle } from '../viewport/VoxelViewport.tsx';

/** Keeps the cameras of all panes together, marks the same voxel in all, and takes their pictures. */
export interface CameraLink {
  /** A pane's view came or went. */
  attach(paneKey: number, handle: ViewportHandle | null): void;
  /** Its first picture is drawn: take over where the others look from. */
  join(paneKey: number): void;
  /** A person moved that pane's camera. */
  follow(paneKey: number, pose: CameraPose): void;
  /** A picture of each pane, left to right. */
  capture(): Promise<readonly Blob[]>;
}

/** Milliseconds without a move after which the pose is put where the address reads it. */
const restTime = 200;

export function createCameraLink({ view, hover, camera }: Stores): CameraLink {
  const handles = new Map<number, ViewportHandle>();
  let lastMoved: number | null = null;
  let rest: ReturnType<typeof setTimeout> | undefined;

  const setOthers = (paneKey: number, pose: CameraPose) => {
    for (const [key, handle] of handles) if (key !== paneKey) handle.setPose(pose);
  };
  const isOrbit = (preset: string) => !preset.startsWith('camera:');

  view.subscribe((now, before) => {
    if (!now.areCamerasLinked || before.areCamerasLinked) return;
    // Linked again: all go where the last one that was moved looks from, own views as the page's preset says.
    view.setState({ panes: now.panes.map((pane) => ({ ...pane, ownPreset: null })) });
    const leader = lastMoved ?? now.panes[0]?.key;
    const handle = leader === undefined ? undefined : handles.get(leader);
    if (handle && isOrbit(now.preset)) setOthers(leader!, handle.getPose());
  });
  hover.subscribe(({ voxel, pinned }) => {
    const cell = (voxel ?? pinned)?.cell ?? null;
    for (const handle of handles.values()) handle.setHighlight(cell);
  });

  return {
    attach(paneKey, handle) {
      if (handle) handles.set(paneKey, handle);
      else handles.delete(paneKey);
    },
    join(paneKey) {
      const { areCamerasLinked, preset, panes } = view.getState();
      const own = handles.get(paneKey);
      if (!own || !isOrbit(preset)) return;
      const kept = camera.getState().pose;
      const other = panes.find(({ key }) => key !== paneKey && handles.has(key));
      if (kept && preset === 'free') own.setPose(kept);
      else if (areCamerasLinked && other && lastMoved !== null) own.setPose(handles.get(other.key)!.getPose());
    },
    follow(paneKey, pose) {
      lastMoved = paneKey;
      const { areCamerasLinked, preset, panes } = view.getState();
      if (areCamerasLinked) {
        setOthers(paneKey, pose);
        // A preset that was moved away from is one no more, and can be chosen again.
        if (preset !== 'free' && isOrbit(preset)) view.setState({ preset: 'free' });
      } else if (panes.some((pane) => pane.key === paneKey && pane.ownPreset !== 'free')) {
        view.setState({ panes: panes.map((pane) => (pane.key === paneKey ? { ...pane, ownPreset: 'free' } : pane)) });
      }
      clearTimeout(rest);
      rest = setTimeout(() => camera.setState({ pose }), restTime);
    },
    capture() {
      const { panes } = view.getState();
      return Promise.all(panes.flatMap(({ key }) => handles.get(key)?.capture() ?? []));
    },
  };
}

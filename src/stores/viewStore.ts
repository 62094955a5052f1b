import { createStore } from 'zustand/vanilla';
import type { PaneContent } from './paneContent.ts';
import { createPanes, type Pane } from './panes.ts';
import type { ViewPreset } from './viewPreset.ts';

export type { PaneContent } from './paneContent.ts';
export { CAMERA_PRESETS, type ViewPreset } from './viewPreset.ts';

export const PALETTES = ['occ3d', 'nuscenes', 'colour-blind-safe'] as const;
export type PaletteId = (typeof PALETTES)[number];

export const THEMES = ['system', 'dark', 'light'] as const;
export type Theme = (typeof THEMES)[number];

/** How things are shown: everything here is a choice of the person, and most of it is in the URL. */
export interface ViewState {
  /** One entry per 3D pane, left to right. */
  readonly panes: readonly Pane[];
  /** Side by side, or the first two over each other with an edge to wipe. */
  readonly layout: 'columns' | 'swipe';
  /** Where the wiping edge stands, as a share of the width. */
  readonly swipeShare: number;
  /** Moving one pane's camera moves all. */
  readonly areCamerasLinked: boolean;
  /** While a key is held, panes that compare or predict show the truth. */
  readonly isPeeking: boolean;
  /** Compare only where a camera sees the voxel. */
  readonly isMasked: boolean;
  /** Outcomes of the comparison that are not drawn, by DIFFERENCE label. */
  readonly hiddenOutcomes: ReadonlySet<number>;
  /** Rig index of the camera whose sight limits what is drawn; null draws everything. */
  readonly seenBy: number | null;
  /** Voxels that are drawn over the camera images. */
  readonly imageVoxels: 'off' | 'prediction' | 'truth';
  /** How opaque they are, 0 to 1. */
  readonly imageOpacity: number;
  readonly palette: PaletteId;
  readonly hiddenClasses: ReadonlySet<number>;
  /** Lowest and highest voxel layer drawn, inclusive; null = all layers. */
  readonly heightRange: readonly [number, number] | null;
  readonly showArrows: boolean;
  readonly showGrid: boolean;
  readonly showEgo: boolean;
  readonly showCameraImages: boolean;
  /** Pyramids of the cameras in 3D. */
  readonly showFrusta: boolean;
  readonly showTrajectory: boolean;
  readonly preset: ViewPreset;
  readonly followEgo: boolean;
  /** Rig index of the enlarged camera. */
  readonly focusCamera: number;
  readonly theme: Theme;
}

export type ViewStore = ReturnType<typeof createViewStore>;

export function createViewStore() {
  return createStore<ViewState>(() => ({
    panes: createPanes(['prediction']),
    layout: 'columns',
    swipeShare: 0.5,
    areCamerasLinked: true,
    isPeeking: false,
    isMasked: true,
    // What no camera sees is not judged.
    hiddenOutcomes: new Set([4]),
    seenBy: null,
    imageVoxels: 'off',
    imageOpacity: 0.6,
    palette: 'nuscenes',
    hiddenClasses: new Set(),
    heightRange: null,
    showArrows: true,
    showGrid: true,
    showEgo: true,
    showCameraImages: true,
    showFrusta: false,
    showTrajectory: true,
    preset: 'chase',
    followEgo: true,
    focusCamera: 1,
    theme: 'system',
  }));
}

/** Hide `label`, or show it again. */
export function toggleClass(hidden: ReadonlySet<number>, label: number): Set<number> {
  const next = new Set(hidden);
  if (!next.delete(label)) next.add(label);
  return next;
}

/** Show only `label` of `labels`; asked again for the only visible one, show all. */
export function soloClass(hidden: ReadonlySet<number>, label: number, labels: readonly number[]): Set<number> {
  const isSolo = !hidden.has(label) && labels.every((other) => other === label || hidden.has(other));
  return isSolo ? new Set() : new Set(labels.filter((other) => other !== label));
}

/** Bit `label` is 1 where the class is drawn; free space never is. */
export function maskVisibleClasses(hidden: ReadonlySet<number>, classCount: number, free: number): number {
  let mask = 0;
  for (let label = 0; label < classCount; label++) {
    if (label !== free && !hidden.has(label)) mask |= 1 << label;
  }
  return mask >>> 0;
}

/** What a pane shows now: the truth while it is peeked at, but for the memory, which has none. */
export function findContent({ panes, isPeeking }: ViewState, key: number): PaneContent | undefined {
  const content = panes.find((pane) => pane.key === key)?.content;
  return isPeeking && content !== undefined && !content.startsWith('memory') ? 'truth' : content;
}

/** Look from `preset` in every pane. */
export function choosePreset(store: ViewStore, preset: ViewPreset): void {
  store.setState(({ panes }) => ({ preset, panes: panes.map((pane) => ({ ...pane, ownPreset: null })) }));
}

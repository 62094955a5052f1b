import { createStore } from 'zustand/vanilla';

export const CAMERA_PRESETS = ['birds-eye', 'chase', 'free'] as const;
/** A fixed preset, or `camera:<index>` for a rig camera's own view. */
export type ViewPreset = (typeof CAMERA_PRESETS)[number] | `camera:${number}`;

export const PALETTES = ['occ3d', 'nuscenes', 'colour-blind-safe'] as const;
export type PaletteId = (typeof PALETTES)[number];

export const THEMES = ['system', 'dark', 'light'] as const;
export type Theme = (typeof THEMES)[number];

/** What a 3D pane shows. */
export type PaneContent = 'prediction' | 'truth';

/** How things are shown: everything here is a choice of the person, and most of it is in the URL. */
export interface ViewState {
  /** One entry per 3D pane, left to right. */
  readonly panes: readonly PaneContent[];
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
    panes: ['prediction'],
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

import { createStore } from 'zustand/vanilla';

/** How bright a camera's image is, measured on the part that the network sees. */
export interface ImageLight {
  /** Mean luminance (Rec. 709 weights on the stored values), 0 to 255. */
  readonly mean: number;
  /** Share of pixels with a luminance below 16. */
  readonly nearBlack: number;
  /** Share of pixels with a luminance of at least 250. */
  readonly saturated: number;
}

export type SightVerdict = 'clear' | 'too-dark' | 'too-bright' | 'no-image';

/** What a camera's image is worth to a network. */
export interface CameraSight {
  readonly clipId: string;
  readonly frameIndex: number;
  readonly verdict: SightVerdict;
  /** Null without an image. */
  readonly light: ImageLight | null;
  /** What the strip says over the image, and why; null for a clear one. */
  readonly badge: { readonly text: string; readonly explanation: string } | null;
}

/** The image of each camera that was drawn last, in rig order. Predictions never depend on it. */
export interface SightState {
  readonly cameras: readonly (CameraSight | undefined)[];
}

export type SightStore = ReturnType<typeof createSightStore>;

export function createSightStore() {
  return createStore<SightState>(() => ({ cameras: [] }));
}

/** Note what the image of one camera is worth. */
export function noteSight(store: SightStore, camera: number, sight: CameraSight): void {
  const cameras = [...store.getState().cameras];
  cameras[camera] = sight;
  store.setState({ cameras });
}

import { createStore } from 'zustand/vanilla';
import type { Vector3 } from '../domain/geometry.ts';

/** Where the free camera stands and looks, ego axes of the shown frame, metres; `fov` vertical, degrees. */
export interface FreePose {
  readonly position: Vector3;
  readonly target: Vector3;
  readonly fov: number;
}

/** The free camera after a person's last move; never written while it moves. */
export interface CameraState {
  readonly pose: FreePose | null;
}

export type CameraStore = ReturnType<typeof createCameraStore>;

export function createCameraStore() {
  return createStore<CameraState>(() => ({ pose: null }));
}

import { createStore } from 'zustand/vanilla';
import type { Vector3 } from '../domain/geometry.ts';

/** The voxel under the pointer of one 3D pane. */
export interface HoveredVoxel {
  readonly paneIndex: number;
  readonly cell: Vector3;
  /** Centre of the voxel in ego axes, metres. */
  readonly centreMetres: Vector3;
  readonly label: number;
  /** (vx, vy) in ego axes, metres per second; null where there is no flow. */
  readonly flow: readonly [number, number] | null;
}

export interface HoverState {
  readonly voxel: HoveredVoxel | null;
}

export type HoverStore = ReturnType<typeof createHoverStore>;

export function createHoverStore() {
  return createStore<HoverState>(() => ({ voxel: null }));
}

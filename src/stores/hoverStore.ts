import { createStore } from 'zustand/vanilla';
import type { Vector3 } from '../domain/geometry.ts';

/** What a volume says about one voxel. */
export interface VoxelWord {
  readonly label: number;
  /** What the label means in its own class table. */
  readonly name: string;
  readonly isFree: boolean;
  /** (vx, vy) in ego axes, metres per second; null where there is no flow. */
  readonly flow: readonly [number, number] | null;
}

/** The voxel under the pointer of one 3D pane; every pane and every camera image marks it. */
export interface HoveredVoxel {
  readonly paneKey: number;
  readonly cell: Vector3;
  /** Centre of the voxel in ego axes, metres. */
  readonly centreMetres: Vector3;
  /** Null where nothing has been predicted for the frame. */
  readonly prediction: VoxelWord | null;
  /** Null where the truth is not open. */
  readonly truth: VoxelWord | null;
  /** Cameras whose image holds the voxel; only of a voxel that was clicked. */
  readonly sights: readonly CameraSight[] | null;
}

/** A camera that faces a voxel. */
export interface CameraSight {
  /** Place in the rig. */
  readonly cameraIndex: number;
  /** Another voxel stands between. */
  readonly isHidden: boolean;
}

export interface HoverState {
  readonly voxel: HoveredVoxel | null;
  /** The voxel that was clicked last; it stays marked while the pointer wanders. */
  readonly pinned: HoveredVoxel | null;
}

export type HoverStore = ReturnType<typeof createHoverStore>;

export function createHoverStore() {
  return createStore<HoverState>(() => ({ voxel: null, pinned: null }));
}

/** The voxel that the readout names: the one under the pointer, with all that is known of it when it is the clicked one. */
export function findNamedVoxel({ voxel, pinned }: HoverState): HoveredVoxel | null {
  const isPinned = voxel && pinned && voxel.cell.every((place, axis) => place === pinned.cell[axis]);
  return isPinned ? pinned : (voxel ?? pinned);
}

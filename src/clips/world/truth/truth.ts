import { OCC3D_GRID } from '../../../domain/geometry.ts';
import { computeCameraMask } from '../../../reference/cameraMask.ts';
import type { Drive, DriveKeyFrame } from '../drive.ts';
import { LABEL } from '../materials.ts';
import type { WorldInstant } from '../model.ts';
import { NATIVE_HEIGHT, NATIVE_WIDTH } from '../rig/rigs.ts';
import { Voxeliser } from './voxels.ts';

/** Exact truth of a key frame on the Occ3D grid: labels, camera mask (0/1) and flow (m/s, ego axes), z fastest. */
export interface KeyFrameTruth {
  readonly labels: Uint8Array;
  readonly cameraMask: Uint8Array;
  readonly flow: Float32Array;
}

/** Makes the truth of a drive's key frames; one per drive, so that static samples are computed once. */
export class TruthMaker {
  private readonly voxeliser = new Voxeliser();

  constructor(private readonly drive: Drive) {}

  /** Truth at the key frame's time; the mask covers the whole 1600x900 image area of every camera. */
  make(keyFrame: DriveKeyFrame, instant: WorldInstant = this.drive.instantAt(keyFrame.timeSeconds)): KeyFrameTruth {
    const { labels, flow } = this.voxeliser.voxelise(instant, keyFrame.worldFromEgo);
    const cameras = keyFrame.cameras.map((camera) => ({
      width: NATIVE_WIDTH,
      height: NATIVE_HEIGHT,
      intrinsics: camera.intrinsics,
      egoFromCamera: camera.egoFromCamera,
    }));
    return { labels, flow, cameraMask: computeCameraMask(labels, cameras, OCC3D_GRID, LABEL.free) };
  }
}

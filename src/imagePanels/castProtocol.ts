import type { CameraView } from '../domain/clip.ts';
import type { DrawnVolume } from '../domain/drawnVolume.ts';

/** What the page asks of the worker that draws voxels over images; every `cast` gets exactly one reply with its `id`. */
export type CastRequest =
  | { readonly kind: 'volume'; readonly volume: DrawnVolume }
  | {
      readonly kind: 'cast';
      readonly id: number;
      readonly view: CameraView;
      readonly width: number;
      readonly height: number;
      /** Three bytes for each label. */
      readonly colours: Uint8Array;
    };

export interface CastReply {
  readonly id: number;
  readonly pixels: Uint8ClampedArray<ArrayBuffer>;
}

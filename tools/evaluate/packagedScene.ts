import { type Matrix3, type Matrix4, OCC3D_GRID } from '../../src/domain/geometry.ts';
import { CAMERAS } from './dataRoot.ts';

/** A camera of one frame; `image` is relative to the folder that is served. */
export interface SceneCamera {
  readonly image: string;
  readonly timestampMicroseconds: number;
  readonly width: number;
  readonly height: number;
  readonly intrinsics: Matrix3;
  readonly egoFromCamera: Matrix4;
}

interface PackagedScene {
  readonly name: string;
  readonly licence: string;
  readonly origin: string;
  readonly frames: readonly {
    readonly token: string;
    readonly timestampMicroseconds: number;
    readonly worldFromEgo: Matrix4;
    /** In the order of `CAMERAS`. */
    readonly cameras: readonly SceneCamera[];
  }[];
}

/** The `clip.json` of a scene as the page opens it: without truth, its images below `files/`. */
export function describePackagedScene({ name, licence, origin, frames }: PackagedScene): object {
  return {
    format: 'occuscope-clip/1',
    id: name,
    title: name,
    licence,
    origin,
    classes: 'occ3d',
    grid: OCC3D_GRID,
    cameras: CAMERAS,
    frames: frames.map(({ token, timestampMicroseconds, worldFromEgo, cameras }) => ({
      token,
      timestampMicroseconds,
      worldFromEgo: [...worldFromEgo],
      cameras: cameras.map(({ image, timestampMicroseconds, width, height, intrinsics, egoFromCamera }) => ({
        image: `files/${image}`,
        timestampMicroseconds,
        width,
        height,
        intrinsics: [...intrinsics],
        egoFromCamera: [...egoFromCamera],
      })),
    })),
  };
}

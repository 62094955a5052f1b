import type { Matrix4 } from '../domain/geometry.ts';
import { invertRigid, multiplyMatrix4 } from '../pipeline/geometry.ts';

/** A pose as nuScenes tables store it: rotation (w, x, y, z) of any sign and length, translation in metres. */
export interface StoredPose {
  readonly rotation: readonly number[];
  readonly translation: readonly number[];
}

/** Row-major 4x4 matrix of a stored pose. The quaternion is normalised first. */
export function composePose({ rotation, translation }: StoredPose): Float64Array {
  const length = Math.hypot(...rotation);
  const [w, x, y, z] = rotation.map((value) => value / length) as [number, number, number, number];
  const [tx, ty, tz] = translation as [number, number, number];
  return Float64Array.of(
    1 - 2 * (y * y + z * z),
    2 * (x * y - w * z),
    2 * (x * z + w * y),
    tx,
    2 * (x * y + w * z),
    1 - 2 * (x * x + z * z),
    2 * (y * z - w * x),
    ty,
    2 * (x * z - w * y),
    2 * (y * z + w * x),
    1 - 2 * (x * x + y * y),
    tz,
    0,
    0,
    0,
    1,
  );
}

/**
 * Camera to key ego through the world, for a camera that fired while the ego stood elsewhere:
 * inverse(worldFromKeyEgo) * worldFromEgoAtCamera * egoFromCamera. Rigid transforms, metres.
 * Source: nuScenes devkit; BEVDet's `get_sensor2ego_transformation`.
 */
export function chainCameraToKeyEgo(
  worldFromKeyEgo: Matrix4,
  worldFromEgoAtCamera: Matrix4,
  egoFromCamera: Matrix4,
): Float64Array {
  return multiplyMatrix4(invertRigid(worldFromKeyEgo), multiplyMatrix4(worldFromEgoAtCamera, egoFromCamera));
}

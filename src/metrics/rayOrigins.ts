import type { Matrix4, Vector3 } from '../domain/geometry.ts';
import { invertRigid, multiplyMatrix4 } from '../geometry/rigid.ts';

/**
 * Where nuScenes' cars carry LIDAR_TOP, metres in the ego frame: for clips of that rig that do not say it themselves.
 * Other cars of the data set have it within 6 cm of this.
 */
export const NUSCENES_LIDAR: Vector3 = [0.943713, 0, 1.84023];

/** Metres ahead and to the side within which an origin is used. */
const REACH = 39;
const MAXIMUM_ORIGINS = 8;

/**
 * Where RayIoU's rays of one key frame start: the lidar at this scene's key frames, seen from the ego of frame `reference`.
 * `worldFromEgo` holds the poses of all key frames of the scene, in order; `lidar` the lidar's position in the ego frame, metres.
 * Returns three numbers per origin, metres, at most eight origins evenly picked from those within 39 m; may be empty.
 * Source: SparseOcc ego_pose_dataset.py `EgoPoseDatasetOcc3D`.
 */
export function listRayOrigins(
  worldFromEgo: readonly Matrix4[],
  lidar: Vector3 | readonly Vector3[],
  reference: number,
): Float32Array {
  const egoFromWorld = invertRigid(worldFromEgo[reference]!);
  const inReach = worldFromEgo.flatMap((pose, frame) => {
    const m = multiplyMatrix4(egoFromWorld, pose);
    const [x, y, z] = (typeof lidar[0] === 'number' ? lidar : lidar[frame]!) as Vector3;
    const place = (row: number) => m[row]! * x + m[row + 1]! * y + m[row + 2]! * z + m[row + 3]!;
    const origin = [place(0), place(4), place(8)] as const;
    return Math.abs(origin[0]) < REACH && Math.abs(origin[1]) < REACH ? [origin] : [];
  });
  const last = inReach.length - 1;
  const picked =
    inReach.length <= MAXIMUM_ORIGINS
      ? inReach
      : Array.from(
          { length: MAXIMUM_ORIGINS },
          (_, pick) => inReach[Math.round((pick * last) / (MAXIMUM_ORIGINS - 1))]!,
        );
  return Float32Array.from(picked.flat());
}

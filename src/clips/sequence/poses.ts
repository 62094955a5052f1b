import type { Matrix4 } from '../../domain/geometry.ts';
import { composePose, invertRigid, multiplyMatrix4 } from '../../geometry/rigid.ts';

/** One pose of the ego: quaternion (w, x, y, z) of length 1, metres. */
export interface Pose {
  readonly timeMicroseconds: number;
  readonly rotation: readonly [number, number, number, number];
  readonly translation: readonly [number, number, number];
}

/** Poses in the order of time, no two at one time. */
export interface PoseTrack {
  readonly format: string;
  readonly poses: readonly Pose[];
  /** What was left out or assumed, one sentence each. */
  readonly notes: readonly string[];
}

/** worldFromEgo at a time between two poses that are at most `longestGap` microseconds apart (or at one of them), else null. */
export function interpolatePose({ poses }: PoseTrack, time: number, longestGap: number): Matrix4 | null {
  let low = 0;
  let high = poses.length - 1;
  if (high < 0 || time < poses[0]!.timeMicroseconds || time > poses[high]!.timeMicroseconds) return null;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (poses[middle]!.timeMicroseconds <= time) low = middle;
    else high = middle;
  }
  const [before, after] = [poses[low]!, poses[high]!];
  if (time === before.timeMicroseconds) return composePose(before);
  if (time === after.timeMicroseconds) return composePose(after);
  const span = after.timeMicroseconds - before.timeMicroseconds;
  if (span > longestGap) return null;
  const share = (time - before.timeMicroseconds) / span;
  const mix = (axis: 0 | 1 | 2) => before.translation[axis] * (1 - share) + after.translation[axis] * share;
  return composePose({
    rotation: slerp(before.rotation, after.rotation, share),
    translation: [mix(0), mix(1), mix(2)],
  });
}

/** Along the shorter great circle between two rotations; `share` in [0, 1]. Source: Shoemake 1985. */
export function slerp(from: readonly number[], to: readonly number[], share: number): [number, number, number, number] {
  let cosine = from.reduce((sum, value, index) => sum + value * to[index]!, 0);
  // q and -q are one rotation: take the near one.
  const sign = cosine < 0 ? -1 : 1;
  cosine = Math.min(1, Math.abs(cosine));
  const angle = Math.acos(cosine);
  const sine = Math.sin(angle);
  const isNear = sine < 1e-6;
  const first = isNear ? 1 - share : Math.sin((1 - share) * angle) / sine;
  const second = sign * (isNear ? share : Math.sin(share * angle) / sine);
  const mixed = from.map((value, index) => first * value + second * to[index]!);
  const length = Math.hypot(...mixed);
  return mixed.map((value) => value / length) as [number, number, number, number];
}

/** Quaternion (w, x, y, z) of the rotation in a rigid transform. Source: Shepperd 1978. */
export function readQuaternion(m: Matrix4): [number, number, number, number] {
  const [xx, yy, zz] = [m[0]!, m[5]!, m[10]!];
  const squares = [1 + xx + yy + zz, 1 + xx - yy - zz, 1 - xx + yy - zz, 1 - xx - yy + zz];
  const largest = squares.indexOf(Math.max(...squares));
  const root = Math.sqrt(squares[largest]!) * 2;
  const wx = m[9]! - m[6]!;
  const wy = m[2]! - m[8]!;
  const wz = m[4]! - m[1]!;
  const xy = m[4]! + m[1]!;
  const xz = m[2]! + m[8]!;
  const yz = m[9]! + m[6]!;
  const parts = [
    [(root * root) / 4, wx, wy, wz],
    [wx, (root * root) / 4, xy, xz],
    [wy, xy, (root * root) / 4, yz],
    [wz, xz, yz, (root * root) / 4],
  ][largest]!;
  const length = Math.hypot(...parts);
  return parts.map((value) => value / length) as [number, number, number, number];
}

/** The same drive told of the ego, where the poses tell of something mounted on it: worldFromEgo = egoFromMounted * worldFromMounted * inverse. */
export function moveToEgo(track: PoseTrack, egoFromMounted: Matrix4): PoseTrack {
  const mountedFromEgo = invertRigid(egoFromMounted);
  return {
    ...track,
    poses: track.poses.map((pose) => {
      const moved = multiplyMatrix4(egoFromMounted, multiplyMatrix4(composePose(pose), mountedFromEgo));
      return {
        timeMicroseconds: pose.timeMicroseconds,
        rotation: readQuaternion(moved),
        translation: [moved[3]!, moved[7]!, moved[11]!],
      };
    }),
  };
}

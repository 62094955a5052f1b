import type { CameraView } from '../../domain/clip.ts';
import type { Matrix4, Vector3 } from '../../domain/geometry.ts';
import { invertRigid, multiplyMatrix4, transformPoint } from '../../geometry/rigid.ts';

/** A line on the image, in pixels: u0 v0 u1 v1 …. */
export interface ProjectedLine {
  readonly kind: 'grid' | 'ahead' | 'left' | 'ego';
  readonly points: readonly number[];
}

export type PinholeView = Pick<CameraView, 'width' | 'height' | 'intrinsics' | 'egoFromCamera'>;

/** Nearest that anything is drawn, metres in front of the camera. */
const nearest = 0.15;
const gridReach = 40;
const gridStep = 5;

/** A car with its rear axle over the origin of the ego, as nuScenes has it: lower and upper corner in metres. */
export const egoBox: readonly [Vector3, Vector3] = [
  [-0.9, -0.87, 0],
  [3.2, 0.87, 1.56],
];

/** The ground grid (z = 0, every 5 m), the axes ahead and left, and the ego's box as lines on a camera's image. */
export function projectScene(view: PinholeView): ProjectedLine[] {
  const cameraFromEgo = invertRigid(view.egoFromCamera);
  const lines: ProjectedLine[] = [];
  const add = (kind: ProjectedLine['kind'], from: Vector3, to: Vector3, steps: number) => {
    for (const points of projectLine(view, cameraFromEgo, from, to, steps)) lines.push({ kind, points });
  };
  for (let offset = -gridReach; offset <= gridReach; offset += gridStep) {
    add(offset === 0 ? 'ahead' : 'grid', [-gridReach, offset, 0], [gridReach, offset, 0], 160);
    add(offset === 0 ? 'left' : 'grid', [offset, -gridReach, 0], [offset, gridReach, 0], 160);
  }
  for (const [from, to] of listBoxEdges()) add('ego', from, to, 12);
  return lines;
}

function listBoxEdges(): [Vector3, Vector3][] {
  const corner = (bits: number): Vector3 => [
    egoBox[bits & 1 ? 1 : 0][0],
    egoBox[bits & 2 ? 1 : 0][1],
    egoBox[bits & 4 ? 1 : 0][2],
  ];
  return [0, 1, 2, 3, 4, 5, 6, 7].flatMap((bits) =>
    [1, 2, 4]
      .filter((axis) => (bits & axis) === 0)
      .map((axis): [Vector3, Vector3] => [corner(bits), corner(bits | axis)]),
  );
}

/** Pieces of a straight line that lie in front of the camera and near the image; pieces end where they leave either. */
function projectLine(view: PinholeView, cameraFromEgo: Matrix4, from: Vector3, to: Vector3, steps: number): number[][] {
  const [start, end] = [transformPoint(cameraFromEgo, from), transformPoint(cameraFromEgo, to)];
  const clipped = clipToFront(start, end);
  if (!clipped) return [];
  const pieces: number[][] = [];
  let piece: number[] = [];
  for (let step = 0; step <= steps; step += 1) {
    const share = step / steps;
    const [x, y, z] = [0, 1, 2].map((axis) => clipped[0][axis]! * (1 - share) + clipped[1][axis]! * share) as [
      number,
      number,
      number,
    ];
    const [u, v] = projectPoint(view, x, y, z);
    const isNear = u > -view.width && u < 2 * view.width && v > -view.height && v < 2 * view.height;
    if (isNear) piece.push(u, v);
    if ((!isNear || step === steps) && piece.length > 2) pieces.push(piece);
    if (!isNear) piece = [];
  }
  return pieces;
}

function clipToFront(a: Vector3, b: Vector3): [Vector3, Vector3] | null {
  if (a[2] < nearest && b[2] < nearest) return null;
  const cut = (behind: Vector3, front: Vector3): Vector3 => {
    const share = (nearest - behind[2]) / (front[2] - behind[2]);
    return [behind[0] + share * (front[0] - behind[0]), behind[1] + share * (front[1] - behind[1]), nearest];
  };
  return [a[2] < nearest ? cut(a, b) : a, b[2] < nearest ? cut(b, a) : b];
}

function projectPoint({ intrinsics: k }: PinholeView, x: number, y: number, z: number): [number, number] {
  return [(k[0]! * x + k[1]! * y) / z + k[2]!, (k[4]! * y) / z + k[5]!];
}

/**
 * Lidar points on a camera's image: u, v, depth in metres for each one inside it. `points`: x, y, z triples in the lidar's frame.
 */
export function projectLidar(view: PinholeView, egoFromLidar: Matrix4, points: Float32Array): Float32Array {
  const m = multiplyMatrix4(invertRigid(view.egoFromCamera), egoFromLidar);
  const out = new Float32Array(points.length);
  let count = 0;
  for (let index = 0; index + 2 < points.length; index += 3) {
    const [px, py, pz] = [points[index]!, points[index + 1]!, points[index + 2]!];
    const z = m[8]! * px + m[9]! * py + m[10]! * pz + m[11]!;
    if (!(z > nearest)) continue;
    const x = m[0]! * px + m[1]! * py + m[2]! * pz + m[3]!;
    const y = m[4]! * px + m[5]! * py + m[6]! * pz + m[7]!;
    const [u, v] = projectPoint(view, x, y, z);
    if (!(u >= -0.5 && v >= -0.5 && u < view.width - 0.5 && v < view.height - 0.5)) continue;
    out.set([u, v, z], count);
    count += 3;
  }
  return out.subarray(0, count);
}

/** Colour of a depth: near is warm, far is cold; even steps of its logarithm from 2 to 60 m. */
export function colourDepth(metres: number): [number, number, number] {
  const share = Math.min(1, Math.max(0, Math.log(metres / 2) / Math.log(30)));
  const ramp = (centre: number) => Math.round(255 * Math.min(1, Math.max(0, 1.5 - Math.abs(4 * share - centre))));
  return [ramp(1), ramp(2), ramp(3)];
}

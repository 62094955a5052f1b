import type { GridSpec, Matrix3, Matrix4, Vector3 } from '../../domain/geometry.ts';
import { invertRigid } from '../../geometry/rigid.ts';

/** One lidar sweep in the ego axes of its key frame, metres. */
export interface LidarSweep {
  /** Where its rays start. */
  readonly origin: Vector3;
  /** x, y, z of each return. */
  readonly points: Float64Array;
}

/** What the cameras see after the crop: the network's image size in pixels, and each camera's calibration for it. */
export interface SeeingCameras {
  readonly width: number;
  readonly height: number;
  readonly cameras: readonly { readonly intrinsics: Matrix3; readonly egoFromCamera: Matrix4 }[];
}

/** Where a return lies in a network image: integer coordinates at pixel centres, and metres along the camera's z axis. */
export interface ReturnView {
  /** Which of the chosen returns. */
  readonly place: number;
  readonly camera: number;
  readonly u: number;
  readonly v: number;
  readonly z: number;
}

/** The returns of a sweep that figures are about. */
export interface ChosenReturns {
  readonly origin: Vector3;
  /** x, y, z of the returns inside the grid, outside the ego's box and inside a camera's view: ego axes, metres. */
  readonly points: Float64Array;
  /** Every camera's view of every chosen return that it has in its image. */
  readonly views: readonly ReturnView[];
  /** x, y, z of all returns inside the grid and outside the ego's box, seen by a camera or not. */
  readonly gridPoints: Float64Array;
}

/**
 * The box around the carrying vehicle, whose own returns say nothing about the scene: lower and upper corner, ego axes, metres.
 * nuScenes' car with its rear axle over the origin, its mirrors, and the lidar on its roof.
 */
export const EGO_BOX: readonly [Vector3, Vector3] = [
  [-1.2, -1.1, 0],
  [3.4, 1.1, 2.1],
];

/** Nearest to a camera that counts as seen, metres along its z axis. */
const NEAREST = 0.1;

/** Choose the returns inside the grid, outside the ego's box and inside at least one camera's view after the crop. */
export function chooseReturns({ origin, points }: LidarSweep, grid: GridSpec, seeing: SeeingCameras): ChosenReturns {
  const inGrid: number[] = [];
  const chosen: number[] = [];
  const views: ReturnView[] = [];
  const look = createLook(seeing);
  for (let start = 0; start < points.length; start += 3) {
    const point = [points[start]!, points[start + 1]!, points[start + 2]!] as const;
    if (!isInGrid(point, grid) || isInEgoBox(point)) continue;
    inGrid.push(...point);
    const place = chosen.length / 3;
    const seen = look(point, place);
    if (seen.length === 0) continue;
    chosen.push(...point);
    views.push(...seen);
  }
  return { origin, points: Float64Array.from(chosen), views, gridPoints: Float64Array.from(inGrid) };
}

/** Flat index of the voxel that holds a point inside the grid. */
export function findVoxel(points: Float64Array, place: number, { lower, voxel, size }: GridSpec): number {
  const cell = (axis: 0 | 1 | 2) => Math.floor((points[3 * place + axis]! - lower[axis]) / voxel[axis]);
  return (cell(0) * size[1] + cell(1)) * size[2] + cell(2);
}

function isInGrid(point: Vector3, { lower, voxel, size }: GridSpec): boolean {
  return point.every((value, axis) => {
    const cell = Math.floor((value - lower[axis]!) / voxel[axis]!);
    return cell >= 0 && cell < size[axis]!;
  });
}

function isInEgoBox(point: Vector3): boolean {
  return point.every((value, axis) => value >= EGO_BOX[0][axis]! && value <= EGO_BOX[1][axis]!);
}

/** A function that lists the cameras which have a point in their image. */
function createLook({ width, height, cameras }: SeeingCameras) {
  const placed = cameras.map(({ intrinsics, egoFromCamera }) => ({ k: intrinsics, m: invertRigid(egoFromCamera) }));
  return ([x, y, z]: Vector3, place: number): ReturnView[] =>
    placed.flatMap(({ k, m }, camera) => {
      const depth = m[8]! * x + m[9]! * y + m[10]! * z + m[11]!;
      if (!(depth > NEAREST)) return [];
      const right = (m[0]! * x + m[1]! * y + m[2]! * z + m[3]!) / depth;
      const down = (m[4]! * x + m[5]! * y + m[6]! * z + m[7]!) / depth;
      const u = k[0]! * right + k[1]! * down + k[2]!;
      const v = k[4]! * down + k[5]!;
      const isInside = u >= -0.5 && u < width - 0.5 && v >= -0.5 && v < height - 0.5;
      return isInside ? [{ place, camera, u, v, z: depth }] : [];
    });
}

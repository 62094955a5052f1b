import type { CameraView } from '../domain/clip.ts';
import type { GridSpec, Vector3 } from '../domain/geometry.ts';

/** Nearer than this along the camera's axis nothing is projected, metres. */
const NEAR = 0.2;

/** Camera coordinates (x right, y down, z forward, metres) of a point in ego axes. */
export function toCamera(view: CameraView, [x, y, z]: Vector3): Vector3 {
  const m = view.egoFromCamera;
  const [dx, dy, dz] = [x - m[3]!, y - m[7]!, z - m[11]!];
  const along = (column: number) => m[column]! * dx + m[column + 4]! * dy + m[column + 8]! * dz;
  return [along(0), along(1), along(2)];
}

/** Pixel (u, v) of a point in camera coordinates in front of the camera. */
export function toPixel(view: CameraView, [x, y, z]: Vector3): readonly [number, number] {
  const k = view.intrinsics;
  return [(k[0]! * x + k[1]! * y) / z + k[2]!, (k[4]! * y) / z + k[5]!];
}

/** Whether a point in ego axes lies within the image. */
export function isInImage(view: CameraView, point: Vector3): boolean {
  const camera = toCamera(view, point);
  if (camera[2] < NEAR) return false;
  const [u, v] = toPixel(view, camera);
  return u >= -0.5 && v >= -0.5 && u <= view.width - 0.5 && v <= view.height - 0.5;
}

/** The voxel's edges in image pixels as an SVG path; empty where the camera does not face it. Nothing is occluded. */
export function projectVoxel(view: CameraView, grid: GridSpec, cell: Vector3): string {
  const corners = Array.from({ length: 8 }, (_, corner) =>
    toCamera(view, [
      grid.lower[0] + (cell[0] + (corner & 1)) * grid.voxel[0],
      grid.lower[1] + (cell[1] + ((corner >> 1) & 1)) * grid.voxel[1],
      grid.lower[2] + (cell[2] + (corner >> 2)) * grid.voxel[2],
    ]),
  );
  const parts: string[] = [];
  for (let corner = 0; corner < 8; corner++) {
    for (const bit of [1, 2, 4]) {
      if (corner & bit) continue;
      const edge = clipEdge(corners[corner]!, corners[corner | bit]!);
      if (!edge) continue;
      const [a, b] = edge.map((point) => toPixel(view, point).map((value) => value.toFixed(1)));
      parts.push(`M${a!.join(' ')}L${b!.join(' ')}`);
    }
  }
  const isNear =
    parts.length > 0 && corners.some((corner) => corner[2] >= NEAR && isPixelNear(view, toPixel(view, corner)));
  return isNear ? parts.join('') : '';
}

/** Within one image size of the image: further away numbers only get large. */
function isPixelNear({ width, height }: CameraView, [u, v]: readonly [number, number]): boolean {
  return u > -width && u < 2 * width && v > -height && v < 2 * height;
}

/** The part of an edge in front of the near plane, or null. */
function clipEdge(a: Vector3, b: Vector3): readonly [Vector3, Vector3] | null {
  if (a[2] < NEAR && b[2] < NEAR) return null;
  if (a[2] >= NEAR && b[2] >= NEAR) return [a, b];
  const share = (NEAR - a[2]) / (b[2] - a[2]);
  const cut: Vector3 = [a[0] + share * (b[0] - a[0]), a[1] + share * (b[1] - a[1]), NEAR];
  return a[2] >= NEAR ? [a, cut] : [cut, b];
}

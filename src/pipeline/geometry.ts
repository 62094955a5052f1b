import type { GridSpec, Matrix3, Matrix4, Vector3 } from '../domain/geometry.ts';
import type { NetworkCamera } from './stage.ts';

/** Where the samples of a feature map lie on the network image: see `samplePixels`. */
export type PixelConvention = 'linspace' | 'centres';

/** Inverse of a row-major 3x3 matrix, by cofactors. The matrix must not be singular. */
export function invertMatrix3(matrix: Matrix3): Float64Array {
  const [a, b, c, d, e, f, g, h, i] = matrix as unknown as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const determinant = a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g);
  const cofactors = [
    e * i - f * h,
    c * h - b * i,
    b * f - c * e,
    f * g - d * i,
    a * i - c * g,
    c * d - a * f,
    d * h - e * g,
    b * g - a * h,
    a * e - b * d,
  ];
  return Float64Array.from(cofactors, (value) => value / determinant);
}

/**
 * Network-image coordinates (integer = pixel centre) of the `count` samples along one axis of `size` pixels.
 * 'linspace': 0 to size - 1 evenly, as BEVDet's `create_frustum`; 'centres': (i + 0.5) * size / count - 0.5.
 */
export function samplePixels(convention: PixelConvention, count: number, size: number): Float32Array {
  const coordinate =
    convention === 'centres'
      ? (index: number) => ((index + 0.5) * size) / count - 0.5
      : (index: number) => (count === 1 ? 0 : (index * (size - 1)) / (count - 1));
  return Float32Array.from({ length: count }, (_, index) => coordinate(index));
}

/**
 * The 3x4 row-major matrix that takes (u d, v d, d, 1) to grid coordinates, for pixel (u, v) of `camera` at depth d in metres
 * along the camera's z axis. Grid coordinate k is the lower edge of cell k.
 * Fused in double precision, so that single-precision users lose nothing but the final rounding.
 */
export function computeGridFromPixel(camera: NetworkCamera, grid: GridSpec): Float64Array {
  const cameraFromPixel = invertMatrix3(camera.intrinsics);
  const matrix = new Float64Array(12);
  for (let axis = 0; axis < 3; axis++) {
    for (let column = 0; column < 3; column++) {
      let sum = 0;
      for (let k = 0; k < 3; k++) sum += camera.egoFromCamera[axis * 4 + k]! * cameraFromPixel[k * 3 + column]!;
      matrix[axis * 4 + column] = sum / grid.voxel[axis]!;
    }
    matrix[axis * 4 + 3] = (camera.egoFromCamera[axis * 4 + 3]! - grid.lower[axis]!) / grid.voxel[axis]!;
  }
  return matrix;
}

/**
 * The 3x4 row-major matrix that takes grid indices (x, y, z, 1) of this frame to grid indices of the previous frame.
 * `anchor` is the place of index k within its cell: 0 = lower edge, 0.5 = centre.
 */
export function computePreviousIndexFromIndex(
  previousEgoFromEgo: Matrix4,
  grid: GridSpec,
  anchor: number,
): Float64Array {
  const origin = grid.lower.map((lower, axis) => lower + anchor * grid.voxel[axis]!) as unknown as Vector3;
  const matrix = new Float64Array(12);
  for (let row = 0; row < 3; row++) {
    let offset = previousEgoFromEgo[row * 4 + 3]! - origin[row]!;
    for (let column = 0; column < 3; column++) {
      const rotation = previousEgoFromEgo[row * 4 + column]!;
      matrix[row * 4 + column] = (rotation * grid.voxel[column]!) / grid.voxel[row]!;
      offset += rotation * origin[column]!;
    }
    matrix[row * 4 + 3] = offset / grid.voxel[row]!;
  }
  return matrix;
}

/** Row-major 4x4 rigid transform, metres, named target-from-source (`egoFromCamera` maps camera points to ego points). */
export type Matrix4 = Readonly<Float64Array>;

/** Row-major 3x3 matrix (camera intrinsics in pixels: fx 0 cx / 0 fy cy / 0 0 1). */
export type Matrix3 = Readonly<Float64Array>;

export type Vector3 = readonly [number, number, number];

/**
 * A regular voxel grid in the ego frame (x forward, y left, z up).
 * Voxel (i, j, k) covers lower + (i, j, k) * voxel to lower + (i + 1, j + 1, k + 1) * voxel, in metres.
 * Flat index of (i, j, k) is (i * size[1] + j) * size[2] + k: z fastest, as in Occ3D.
 */
export interface GridSpec {
  readonly lower: Vector3;
  readonly voxel: Vector3;
  readonly size: Vector3;
}

/** The Occ3D-nuScenes grid: 200 x 200 x 16 voxels of 0.4 m, lower corner (-40, -40, -1) m. */
export const OCC3D_GRID: GridSpec = { lower: [-40, -40, -1], voxel: [0.4, 0.4, 0.4], size: [200, 200, 16] };

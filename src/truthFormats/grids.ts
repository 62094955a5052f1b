import type { GridSpec } from '../domain/geometry.ts';

/** SurroundOcc and OpenOcc v1: 0.5 m around the lidar, lidar axes. */
export const SURROUND_OCC_GRID: GridSpec = { lower: [-50, -50, -5], voxel: [0.5, 0.5, 0.5], size: [200, 200, 16] };

/** OpenOccupancy: 0.2 m around the lidar, lidar axes. */
export const OPEN_OCCUPANCY_GRID: GridSpec = {
  lower: [-51.2, -51.2, -5],
  voxel: [0.2, 0.2, 0.2],
  size: [512, 512, 40],
};

/** SemanticKITTI scene completion: 0.2 m in front of the lidar, velodyne axes. */
export const SEMANTIC_KITTI_GRID: GridSpec = { lower: [0, -25.6, -2], voxel: [0.2, 0.2, 0.2], size: [256, 256, 32] };

/** Voxels of a grid. */
export function countVoxels({ size }: GridSpec): number {
  return size[0] * size[1] * size[2];
}

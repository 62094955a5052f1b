"""Calibration arithmetic shared by training and the browser stages: rays, frustum points, ego motion."""

from __future__ import annotations

import numpy as np

from .constants import GRID_LOWER, IMAGE_SIZE, LIFT_GRID, LIFT_SIZE, LIFT_VOXEL, MAP_SIZE


def matrix_from_pose(translation: list[float], rotation: list[float]) -> np.ndarray:
    """4x4 matrix from a translation and a quaternion (w, x, y, z)."""
    w, x, y, z = np.asarray(rotation, np.float64) / np.linalg.norm(rotation)
    matrix = np.eye(4)
    matrix[:3, :3] = [
        [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
        [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
        [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
    ]
    matrix[:3, 3] = translation
    return matrix


def fit_intrinsics(intrinsics: np.ndarray, width: int, height: int) -> tuple[np.ndarray, float, int]:
    """Intrinsics of the network image ('width-keep-bottom'), the resize factor and the rows cropped from the top."""
    scale = IMAGE_SIZE[0] / width
    crop = round(height * scale) - IMAGE_SIZE[1]
    fitted = np.array(intrinsics, np.float64)
    fitted[:2, :2] *= scale
    fitted[0, 2] = (fitted[0, 2] + 0.5) * scale - 0.5
    fitted[1, 2] = (fitted[1, 2] + 0.5) * scale - 0.5 - crop
    return fitted, scale, crop


def pixel_rays(intrinsics: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Camera-axes rays with z = 1 through the centres of `size` cells over the network image: [h,w,3]."""
    w, h = size
    u = (np.arange(w) + 0.5) * IMAGE_SIZE[0] / w - 0.5
    v = (np.arange(h) + 0.5) * IMAGE_SIZE[1] / h - 0.5
    grid = np.stack([*np.meshgrid(u, v), np.ones((h, w))], -1)
    return grid @ np.linalg.inv(intrinsics).T


def camera_rays(intrinsics: np.ndarray, ego_from_camera: np.ndarray, size: tuple[int, int] = MAP_SIZE) -> np.ndarray:
    """The `camera-rays` stage for one camera: f32 [6,h,w] in the order of RAY_CHANNELS."""
    ray = pixel_rays(intrinsics, size) @ ego_from_camera[:3, :3].T
    height = max(float(ego_from_camera[2, 3]), 0.1)
    inverse = np.clip(-ray[..., 2] / height, 0, 1)
    distance = 1 / np.maximum(inverse, 1e-9)
    logarithm = np.where(inverse > 0, np.log(np.clip(distance, 1, 100)) / np.log(100), 1.0)
    across = np.maximum(np.hypot(ray[..., 0], ray[..., 1]), 1e-9)
    channels = [
        ray[..., 2] / np.linalg.norm(ray, axis=-1),
        inverse,
        logarithm,
        np.full(inverse.shape, intrinsics[0, 0] / IMAGE_SIZE[0]),
        ray[..., 1] / across,
        ray[..., 0] / across,
    ]
    return np.stack(channels).astype(np.float32)


def frustum_voxels(intrinsics: np.ndarray, ego_from_camera: np.ndarray, depths: np.ndarray) -> np.ndarray:
    """Lift-grid voxel of every (bin, row, column): i32 [D,h,w], index z*ny*nx + y*nx + x, or -1 outside ('floor')."""
    ray = pixel_rays(intrinsics, LIFT_SIZE) @ ego_from_camera[:3, :3].T
    points = depths[:, None, None, None] * ray + ego_from_camera[:3, 3]
    cell = np.floor((points - np.array(GRID_LOWER)) / np.array(LIFT_VOXEL)).astype(np.int64)
    inside = np.all((cell >= 0) & (cell < np.array(LIFT_GRID)), -1)
    flat = (cell[..., 2] * LIFT_GRID[1] + cell[..., 1]) * LIFT_GRID[0] + cell[..., 0]
    return np.where(inside, flat, -1).astype(np.int32)


def warp_grid(previous_from_current: np.ndarray, cells: tuple[int, int] = LIFT_GRID[:2]) -> np.ndarray:
    """Sampling grid of the `memory-warp` stage (2D, centre convention, plane z = 0): f32 [ny,nx,2] for grid_sample.

    `cells` (nx, ny) cover the grid. Use with mode bilinear, padding zeros, align_corners False.
    """
    nx, ny = cells
    width, depth = LIFT_GRID[0] * LIFT_VOXEL[0], LIFT_GRID[1] * LIFT_VOXEL[1]
    x = GRID_LOWER[0] + (np.arange(nx) + 0.5) * width / nx
    y = GRID_LOWER[1] + (np.arange(ny) + 0.5) * depth / ny
    gx, gy = np.meshgrid(x, y)
    moved = np.stack([gx, gy, np.zeros_like(gx), np.ones_like(gx)], -1) @ previous_from_current.T
    u = (moved[..., 0] - GRID_LOWER[0]) / width * 2 - 1
    v = (moved[..., 1] - GRID_LOWER[1]) / depth * 2 - 1
    return np.stack([u, v], -1).astype(np.float32)

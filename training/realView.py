"""One picture of a real frame with lidar: images, class maps, depth, top view, oblique view.

Figures against lidar come from `npm run evaluate -- --lidar`, which runs the browser's own kernels.
The clip folder holds clip.json (intrinsics, lidar-to-camera matrices), the images and the lidar sweep.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import cv2
import numpy as np

from .constants import CAMERAS, DEPTH_BINS, FREE, GRID_LOWER, GRID_VOXEL, depth_centres
from .export import load_networks
from .geometry import matrix_from_pose
from .predictor import Predictor
from .rootReader import FrameData, load_image, read_lidar

STREET_COLOURS = np.array(
    [(128, 64, 128), (244, 35, 232), (70, 70, 70), (102, 102, 156), (190, 153, 153), (153, 153, 153), (250, 170, 30), (220, 220, 0),
     (107, 142, 35), (152, 251, 152), (70, 130, 180), (220, 20, 60), (255, 0, 0), (0, 0, 142), (0, 0, 70), (0, 60, 100), (0, 80, 100),
     (0, 0, 230), (119, 11, 32), (255, 255, 255), (255, 160, 0), (255, 90, 30), (120, 90, 60)], np.uint8)
VOXEL_COLOURS = np.array(
    [(60, 60, 60), (255, 120, 50), (255, 192, 203), (255, 255, 0), (0, 150, 245), (0, 255, 255), (200, 180, 0), (255, 0, 0),
     (255, 240, 150), (135, 60, 0), (160, 32, 240), (255, 0, 255), (139, 137, 137), (75, 0, 75), (150, 240, 80), (200, 200, 220),
     (0, 175, 0)], np.uint8)


def read_clip_frame(folder: Path) -> tuple[FrameData, np.ndarray]:
    """The first frame of clip.json as FrameData, and its lidar points in ego axes."""
    entry = json.loads((folder / "clip.json").read_text())["frames"][0]
    lidar = entry["lidar2ego"]
    ego_from_lidar = matrix_from_pose(lidar["translation"], lidar["rotation_wxyz"])
    images, intrinsics, poses = [], [], []
    for name in CAMERAS:
        camera = entry["cams"][name]
        image, fitted = load_image(folder / camera["file"], np.array(camera["intrinsics"]))
        images.append(image)
        intrinsics.append(fitted)
        poses.append(ego_from_lidar @ np.linalg.inv(np.array(camera["lidar2cam"])))
    points = read_lidar(folder / entry["lidar"]) @ ego_from_lidar[:3, :3].T + ego_from_lidar[:3, 3]
    frame = FrameData("clip", entry["token"], np.eye(4), np.stack(intrinsics), np.stack(poses), np.stack(images), *[None] * 4, exact=False)
    return frame, points


def top_view(labels: np.ndarray, points: np.ndarray | None, size: int = 300) -> np.ndarray:
    """Highest voxel per column, forward up; lidar points above 0.3 m in black."""
    top = 15 - (labels[:, :, ::-1] != FREE).argmax(2)
    classes = np.take_along_axis(labels, top[..., None], 2)[..., 0]
    image = np.where((classes == FREE)[..., None], 255, VOXEL_COLOURS[np.minimum(classes, 16)])
    shade = (0.75 + 0.25 * top / 15)[..., None]
    image = (image * np.where((classes == FREE)[..., None], 1, shade)).astype(np.uint8)
    if points is not None:
        raised = points[(points[:, 2] > 0.3) & (points[:, 2] < 5) & np.all(np.abs(points[:, :2]) < 39.9, 1)]
        cell = np.floor((raised[:, :2] + 40) / GRID_VOXEL).astype(int)
        image[cell[:, 0], cell[:, 1]] = 0
    return cv2.resize(image[::-1, ::-1], (size, size), interpolation=cv2.INTER_NEAREST)


def oblique_view(labels: np.ndarray, width: int, height: int) -> np.ndarray:
    """Painter's drawing of the voxels as seen from behind and above the ego vehicle."""
    cells = np.argwhere(labels != FREE)
    centres = cells * GRID_VOXEL + np.array(GRID_LOWER) + GRID_VOXEL / 2
    eye = np.array([-34.0, 0.0, 26.0])
    forward = np.array([8.0, 0, 0]) - eye
    forward /= np.linalg.norm(forward)
    right = np.cross(forward, [0, 0, 1])
    right /= np.linalg.norm(right)
    up = np.cross(right, forward)
    offset = centres - eye
    depth = offset @ forward
    keep = depth > 4
    cells, offset, depth = cells[keep], offset[keep], depth[keep]
    focal = width * 0.8
    u = (width / 2 + focal * (offset @ right) / depth).astype(int)
    v = (height / 2 - focal * (offset @ up) / depth).astype(int)
    image = np.full((height, width, 3), 245, np.uint8)
    colours = VOXEL_COLOURS[labels[tuple(cells.T)]].astype(np.float32) * (0.65 + 0.35 * cells[:, 2:3] / 15)
    for k in np.argsort(-depth):
        half = max(int(0.5 * GRID_VOXEL * focal / depth[k]), 1)
        colour = tuple(int(c) for c in colours[k])
        cv2.rectangle(image, (u[k] - half, v[k] - half), (u[k] + half, v[k]), tuple(min(255, c + 25) for c in colour), -1)
        cv2.rectangle(image, (u[k] - half, v[k]), (u[k] + half, v[k] + half), tuple(int(c * 0.8) for c in colour), -1)
    return image


def _mosaic(images: list[np.ndarray], size: tuple[int, int]) -> np.ndarray:
    cells = [cv2.resize(image, size, interpolation=cv2.INTER_NEAREST) for image in images]
    return np.concatenate([np.concatenate(cells[:3], 1), np.concatenate(cells[3:], 1)], 0)


def draw_view(frame: FrameData, maps: np.ndarray, depth: np.ndarray, labels: np.ndarray, points: np.ndarray) -> np.ndarray:
    """RGB u8 picture of everything."""
    size = (264, 96)
    total = np.cumsum(depth.astype(np.float32), 1)
    metres = depth_centres()[(total >= 0.5).argmax(1)]
    metres = np.where(total[:, DEPTH_BINS - 1] < 0.5, 60, metres)
    inverse = (255 * np.clip(1.6 / np.sqrt(metres) , 0, 1)).astype(np.uint8)
    depths = [cv2.applyColorMap(m, cv2.COLORMAP_JET)[..., ::-1] for m in inverse]
    left = np.concatenate(
        [_mosaic(list(frame.images), size), _mosaic(list(STREET_COLOURS[maps.argmax(1)]), size), _mosaic(depths, size)], 0
    )
    tops = np.concatenate([top_view(labels, None), top_view(labels, points)], 1)
    right = np.concatenate([tops, oblique_view(labels, 600, left.shape[0] - tops.shape[0])], 0)
    return np.concatenate([left, right], 1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clip", type=Path, required=True)
    parser.add_argument("--run", type=Path, default=Path("training/runs/base"))
    parser.add_argument("--out", type=Path, default=Path("real-view.png"))
    arguments = parser.parse_args()
    frame, points = read_clip_frame(arguments.clip)
    predictor = Predictor(*load_networks(arguments.run))
    sight = predictor.look(frame)
    seen = predictor.place(frame, sight)
    labels, _ = predictor.predict(frame, seen)
    cv2.imwrite(str(arguments.out), draw_view(frame, sight.maps, seen.depth, labels, points)[..., ::-1])


if __name__ == "__main__":
    main()

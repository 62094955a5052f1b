"""A tiny invented street, written as a data root: flat ground in stripes, boxes, one car that drives."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np

from training.constants import CAMERAS, GRID_LOWER, GRID_SIZE, GRID_VOXEL

_WIDTH, _HEIGHT, _FOCAL = 352, 128, 278.0
_YAWS = (55, 0, -55, 110, 180, -110)
_COLOURS = np.array([(120, 60, 130), (240, 40, 230), (70, 70, 70)] + [(13 * k, 255 - 12 * k, 7 * k) for k in range(3, 20)], np.uint8)


def _ego_from_camera(yaw: float) -> np.ndarray:
    c, s = np.cos(np.radians(yaw)), np.sin(np.radians(yaw))
    matrix = np.eye(4)
    matrix[:3, :3] = np.stack([[s, -c, 0], [0, 0, -1], [c, s, 0]], 1)
    matrix[:3, 3] = (1.0 * c + 0.5, 0.5 * s, 1.5)
    return matrix


def _boxes(frame: int, seed: int) -> list[tuple]:
    generator = np.random.default_rng(seed)
    boxes = [((-60, 14, 0), (60, 20, 9), 2, 15, 0.0)]
    for _ in range(6):
        x, side = generator.uniform(-30, 30), generator.choice([-6, 6])
        boxes.append(((x, side - 1, 0), (x + 4.2, side + 1, 1.6), 13, 4, 0.0))
    x = 5 + 2.5 * frame
    boxes.append(((x, -3, 0), (x + 4.2, -1, 1.6), 13, 4, 5.0))
    return boxes


def _render(intrinsics: np.ndarray, pose: np.ndarray, boxes: list[tuple]) -> tuple[np.ndarray, np.ndarray]:
    u, v = np.meshgrid(np.arange(176) * 2 + 0.5, np.arange(64) * 2 + 0.5)
    ray = np.stack([u, v, np.ones_like(u)], -1) @ np.linalg.inv(intrinsics).T @ pose[:3, :3].T
    origin = pose[:3, 3]
    depth = np.where(ray[..., 2] < -1e-6, -origin[2] / np.minimum(ray[..., 2], -1e-6), np.inf)
    y = origin[1] + np.where(np.isfinite(depth), depth, 0) * ray[..., 1]
    classes = np.where(np.abs(y) < 8, 0, np.where(np.abs(y) < 11, 1, 9))
    for lower, upper, label, _, _ in boxes:
        with np.errstate(divide="ignore", invalid="ignore"):
            a, b = (np.array(lower) - origin) / ray, (np.array(upper) - origin) / ray
        near, far = np.minimum(a, b).max(-1), np.maximum(a, b).min(-1)
        hit = (near < far) & (near > 0.2) & (near < depth)
        depth, classes = np.where(hit, near, depth), np.where(hit, label, classes)
    classes[~np.isfinite(depth)] = 10
    return classes.astype(np.uint8), np.where(np.isfinite(depth), np.minimum(depth * 100, 65535), 0).astype(np.uint16)


def _truth(boxes: list[tuple]) -> tuple[np.ndarray, np.ndarray]:
    labels = np.full(GRID_SIZE, 17, np.uint8)
    flow = np.zeros((*GRID_SIZE, 2), np.float16)
    y = np.abs(GRID_LOWER[1] + (np.arange(200) + 0.5) * GRID_VOXEL)
    labels[:, :, 2] = np.where(y < 8, 11, np.where(y < 11, 13, 14))[None]
    for lower, upper, _, label, speed in boxes:
        start = np.clip(np.floor((np.array(lower) - GRID_LOWER) / GRID_VOXEL).astype(int), 0, GRID_SIZE)
        stop = np.clip(np.ceil((np.array(upper) - GRID_LOWER) / GRID_VOXEL).astype(int), 0, GRID_SIZE)
        cells = tuple(slice(a, b) for a, b in zip(start, stop))
        labels[cells], flow[cells] = label, (speed, 0)
    return labels, flow


def write_mock_root(root: Path, scenes: int = 2, frames: int = 4) -> None:
    """Tables, images, truth and sidecars in the format of the world tool."""
    tables: dict[str, list[dict]] = {name: [] for name in ("scene", "sample", "sample_data", "ego_pose", "calibrated_sensor", "sensor")}
    intrinsics = np.array([[_FOCAL, 0, 175.5], [0, _FOCAL, 30.0], [0, 0, 1]])
    for name, yaw in zip(CAMERAS, _YAWS):
        pose = _ego_from_camera(yaw)
        tables["sensor"].append({"token": name, "channel": name, "modality": "camera"})
        tables["calibrated_sensor"].append(
            {
                "token": name,
                "sensor_token": name,
                "translation": pose[:3, 3].tolist(),
                "rotation": _quaternion(pose[:3, :3]),
                "camera_intrinsic": intrinsics.tolist(),
            }
        )
    for s in range(scenes):
        scene = f"scene-{s:04d}"
        tables["scene"].append({"token": scene, "name": scene})
        for k in range(frames):
            token = f"{scene}-{k}"
            tables["sample"].append({"token": token, "scene_token": scene, "timestamp": k * 500000})
            tables["ego_pose"].append({"token": token, "translation": [0.0, 0, 0], "rotation": [1, 0, 0, 0]})
            _write_frame(root, tables, scene, token, intrinsics, _boxes(k, s))
    folder = root / "v1.0-trainval"
    folder.mkdir(parents=True)
    for name, rows in tables.items():
        (folder / f"{name}.json").write_text(json.dumps(rows))


def _write_frame(root: Path, tables: dict, scene: str, token: str, intrinsics: np.ndarray, boxes: list[tuple]) -> None:
    maps, depths = [], []
    for name, yaw in zip(CAMERAS, _YAWS):
        classes, depth = _render(intrinsics, _ego_from_camera(yaw), boxes)
        maps.append(classes)
        depths.append(depth)
        file = f"samples/{name}/{token}.jpg"
        (root / file).parent.mkdir(parents=True, exist_ok=True)
        cv2.imwrite(str(root / file), cv2.resize(_COLOURS[classes], (_WIDTH, _HEIGHT), interpolation=cv2.INTER_NEAREST))
        row = {"sample_token": token, "is_key_frame": True, "filename": file, "calibrated_sensor_token": name, "ego_pose_token": token}
        tables["sample_data"].append(row)
    labels, flow = _truth(boxes)
    for folder, arrays in (
        ("gts", {"semantics": labels, "mask_camera": np.ones_like(labels), "mask_lidar": np.ones_like(labels)}),
        ("openocc_v2", {"semantics": labels, "flow": flow}),
        ("world", {"segmentation": np.stack(maps), "depth": np.stack(depths)}),
    ):
        path = root / folder / scene / (f"{token}.npz" if folder == "world" else f"{token}/labels.npz")
        path.parent.mkdir(parents=True, exist_ok=True)
        np.savez_compressed(path, **arrays)


def _quaternion(rotation: np.ndarray) -> list[float]:
    values, vectors = np.linalg.eigh(
        np.array(
            [
                [rotation[0, 0] - rotation[1, 1] - rotation[2, 2], 0, 0, 0],
                [rotation[0, 1] + rotation[1, 0], rotation[1, 1] - rotation[0, 0] - rotation[2, 2], 0, 0],
                [rotation[0, 2] + rotation[2, 0], rotation[1, 2] + rotation[2, 1], rotation[2, 2] - rotation[0, 0] - rotation[1, 1], 0],
                [
                    rotation[2, 1] - rotation[1, 2],
                    rotation[0, 2] - rotation[2, 0],
                    rotation[1, 0] - rotation[0, 1],
                    np.trace(rotation),
                ],
            ]
        )
        / 3,
        UPLO="L",
    )
    x, y, z, w = vectors[:, values.argmax()]
    return [float(w), float(x), float(y), float(z)]

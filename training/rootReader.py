"""Reads any data root in nuScenes v1.0 format, synthetic or real, frame by frame.

Truth comes from gts/ (Occ3D) and openocc_v2/ (flow). The class maps and depth come from the sidecar world/<scene>/<token>.npz;
without one, depth is projected from LIDAR_TOP and the class map is left empty for the frozen start encoder to fill.
Partial roots work: frames whose images are missing are skipped and counted.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from .constants import CAMERAS, FREE, IGNORED, IMAGE_SIZE, MAP_SIZE
from .geometry import fit_intrinsics, matrix_from_pose


@dataclass
class CameraRecord:
    image: Path
    intrinsics: np.ndarray
    ego_from_camera: np.ndarray


@dataclass
class FrameRecord:
    """Where a frame's data lie and how its cameras stand; matrices map to the key frame's ego axes."""

    scene: str
    token: str
    world_from_ego: np.ndarray
    cameras: list[CameraRecord]
    lidar: Path | None
    ego_from_lidar: np.ndarray | None


@dataclass
class FrameData:
    """One loaded frame; arrays are None where the root has none."""

    scene: str
    token: str
    world_from_ego: np.ndarray
    intrinsics: np.ndarray
    ego_from_camera: np.ndarray
    images: np.ndarray
    segmentation: np.ndarray | None
    depth: np.ndarray | None
    labels: np.ndarray | None
    flow: np.ndarray | None
    # Class maps and depth are exact (rendered); otherwise depth is lidar and the class map a network's opinion.
    exact: bool = True


class _Tables:
    def __init__(self, folder: Path):
        def read(name: str) -> list[dict]:
            return json.loads((folder / f"{name}.json").read_text())

        self.scenes = read("scene")
        self.samples = {row["token"]: row for row in read("sample")}
        self.poses = {row["token"]: row for row in read("ego_pose")}
        channels = {row["token"]: row["channel"] for row in read("sensor")}
        self.calibrated = {row["token"]: row for row in read("calibrated_sensor")}
        self.data: dict[str, dict[str, dict]] = {}
        for row in read("sample_data"):
            if row["is_key_frame"]:
                channel = channels[self.calibrated[row["calibrated_sensor_token"]]["sensor_token"]]
                self.data.setdefault(row["sample_token"], {})[channel] = row


def find_tables(root: Path) -> Path:
    """The folder that holds the tables; raises when there is none."""
    for name in ("v1.0-trainval", "v1.0-mini", "v1.0-test"):
        if (root / name / "sample.json").exists():
            return root / name
    raise FileNotFoundError(f"{root}: no v1.0-trainval, v1.0-mini or v1.0-test tables")


def _camera_record(root: Path, tables: _Tables, row: dict, ego_from_world: np.ndarray) -> CameraRecord:
    calibrated = tables.calibrated[row["calibrated_sensor_token"]]
    pose = tables.poses[row["ego_pose_token"]]
    camera = matrix_from_pose(calibrated["translation"], calibrated["rotation"])
    moved = ego_from_world @ matrix_from_pose(pose["translation"], pose["rotation"]) @ camera
    return CameraRecord(root / row["filename"], np.array(calibrated["camera_intrinsic"], np.float64), moved)


def read_records(root: Path, table_folder: Path | None = None) -> tuple[list[list[FrameRecord]], int]:
    """Frames of each scene in time order, and how many frames were skipped because images are missing."""
    tables = _Tables(table_folder or find_tables(root))
    by_scene: dict[str, list[dict]] = {}
    for sample in tables.samples.values():
        by_scene.setdefault(sample["scene_token"], []).append(sample)
    scenes, skipped = [], 0
    for scene in tables.scenes:
        frames = []
        for sample in sorted(by_scene.get(scene["token"], []), key=lambda row: row["timestamp"]):
            data = tables.data.get(sample["token"], {})
            present = all(name in data and (root / data[name]["filename"]).exists() for name in CAMERAS)
            if not present:
                skipped += 1
                continue
            key = data.get("LIDAR_TOP", data["CAM_FRONT"])
            pose = tables.poses[key["ego_pose_token"]]
            world_from_ego = matrix_from_pose(pose["translation"], pose["rotation"])
            ego_from_world = np.linalg.inv(world_from_ego)
            lidar = data.get("LIDAR_TOP")
            sensor = tables.calibrated[lidar["calibrated_sensor_token"]] if lidar else None
            frames.append(
                FrameRecord(
                    scene["name"],
                    sample["token"],
                    world_from_ego,
                    [_camera_record(root, tables, data[name], ego_from_world) for name in CAMERAS],
                    root / lidar["filename"] if lidar and (root / lidar["filename"]).exists() else None,
                    matrix_from_pose(sensor["translation"], sensor["rotation"]) if sensor else None,
                )
            )
        if frames:
            scenes.append(frames)
    return scenes, skipped


def read_finished(root: Path, known: set[str]) -> list[list[FrameRecord]]:
    """Scenes of the world tool that are complete although their tables may not be: DIR/.scenes/<scene>.json, without `known`."""
    scenes = []
    for path in sorted((root / ".scenes").glob("*.json")):
        if path.stem in known:
            continue
        scene = json.loads(path.read_text())
        frames = []
        for sample in scene["samples"]:
            cameras = [
                CameraRecord(root / c["file"], np.array(c["intrinsics"]).reshape(3, 3), np.array(c["egoFromCamera"]).reshape(4, 4))
                for c in sample["cameras"]
            ]
            pose = np.array(sample["worldFromEgo"]).reshape(4, 4)
            frames.append(FrameRecord(scene["name"], sample["token"], pose, cameras, None, None))
        scenes.append(frames)
    return scenes


def load_image(path: Path, intrinsics: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """RGB u8 of the network's image size, resized by area and cropped from the top, and the intrinsics that go with it."""
    image = cv2.imread(str(path))
    if image is None:
        raise OSError(f"{path}: cannot read this image")
    fitted, scale, crop = fit_intrinsics(intrinsics, image.shape[1], image.shape[0])
    if scale != 1:
        image = cv2.resize(image, (IMAGE_SIZE[0], round(image.shape[0] * scale)), interpolation=cv2.INTER_AREA)
    return np.ascontiguousarray(image[crop : crop + IMAGE_SIZE[1], :, ::-1]), fitted


def read_lidar(path: Path) -> np.ndarray:
    """Points [N,3] in the sensor frame from a .pcd.bin of five float32 per point."""
    return np.fromfile(path, np.float32).reshape(-1, 5)[:, :3].astype(np.float64)


def lidar_depth(points_ego: np.ndarray, intrinsics: np.ndarray, ego_from_camera: np.ndarray) -> np.ndarray:
    """Nearest lidar depth per map cell in centimetres, u16; 0 = no return."""
    points = (np.c_[points_ego, np.ones(len(points_ego))] @ np.linalg.inv(ego_from_camera).T)[:, :3]
    points = points[points[:, 2] > 1]
    pixel = points @ intrinsics.T
    step = IMAGE_SIZE[0] / MAP_SIZE[0]
    column = np.floor((pixel[:, 0] / pixel[:, 2] + 0.5) / step).astype(int)
    row = np.floor((pixel[:, 1] / pixel[:, 2] + 0.5) / step).astype(int)
    inside = (column >= 0) & (column < MAP_SIZE[0]) & (row >= 0) & (row < MAP_SIZE[1])
    depth = np.full(MAP_SIZE[::-1], np.inf)
    np.minimum.at(depth, (row[inside], column[inside]), points[inside, 2])
    return np.where(np.isfinite(depth), np.minimum(depth * 100, 65535), 0).astype(np.uint16)


def _read_truth(root: Path, record: FrameRecord) -> tuple[np.ndarray | None, np.ndarray | None]:
    labels = flow = None
    path = root / "gts" / record.scene / record.token / "labels.npz"
    if path.exists():
        with np.load(path) as file:
            labels = np.where(file["mask_camera"] > 0, file["semantics"], IGNORED).astype(np.uint8)
            occupied = file["semantics"] != FREE
        path = root / "openocc_v2" / record.scene / record.token / "labels.npz"
        if path.exists():
            with np.load(path) as file:
                moving = file["flow"].astype(np.float32) * occupied[..., None]
            # One vector per column: the one with the largest speed.
            best = np.abs(moving).sum(-1).argmax(-1)
            flow = np.take_along_axis(moving, best[..., None, None], 2)[:, :, 0].astype(np.float16)
    return labels, flow


def fit_map(maps: np.ndarray) -> np.ndarray:
    """The sidecar's maps [6,h,w], half as large as the stored images, at the pixels of the network's maps."""
    height, width = maps.shape[1:]
    _, scale, crop = fit_intrinsics(np.eye(3), 2 * width, 2 * height)
    # Centres of the map's pixels: two network pixels each, which are 1 / scale stored pixels.
    columns = (2 * np.arange(MAP_SIZE[0]) + 1) / scale / 2
    rows = (2 * np.arange(MAP_SIZE[1]) + 1 + crop) / scale / 2
    return np.ascontiguousarray(maps[:, np.minimum(rows.astype(int), height - 1)][:, :, np.minimum(columns.astype(int), width - 1)])


def load_frame(root: Path, record: FrameRecord) -> FrameData:
    """Reads everything of one frame."""
    loaded = [load_image(camera.image, camera.intrinsics) for camera in record.cameras]
    images, intrinsics = [pair[0] for pair in loaded], [pair[1] for pair in loaded]
    poses = np.stack([camera.ego_from_camera for camera in record.cameras])
    segmentation = depth = None
    sidecar = root / "world" / record.scene / f"{record.token}.npz"
    if sidecar.exists():
        with np.load(sidecar) as file:
            segmentation, depth = (fit_map(file[name]) for name in ("segmentation", "depth"))
    elif record.lidar is not None and record.ego_from_lidar is not None:
        points = read_lidar(record.lidar) @ record.ego_from_lidar[:3, :3].T + record.ego_from_lidar[:3, 3]
        depth = np.stack([lidar_depth(points, k, t) for k, t in zip(intrinsics, poses)])
    labels, flow = _read_truth(root, record)
    arrays = (np.stack(intrinsics), poses, np.stack(images), segmentation, depth, labels, flow)
    return FrameData(record.scene, record.token, record.world_from_ego, *arrays, exact=sidecar.exists())

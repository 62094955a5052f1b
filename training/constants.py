"""Shared sizes, class tables and the depth bins. Everything that training, export and the manifest must agree on."""

from __future__ import annotations

import os
from dataclasses import dataclass

import numpy as np

CAMERAS = ("CAM_FRONT_LEFT", "CAM_FRONT", "CAM_FRONT_RIGHT", "CAM_BACK_LEFT", "CAM_BACK", "CAM_BACK_RIGHT")


@dataclass(frozen=True)
class Size:
    """What the trained networks differ in: network image (width, height), widths of the depth and the bird's-eye U-Net, fine features."""

    image: tuple[int, int]
    depth_widths: tuple[int, int, int, int]
    bird_widths: tuple[int, int, int]
    fine: int


SIZES = {
    "base": Size((352, 128), (24, 56, 72, 96), (36, 64, 96), 28),
    "small": Size((192, 64), (16, 32, 48, 64), (16, 32, 48), 12),
}
# One process trains, measures or exports one network: index tables everywhere follow from its sizes.
SIZE_NAME = os.environ.get("OCCUSCOPE_SIZE", "base")
SIZE = SIZES[SIZE_NAME]
IMAGE_SIZE = SIZE.image
MAP_SIZE = (IMAGE_SIZE[0] // 2, IMAGE_SIZE[1] // 2)
LIFT_SIZE = (IMAGE_SIZE[0] // 4, IMAGE_SIZE[1] // 4)
IMAGE_MEAN = (0.485, 0.456, 0.406)
IMAGE_STD = (0.229, 0.224, 0.225)
RAY_CHANNELS = ("rayZ", "inverseGroundDistance", "logGroundDistance", "focal", "azimuthSin", "azimuthCos")

FREE = 17
IGNORED = 255
OCC3D_CLASSES = (
    "others", "barrier", "bicycle", "bus", "car", "construction vehicle", "motorcycle", "pedestrian", "traffic cone",
    "trailer", "truck", "driveable surface", "other flat", "sidewalk", "terrain", "manmade", "vegetation", "free",
)
GROUND_CLASSES = (11, 12, 13, 14)
FLOW_CLASSES = (2, 3, 4, 5, 6, 7, 9, 10)
# What the encoder says of a pixel: the 19 Cityscapes classes (their train is a trailer here) and four that Cityscapes lacks.
IMAGE_CLASSES = (
    "road", "sidewalk", "building", "wall", "fence", "pole", "traffic light", "traffic sign", "vegetation", "terrain",
    "sky", "person", "rider", "car", "truck", "bus", "trailer", "motorcycle", "bicycle",
    "cone", "construction vehicle", "barrier", "object",
)
CITYSCAPES_COUNT = 19
# What a network that knows only Cityscapes calls each class.
CITYSCAPES_KIN = (*range(16), 14, 17, 18, 5, 14, 4, 2)
SKY = 10

GRID_LOWER = (-40.0, -40.0, -1.0)
GRID_VOXEL = 0.4
GRID_SIZE = (200, 200, 16)
# As fine as the truth in height: ground seen 0.4 m higher is another voxel.
LIFT_VOXEL = (0.8, 0.8, 0.4)
LIFT_GRID = (100, 100, 16)
# What is there at all is lifted again at the size of the truth's voxels, told apart by shape only.
FINE_VOXEL = (0.4, 0.4, 0.4)
FINE_GRID = GRID_SIZE

DEPTH_BINS = 56


# Length of the descriptor of a lift cell by which the previous frame's cells are compared with the present ones.
DESCRIPTOR_CHANNELS = 16
# How often the shares of depth bins are squared to find the surface (`commit_depth` in depthNet.py).
COMMITMENT = 4


def depth_edges() -> np.ndarray:
    """Edges of the depth bins in metres along the camera's z axis: spacing grows from about 0.4 m to about 2 m."""
    t = np.linspace(0.0, 1.0, DEPTH_BINS + 1)
    return (1.0 + 22.0 * t + 37.0 * t**2).astype(np.float32)


def depth_centres() -> np.ndarray:
    edges = depth_edges()
    return ((edges[:-1] + edges[1:]) / 2).astype(np.float32)


# The head names one class per column and height group; voxels of 0.4 m near the ground get groups of their own.
HEIGHT_GROUPS = np.array([0, 0, 1, 2, 3, 3, 4, 4, 4, 5, 5, 5, 5, 5, 5, 5], np.int64)
GROUP_COUNT = 6
# What is lifted of the image classes: each group's mean evidence, then the strongest evidence of small things.
CONTEXT_GROUPS = (
    ("road",), ("sidewalk",), ("terrain",), ("building", "wall"), ("fence",), ("pole", "traffic light", "traffic sign"), ("vegetation",),
    ("person",), ("rider",), ("motorcycle",), ("bicycle",), ("car",), ("truck",), ("bus",), ("trailer",), ("construction vehicle",),
    ("cone",), ("barrier",), ("object",),
)
SMALL_THINGS = ("person", "rider", "motorcycle", "bicycle", "cone")
CONTEXT_CHANNELS = len(CONTEXT_GROUPS) + 1
# Shapes of the fine lift as ranges of context channels: ground, what stands still, people and two-wheelers, vehicles, obstacles.
SHAPES = ((0, 3), (3, 7), (7, 11), (11, 16), (16, 19))
SHAPE_CHANNELS = len(SHAPES)
MEMORY_CHANNELS = 24
# The first channels of the memory repeat where movable things were seen; the rest is learnt.
ECHO_CHANNELS = 8
# Lifted sums as the bird's-eye network reads them: level outermost, context innermost.
LIFTED_CHANNELS = LIFT_GRID[2] * CONTEXT_CHANNELS
FINE_CHANNELS = FINE_GRID[2] * SHAPE_CHANNELS
# Behind them the memory keeps what was believed of every cell: the class scores of each height group, prior left out.
KEPT_CHANNELS = MEMORY_CHANNELS + GROUP_COUNT * FREE


def _class_spread() -> np.ndarray:
    """Which classes a segmentation network says when in doubt about one: rows sum to about 1."""
    alike = [(0, 1, 9), (2, 3, 4, 21), (2, 10), (5, 6, 7, 2), (8, 9), (11, 12), (13, 14, 15, 16, 20), (17, 18, 12), (19, 4, 13, 21, 22)]
    spread = np.full((len(IMAGE_CLASSES),) * 2, 0.2 / len(IMAGE_CLASSES), np.float32)
    for group in alike:
        for one in group:
            for other in group:
                spread[one, other] += 0.8 / len(group)
    return spread / spread.sum(1, keepdims=True)


CLASS_SPREAD = _class_spread()

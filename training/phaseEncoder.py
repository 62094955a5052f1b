"""Phase 1: the encoder learns the world's class maps while a frozen copy of its start keeps it good on real streets."""

from __future__ import annotations

import copy
from pathlib import Path

import cv2
import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from .augment import crop_window, vary_colours
from .constants import CITYSCAPES_COUNT, CITYSCAPES_KIN, IMAGE_CLASSES, IMAGE_SIZE, MAP_SIZE
from .encoder import StreetEncoder
from .losses import distillation_loss, segmentation_loss
from .rootReader import FrameData
from .schedule import Phase, prepare_ahead
from .store import Store, normalise
from .workers import worker_rank

_WORLD_IMAGES, _REAL_IMAGES = 3, 1
# The classes of the teacher's first 19 that Cityscapes knows too.
_TAUGHT = torch.tensor([k for k in range(CITYSCAPES_COUNT) if CITYSCAPES_KIN[k] == k])
# Classes of which few pixels exist: half of the views are chosen to show one.
_RARE = tuple(IMAGE_CLASSES.index(name) for name in (
    "truck", "bus", "trailer", "motorcycle", "bicycle", "person", "rider", "cone", "construction vehicle", "barrier", "object",
))
_RARE_PIXELS = 40


def find_real_images(folder: Path | None) -> list[np.ndarray]:
    """Every JPEG below the folder, resized to 1.5 times the network width; empty without a folder."""
    if folder is None:
        return []
    images = []
    for path in sorted(folder.rglob("*.jpg")):
        image = cv2.imread(str(path))
        if image is None or image.shape[1] < IMAGE_SIZE[0]:
            continue
        width = IMAGE_SIZE[0] * 3 // 2
        height = round(image.shape[0] * width / image.shape[1])
        images.append(np.ascontiguousarray(cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA)[..., ::-1]))
    return images


def freeze_norms(model: nn.Module) -> None:
    """Keeps the running statistics: a batch mixes worlds whose statistics differ."""
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.eval()


def freeze_early_levels(encoder: StreetEncoder) -> None:
    """The first levels see edges and textures that all streets share; keeping them saves half of the backward pass."""
    for level in (encoder.base_net.level1, encoder.base_net.level2_0, encoder.base_net.level3_0):
        level.requires_grad_(False)


def _real_crop(image: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    height = image.shape[0]
    width = int(IMAGE_SIZE[0] * generator.uniform(0.8, 1.5))
    rows = width * IMAGE_SIZE[1] // IMAGE_SIZE[0]
    lowest = height - rows
    top = int(lowest - abs(generator.normal(0, 0.15)) * lowest)
    left = int(generator.integers(0, image.shape[1] - width + 1))
    crop = cv2.resize(image[max(top, 0) : max(top, 0) + rows, left : left + width], IMAGE_SIZE, interpolation=cv2.INTER_AREA)
    return crop[:, ::-1] if generator.random() < 0.5 else crop


class _RareViews:
    """Frames and cameras by rare class, found once; a random class first, so that the rarest is shown as often as the others."""

    def __init__(self, frames: list[FrameData]):
        self.views: dict[int, list[tuple[FrameData, int]]] = {}
        for frame in frames:
            for camera, classes in enumerate(frame.segmentation):
                counts = np.bincount(classes.ravel(), minlength=len(IMAGE_CLASSES))
                for k in _RARE:
                    if counts[k] >= _RARE_PIXELS:
                        self.views.setdefault(k, []).append((frame, camera))

    def pick(self, generator: np.random.Generator) -> tuple[FrameData, int] | None:
        if not self.views:
            return None
        views = self.views[sorted(self.views)[generator.integers(len(self.views))]]
        return views[generator.integers(len(views))]


def _world_sample(store: Store, rare: _RareViews, generator: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    view = rare.pick(generator) if generator.random() < 0.5 else None
    if view is None:
        frames = store.scenes[generator.integers(len(store.scenes))]
        frame = frames[generator.integers(len(frames))]
        view = frame, int(generator.integers(len(frame.images)))
    frame, camera = view
    image, classes = frame.images[camera], frame.segmentation[camera]
    if generator.random() < 0.4:
        x, y, w, h = crop_window(MAP_SIZE[1], MAP_SIZE[0], generator)
        image = cv2.resize(image[2 * y : 2 * (y + h), 2 * x : 2 * (x + w)], IMAGE_SIZE, interpolation=cv2.INTER_LINEAR)
        classes = cv2.resize(classes[y : y + h, x : x + w], MAP_SIZE, interpolation=cv2.INTER_NEAREST)
    if generator.random() < 0.5:
        image, classes = image[:, ::-1], classes[:, ::-1]
    return vary_colours(image, generator), classes


def _class_weights(store: Store) -> torch.Tensor:
    counts = np.zeros(len(IMAGE_CLASSES))
    for frame in store.frames[:: max(len(store.frames) // 100, 1)]:
        counts += np.bincount(frame.segmentation.ravel(), minlength=len(counts))[: len(counts)]
    share = counts / max(counts.sum(), 1)
    return torch.from_numpy(np.clip(1 / np.sqrt(share + 1e-4), 1, 12) / 3).float()


def train_encoder(
    encoder: StreetEncoder, store: Store, real: list[np.ndarray], folder: Path, seconds: float, rate: float, device: str
) -> None:
    """Fine-tunes `encoder` in place."""
    teacher = copy.deepcopy(encoder).eval()
    encoder.train()
    freeze_norms(encoder)
    freeze_early_levels(encoder)
    phase = Phase("encoder", folder, encoder, rate, seconds, decay=1e-4, faster={"say": 4.0})
    if phase.restore():
        encoder.eval()
        return
    generator = np.random.default_rng((phase.step, worker_rank()))
    weights = _class_weights(store).to(device)
    rare = _RareViews(store.frames)

    def make() -> tuple:
        pairs = [_world_sample(store, rare, generator) for _ in range(_WORLD_IMAGES if real else _WORLD_IMAGES + _REAL_IMAGES)]
        crops = [_real_crop(real[generator.integers(len(real))], generator) for _ in range(_REAL_IMAGES if real else 0)]
        clean = normalise(np.stack([vary_colours(crop, generator, 0.2) for crop in crops])) if crops else None
        varied = [vary_colours(crop, generator, 1.2) for crop in crops]
        images = normalise(np.stack([pair[0] for pair in pairs] + varied))
        return images, torch.from_numpy(np.stack([pair[1] for pair in pairs]).astype(np.int64)), clean

    def step(item: tuple) -> tuple[torch.Tensor, dict[str, float]]:
        images, classes, clean = item
        logits = encoder(images.to(device))
        count = len(classes)
        world = segmentation_loss(logits[:count], classes.to(device), weights)
        figures = {"world": float(world.detach()), "right": float((logits[:count].argmax(1).cpu() == classes).float().mean())}
        if clean is None:
            return world, figures
        with torch.no_grad():
            wanted = F.softmax(teacher(clean.to(device))[:, _TAUGHT], 1)
            wanted = torch.zeros(len(wanted), CITYSCAPES_COUNT, *wanted.shape[2:], device=device).index_copy(1, _TAUGHT.to(device), wanted)
        real_loss = distillation_loss(logits[count:], wanted)
        figures["real"] = float(real_loss.detach())
        return world + 1.5 * real_loss, figures

    phase.run(prepare_ahead(make), step)
    encoder.eval()

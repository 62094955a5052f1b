"""Photometric and geometric variation of images."""

from __future__ import annotations

import cv2
import numpy as np


def vary_colours(image: np.ndarray, generator: np.random.Generator, strength: float = 1.0) -> np.ndarray:
    """Random exposure, contrast, colour cast, saturation, blur, noise and vignetting on RGB u8 [h,w,3]."""
    def spread(width: float) -> float:
        return float(np.exp(generator.normal(0, width * strength)))

    x = image.astype(np.float32) / 255
    x = np.power(x, spread(0.25))
    x = x * spread(0.2) * np.array([spread(0.07) for _ in range(3)], np.float32)
    grey = x.mean(-1, keepdims=True)
    x = grey + (x - grey) * spread(0.3)
    x = (x - grey.mean()) * spread(0.15) + grey.mean()
    if generator.random() < 0.3:
        x = cv2.GaussianBlur(x, (0, 0), float(generator.uniform(0.3, 0.9)))
    if generator.random() < 0.5:
        x = x + generator.normal(0, generator.uniform(0.003, 0.03), x.shape).astype(np.float32)
    if generator.random() < 0.2:
        haze = generator.uniform(0, 0.25)
        x = x * (1 - haze) + haze * 0.8
    return np.clip(x * 255, 0, 255).astype(np.uint8)


def crop_window(height: int, width: int, generator: np.random.Generator) -> tuple[int, int, int, int]:
    """A random window (x, y, w, h) of the same aspect, 60 to 100 % of the size."""
    scale = generator.uniform(0.6, 1.0)
    w, h = int(width * scale), int(height * scale)
    return int(generator.integers(0, width - w + 1)), int(generator.integers(0, height - h + 1)), w, h

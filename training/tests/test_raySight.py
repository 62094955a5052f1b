"""Sight along rays: hand-worked worlds, and the walk against dense sampling."""

from __future__ import annotations

import numpy as np
import torch

from training.constants import FREE, GRID_LOWER, GRID_SIZE, GRID_VOXEL, IGNORED
from training.raySight import Sights, _trace, cast_sights, sight_loss


def ground_labels(layer: int = 2) -> np.ndarray:
    labels = np.full(GRID_SIZE, FREE, np.uint8)
    labels[:, :, layer] = 11
    return labels


def as_logits(labels: np.ndarray, sure: float = 12.0) -> torch.Tensor:
    return torch.from_numpy(np.where(labels < FREE, sure, -sure).astype(np.float32).transpose(2, 1, 0).copy())


def test_truth_is_sight_without_surprise() -> None:
    labels = ground_labels()
    sights = cast_sights(labels, np.random.default_rng(1))
    assert 0.4 < float(sights.met.float().mean()) < 0.9
    assert float(sight_loss(as_logits(labels), sights)) < 0.01


def test_a_layer_too_high_is_a_surprise_and_its_gradient_says_so() -> None:
    sights = cast_sights(ground_labels(), np.random.default_rng(2))
    logits = as_logits(ground_labels(), 6.0)
    logits[3] = 2.0
    logits.requires_grad_()
    loss = sight_loss(logits, sights)
    loss.backward()
    assert float(loss.detach()) > 1
    assert float(logits.grad[3].sum()) > 0


def test_hand_worked_ray() -> None:
    # Three voxels, 1.5 m apart; the middle one is the truth. All equally likely: 1/2, 1/4 and 1/8 of the rays end in them.
    sights = Sights(torch.tensor([[0, 1, 2]]), torch.tensor([[-1.5, 0.0, 1.5]]), torch.tensor([True]))
    occupancy = torch.zeros(16, 1, 1)
    expected = -(np.log(0.25 + 1e-3) + 2 * np.log(0.875 + 1e-3)) / 3
    assert np.isclose(float(sight_loss(occupancy, sights)), expected, rtol=1e-5)
    missed = Sights(sights.voxels, sights.offsets, torch.tensor([False]))
    assert np.isclose(float(sight_loss(occupancy, missed)), -np.log(0.125 + 1e-3), rtol=1e-5)


def test_walk_meets_what_dense_samples_meet() -> None:
    generator = np.random.default_rng(3)
    labels = ground_labels(0)
    for _ in range(60):
        x, y, z = generator.integers(0, 180), generator.integers(0, 180), generator.integers(0, 12)
        labels[x : x + 12, y : y + 12, z : z + 4] = 15
    labels[90:112, 90:110] = FREE
    origin, lower = np.array([0.94, 0.03, 1.84]), np.array(GRID_LOWER)
    directions = generator.normal(size=(300, 3)) * (1, 1, 0.2)
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    voxels, distances, ends = np.full((300, 160), labels.size, np.int64), np.full((300, 160), 1e3, np.float32), np.zeros(300)
    _trace(labels, origin, directions, lower, GRID_VOXEL, voxels, distances, ends)
    steps = np.arange(0, 60, 0.002)
    # Rays longer than a row are said to end nowhere known; nothing is unseen here.
    assert np.array_equal(ends < 0, (voxels < labels.size).all(1))
    hits = 0
    for direction, row, along, end in zip(directions, voxels, distances, ends):
        if end < 0:
            continue
        cells = np.floor((origin + steps[:, None] * direction - lower) / GRID_VOXEL).astype(int)
        outside = ((cells < 0) | (cells >= GRID_SIZE)).any(1)
        cells = cells[: outside.argmax()]
        occupied = labels[tuple(cells.T)] < FREE
        assert np.isfinite(end) == occupied.any()
        if occupied.any():
            hits += 1
            # A corner that a sample misses is shorter than a step.
            assert abs(steps[occupied.argmax()] - end) < 0.01
        walked = row[row < labels.size]
        z, y, x = np.unravel_index(walked, GRID_SIZE[::-1])
        assert set(map(tuple, cells[steps[: len(cells)] < min(end, along[len(walked) - 1])])) <= set(zip(x, y, z))
    assert hits > 100


def test_rays_that_may_have_ended_unseen_are_left_out() -> None:
    labels = ground_labels()
    labels[150:] = IGNORED
    assert len(cast_sights(labels, np.random.default_rng(4)).met) < len(cast_sights(ground_labels(), np.random.default_rng(4)).met)

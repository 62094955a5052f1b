"""Sight along rays: hand-worked worlds, and the walk against dense sampling."""

from __future__ import annotations

import numpy as np
import torch

from training.constants import FREE, GRID_LOWER, GRID_SIZE, GRID_VOXEL, IGNORED
from training.raysight import Sights, cast_sights, sight_loss


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
    # Three voxels, half a metre apart; the middle one is the truth. All equally likely: 1/2, 1/4 and 1/8 of the rays end in them.
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
    labels[90:112, 90:110] = np.where(labels[90:112, 90:110] < FREE, FREE, labels[90:112, 90:110])
    sights = cast_sights(labels, generator)
    flat = labels.transpose(2, 1, 0).reshape(-1)
    lower = np.array(GRID_LOWER)
    for row, offset, met in zip(sights.voxels.numpy(), sights.offsets.numpy(), sights.met.numpy()):
        walked = row[row < flat.size]
        z, y, x = np.unravel_index(walked, GRID_SIZE[::-1])
        centres = lower + (np.stack([x, y, z], 1) + 0.5) * GRID_VOXEL
        # Neighbours in the walk share a face.
        assert np.allclose(np.abs(np.diff(centres, axis=0)).sum(1), GRID_VOXEL)
        occupied = flat[walked] < FREE
        assert met == occupied.any()
        if met:
            assert np.isclose(offset[occupied.argmax()], 0, atol=1e-5)


def test_rays_that_may_have_ended_unseen_are_left_out() -> None:
    labels = ground_labels()
    labels[150:] = IGNORED
    assert len(cast_sights(labels, np.random.default_rng(4)).met) < len(cast_sights(ground_labels(), np.random.default_rng(4)).met)

"""Depth: rays, targets, the two priors of where things stand, and the surface that is lifted."""

from __future__ import annotations

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from training.constants import (
    DEPTH_BINS,
    IMAGE_CLASSES,
    LIFT_SIZE,
    MAP_SIZE,
    RAY_CHANNELS,
    depth_centres,
    depth_edges,
)
from training.depthNet import ContactPrior, DepthNet, Footing, GroundPrior, commit_depth, shift_bins
from training.geometry import camera_rays
from training.lift import commit_depth_fast
from training.store import depth_target


def test_camera_rays_know_the_ground() -> None:
    intrinsics = np.array([[278.0, 0, 175.5], [0, 278.0, 63.5], [0, 0, 1]])
    pose = np.eye(4)
    pose[:3, :3] = [[0, 0, 1], [-1, 0, 0], [0, -1, 0]]
    pose[2, 3] = 1.5
    rays = camera_rays(intrinsics, pose)
    row = 60
    slope = (row * 2 + 0.5 - 63.5) / 278
    assert rays[1, row, 80] == pytest.approx(slope / 1.5, rel=1e-5)
    assert rays[2, row, 80] == pytest.approx(np.log(1.5 / slope) / np.log(100), rel=1e-5)
    assert np.all(rays[1, :31] == 0) and np.all(rays[2, :31] == 1)
    assert rays[5, 32, 87] == pytest.approx(1, abs=1e-4)
    assert rays[4, 32, 0] > 0 > rays[4, 32, -1]


def test_contact_is_where_a_wall_meets_the_ground() -> None:
    """A wall above row 40 of one camera stands at the ground distance of row 40, at every height; the ground keeps its own."""
    inverse = torch.clamp(torch.linspace(-0.5, 0.5, 64), 0, 1).reshape(1, 1, 64, 1).expand(1, 1, 64, 176)
    evidence = torch.zeros(1, 23, 64, 176)
    evidence[:, 2, :40] = 1
    evidence[:, 0, 40:] = 1
    ground = GroundPrior()
    contact = ContactPrior(ground)(evidence, inverse)[0].argmax(0)
    assert contact.shape == (16, 44)
    expected = ground(inverse)[0, :, 40, 0].argmax()
    assert torch.all(contact[:10] == expected)
    assert torch.all(contact[15] == ground(F.avg_pool2d(inverse, 4))[0, :, 15, 0].argmax())
    evidence[:, 0] = 0
    assert float(ContactPrior(ground)(evidence, inverse).abs().max()) == 0


def test_what_stands_on_seen_ground_is_as_far_away_as_that_ground() -> None:
    rows, columns = LIFT_SIZE[1], LIFT_SIZE[0]
    evidence, logits = torch.zeros(1, len(IMAGE_CLASSES), rows, columns), torch.full((1, DEPTH_BINS + 1, rows, columns), -20.0)
    evidence[:, IMAGE_CLASSES.index("vegetation"), :20] = 1
    evidence[:, IMAGE_CLASSES.index("terrain"), 20:] = 1
    # The lawn is said to be in bin 9 where the hedge ends and nearer below; of the hedge itself nothing is known.
    logits[:, 9, 20:24] = 20
    logits[:, 4, 24:] = 20
    foot = Footing()(evidence, logits)[0]
    assert foot.shape == (DEPTH_BINS, rows, columns)
    assert torch.all(foot[:, :24].argmax(0) == 9) and torch.all(foot[:, 24:].argmax(0) == 4)
    # Ground that is half hidden lets the rows below speak as well; without ground nothing stands.
    evidence[:, IMAGE_CLASSES.index("terrain"), 20:24] = 0.5
    foot = Footing()(evidence, logits)[0]
    assert torch.allclose(foot[9, 5], torch.full((columns,), 1 - 0.5**4), atol=1e-3)
    assert torch.allclose(foot[4, 5], torch.full((columns,), 0.5**4), atol=1e-3)
    assert float(Footing()(evidence * 0, logits).abs().max()) == 0


def test_doubt_moves_what_is_raised_and_leaves_the_ground() -> None:
    logits = torch.zeros(2, DEPTH_BINS + 1, 1, 1)
    logits[:, 10] = 5
    assert shift_bins(logits, torch.tensor([3, -4])).argmax(1).ravel().tolist() == [13, 6]
    assert torch.equal(shift_bins(logits, torch.tensor([0, 0])), logits)
    torch.manual_seed(1)
    net = DepthNet()
    evidence, rays = torch.zeros(1, len(IMAGE_CLASSES), *MAP_SIZE[::-1]), torch.rand(1, len(RAY_CHANNELS), *MAP_SIZE[::-1])
    evidence[:, 2, :32], evidence[:, 0, 32:] = 1, 1
    matches = torch.zeros(1, DEPTH_BINS, *LIFT_SIZE[::-1])
    with torch.no_grad():
        sure, doubted = net(evidence, rays, matches), net(evidence, rays, matches, torch.tensor([5]))
    assert torch.allclose(sure[:, :, 16:], doubted[:, :, 16:]) and not torch.allclose(sure[:, :, :16], doubted[:, :, :16])


def test_depth_target_is_a_distribution() -> None:
    edges = depth_edges()
    assert len(depth_centres()) == DEPTH_BINS and np.all(np.diff(edges) > 0)
    depth = np.full((6, 64, 176), 1234, np.uint16)
    depth[:, :4, :4] = 0
    target, known = depth_target(depth, np.zeros((6, 64, 176), np.uint8))
    np.testing.assert_allclose(target.sum(1), 1)
    assert known.all() and target[0, DEPTH_BINS, 0, 0] == 1
    k = target[0, :, 10, 10].argmax()
    assert edges[k] <= 12.34 < edges[k + 1]
    assert not depth_target(depth, None)[1][0, 0, 0]


def test_committed_depth_is_a_surface() -> None:
    """A certain depth stays; a broad one is drawn together around its middle; of two, the heavier one is believed; no mass is lost."""
    bins = torch.arange(DEPTH_BINS)
    certain, broad, two = (torch.zeros(DEPTH_BINS) for _ in range(3))
    certain[20] = 0.8
    broad[:] = torch.exp(-0.5 * ((bins - 30) / 5.0) ** 2)
    broad *= 0.5 / broad.sum()
    two[10], two[40] = 0.4, 0.5
    depth = torch.stack([certain, broad, two], 1)[None, :, None]
    surface = commit_depth(depth)
    torch.testing.assert_close(surface.sum(1), depth.sum(1))
    assert float(surface[0, 20, 0, 0]) > 0.799
    assert float(surface[0, 28:33, 0, 1].sum()) > 0.45 and int(surface[0, :, 0, 1].argmax()) == 30
    assert float(surface[0, 40, 0, 2]) > 0.85
    np.testing.assert_allclose(commit_depth_fast(depth.numpy()), surface.numpy(), atol=1e-6)

"""The plane sweep against closed forms, and the depth network that hears it."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from training.constants import DEPTH_BINS, depth_centres
from training.depthNet import DepthNet
from training.lifted import DepthSeer
from training.phaseDepth import find_previous
from training.planeSweep import plane_sweep, sweep_maps
from training.rootReader import load_frame, read_records
from training.store import simulated_evidence
from training.tests.mockWorld import write_mock_root


def _rig(forward: float = 0.0, left: float = 0.0) -> SimpleNamespace:
    """One camera that looks ahead from 1.5 m, on an ego that stands there."""
    pose, world = np.eye(4), np.eye(4)
    pose[:3, :3] = [[0, 0, 1], [-1, 0, 0], [0, -1, 0]]
    pose[2, 3] = 1.5
    world[:2, 3] = forward, left
    intrinsics = np.array([[278.0, 0, 175.5], [0, 278.0, 63.5], [0, 0, 1]])
    return SimpleNamespace(intrinsics=intrinsics[None], ego_from_camera=pose[None], world_from_ego=world)


def test_a_sweep_finds_the_depth_of_what_stands_still() -> None:
    """Of a car that moved 2 m to the right, each cell of a wall 20 m ahead was 2 * 278 / 20 / 4 cells further right in the frame before."""
    generator = torch.Generator().manual_seed(0)
    noise = torch.randn(32, 16, 106, generator=generator)
    texture = F.normalize(F.avg_pool1d(F.avg_pool1d(noise, 4, 1), 4, 1).permute(0, 2, 1), dim=2)
    depth = float(depth_centres()[31])
    shift = 2 * 278 / depth / 4
    columns = torch.arange(88) - shift + 8
    low = columns.floor().long()
    mixed = texture[:, low] * (1 - (columns - low))[:, None] + texture[:, low + 1] * (columns - low)[:, None]
    # The wall as each frame saw it: the present cell x shows texture x + 8, the past cell x showed x + 8 - shift.
    now, before = texture[:, 8:96][None], F.normalize(mixed, dim=2)[None]
    matches = plane_sweep(now, before, sweep_maps(_rig(left=-2), _rig()))
    best = matches[0, :, 2:-2, 10:70].argmax(0)
    # Within half a cell of the image: between two cells a mixed descriptor is shorter, which favours whole cells.
    assert float(((best - 31).abs() <= 2).float().mean()) > 0.95
    assert torch.count_nonzero(plane_sweep(now, before, sweep_maps(_rig(forward=-200), _rig()))[:, :, :, 40:48]) == 0


def test_a_sweep_has_the_gradient_that_small_changes_show() -> None:
    generator = torch.Generator().manual_seed(1)
    now, before = (torch.randn(1, 5, 7, 4, generator=generator, requires_grad=True) for _ in range(2))
    maps = sweep_maps(_rig(forward=1.2, left=0.3), _rig())
    weights = torch.randn(1, DEPTH_BINS, 5, 7, generator=generator)
    (plane_sweep(now, before, maps) * weights).sum().backward()
    for tensor in (now, before):
        nudge = torch.randn(tensor.shape, generator=generator) * 1e-2
        with torch.no_grad():
            other = {id(now): now, id(before): before} | {id(tensor): tensor + nudge}
            change = (plane_sweep(other[id(now)], other[id(before)], maps) - plane_sweep(now, before, maps)) * weights
        assert float(change.sum()) == pytest.approx(float((tensor.grad * nudge).sum()), rel=2e-3, abs=1e-4)


def test_the_first_frame_of_a_drive_is_seen_alone(tmp_path: Path) -> None:
    """A frame is compared with the one before it, and with nothing after a reset or when it is asked to be seen alone."""
    write_mock_root(tmp_path, scenes=1, frames=2)
    first, second = (load_frame(tmp_path, record) for record in read_records(tmp_path)[0][0])
    torch.manual_seed(0)
    seer = DepthSeer(DepthNet().eval())
    maps = simulated_evidence(second.segmentation, np.random.default_rng(0))
    features = torch.randn(2, 6, 128, 32, 88)

    def see(after: bool, alone: bool = False) -> np.ndarray:
        seer.reset()
        if after:
            seer.see(first, maps, features[0])
        return seer.see(second, maps, features[1], alone).depth

    np.testing.assert_array_equal(see(False), see(True, alone=True))
    assert np.abs(see(True) - see(False)).max() > 1e-3
    assert find_previous([[first, second]]) == {second.token: first}

"""Weights of a shipped package come back as they were."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import torch
from torch import nn

from training.encoder import StreetEncoder
from training.export import DepthPart, probe
from training.inference import plain_encoder
from training.resample import exporting, pool_to
from training.startPackage import load_package, unfold_encoder, write_checkpoints

PROJECT = Path(__file__).parents[2]
PACKAGE = PROJECT / "public" / "models" / "street-base"


def test_an_encoder_survives_being_folded() -> None:
    torch.manual_seed(0)
    encoder = StreetEncoder().eval()
    with torch.no_grad():
        for module in encoder.modules():
            if isinstance(module, nn.BatchNorm2d):
                module.running_mean.normal_(0, 0.2)
                module.running_var.uniform_(0.5, 2)
                module.weight.uniform_(0.5, 1.5)
                module.bias.normal_(0, 0.2)
        images = torch.randn(1, 3, 64, 96)
        expected = encoder(images)
        got = unfold_encoder(plain_encoder(encoder).state_dict())(images)
    assert float((expected - got).abs().max()) < 1e-3 * float(expected.abs().max())


def test_the_shipped_depth_net_says_what_the_golden_says() -> None:
    golden = json.loads((PROJECT / "tests" / "goldens" / "street-base.json").read_text())
    _, depth, _ = load_package(PACKAGE)
    wanted = (golden["inputs"][name] for name in ("evidence", "rays", "matches"))
    inputs = [probe(tuple(entry["shape"]), entry["scale"], entry["offset"]) for entry in wanted]
    with torch.no_grad():
        said = DepthPart(depth)(*inputs)[0].reshape(-1)
    expected = golden["outputs"]["depth"]
    assert np.allclose(said[:: expected["stride"]][:64], expected["values"], atol=1e-4)


def test_checkpoints_of_a_package_overwrite_nothing(tmp_path: Path) -> None:
    write_checkpoints(PACKAGE, tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bev.pt", "depth.pt", "encoder.pt"]
    (tmp_path / "bev.pt").write_bytes(b"mine")
    write_checkpoints(PACKAGE, tmp_path)
    assert (tmp_path / "bev.pt").read_bytes() == b"mine"


def test_pooling_three_to_two_is_adaptive_pooling() -> None:
    torch.manual_seed(0)
    x = torch.randn(2, 3, 12, 18)
    expected = pool_to(x, (8, 12))
    with exporting():
        got = pool_to(x, (8, 12))
    assert float((expected - got).abs().max()) < 1e-6

"""Takes the weights of a shipped model package back into PyTorch, so that training goes on from what was published."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import onnx
import torch
from torch import Tensor, nn

from .bevNet import BevNet
from .depthNet import DepthNet
from .encoder import ConvNormAct, Named, StreetEncoder

# Where each network lies: part, prefix of its names there. The depth net's descriptor is computed with the encoder.
_PLACES = {"encoder": (("encoder.onnx", "encoder."),), "depth": (("depth.onnx", "depth."), ("encoder.onnx", "")), "bev": (("head.onnx", "net."),)}


def _read_part(path: Path, prefix: str) -> dict[str, Tensor]:
    """Weights whose names begin with `prefix`, without it; halves become f32 again."""
    found = {}
    for tensor in onnx.load(str(path)).graph.initializer:
        if tensor.name.startswith(prefix):
            name = tensor.name.removeprefix(prefix).removesuffix(".f16")
            found[name] = torch.from_numpy(onnx.numpy_helper.to_array(tensor).astype(np.float32))
    return found


def _regroup(dense: Tensor, like: Tensor, groups: int) -> Tensor:
    """Undoes `ungroup` of inference.py: the blocks of a convolution that was written with zeros between its groups."""
    if dense.shape == like.shape:
        return dense
    outputs, inputs = len(dense) // groups, like.shape[1]
    return torch.cat([dense[k * outputs : (k + 1) * outputs, k * inputs : (k + 1) * inputs] for k in range(groups)])


def _set_norm(norm: nn.BatchNorm2d, scale: Tensor, shift: Tensor) -> None:
    norm.running_mean.zero_()
    norm.running_var.fill_(1 - norm.eps)
    norm.weight.copy_(scale.reshape(-1))
    norm.bias.copy_(shift.reshape(-1))


def unfold_encoder(stored: dict[str, Tensor]) -> StreetEncoder:
    """The encoder of weights as `plain_encoder` leaves them: norms that were folded into convolutions only shift now.

    Raises KeyError where a weight is missing.
    """
    encoder = StreetEncoder()
    folded: dict[str, str] = {}
    for name, module in encoder.named_modules():
        if isinstance(module, ConvNormAct):
            folded[f"{name}.bn"] = f"{name}.conv"
        elif isinstance(module, Named) and module.name == "cbr":
            folded[f"{name}.cbr.1"] = f"{name}.cbr.0"
    with torch.no_grad():
        for name, module in encoder.named_modules():
            if isinstance(module, nn.Conv2d):
                module.weight.copy_(_regroup(stored[f"{name}.weight"], module.weight, module.groups))
                if module.bias is not None:
                    module.bias.copy_(stored[f"{name}.bias"])
            elif isinstance(module, nn.PReLU) and not name.endswith("_0.eesp.module_act"):
                # Units that halve the image leave theirs unused, so it is not exported.
                module.weight.copy_(stored[f"{name}.slope"].reshape(-1))
            elif isinstance(module, nn.BatchNorm2d) and name in folded:
                _set_norm(module, torch.ones_like(module.weight), stored[f"{folded[name]}.bias"])
            elif isinstance(module, nn.BatchNorm2d):
                _set_norm(module, stored[f"{name}.scale"], stored[f"{name}.shift"])
    return encoder.eval()


def load_package(folder: Path) -> tuple[StreetEncoder, DepthNet, BevNet]:
    """The three networks of a package that `training/export.py` wrote, thresholds included. Raises where a weight is missing."""
    stored = {
        name: {key: value for part, prefix in places for key, value in _read_part(folder / part, prefix).items()}
        for name, places in _PLACES.items()
    }
    depth, bev = DepthNet(), BevNet()
    for network, weights in ((depth, stored["depth"]), (bev, stored["bev"])):
        own = network.state_dict()
        network.load_state_dict({key: weights[key].reshape(value.shape) for key, value in own.items()})
    decode = next(stage for stage in json.loads((folder / "manifest.json").read_text())["stages"] if stage["kind"] == "decode")
    bev.thresholds, bev.slowest = torch.tensor(decode["occupiedAbove"]), torch.tensor(decode["flowSlowest"])
    return unfold_encoder(stored["encoder"]), depth.eval(), bev.eval()


def write_checkpoints(package: Path, run: Path) -> None:
    """A run folder from which every phase goes on with the package's weights and a new optimiser. Overwrites nothing."""
    for name, network in zip(("encoder", "depth", "bev"), load_package(package)):
        path = run / f"{name}.pt"
        if path.exists():
            continue
        state = {"model": network.state_dict(), "optimiser": None, "spent": 0.0, "step": 0}
        if isinstance(network, BevNet):
            state |= {"thresholds": network.thresholds, "slowest": network.slowest}
        torch.save(state, path)

"""Writes the model package: encoder.onnx, depth.onnx, head.onnx, manifest.json and card.md, checked against PyTorch in ONNX Runtime."""

from __future__ import annotations

import argparse
import copy
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from .bevNet import BevNet
from .constants import (
    CAMERAS,
    CONTEXT_CHANNELS,
    DEPTH_BINS,
    DESCRIPTOR_CHANNELS,
    FINE_CHANNELS,
    FINE_GRID,
    FINE_VOXEL,
    FLOW_CLASSES,
    FREE,
    GRID_LOWER,
    GRID_SIZE,
    GRID_VOXEL,
    GROUP_COUNT,
    HEIGHT_GROUPS,
    IMAGE_CLASSES,
    IMAGE_MEAN,
    IMAGE_SIZE,
    IMAGE_STD,
    KEPT_CHANNELS,
    LIFT_GRID,
    LIFT_SIZE,
    LIFT_VOXEL,
    LIFTED_CHANNELS,
    MAP_SIZE,
    RAY_CHANNELS,
    SHAPES,
    SIZE_NAME,
    depth_centres,
)
from .depthNet import DepthNet, commit_depth, depth_and_context
from .encoder import StreetEncoder
from .inference import plain_encoder, spelled_softmax
from .planeSweep import plane_sweep, sweep_maps
from .resample import exporting

MODEL_ID = f"street-{SIZE_NAME}"
_OPSET = 17
_TOLERANCE = 1e-3
_SMALLEST_HALF = 256
_BEV_SHAPE = (1, LIFTED_CHANNELS, LIFT_GRID[1], LIFT_GRID[0])
_SHAPES_SHAPE = (1, FINE_CHANNELS, FINE_GRID[1], FINE_GRID[0])
# What a frame leaves for the next one: beliefs and features that move with the car, and what the cameras saw.
_MOVED = {
    "memory": [1, KEPT_CHANNELS, LIFT_GRID[1], LIFT_GRID[0]],
    "belief": [1, len(HEIGHT_GROUPS), GRID_SIZE[1], GRID_SIZE[0]],
}
_STATE = _MOVED | {"descriptors": [len(CAMERAS), *LIFT_SIZE[::-1], DESCRIPTOR_CHANNELS]}
_IMAGES_SHAPE = (len(CAMERAS), 3, IMAGE_SIZE[1], IMAGE_SIZE[0])
_RAYS_SHAPE = (len(CAMERAS), len(RAY_CHANNELS), MAP_SIZE[1], MAP_SIZE[0])
_EVIDENCE_SHAPE = (len(CAMERAS), len(IMAGE_CLASSES), MAP_SIZE[1], MAP_SIZE[0])
_MATCHES_SHAPE = (len(CAMERAS), DEPTH_BINS, LIFT_SIZE[1], LIFT_SIZE[0])
_IMAGE_OUTPUTS = ("evidence", "descriptors")
_DEPTH_OUTPUTS = ("depth", "surface", "context", "shape_context")
_HEAD_OUTPUTS = ("occupancy", "classes", "flow", "memory_out", "belief_out")
_PARITY = Path(__file__).parents[1] / "tests" / "goldens" / f"{MODEL_ID}.json"


class ImagePart(nn.Module):
    """images [6,3,128,352] -> class evidence [6,23,64,176], descriptors [6,32,88,16]."""

    def __init__(self, encoder: StreetEncoder, depth: DepthNet):
        super().__init__()
        self.encoder, self.describe = encoder, depth.describe

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor]:
        logits, second = self.encoder.see(images)
        return spelled_softmax(logits), self.describe(second)


class DepthPart(nn.Module):
    """evidence [6,23,64,176], rays [6,6,64,176], matches [6,56,32,88] -> depth and surface [6,56,32,88], context [6,32,88,20] by class
    and [6,32,88,5] by shape."""

    def __init__(self, depth: DepthNet):
        super().__init__()
        self.depth = depth
        members = [[float(a <= k < b) for k in range(CONTEXT_CHANNELS)] for a, b in SHAPES]
        self.register_buffer("of_shape", torch.tensor(members)[:, :, None, None], persistent=False)

    def forward(self, evidence: Tensor, rays: Tensor, matches: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        probabilities, context = depth_and_context(self.depth, evidence, rays, matches)
        shapes = F.conv2d(context, self.of_shape)
        return probabilities, commit_depth(probabilities), context.permute(0, 2, 3, 1), shapes.permute(0, 2, 3, 1)


class BirdPart(nn.Module):
    """bev [1,320,100,100], shapes [1,80,200,200], memory [1,126,100,100], belief [1,16,200,200] -> occupancy [1,16,200,200],
    classes [6,17,200,200], flow [1,2,200,200], the next memory and belief."""

    def __init__(self, net: BevNet):
        super().__init__()
        self.net = net

    def forward(self, bev: Tensor, shapes: Tensor, memory: Tensor, belief: Tensor) -> tuple[Tensor, ...]:
        occupancy, classes, *rest = self.net(bev, shapes, memory, belief)
        return occupancy, classes.reshape(GROUP_COUNT, FREE, *classes.shape[-2:]), *rest


def halve_weights(model: onnx.ModelProto) -> None:
    """Stores large weights as f16 with a Cast to f32, which ONNX Runtime folds when it loads: half the bytes, f32 arithmetic."""
    casts = []
    for tensor in model.graph.initializer:
        values = onnx.numpy_helper.to_array(tensor)
        if values.dtype != np.float32 or values.size < _SMALLEST_HALF:
            continue
        name = tensor.name
        tensor.CopyFrom(onnx.numpy_helper.from_array(values.astype(np.float16), f"{name}.f16"))
        casts.append(onnx.helper.make_node("Cast", [f"{name}.f16"], [name], to=onnx.TensorProto.FLOAT))
    for cast in reversed(casts):
        model.graph.node.insert(0, cast)


def round_to_half(module: nn.Module) -> nn.Module:
    """Rounds weights of convolutions to what f16 can hold, so that PyTorch and the file agree."""
    with torch.no_grad():
        for tensor in [*module.parameters(), *module.buffers()]:
            if tensor.is_floating_point() and tensor.numel() >= _SMALLEST_HALF:
                tensor.copy_(tensor.half().float())
    return module


def _write_onnx(module: nn.Module, inputs: dict[str, Tensor], outputs: list[str], path: Path) -> float:
    """Exports, checks and compares with PyTorch; returns the largest difference."""
    module = module.eval().to(memory_format=torch.contiguous_format)
    with torch.no_grad(), exporting():
        expected = module(*inputs.values())
        torch.onnx.export(
            module, tuple(inputs.values()), str(path), input_names=list(inputs), output_names=outputs,
            opset_version=_OPSET, dynamo=False, do_constant_folding=True,
        )
    model = onnx.load(str(path))
    halve_weights(model)
    onnx.save(model, str(path))
    onnx.checker.check_model(model)
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    got = session.run(None, {name: value.numpy() for name, value in inputs.items()})
    worst = max(float(np.abs(a.numpy() - b).max()) for a, b in zip(expected, got))
    if worst > _TOLERANCE:
        raise RuntimeError(f"{path.name}: ONNX differs from PyTorch by {worst}")
    kinds = sorted({node.op_type for node in model.graph.node})
    print(f"{path.name}: {path.stat().st_size} bytes, {len(model.graph.node)} nodes, difference {worst:.1e}, {', '.join(kinds)}")
    return worst


def probe(shape: tuple[int, ...], scale: float, offset: float) -> Tensor:
    """An input that any language can make again: offset + scale * sin(0.37 k + 0.5 sin(0.011 k)) over the flat index k."""
    k = np.arange(int(np.prod(shape)), dtype=np.float64)
    return torch.from_numpy((offset + scale * np.sin(0.37 * k + 0.5 * np.sin(0.011 * k))).astype(np.float32).reshape(shape))


@dataclass
class _ProbeRig:
    """Cameras all round, for `_sweep_fixture`."""

    intrinsics: np.ndarray
    ego_from_camera: np.ndarray
    world_from_ego: np.ndarray


def _sweep_fixture() -> dict:
    """A plane sweep between probes as descriptors, for a rig that drives 2.5 m ahead in a curve: `training/planeSweep.py` in numbers."""
    focal = 0.79 * IMAGE_SIZE[0]
    intrinsics = np.array([[focal, 0, (IMAGE_SIZE[0] - 1) / 2], [0, focal, (IMAGE_SIZE[1] - 1) / 2], [0, 0, 1]])
    poses = np.tile(np.eye(4), (len(CAMERAS), 1, 1))
    for pose, yaw in zip(poses, np.radians((55, 0, -55, 110, 180, -110))):
        c, s = np.cos(yaw), np.sin(yaw)
        pose[:3, :3] = np.stack([[s, -c, 0], [0, 0, -1], [c, s, 0]], 1)
        pose[:3, 3] = (c + 0.5, 0.5 * s, 1.5)
    motion = np.eye(4)
    motion[:2, :2], motion[:2, 3] = [[np.cos(0.06), -np.sin(0.06)], [np.sin(0.06), np.cos(0.06)]], (2.5, 0.1)
    many = np.tile(intrinsics, (len(CAMERAS), 1, 1))
    now, before = _ProbeRig(many, poses, motion), _ProbeRig(many, poses, np.eye(4))
    shape = tuple(_STATE["descriptors"])
    probes = {"current": (0.25, 0.0), "previous": (0.25, 0.05)}
    descriptors = (probe(shape, *entry) for entry in probes.values())
    return {
        "intrinsics": intrinsics.ravel().tolist(), "egoFromCamera": poses.reshape(len(poses), -1).tolist(),
        "previousEgoFromEgo": motion.ravel().tolist(),
        "inputs": {name: {"shape": list(shape), "scale": scale, "offset": offset} for name, (scale, offset) in probes.items()},
        "matches": _sample_output(plane_sweep(*descriptors, sweep_maps(now, before))),
    }


def _sample_output(tensor: Tensor) -> dict:
    flat = tensor.reshape(-1)
    stride = len(flat) // 64
    return {"shape": list(tensor.shape), "stride": stride, "values": [round(float(v), 6) for v in flat[::stride][:64]]}


def write_parity(path: Path, image: nn.Module, depth: nn.Module, bird: nn.Module) -> None:
    """Outputs of PyTorch for `probe` inputs at 64 evenly spaced places each, to check any runtime of the package against."""
    shapes = {
        "images": (_IMAGES_SHAPE, 2.0, 0.0),
        "evidence": (_EVIDENCE_SHAPE, 0.05, 0.05),
        "rays": (_RAYS_SHAPE, 0.5, 0.5),
        "matches": (_MATCHES_SHAPE, 1.0, 0.0),
        # Lifted sums are never negative.
        "bev": (_BEV_SHAPE, 1.0, 1.0),
        "shapes": (_SHAPES_SHAPE, 1.0, 1.0),
        **{name: (tuple(shape), 1.0, 0.0) for name, shape in _MOVED.items()},
    }
    inputs = {name: probe(*entry) for name, entry in shapes.items()}
    with torch.no_grad(), exporting():
        outputs = dict(zip(_IMAGE_OUTPUTS, image(inputs["images"])))
        outputs |= dict(zip(_DEPTH_OUTPUTS, depth(*(inputs[name] for name in ("evidence", "rays", "matches")))))
        outputs |= dict(zip(_HEAD_OUTPUTS, bird(*(inputs[name] for name in ("bev", "shapes", *_MOVED)))))
    fixture = {
        "probe": "offset + scale * sin(0.37 k + 0.5 sin(0.011 k)), k = flat index",
        "inputs": {name: {"shape": list(shape), "scale": scale, "offset": offset} for name, (shape, scale, offset) in shapes.items()},
        "outputs": {name: _sample_output(tensor) for name, tensor in outputs.items()},
        "sweep": _sweep_fixture(),
    }
    path.write_text(json.dumps(fixture, allow_nan=False) + "\n")


def _grid(voxel: tuple[float, float, float], size: tuple[int, int, int]) -> dict:
    return {"lower": list(GRID_LOWER), "voxel": list(voxel), "size": list(size)}


def _warp_stage(state: str) -> dict:
    """A state tensor moved by the ego motion in the plane z = 0."""
    rows, columns = _MOVED[state][2:]
    cell = [LIFT_GRID[0] * LIFT_VOXEL[0] / columns, LIFT_GRID[1] * LIFT_VOXEL[1] / rows, 6.4]
    return {
        "kind": "memory-warp", "in": state, "out": f"aligned-{state}", "dimensions": 2, "layout": "cyx",
        "grid": {"lower": list(GRID_LOWER), "voxel": cell, "size": [columns, rows, 1]},
        "index": "centre", "padding": "zeros", "planeHeight": 0,
    }


def _list_depths() -> list[float]:
    return [round(float(d), 6) for d in depth_centres()]


def _pool_stage(depth: str, context: str, out: str, grid: dict) -> dict:
    return {
        "kind": "voxel-pool", "depth": depth, "context": context, "out": out, "depths": _list_depths(),
        "depthLayout": "ndhw", "contextLayout": "nhwc", "pixels": "centres", "index": "floor", "filling": "nearest",
        "grid": grid, "outLayout": "zcyx",
    }


def _stages(thresholds: list[float], slowest: float) -> list[dict]:
    return [
        {"kind": "camera-rays", "out": "rays", "size": list(MAP_SIZE), "channels": list(RAY_CHANNELS)},
        {
            "kind": "onnx", "file": "encoder.onnx", "in": {"images": "images"}, "out": {name: name for name in _IMAGE_OUTPUTS},
        },
        {"kind": "plane-sweep", "in": "descriptors", "out": "matches", "depths": _list_depths(), "pixels": "centres"},
        {
            "kind": "onnx", "file": "depth.onnx", "in": {name: name for name in ("evidence", "rays", "matches")},
            "out": {name: name for name in _DEPTH_OUTPUTS},
        },
        _pool_stage("depth", "context", "bev", _grid(LIFT_VOXEL, LIFT_GRID)),
        _pool_stage("surface", "shape_context", "shapes", _grid(FINE_VOXEL, FINE_GRID)),
        *(_warp_stage(name) for name in _MOVED),
        {
            "kind": "onnx", "file": "head.onnx", "in": {"bev": "bev", "shapes": "shapes", **{name: f"aligned-{name}" for name in _MOVED}},
            "out": {name: name.removesuffix("_out") for name in _HEAD_OUTPUTS},
        },
        {
            "kind": "decode", "occupancy": "occupancy", "occupancyLayout": "zyx", "logits": "classes", "layout": "gcyx",
            "heightGroups": HEIGHT_GROUPS.tolist(), "occupiedAbove": thresholds, "dropFirst": False, "free": FREE,
            "flow": "flow", "flowLayout": "cyx", "flowOrder": "xy", "flowScale": 1, "flowSlowest": slowest, "flowClasses": list(FLOW_CLASSES),
        },
    ]


def write_package(folder: Path, encoder: StreetEncoder, depth: DepthNet, bev: BevNet, origin: str, card: str) -> dict:
    """Writes every file of the package; returns the manifest. Raises when ONNX and PyTorch disagree."""
    folder.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(0)
    image = round_to_half(ImagePart(plain_encoder(encoder), copy.deepcopy(depth)))
    _write_onnx(image, {"images": torch.randn(_IMAGES_SHAPE)}, list(_IMAGE_OUTPUTS), folder / "encoder.onnx")
    deep = round_to_half(DepthPart(copy.deepcopy(depth)))
    inputs = {"evidence": torch.rand(_EVIDENCE_SHAPE) / 10, "rays": torch.rand(_RAYS_SHAPE), "matches": torch.rand(_MATCHES_SHAPE)}
    _write_onnx(deep, inputs, list(_DEPTH_OUTPUTS), folder / "depth.onnx")
    inputs = {"bev": torch.rand(_BEV_SHAPE), "shapes": torch.rand(_SHAPES_SHAPE)}
    inputs |= {name: torch.rand(*shape) * 2 - 1 for name, shape in _MOVED.items()}
    bird = round_to_half(BirdPart(copy.deepcopy(bev)))
    _write_onnx(bird, inputs, list(_HEAD_OUTPUTS), folder / "head.onnx")
    write_parity(_PARITY, image, deep, bird)
    (folder / "card.md").write_text(card)
    manifest = {
        "format": "occuscope-model/1",
        "id": MODEL_ID,
        "title": f"Street {SIZE_NAME}",
        "licence": "Apache-2.0; start weights of the encoder MIT (EdgeNets)",
        "origin": origin,
        "classes": "occ3d",
        "cameras": len(CAMERAS),
        "grid": _grid((GRID_VOXEL,) * 3, GRID_SIZE),
        "images": {
            "size": list(IMAGE_SIZE), "fit": "width-keep-bottom", "mean": list(IMAGE_MEAN), "std": list(IMAGE_STD),
            "channels": "rgb", "scale": 1 / 255,
        },
        "files": {name: _describe(folder / name) for name in ("encoder.onnx", "depth.onnx", "head.onnx", "card.md")},
        "state": {name: {"shape": shape, "reset": "zeros"} for name, shape in _STATE.items()},
        "stages": _stages([round(float(t), 2) for t in bev.thresholds], round(float(bev.slowest), 2)),
        "card": "card.md",
    }
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n")
    return manifest


def _describe(path: Path) -> dict:
    data = path.read_bytes()
    return {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}


def load_networks(run: Path) -> tuple[StreetEncoder, DepthNet, BevNet]:
    """The three networks of a run folder; raises when a checkpoint is missing."""
    found = []
    for name, model in (("encoder", StreetEncoder()), ("depth", DepthNet()), ("bev", BevNet())):
        state = torch.load(run / f"{name}.pt", map_location="cpu", weights_only=True)
        model.load_state_dict(state["model"])
        for name in {"thresholds", "slowest"} & state.keys():
            setattr(model, name, state[name])
        found.append(model.eval())
    return tuple(found)


def measure_cost(encoder: StreetEncoder, depth: DepthNet, bev: BevNet) -> dict[str, float]:
    """Parameters, and GFLOP (2 per multiply-add) of the exported parts for one six-camera frame, as PyTorch counts them."""
    counter = FlopCounterMode(display=False)
    with torch.no_grad(), exporting(), counter:
        ImagePart(plain_encoder(encoder), depth)(torch.zeros(_IMAGES_SHAPE))
        DepthPart(depth)(*(torch.zeros(shape) for shape in (_EVIDENCE_SHAPE, _RAYS_SHAPE, _MATCHES_SHAPE)))
        BirdPart(bev)(*(torch.zeros(shape) for shape in (_BEV_SHAPE, _SHAPES_SHAPE, *_MOVED.values())))
    parameters = sum(p.numel() for net in (encoder, depth, bev) for p in net.parameters())
    return {"parameters": parameters, "gflop": counter.get_total_flops() / 1e9}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--run", type=Path, default=Path("training/runs/base"))
    parser.add_argument("--out", type=Path, default=Path(f"public/models/{MODEL_ID}"))
    parser.add_argument("--origin", required=True, help="how the weights came to be, one sentence")
    parser.add_argument("--card", type=Path, required=True, help="the model card to ship")
    arguments = parser.parse_args()
    write_package(arguments.out, *load_networks(arguments.run), arguments.origin, arguments.card.read_text())


if __name__ == "__main__":
    main()

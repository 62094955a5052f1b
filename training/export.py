"""Writes the model package: encoder.onnx, head.onnx, manifest.json and card.md, checked against PyTorch in ONNX Runtime."""

from __future__ import annotations

import argparse
import copy
import hashlib
import json
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
    CONTEXT_CHANNELS,
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
    IMAGE_MEAN,
    IMAGE_SIZE,
    IMAGE_STD,
    KEPT_CHANNELS,
    LIFT_GRID,
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
from .resample import exporting

MODEL_ID = f"street-{SIZE_NAME}"
_OPSET = 17
_TOLERANCE = 1e-3
_SMALLEST_HALF = 256
_BEV_SHAPE = (1, LIFTED_CHANNELS, LIFT_GRID[1], LIFT_GRID[0])
_SHAPES_SHAPE = (1, FINE_CHANNELS, FINE_GRID[1], FINE_GRID[0])
# What a frame leaves for the next one.
_STATE = {
    "memory": [1, KEPT_CHANNELS, LIFT_GRID[1], LIFT_GRID[0]],
    "belief": [1, len(HEIGHT_GROUPS), GRID_SIZE[1], GRID_SIZE[0]],
}
_IMAGE_OUTPUTS = ("depth", "surface", "context", "shape_context")
_HEAD_OUTPUTS = ("occupancy", "classes", "flow", "memory_out", "belief_out")
_PARITY = Path(__file__).parents[1] / "tests" / "goldens" / f"{MODEL_ID}.json"


class ImageHalf(nn.Module):
    """images [6,3,128,352], rays [6,6,64,176] -> depth and surface [6,56,32,88], context [6,32,88,20] by class and [6,32,88,5] by shape."""

    def __init__(self, encoder: StreetEncoder, depth: DepthNet):
        super().__init__()
        self.encoder, self.depth = encoder, depth
        members = [[float(a <= k < b) for k in range(CONTEXT_CHANNELS)] for a, b in SHAPES]
        self.register_buffer("of_shape", torch.tensor(members)[:, :, None, None], persistent=False)

    def forward(self, images: Tensor, rays: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        probabilities, context = depth_and_context(self.depth, spelled_softmax(self.encoder(images)), rays)
        shapes = F.conv2d(context, self.of_shape)
        return probabilities, commit_depth(probabilities), context.permute(0, 2, 3, 1), shapes.permute(0, 2, 3, 1)


class BirdHalf(nn.Module):
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


def write_parity(path: Path, image_half: nn.Module, bird_half: nn.Module) -> None:
    """Outputs of PyTorch for `probe` inputs at 64 evenly spaced places each, to check any runtime of the package against."""
    shapes = {
        "images": ((6, 3, IMAGE_SIZE[1], IMAGE_SIZE[0]), 2.0, 0.0),
        "rays": ((6, len(RAY_CHANNELS), MAP_SIZE[1], MAP_SIZE[0]), 0.5, 0.5),
        # Lifted sums are never negative.
        "bev": (_BEV_SHAPE, 1.0, 1.0),
        "shapes": (_SHAPES_SHAPE, 1.0, 1.0),
        **{name: (tuple(shape), 1.0, 0.0) for name, shape in _STATE.items()},
    }
    inputs = {name: probe(*entry) for name, entry in shapes.items()}
    with torch.no_grad(), exporting():
        outputs = dict(zip(_IMAGE_OUTPUTS, image_half(inputs["images"], inputs["rays"])))
        outputs |= dict(zip(_HEAD_OUTPUTS, bird_half(*(inputs[name] for name in ("bev", "shapes", *_STATE)))))
    fixture: dict = {
        "probe": "offset + scale * sin(0.37 k + 0.5 sin(0.011 k)), k = flat index",
        "inputs": {name: {"shape": list(shape), "scale": scale, "offset": offset} for name, (shape, scale, offset) in shapes.items()},
        "outputs": {},
    }
    for name, tensor in outputs.items():
        flat = tensor.reshape(-1)
        stride = len(flat) // 64
        values = [round(float(v), 6) for v in flat[::stride][:64]]
        fixture["outputs"][name] = {"shape": list(tensor.shape), "stride": stride, "values": values}
    path.write_text(json.dumps(fixture, allow_nan=False) + "\n")


def _grid(voxel: tuple[float, float, float], size: tuple[int, int, int]) -> dict:
    return {"lower": list(GRID_LOWER), "voxel": list(voxel), "size": list(size)}


def _warp_stage(state: str) -> dict:
    """A state tensor moved by the ego motion in the plane z = 0."""
    rows, columns = _STATE[state][2:]
    cell = [LIFT_GRID[0] * LIFT_VOXEL[0] / columns, LIFT_GRID[1] * LIFT_VOXEL[1] / rows, 6.4]
    return {
        "kind": "memory-warp", "in": state, "out": f"aligned-{state}", "dimensions": 2, "layout": "cyx",
        "grid": {"lower": list(GRID_LOWER), "voxel": cell, "size": [columns, rows, 1]},
        "index": "centre", "padding": "zeros", "planeHeight": 0,
    }


def _pool_stage(depth: str, context: str, out: str, grid: dict) -> dict:
    return {
        "kind": "voxel-pool", "depth": depth, "context": context, "out": out,
        "depths": [round(float(d), 6) for d in depth_centres()], "depthLayout": "ndhw", "contextLayout": "nhwc",
        "pixels": "centres", "index": "floor", "filling": "nearest", "grid": grid, "outLayout": "zcyx",
    }


def _stages(thresholds: list[float], slowest: float) -> list[dict]:
    return [
        {"kind": "camera-rays", "out": "rays", "size": list(MAP_SIZE), "channels": list(RAY_CHANNELS)},
        {
            "kind": "onnx", "file": "encoder.onnx", "in": {"images": "images", "rays": "rays"},
            "out": {name: name for name in _IMAGE_OUTPUTS},
        },
        _pool_stage("depth", "context", "bev", _grid(LIFT_VOXEL, LIFT_GRID)),
        _pool_stage("surface", "shape_context", "shapes", _grid(FINE_VOXEL, FINE_GRID)),
        *(_warp_stage(name) for name in _STATE),
        {
            "kind": "onnx", "file": "head.onnx", "in": {"bev": "bev", "shapes": "shapes", **{name: f"aligned-{name}" for name in _STATE}},
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
    width, height = IMAGE_SIZE
    rays = torch.rand(6, len(RAY_CHANNELS), MAP_SIZE[1], MAP_SIZE[0])
    half = round_to_half(ImageHalf(plain_encoder(encoder), copy.deepcopy(depth)))
    images = torch.randn(6, 3, height, width)
    _write_onnx(half, {"images": images, "rays": rays}, list(_IMAGE_OUTPUTS), folder / "encoder.onnx")
    inputs = {"bev": torch.rand(_BEV_SHAPE), "shapes": torch.rand(_SHAPES_SHAPE)}
    inputs |= {name: torch.rand(*shape) * 2 - 1 for name, shape in _STATE.items()}
    bird = round_to_half(BirdHalf(copy.deepcopy(bev)))
    _write_onnx(bird, inputs, list(_HEAD_OUTPUTS), folder / "head.onnx")
    write_parity(_PARITY, half, bird)
    (folder / "card.md").write_text(card)
    manifest = {
        "format": "occuscope-model/1",
        "id": MODEL_ID,
        "title": f"Street {SIZE_NAME}",
        "licence": "Apache-2.0; start weights of the encoder MIT (EdgeNets)",
        "origin": origin,
        "classes": "occ3d",
        "cameras": 6,
        "grid": _grid((GRID_VOXEL,) * 3, GRID_SIZE),
        "images": {
            "size": list(IMAGE_SIZE), "fit": "width-keep-bottom", "mean": list(IMAGE_MEAN), "std": list(IMAGE_STD),
            "channels": "rgb", "scale": 1 / 255,
        },
        "files": {name: _describe(folder / name) for name in ("encoder.onnx", "head.onnx", "card.md")},
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
        rays = torch.rand(6, len(RAY_CHANNELS), MAP_SIZE[1], MAP_SIZE[0])
        ImageHalf(plain_encoder(encoder), depth)(torch.zeros(6, 3, IMAGE_SIZE[1], IMAGE_SIZE[0]), rays)
        BirdHalf(bev)(*(torch.zeros(shape) for shape in (_BEV_SHAPE, _SHAPES_SHAPE, *_STATE.values())))
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

"""PyTorch -> ONNX parts -> manifest: a complete network in the smallest form, exported as a package that Occuscope opens.

    python3 docs/examples/export_network.py my-model        # writes my-model/encoder.onnx, head.onnx, manifest.json

Then drop the folder on the page, or serve it and open ?model=my-model.zip.
The weights are random: the point is where a network is cut, and what the manifest says about each cut.
"""

import hashlib
import json
import sys
from pathlib import Path

import numpy as np
import torch
from torch import nn

CAMERAS, WIDTH, HEIGHT = 6, 176, 64  # what the network sees of each camera
DEPTHS = [2.0 + 2.0 * k for k in range(20)]  # metres along the camera's z axis
STRIDE, CONTEXT, MEMORY, CLASSES = 8, 16, 16, 18
LOWER, SIZE, VOXEL = [-40.0, -40.0, -1.0], [100, 100, 8], 0.8


class Encoder(nn.Module):
    """Part 1, before the lift: images [6,3,H,W] -> depth [6,D,h,w] that adds up to 1, context [6,h,w,C] with channels last."""

    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(3, 16, 3, 2, 1), nn.ReLU(), nn.Conv2d(16, 32, 3, 2, 1), nn.ReLU(), nn.Conv2d(32, 32, 3, 2, 1), nn.ReLU()
        )
        self.depth, self.context = nn.Conv2d(32, len(DEPTHS), 1), nn.Conv2d(32, CONTEXT, 1)

    def forward(self, images):
        features = self.body(images)
        return self.depth(features).softmax(1), self.context(features).permute(0, 2, 3, 1)


class Head(nn.Module):
    """Part 2, after the lift: bird's eye [1,C,Y,X] and the moved memory -> logits [18,Z,Y,X], flow [2,Y,X], memory [1,M,Y,X].

    A temporal network keeps no state inside: what it remembers comes in, moved by the ego motion, and goes out again.
    """

    def __init__(self):
        super().__init__()
        self.mix = nn.Sequential(nn.Conv2d(CONTEXT + MEMORY, 32, 3, 1, 1), nn.ReLU())
        self.remember = nn.Conv2d(32, MEMORY, 1)
        self.classes, self.flow = nn.Conv2d(32, CLASSES * SIZE[2], 1), nn.Conv2d(32, 2, 1)

    def forward(self, bev, memory):
        mixed = self.mix(torch.cat([bev, memory], 1))
        logits = self.classes(mixed).reshape(CLASSES, SIZE[2], SIZE[1], SIZE[0])
        return logits, self.flow(mixed)[0], self.remember(mixed).tanh()


def write_part(module, inputs, outputs, path):
    """Static shapes, float32, opset 17; the file must say what PyTorch says."""
    module.eval()
    torch.onnx.export(
        module, tuple(inputs.values()), str(path), input_names=list(inputs), output_names=outputs, opset_version=17, dynamo=False
    )
    import onnxruntime

    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    got = session.run(None, {name: value.numpy() for name, value in inputs.items()})
    with torch.no_grad():
        for expected, found in zip(module(*inputs.values()), got):
            np.testing.assert_allclose(expected.numpy(), found, atol=1e-4)


def describe_file(path):
    data = path.read_bytes()
    return {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}


def write_manifest(folder):
    plane = {"lower": LOWER, "voxel": [VOXEL, VOXEL, VOXEL * SIZE[2]], "size": [SIZE[0], SIZE[1], 1]}
    manifest = {
        "format": "occuscope-model/1",
        "id": "worked-example",
        "title": "Worked example (random weights)",
        "licence": "Apache-2.0",
        "origin": "docs/examples/export_network.py; never trained.",
        "classes": "occ3d",
        "cameras": CAMERAS,
        "grid": {"lower": LOWER, "voxel": [VOXEL] * 3, "size": SIZE},
        "images": {
            "size": [WIDTH, HEIGHT], "fit": "width-keep-bottom", "channels": "rgb", "scale": 1,
            "mean": [123.675, 116.28, 103.53], "std": [58.395, 57.12, 57.375],
        },
        "files": {name: describe_file(folder / name) for name in ("encoder.onnx", "head.onnx")},
        "state": {"memory": {"shape": [1, MEMORY, SIZE[1], SIZE[0]], "reset": "zeros"}},
        "stages": [
            {"kind": "onnx", "file": "encoder.onnx", "in": {"images": "images"}, "out": {"depth": "depth", "context": "context"}},
            {
                "kind": "voxel-pool", "depth": "depth", "context": "context", "out": "bev", "depths": DEPTHS, "depthLayout": "ndhw",
                "contextLayout": "nhwc", "pixels": "centres", "index": "floor", "filling": "nearest", "grid": plane, "outLayout": "zcyx",
            },
            {
                "kind": "memory-warp", "in": "memory", "out": "aligned", "dimensions": 2, "layout": "cyx", "grid": plane,
                "index": "centre", "padding": "zeros", "planeHeight": 0,
            },
            {
                "kind": "onnx", "file": "head.onnx", "in": {"bev": "bev", "memory": "aligned"},
                "out": {"logits": "logits", "flow": "flow", "memory_out": "memory"},
            },
            {
                "kind": "decode", "logits": "logits", "layout": "czyx", "dropFirst": False, "free": 17,
                "flow": "flow", "flowLayout": "cyx", "flowOrder": "xy", "flowScale": 1, "flowClasses": [2, 3, 4, 5, 6, 7, 9, 10],
            },
        ],
    }
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n")


def main(folder):
    torch.manual_seed(0)
    folder.mkdir(parents=True, exist_ok=True)
    write_part(Encoder(), {"images": torch.randn(CAMERAS, 3, HEIGHT, WIDTH)}, ["depth", "context"], folder / "encoder.onnx")
    bev, memory = torch.rand(1, CONTEXT, SIZE[1], SIZE[0]), torch.rand(1, MEMORY, SIZE[1], SIZE[0])
    write_part(Head(), {"bev": bev, "memory": memory}, ["logits", "flow", "memory_out"], folder / "head.onnx")
    write_manifest(folder)


if __name__ == "__main__":
    main(Path(sys.argv[1]))

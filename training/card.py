"""Composes the model card from measured figures, so that no number in it is typed by hand.

python3 -m training.card --evaluation evaluation.json --real real.json --story story.json --out card.md
`story.json` holds what no measurement knows: `data`, `calibration` and `real` (sentences), and `limits` (a list of them).
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from .constants import IMAGE_SIZE, SIZE_NAME

_HEAD = """# Street {size}

Six cameras at {width}x{height} to 3D occupancy (Occ3D classes, 200x200x16 voxels of 0.4 m) and flow, with a memory of features and of beliefs.
{parameters:.2f} million parameters and {gflop:.1f} GFLOP per six-camera frame (2 per multiply-add).
"""

_ENCODER = """- Encoder: ESPNetv2 topology (Mehta et al. 2019) written from the paper, started from the EdgeNets weights trained on \
Cityscapes (MIT licence), trained on the world's images with exact class maps and distilled from its own start on unlabelled \
street images.
- Depth of what stands on the ground starts from where it meets the ground in the image, be that the road or a bank beside it; what
  stands still also shows it by how it moved since the frame before (a plane sweep)."""

# Row title, group of returns, field of the lidar report.
_HIT_ROWS = [
    *((f"all returns, within {k} m", "all", f"within{k}") for k in (1, 2, 4)),
    ("all returns, more than 2 m early", "all", "early"), ("all returns, no hit", "all", "missing"),
    *((f"returns above 0.5 m, within {k} m", "raised", f"within{k}") for k in (1, 2)),
]


def _percent(value: float) -> str:
    return f"{100 * value:.1f} %"


def _voxel_table(found: dict) -> str:
    columns = ("network", "networkForgets", "groundPlane")
    rows = {"mIoU, 17 classes": "mIoU", "IoU, occupied": "IoU", "IoU, everything but ground": "nonGroundIoU"}
    lines = ["| | network | forgetting after every frame | ground plane everywhere |", "|---|---|---|---|"]
    lines += [f"| {title} | " + " | ".join(_percent(found[c][key]) for c in columns) + " |" for title, key in rows.items()]
    kept, forgot = found["network"]["mSTCV"], found["networkForgets"]["mSTCV"]
    lines.append(f"| temporal variability (mSTCV, lower is steadier) | {_percent(kept)} | {_percent(forgot)} | - |")
    return "\n".join(lines)


def _class_table(found: dict) -> str:
    rows = [f"| {name} | {'absent' if value is None else _percent(value)} |" for name, value in found["classIoU"].items()]
    return "\n".join(["| class | IoU |", "|---|---|", *rows])


def _real_section(summary: dict) -> str:
    subjects = [summary["subjects"][name] for name in ("network", "flatGround", "lidarVoxels")]
    rows = [f"| {title} | " + " | ".join(f"{one['hits'][group][field]:.2f}" for one in subjects) + " |" for title, group, field in _HIT_ROWS]
    boxes, depth = subjects[0]["boxes"], summary["depth"]
    covered = ", ".join(f"{name} {boxes[name]:.2f}" for name in ("vehicle", "pedestrian", "barrier"))
    return "\n".join([
        "## One real frame, against lidar", "nuScenes scene-0061, one key frame, so without memory; no real labels were used in training.",
        "First occupied voxel along each lidar ray, against the return (docs/evaluate.md defines every figure):", "",
        "| | network | flat ground plane | the lidar's own voxels |", "|---|---|---|---|", *rows, "",
        f"Lidar points in boxes with a voxel of the box's group beside them: {covered}.",
        f"Depth against lidar: relative error {depth['ground']['absRel']:.2f} on ground, {depth['raised']['absRel']:.2f} above 0.5 m.",
    ])


def read_real(path: Path) -> dict:
    """The figures in a report of `npm run evaluate -- --lidar`. Raises ValueError for another file."""
    report = json.loads(path.read_text())
    if report.get("format") != "occuscope-lidar-evaluation/1":
        raise ValueError(f"{path} is no report of npm run evaluate -- --lidar")
    return report["summary"]


def compose_card(found: dict, real: dict | None, story: dict) -> str:
    """Markdown. `found` comes from `training.evaluate`, `real` from `read_real`."""
    flow, images = found["flow"], found["images"]
    gain = 1 - flow["flowError"] / flow["flowErrorOfZero"]
    depth, first = (images["depthAbsRel"][run] for run in ("network", "networkForgets"))
    right_gain = 1 - flow["rightFlowError"] / max(flow["rightFlowErrorOfZero"], 1e-9)
    parts = [
        _HEAD.format(
            size=SIZE_NAME, width=IMAGE_SIZE[0], height=IMAGE_SIZE[1],
            parameters=found["cost"]["parameters"] / 1e6, gflop=found["cost"]["gflop"],
        ),
        "## Held-out drives of the synthetic world",
        f"{found['frames']} key frames of {found['drives']} drives whose seeds were not trained on; voxels that a camera sees.",
        "", _voxel_table(found), "",
        (f"Flow on moving columns: mean error {flow['flowError']:.2f} m/s; saying zero everywhere gives {flow['flowErrorOfZero']:.2f} m/s "
        f"({_percent(gain)} better). On moving voxels whose class is right: {flow['rightFlowError']:.2f} against "
        f"{flow['rightFlowErrorOfZero']:.2f} m/s ({_percent(right_gain)} better)."),
        (f"Segmentation {_percent(images['segmentationAccuracy'])} of pixels right (mean IoU {_percent(images['segmentationIoU'])}); "
        f"depth error relative to the truth {depth['ground']:.2f} on ground, {depth['raised']:.2f} on raised things "
        f"({first['ground']:.2f} and {first['raised']:.2f} without the frame before)."),
        "", _class_table(found), "",
        *([_real_section(real), ""] if real else []),
        "## How it came to be", _ENCODER,
        f"- Depth network, bird's-eye network, memory and heads: from scratch, on the synthetic world only (`npm run world`): {story['data']}.",
        f"- Above which odds a voxel is shown depends on its class, and was measured on further drives ({story['calibration']}).",
        f"- No nuScenes annotations were used. {story['real']}",
        "", "## Limits", *(f"- {limit}" for limit in story["limits"]),
    ]
    return "\n".join(parts) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--evaluation", type=Path, required=True, help="what training.evaluate printed")
    parser.add_argument("--real", type=Path, help="report of npm run evaluate -- --lidar")
    parser.add_argument("--story", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    found, story = (json.loads(path.read_text()) for path in (arguments.evaluation, arguments.story))
    real = read_real(arguments.real) if arguments.real else None
    arguments.out.write_text(compose_card(found, real, story))


if __name__ == "__main__":
    main()

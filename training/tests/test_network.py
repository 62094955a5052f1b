"""The Python half against golden numbers, closed forms and itself."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
import torch

from training.bevNet import BevNet, Match, decode_factored, group_columns
from training.calibrate import OddsTable, SpeedTable, find_thresholds
from training.constants import (
    CITYSCAPES_COUNT,
    CONTEXT_CHANNELS,
    DEPTH_BINS,
    ECHO_CHANNELS,
    FINE_CHANNELS,
    FREE,
    GROUP_COUNT,
    HEIGHT_GROUPS,
    IGNORED,
    IMAGE_CLASSES,
    KEPT_CHANNELS,
    LIFTED_CHANNELS,
    MEMORY_CHANNELS,
    SHAPE_CHANNELS,
)
from training.encoder import StreetEncoder, load_start_encoder
from training.geometry import fit_intrinsics
from training.inference import plain_encoder
from training.lift import pool_voxels, pool_voxels_fast
from training.lifted import LiftInput, encode_frames
from training.losses import distillation_loss
from training.metrics import FlowScore, Variability, VoxelScore
from training.phaseBev import warp_memory
from training.resample import exporting
from training.rootReader import load_frame, read_records
from training.store import depth_target, frame_voxels, normalise
from training.tests.mockWorld import write_mock_root

# What the bird's-eye network reads: the lift by class, the lift by shape, memory, belief.
_BIRD_SHAPES = ((LIFTED_CHANNELS, 100, 100), (FINE_CHANNELS, 200, 200), (KEPT_CHANNELS, 100, 100), (len(HEIGHT_GROUPS), 200, 200))
GOLDENS = Path(__file__).parents[2] / "tests" / "goldens"


def test_lift_matches_the_golden_volume() -> None:
    path = GOLDENS / "voxel-pool-100x100x8.npz"
    if not path.exists():
        pytest.skip(f"{path} is absent")
    with np.load(path) as golden:
        depth, feat = torch.from_numpy(golden["depth_prob"]), torch.from_numpy(golden["feat"])
        ranks = golden["expected_rank_per_point"].reshape(depth.shape)
        expected = golden["expected_volume"].transpose(0, 3, 1, 2).reshape(64, 100, 100)
    pooled = pool_voxels(depth, feat, torch.from_numpy(ranks.astype(np.int64)), (100, 100, 8))
    np.testing.assert_array_equal(pooled.numpy(), expected)


def test_fast_lift_is_the_lift(tmp_path: Path) -> None:
    write_mock_root(tmp_path, scenes=1, frames=1)
    frame = load_frame(tmp_path, read_records(tmp_path)[0][0][0])
    generator = np.random.default_rng(0)
    depth = generator.dirichlet(np.full(DEPTH_BINS, 0.05), (6, 32, 88)).transpose(0, 3, 1, 2).astype(np.float32)
    depth[depth < 1e-4] = 0
    context = generator.random((6, 32, 88, 3), np.float32)
    slow = pool_voxels(
        torch.from_numpy(depth), torch.from_numpy(context.transpose(0, 3, 1, 2)), torch.from_numpy(frame_voxels(frame).astype(np.int64))
    )
    fast = pool_voxels_fast(depth, context, frame.intrinsics, frame.ego_from_camera)
    np.testing.assert_allclose(fast, slow.numpy(), atol=1e-4)


def test_memory_warp_moves_by_the_ego_motion() -> None:
    memory = torch.zeros(1, 1, 100, 100)
    memory[0, 0, 40, 60] = 1
    motion = np.eye(4)
    motion[0, 3] = 1.6
    moved = warp_memory(memory, motion)
    assert moved[0, 0, 40, 58] == pytest.approx(1, abs=1e-4)
    assert float(moved.sum()) == pytest.approx(1, abs=1e-3)
    far = warp_memory(torch.ones(1, 1, 100, 100), motion)
    assert float(far[0, 0, 50, 99]) == 0


def test_a_shy_network_is_made_bolder() -> None:
    """Of what it names, cars are rightly seen from -1.25 on, pedestrians only from 0.7; the road needs no change."""
    car, pedestrian, road = 4, 7, 11
    labels = np.full((60, 60, 16), FREE, np.uint8)
    labels[:, :, 2], labels[:30, :, 5], labels[30:, :30, 5] = road, car, pedestrian
    truth = torch.from_numpy(labels.transpose(2, 1, 0).astype(np.int64))
    occupancy = torch.where(truth < FREE, 3.0, -6.0)
    occupancy[5][truth[5] == car] = -1.25
    # As many again of the other class's kind are nothing, and only a little less likely.
    occupancy[6, :, :30], occupancy[5, 30:, 30:] = -1.65, 0.55
    occupancy[5][truth[5] == pedestrian] = 0.85
    classes = torch.zeros(GROUP_COUNT, FREE, 60, 60)
    classes[:3, road], classes[3:, car, :, :30], classes[3:, pedestrian, :, 30:] = 1, 1, 1
    table = OddsTable()
    table.add(labels, occupancy, classes.flatten(0, 1))
    thresholds, scores = find_thresholds([table])
    # Of thresholds that serve equally well raised things get the lowest; the ground gets the highest that nearly serves.
    assert thresholds[[car, pedestrian, road]] == pytest.approx([-1.6, 0.6, 2])
    assert scores["IoU"] == pytest.approx(1) and scores["mIoU"] == pytest.approx(1)
    shown = decode_factored(occupancy, classes.flatten(0, 1), torch.from_numpy(thresholds))
    assert torch.equal(shown.long(), truth)


def test_what_hardly_moves_is_said_to_stand_still() -> None:
    """Cars said to move at 0.45 m/s stand; those said to move at 2 m/s do."""
    labels = np.full((4, 4, 16), FREE, np.uint8)
    labels[:, :2, 4] = 4
    flow, predicted = np.zeros((4, 4, 2), np.float16), torch.zeros(2, 4, 4)
    flow[:, 0, 0], predicted[0, 0, :], predicted[1, 1, :] = 2, 2, 0.45
    # What is no movable thing does not count.
    predicted[0, 2:] = 1.4
    table = SpeedTable()
    table.add(labels, flow, predicted)
    assert table.find_slowest() == 0.5


def test_fit_keeps_the_bottom() -> None:
    fitted, scale, crop = fit_intrinsics(np.array([[1266.0, 0, 800], [0, 1266.0, 450], [0, 0, 1]]), 1600, 900)
    assert (scale, crop) == (0.22, 70)
    assert fitted[1, 2] == pytest.approx(450.5 * 0.22 - 0.5 - 70)


def test_logits_decode_to_occupancy_and_class() -> None:
    torch.manual_seed(0)
    occupancy, classes = torch.randn(16, 5, 7), torch.randn(GROUP_COUNT * FREE, 5, 7)
    thresholds = torch.linspace(-1, 1, FREE)
    labels = decode_factored(occupancy, classes, thresholds)
    best = classes.reshape(GROUP_COUNT, FREE, 5, 7).argmax(1)[HEIGHT_GROUPS]
    occupied = occupancy > thresholds[best]
    assert torch.equal(labels == FREE, ~occupied)
    assert torch.equal(labels[occupied], best[occupied].to(torch.uint8))


def test_chosen_voxels_get_the_scores_of_the_whole_head() -> None:
    torch.manual_seed(0)
    net = BevNet().eval()
    inputs = [torch.rand(1, *shape) for shape in _BIRD_SHAPES]
    z, y, x = np.array([15, 0, 2, 3, 6]), np.array([199, 0, 77, 5, 120]), np.array([3, 0, 198, 40, 121])
    rows, order = group_columns(z, y, x)
    with torch.no_grad():
        occupancy, classes, flow, *_ = net(*inputs)
        seen = net.look(*inputs)
        scores = net.class_scores(seen.fine[0], seen.said[0], rows)
        torch.testing.assert_close((seen.occupancy, seen.flow), (occupancy, flow), atol=1e-5, rtol=1e-5)
    table = classes[0].reshape(GROUP_COUNT, FREE, 200, 200)
    for row, k in enumerate(order):
        torch.testing.assert_close(scores[row], table[HEIGHT_GROUPS[z[k]], :, y[k], x[k]], atol=1e-5, rtol=1e-5)


def test_what_moves_is_not_remembered_where_it_was() -> None:
    torch.manual_seed(0)
    net = BevNet().eval()
    inputs = [torch.rand(1, *shape) for shape in _BIRD_SHAPES]
    kept = []
    for speed in (0.0, 2.0):
        with torch.no_grad():
            net.head.weight[-2:] = 0
            net.head.bias[-2:] = torch.tensor([speed, 0.0])
            kept.append(net.look(*inputs).belief)
    still, moving = kept
    assert (still > 0).any() and (still < 0).any()
    torch.testing.assert_close(moving, still.clamp(max=0))


def test_reader_reads_the_mock_world_back(tmp_path: Path) -> None:
    write_mock_root(tmp_path, scenes=1, frames=2)
    scenes, skipped = read_records(tmp_path)
    assert skipped == 0 and [len(s) for s in scenes] == [2]
    frame = load_frame(tmp_path, scenes[0][0])
    assert frame.images.shape == (6, 128, 352, 3) and frame.exact
    # Depth, calibration and voxels agree: lifted ground cells of the exact depth lie in the slice that holds z = 0.
    target, _ = depth_target(frame.depth, frame.segmentation)
    voxels = frame_voxels(frame)
    ground = target[:, :DEPTH_BINS] > 0.3
    ground &= (frame.segmentation.reshape(6, 32, 2, 88, 2).max((2, 4)) == 0)[:, None]
    levels = voxels[ground & (voxels >= 0)] // 10000
    assert len(levels) > 50 and np.mean((levels == 1) | (levels == 2)) > 0.95
    (tmp_path / "samples" / "CAM_BACK" / "scene-0000-1.jpg").unlink()
    scenes, skipped = read_records(tmp_path)
    assert skipped == 1 and [len(s) for s in scenes] == [1]


def test_score_counts_like_occ3d() -> None:
    labels, predicted = np.full((2, 1, 2), 17, np.uint8), np.full((2, 1, 2), 17, np.uint8)
    labels[0], predicted[0] = [[4, 11]], [[4, 13]]
    labels[1, 0, 1] = 255
    score = VoxelScore()
    score.add(labels, predicted)
    summary = score.summary()
    assert summary["IoU"] == 1 and summary["nonGroundIoU"] == 1
    assert summary["mIoU"] == pytest.approx(1 / 3)


def test_flow_counts_what_moves_and_what_was_found() -> None:
    labels, named = np.full((2, 2, 1), 4, np.uint8), np.full((2, 2, 1), 4, np.uint8)
    named[1, 1] = 10
    flow = np.zeros((2, 2, 2), np.float32)
    flow[0, 0], flow[1, 1] = (3, 0), (0, 5)
    score = FlowScore()
    score.add(flow, np.array([[[2.0, 0], [9, 9]], [[9, 9], [0, 0]]]), labels, named)
    summary = score.summary()
    assert (summary["flowError"], summary["flowErrorOfZero"], summary["movingColumns"]) == (3, 4, 2)
    assert (summary["rightFlowError"], summary["rightFlowErrorOfZero"], summary["movingRightVoxels"]) == (1, 3, 1)


def test_variability_counts_changes_of_still_places() -> None:
    labels = np.full((200, 200, 16), IGNORED, np.uint8)
    labels[100, 100:104, 2] = 11
    predicted = np.full_like(labels, FREE)
    predicted[100, 100:104, 2] = 11
    pose, flow = np.eye(4), np.zeros((200, 200, 2), np.float16)
    flow[100, 103] = 2
    track = Variability([pose, pose])
    track.add(pose, labels, predicted, flow)
    assert track.shares == [0]
    predicted[100, 101:104, 2] = FREE
    track.add(pose, labels, predicted, flow)
    # Two of four changed; the third moves.
    assert track.shares[1] == 0.5
    # What really changed is taken off: truth changes at one place, prediction goes back at two.
    predicted[100, 101:103, 2] = 11
    labels[100, 100, 2] = 13
    track.add(pose, labels, predicted, flow)
    assert track.shares[2] == pytest.approx(0.25)


def test_exported_form_of_the_encoder_is_the_encoder() -> None:
    torch.manual_seed(0)
    encoder = StreetEncoder().eval()
    images = torch.randn(1, 3, 128, 352)
    with torch.no_grad():
        expected = encoder(images)
        with exporting():
            got = plain_encoder(encoder)(images)
    assert float((expected - got).abs().max()) < 1e-4


def test_encoding_in_onnx_runtime_is_the_encoder(tmp_path: Path) -> None:
    write_mock_root(tmp_path, scenes=1, frames=1)
    frame = load_frame(tmp_path, read_records(tmp_path)[0][0][0])
    torch.manual_seed(0)
    encoder = StreetEncoder().eval()
    with torch.no_grad():
        expected = torch.softmax(encoder(normalise(frame.images)), 1).numpy()
    found = encode_frames(encoder, [frame], "cpu")[frame.token]
    assert np.abs(found / 255 - expected).max() < 1 / 255


def test_a_class_that_cityscapes_lacks_counts_as_its_kin() -> None:
    logits = torch.full((1, len(IMAGE_CLASSES), 1, 1), -20.0)
    logits[0, IMAGE_CLASSES.index("construction vehicle")] = 20
    wanted = torch.zeros(1, CITYSCAPES_COUNT, 1, 1)
    wanted[0, IMAGE_CLASSES.index("truck")] = 1
    assert float(distillation_loss(logits, wanted)) == pytest.approx(0, abs=1e-4)
    assert float(distillation_loss(logits, wanted.roll(1, 1))) > 5


def test_shapes_hold_what_the_classes_hold(tmp_path: Path) -> None:
    """Where depth is certain, the fine lift summed over shapes, and over the four fine cells of each lift cell, is the lift by class
    without the strongest small thing.
    """
    write_mock_root(tmp_path, scenes=1, frames=1)
    frame = load_frame(tmp_path, read_records(tmp_path)[0][0][0])
    generator = np.random.default_rng(0)
    depth = np.eye(DEPTH_BINS, dtype=np.float32)[generator.integers(0, DEPTH_BINS, (6, 32, 88))].transpose(0, 3, 1, 2)
    context = generator.random((6, 32, 88, CONTEXT_CHANNELS), np.float32)
    lifted = LiftInput(depth, context, frame.intrinsics, frame.ego_from_camera).lift()
    classes = lifted.bev.reshape(16, CONTEXT_CHANNELS, 100, 100)[:, :-1].sum(1)
    shapes = lifted.fine.reshape(16, SHAPE_CHANNELS, 100, 2, 100, 2).sum((1, 3, 5))
    np.testing.assert_allclose(shapes, classes, rtol=1e-3, atol=1e-3)


def test_start_weights_load_strictly() -> None:
    folder = os.environ.get("OCCUSCOPE_REAL_DATA")
    if not folder:
        pytest.skip("OCCUSCOPE_REAL_DATA is not set")
    load_start_encoder(Path(folder) / "weights" / "espnetv2_s_2.0_city_1024x512.pth")


def test_a_move_shows_in_the_match() -> None:
    """A car seen 3.2 m further back a frame ago: of all shifts, that one answers."""
    now, before = torch.zeros(1, ECHO_CHANNELS, 100, 100), torch.zeros(1, ECHO_CHANNELS, 100, 100)
    now[0, 0, 50:52, 60:62] = 1
    before[0, 0, 50:52, 56:58] = 1
    with torch.no_grad():
        found = Match()(now, before)[0].reshape(3, 9, 9, 50, 50)
    assert tuple(int(k) for k in torch.nonzero(found)[0]) == (0, 4, 2, 25, 30)
    assert torch.count_nonzero(found) == 1


def test_head_forgets_nothing_it_should_keep() -> None:
    net = BevNet().eval()
    with torch.no_grad():
        outputs = net(*(torch.rand(1, *shape) for shape in _BIRD_SHAPES[:2]), *(torch.zeros(1, *shape) for shape in _BIRD_SHAPES[2:]))
    shapes = [(1, 16, 200, 200), (1, 102, 200, 200), (1, 2, 200, 200), (1, 126, 100, 100), (1, 16, 200, 200)]
    assert [tuple(o.shape) for o in outputs] == shapes
    assert float(outputs[3][:, ECHO_CHANNELS:MEMORY_CHANNELS].abs().max()) <= 1
    assert float(outputs[4].abs().max()) <= 5


def test_evidence_of_several_frames_adds_up_and_lets_go_of_the_prior() -> None:
    """Without a move, what was believed comes back times the trust; the head's bias, which calibration shifts, stays out of it."""
    torch.manual_seed(0)
    net = BevNet().eval()
    seen, (memory, belief) = [torch.rand(1, *shape) for shape in _BIRD_SHAPES[:2]], [torch.zeros(1, *shape) for shape in _BIRD_SHAPES[2:]]
    with torch.no_grad():
        net.trust.weight.zero_()
        net.recall.weight.zero_()
        net.hear_shapes.weight.zero_()
        net.trust.bias.fill_(0)
        net.head.bias[:16] = -3.0
        # Nothing moves, so nothing is let go of.
        net.head.weight[118:] = 0
        net.head.bias[118:] = 0
        first = net.look(*seen, memory, belief)
        again = net.look(*seen, memory, first.belief)
    torch.testing.assert_close(again.belief, (1.5 * first.belief).clamp(-5, 5), atol=1e-5, rtol=1e-5)
    torch.testing.assert_close(first.occupancy, first.belief - 3, atol=1e-5, rtol=1e-5)

"""Depth and context from class evidence, camera rays, and what the previous frame saw of the same points.

Semantics are the interface: of colour the network only hears how alike two frames are at a place, so what it learns about sizes
and layouts in a synthetic world also holds for real frames whose segmentation is right.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .constants import (
    COMMITMENT,
    CONTEXT_GROUPS,
    DEPTH_BINS,
    DESCRIPTOR_CHANNELS,
    IMAGE_CLASSES,
    LIFT_SIZE,
    MAP_SIZE,
    RAY_CHANNELS,
    SIZE,
    SMALL_THINGS,
    depth_edges,
)
from .encoder import CLASS_COUNT, SECOND_LEVEL_CHANNELS
from .inference import spelled_softmax
from .pointConvolution import PointConvolution

# The U-Net thinks in cells twice as large as those that are lifted.
_CELLS = (LIFT_SIZE[0] // 2, LIFT_SIZE[1] // 2)
# What no footing speaks for is still possible: chances are multiplied, by a power that the gate gives.
_LEAST_FOOTING = 0.002
_SMALL = tuple(IMAGE_CLASSES.index(name) for name in SMALL_THINGS)


class ResidualBlock(nn.Module):
    def __init__(self, channels: int):
        super().__init__()
        self.first = nn.Conv2d(channels, channels, 3, padding=1)
        self.second = nn.Conv2d(channels, channels, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        y = self.second(F.leaky_relu(self.first(x), 0.1))
        return F.leaky_relu(x + y, 0.1)


def double_size(x: Tensor) -> Tensor:
    return F.interpolate(x, scale_factor=2, mode="nearest")


class GroundPrior(nn.Module):
    """Soft one-hot over the depth bins of the distance at which a ray meets the ego plane z = 0."""

    def __init__(self) -> None:
        super().__init__()
        edges = torch.from_numpy(depth_edges())
        centres = ((edges[1:] + edges[:-1]) / 2).log()
        widths = edges[1:].log() - edges[:-1].log()
        self.register_buffer("centres", centres.reshape(1, -1, 1, 1), persistent=False)
        self.register_buffer("sharpness", (0.7 / widths).reshape(1, -1, 1, 1), persistent=False)

    def forward(self, inverse_distance: Tensor) -> Tensor:
        depth = -torch.log(torch.clamp(inverse_distance, 0.008, 1.0))
        offset = (depth - self.centres) * self.sharpness
        # Bounded, because exp is many times slower where its result is too small for a float.
        return torch.exp(torch.clamp(offset * offset, max=40).neg())


class FirstGround(nn.Module):
    """How likely row k is the first ground at or below row r of its column: ground [N,1,h,w] -> [N,w,h (r),h (k)].

    Rows are walked in closed form: g_k times the product of (1 - g_j) between them. Sums to less than one where no ground is below.
    """

    def __init__(self, rows: int) -> None:
        super().__init__()
        below = torch.tril(torch.ones(rows, rows))
        self.register_buffer("sum_below", below, persistent=False)
        self.register_buffer("is_below", below.T.contiguous(), persistent=False)

    def forward(self, ground: Tensor) -> Tensor:
        ground = ground.transpose(1, 3).squeeze(3).clamp(0, 0.99)
        passed = torch.log(1 - ground) @ self.sum_below
        between = torch.clamp(passed.unsqueeze(3) - passed.unsqueeze(2), max=0)
        return torch.exp(between) * self.is_below * ground.unsqueeze(2)


def ground_share(evidence: Tensor) -> Tensor:
    """Class probabilities [N,23,h,w] -> how likely each pixel is ground [N,1,h,w]."""
    return evidence[:, 0:2].sum(1, keepdim=True) + evidence[:, 9:10]


class ContactPrior(nn.Module):
    """Where things stand: for every cell, over the depth bins, the ground depth of the first ground seen straight below it.

    A thing that stands upright on the ground is as far away (along the camera's axis) as the place where it meets the ground,
    which the image shows far better than the thing's own distance. The ground is the ego's plane here.
    """

    def __init__(self, ground: GroundPrior) -> None:
        super().__init__()
        self.ground = ground
        self.first = FirstGround(MAP_SIZE[1])

    def forward(self, evidence: Tensor, inverse_distance: Tensor) -> Tensor:
        """evidence [N,23,64,176], inverse ground distance [N,1,64,176] -> [N,D,16,44]."""
        step = MAP_SIZE[0] // _CELLS[0]
        first = self.first(F.avg_pool2d(ground_share(evidence), (1, step)))
        count, columns, rows, _ = first.shape
        first = first.reshape(count, columns, _CELLS[1], step, rows).mean(3)
        depths = self.ground(F.avg_pool2d(inverse_distance, (1, step))).permute(0, 3, 2, 1)
        return (first @ depths).permute(0, 3, 2, 1)


class Footing(nn.Module):
    """The same with the ground as the network itself sees it: what stands on a bank is as far away as the bank below it.

    Lawns rise behind their kerbs. There the plane puts a hedge half as far away again as it is, while the lawn's own depth is right.
    """

    def __init__(self) -> None:
        super().__init__()
        self.first = FirstGround(LIFT_SIZE[1])

    def forward(self, evidence: Tensor, logits: Tensor) -> Tensor:
        """Class probabilities [N,23,32,88] and depth logits [N,D+1,32,88] -> [N,D,32,88]."""
        depths = spelled_softmax(logits)[:, :DEPTH_BINS].permute(0, 3, 2, 1)
        return (self.first(ground_share(evidence)) @ depths).permute(0, 3, 2, 1)


class Descriptor(nn.Module):
    """The encoder's second level [N,128,32,88] -> descriptors of length 1, channels innermost: [N,32,88,16]."""

    def __init__(self) -> None:
        super().__init__()
        self.project = PointConvolution(SECOND_LEVEL_CHANNELS, DESCRIPTOR_CHANNELS)

    def forward(self, second: Tensor) -> Tensor:
        x = self.project(second).permute(0, 2, 3, 1)
        return x / torch.sqrt((x * x).sum(3, keepdim=True) + 1e-6)


def shift_bins(logits: Tensor, bins: Tensor) -> Tensor:
    """Depth logits [N,D+1,h,w] moved by `bins` i64 [N] toward what is farther; the far bin stays."""
    source = (torch.arange(DEPTH_BINS, device=logits.device) - bins[:, None]).clamp(0, DEPTH_BINS - 1)
    near = logits[:, :DEPTH_BINS].gather(1, source[:, :, None, None].expand(-1, -1, *logits.shape[2:]))
    return torch.cat([near, logits[:, DEPTH_BINS:]], 1)


class DepthNet(nn.Module):
    """U-Net. In: class probabilities [N,23,64,176], rays [N,6,64,176], matches [N,D,32,88]. Out: logits [N,D+1,32,88].

    Most of the thinking happens at [16,44]; a thin last level adds the edges. The last depth logit means far or sky and is dropped
    before the lift. Matches (planeSweep.py) are zeros where there is no frame before.
    """

    def __init__(self) -> None:
        super().__init__()
        a, b, c, d = SIZE.depth_widths
        self.stem = nn.Conv2d(CLASS_COUNT + len(RAY_CHANNELS), a, 2, stride=2)
        self.down1 = nn.Conv2d(a, b, 3, stride=2, padding=1)
        self.block1 = ResidualBlock(b)
        self.down2 = nn.Conv2d(b, c, 3, stride=2, padding=1)
        self.block2 = ResidualBlock(c)
        self.down3 = nn.Conv2d(c, d, 3, stride=2, padding=1)
        self.block3 = ResidualBlock(d)
        self.up2 = PointConvolution(d, c)
        self.merge2 = ResidualBlock(c)
        self.up1 = PointConvolution(c, b)
        self.context = Context()
        self.ground = GroundPrior()
        self.ground_in = PointConvolution(DEPTH_BINS, b, bias=False)
        self.evidence_in = PointConvolution(CLASS_COUNT, b, bias=False)
        self.merge1 = ResidualBlock(b)
        self.depth_out = PointConvolution(b, DEPTH_BINS + 1)
        self.contact = ContactPrior(self.ground)
        self.contact_in = PointConvolution(DEPTH_BINS, b, bias=False)
        # How strongly the two priors speak directly, judged by the features of the cell.
        self.ground_gate = PointConvolution(b, 1)
        self.contact_gate = PointConvolution(b, 1)
        nn.init.constant_(self.contact_gate.bias, 0.5)
        self.up0 = PointConvolution(b, a)
        self.fine_ground_in = PointConvolution(DEPTH_BINS, a, bias=False)
        self.fine_evidence_in = PointConvolution(CLASS_COUNT, a, bias=False)
        self.merge0 = ResidualBlock(a)
        self.fine_out = PointConvolution(a, DEPTH_BINS + 1)
        self.fine_gates = PointConvolution(a, 2)
        self.describe = Descriptor()
        self.matches_in = PointConvolution(DEPTH_BINS, b, bias=False)
        self.fine_matches_in = PointConvolution(DEPTH_BINS, a, bias=False)
        # How strongly the matches speak directly.
        self.match_gate = PointConvolution(a, 1)
        # A second thought, once the ground's depth is known.
        self.footing = Footing()
        self.footing_in = PointConvolution(DEPTH_BINS, a, bias=False)
        self.footing_out = PointConvolution(a, DEPTH_BINS + 2)
        for layer in (self.fine_out, self.fine_gates, self.match_gate, self.footing_out):
            nn.init.zeros_(layer.weight)
            nn.init.zeros_(layer.bias)
        nn.init.constant_(self.match_gate.bias, 1.0)

    def forward(self, evidence: Tensor, rays: Tensor, matches: Tensor, doubt: Tensor | None = None) -> Tensor:
        """`doubt` i64 [N], while training only: by how many bins what is raised is put too far away before its footing is asked."""
        zero = F.leaky_relu(self.stem(torch.cat([evidence, rays], 1)), 0.1)
        one = self.block1(F.leaky_relu(self.down1(zero) + self.matches_in(F.avg_pool2d(matches, 2)), 0.1))
        two = self.block2(F.leaky_relu(self.down2(one), 0.1))
        three = self.block3(F.leaky_relu(self.down3(two), 0.1))
        up = self.merge2(F.leaky_relu(two + double_size(self.up2(three)), 0.1))
        prior = self.ground(F.avg_pool2d(rays[:, 1:2], 4))
        pooled = F.avg_pool2d(evidence, 4)
        contact = self.contact(evidence, rays[:, 1:2])
        joined = one + double_size(self.up1(up)) + self.ground_in(prior) + self.contact_in(contact) + self.evidence_in(pooled)
        features = self.merge1(F.leaky_relu(joined, 0.1))
        return self._sharpen(zero, features, contact, evidence, rays, matches, doubt)

    def _sharpen(
        self, zero: Tensor, features: Tensor, contact: Tensor, evidence: Tensor, rays: Tensor, matches: Tensor, doubt: Tensor | None
    ) -> Tensor:
        """The logits at the size of the lift: coarse ones, what the last level adds, priors and matches by their gates; then the footing."""
        prior, evidence = self.ground(F.avg_pool2d(rays[:, 1:2], 2)), F.avg_pool2d(evidence, 2)
        x = zero + double_size(self.up0(features)) + self.fine_ground_in(prior) + self.fine_evidence_in(evidence)
        x = x + self.fine_matches_in(matches)
        x = self.merge0(F.leaky_relu(x, 0.1))
        coarse = torch.cat([self.ground_gate(features), self.contact_gate(features), self.depth_out(features)], 1)
        ground, stands, logits, far = (double_size(coarse) + torch.cat([self.fine_gates(x), self.fine_out(x)], 1)).split(
            [1, 1, DEPTH_BINS, 1], 1
        )
        alike = F.avg_pool2d(matches, 3, 1, 1)
        logits = logits + 4 * (ground * prior + stands * double_size(contact) + self.match_gate(x) * alike)
        logits = torch.cat([logits, far], 1)
        foot = self.footing(evidence, logits)
        if doubt is not None:
            logits = torch.where(ground_share(evidence) > 0.5, logits, shift_bins(logits, doubt))
        gate, more = self.footing_out(F.leaky_relu(x + self.footing_in(foot), 0.1)).split([1, DEPTH_BINS + 1], 1)
        return logits + more + torch.cat([2 * gate * torch.log(foot + _LEAST_FOOTING), far * 0], 1)


class Context(nn.Module):
    """Class evidence [N,23,64,176] -> context of the lift cells [N,20,32,88]: groups' means, then the strongest small thing."""

    def __init__(self) -> None:
        super().__init__()
        groups = torch.tensor([[float(name in group) for name in IMAGE_CLASSES] for group in CONTEXT_GROUPS])
        self.register_buffer("groups", groups[:, :, None, None], persistent=False)

    def forward(self, evidence: Tensor) -> Tensor:
        step = MAP_SIZE[0] // LIFT_SIZE[0]
        small = sum(evidence[:, k : k + 1] for k in _SMALL)
        return torch.cat([F.conv2d(F.avg_pool2d(evidence, step), self.groups), F.max_pool2d(small, step)], 1)


def commit_depth(depth: Tensor) -> Tensor:
    """Where each cell's surface most likely is: the mass of a depth distribution [N,D,h,w] drawn together around its heaviest three bins.

    The lift of all that is possible smears a thing over metres along its rays; this one puts it somewhere, as a surface.
    """
    # Slices and joints instead of padding, which is exported as arithmetic on shapes.
    nothing = depth[:, :1] * 0
    near = torch.cat([nothing, depth[:, :-1]], 1) + 2 * depth + torch.cat([depth[:, 1:], nothing], 1)
    share = near / near.amax(1, keepdim=True).clamp(min=1e-6)
    for _ in range(COMMITMENT):
        share = share * share
    return share * (depth.sum(1, keepdim=True) / share.sum(1, keepdim=True).clamp(min=1e-6))


def depth_and_context(net: DepthNet, evidence: Tensor, rays: Tensor, matches: Tensor) -> tuple[Tensor, Tensor]:
    """Depth probabilities without the far bin [N,D,32,88] and context [N,20,32,88]."""
    return torch.softmax(net(evidence, rays, matches), 1)[:, :DEPTH_BINS], net.context(evidence)

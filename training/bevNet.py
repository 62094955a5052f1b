"""Bird's-eye network: lifted evidence and aligned memory -> occupancy, classes, flow and the next memory."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .constants import CONTEXT_CHANNELS, FREE, GROUP_COUNT, HEIGHT_GROUPS, LIFT_GRID, MEMORY_CHANNELS
from .depthNet import ResidualBlock, double_size

HEIGHTS = len(HEIGHT_GROUPS)
FINE = 32
_OCCUPANCY_END = HEIGHTS
_CLASS_END = HEIGHTS + FREE * GROUP_COUNT


class BevNet(nn.Module):
    """In: bev [B,192,100,100], memory [B,24,100,100]. Out: occupancy, class scores, flow at 200x200 and the next memory."""

    def __init__(self) -> None:
        super().__init__()
        a, b, c = 40, 64, 96
        self.stem = nn.Conv2d(LIFT_GRID[2] * CONTEXT_CHANNELS, a, 1)
        self.remember = nn.Conv2d(MEMORY_CHANNELS, a, 1, bias=False)
        self.mix = nn.Conv2d(a, a, 3, padding=1)
        self.down1 = nn.Conv2d(a, b, 3, stride=2, padding=1)
        self.block1 = ResidualBlock(b)
        self.down2 = nn.Conv2d(b, c, 3, stride=2, padding=1)
        self.block2a = ResidualBlock(c)
        self.block2b = ResidualBlock(c)
        self.up1 = nn.Conv2d(c, b, 1)
        self.merge1 = nn.Conv2d(b, b, 3, padding=1)
        self.up0 = nn.Conv2d(b, a, 1)
        self.merge0 = nn.Conv2d(a, a, 3, padding=1)
        self.fine = nn.Conv2d(a, FINE * 4, 1)
        self.update = nn.Conv2d(a, 2 * MEMORY_CHANNELS, 1)
        self.head = nn.Conv2d(FINE, _CLASS_END + 2, 1)

    def forward(self, bev: Tensor, memory: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        x = F.leaky_relu(self.stem(bev) + self.remember(memory), 0.1)
        x = F.leaky_relu(x + self.mix(x), 0.1)
        one = self.block1(F.leaky_relu(self.down1(x), 0.1))
        two = self.block2b(self.block2a(F.leaky_relu(self.down2(one), 0.1)))
        one = F.leaky_relu(one + double_size(self.up1(two)), 0.1)
        one = F.leaky_relu(self.merge1(one), 0.1)
        x = F.leaky_relu(x + double_size(self.up0(one)), 0.1)
        x = F.leaky_relu(x + self.merge0(x), 0.1)
        gate, candidate = self.update(x).split(MEMORY_CHANNELS, 1)
        gate = torch.sigmoid(gate)
        after = gate * memory + (1 - gate) * torch.tanh(candidate)
        fine = F.leaky_relu(F.pixel_shuffle(self.fine(x), 2), 0.1)
        out = self.head(fine)
        occupancy, classes, flow = out.split([_OCCUPANCY_END, _CLASS_END - _OCCUPANCY_END, 2], 1)
        return occupancy, classes, flow, after

    def start_from_prior(self, occupancy: Tensor, classes: Tensor) -> None:
        """Sets the head's bias to log priors: occupancy [16] logits, classes [6*17] log frequencies (group outermost)."""
        with torch.no_grad():
            self.head.bias.zero_()
            self.head.weight.mul_(0.3)
            self.head.bias[:_OCCUPANCY_END] = occupancy
            self.head.bias[_OCCUPANCY_END:_CLASS_END] = classes
            self.head.weight[_CLASS_END:] *= 0.1
            # Keep most of the memory's gate undecided and open to the present at first.
            self.update.bias[:MEMORY_CHANNELS] = -1.0


def expand_logits(occupancy: Tensor, classes: Tensor) -> Tensor:
    """Full logits [16,18,Y,X] of one frame ('zcyx'): occupied where occupancy > 0, then the best class of the height group."""
    rows, columns = occupancy.shape[-2:]
    scores = classes.reshape(GROUP_COUNT, FREE, rows, columns)
    scores = scores - scores.amax(1, keepdim=True)
    groups = torch.from_numpy(HEIGHT_GROUPS).to(scores.device)
    scores = scores.index_select(0, groups) + occupancy.reshape(HEIGHTS, 1, rows, columns)
    # Times zero instead of a stored block of zeros, which would double the size of the exported file.
    return torch.cat([scores, occupancy.reshape(HEIGHTS, 1, rows, columns) * 0], 1)

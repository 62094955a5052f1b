"""One single-threaded process per core with averaged gradients: on shared CPUs much faster than one process with many threads."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from typing import Any

import torch
import torch.distributed as distributed
from torch import nn


def worker_rank() -> int:
    return distributed.get_rank() if distributed.is_initialized() else 0


def worker_count() -> int:
    return distributed.get_world_size() if distributed.is_initialized() else 1


def share_weights(model: nn.Module) -> None:
    """Every worker starts from the weights of the first."""
    if worker_count() > 1:
        for tensor in [*model.parameters(), *model.buffers()]:
            distributed.broadcast(tensor.data, 0)


def average_gradients(model: nn.Module, clock: float) -> float:
    """Replaces every gradient by the mean over the workers; returns the mean clock, so that all stop at the same step."""
    if worker_count() == 1:
        return clock
    parameters = [p for p in model.parameters() if p.requires_grad]
    gradients = [torch.zeros_like(p) if p.grad is None else p.grad for p in parameters]
    flat = torch.cat([*(g.reshape(-1) for g in gradients), torch.tensor([clock])])
    distributed.all_reduce(flat)
    flat /= worker_count()
    offset = 0
    for p in parameters:
        p.grad = flat[offset : offset + p.numel()].reshape(p.shape)
        offset += p.numel()
    return float(flat[-1])


def wait_for_all() -> None:
    if worker_count() > 1:
        distributed.barrier()


def _enter(rank: int, count: int, meeting: str, work: Callable[[Any], None], argument: Any) -> None:
    torch.set_num_threads(1)
    # Probabilities next to nothing would otherwise make the depth net's steps a third slower.
    torch.set_flush_denormal(True)
    distributed.init_process_group("gloo", init_method=f"file://{meeting}", rank=rank, world_size=count)
    try:
        work(argument)
    finally:
        distributed.destroy_process_group()


def run_workers(count: int, work: Callable[[Any], None], argument: Any) -> None:
    """Calls `work(argument)` in `count` processes; an error in one ends all."""
    if count == 1:
        work(argument)
        return
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    with tempfile.TemporaryDirectory() as folder:
        torch.multiprocessing.spawn(_enter, (count, os.path.join(folder, "meeting"), work, argument), nprocs=count)

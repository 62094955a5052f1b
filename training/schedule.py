"""Time-budgeted phases: learning rate by elapsed time, checkpoints that resume, work prepared ahead in a thread."""

from __future__ import annotations

import math
import queue
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import torch
from torch import nn

from .workers import average_gradients, share_weights, worker_rank

_SAVE_EVERY = 60.0
_LOG_EVERY = 20.0


class Phase:
    """Runs steps until the phase's share of the time is used.

    The checkpoint `<name>.pt` holds the weights, the optimiser and the seconds already spent.
    """

    def __init__(
        self, name: str, folder: Path, model: nn.Module, rate: float, seconds: float, decay: float = 1e-3, faster: dict[str, float] | None = None
    ):
        """`faster`: how many times the rate for parameters whose name begins so."""
        self.name, self.path, self.model, self.seconds, self.rate = name, folder / f"{name}.pt", model, seconds, rate
        groups: dict[float, list[nn.Parameter]] = {}
        for key, parameter in model.named_parameters():
            if parameter.requires_grad:
                factor = next((times for start, times in (faster or {}).items() if key.startswith(start)), 1.0)
                groups.setdefault(factor, []).append(parameter)
        self.optimiser = torch.optim.AdamW([{"params": g, "factor": k} for k, g in groups.items()], lr=rate, weight_decay=decay)
        self.spent, self.step, self.sums, self.logged = 0.0, 0, {}, 0.0

    def restore(self) -> bool:
        """Loads the checkpoint when there is one; returns whether its time is used up (more minutes carry it on)."""
        if not self.path.exists():
            return False
        state = torch.load(self.path, map_location="cpu", weights_only=True)
        self.model.load_state_dict(state["model"])
        # None: weights of a shipped package, which keeps no optimiser.
        if state["optimiser"] is not None:
            self.optimiser.load_state_dict(state["optimiser"])
        self.spent = self.logged = state["spent"]
        self.step = state["step"]
        return self.spent >= self.seconds

    def save(self) -> None:
        if worker_rank() != 0:
            return
        state = {"model": self.model.state_dict(), "optimiser": self.optimiser.state_dict(), "spent": self.spent, "step": self.step}
        partial = self.path.with_suffix(".partial")
        torch.save(state, partial)
        partial.replace(self.path)

    @property
    def progress(self) -> float:
        return min(self.spent / self.seconds, 1.0)

    def run(self, work: Iterator[Any], step: Callable[[Any], tuple[torch.Tensor, dict[str, float]]]) -> None:
        """Calls `step` on each item of `work`; it returns the loss and figures to log."""
        share_weights(self.model)
        saved = self.spent
        while self.spent < self.seconds:
            begun = time.monotonic()
            warm = min(1.0, (self.step + 1) / 40)
            rate = self.rate * warm * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * self.progress)))
            for group in self.optimiser.param_groups:
                group["lr"] = rate * group["factor"]
            loss, figures = step(next(work))
            self.optimiser.zero_grad(set_to_none=True)
            loss.backward()
            self.spent = average_gradients(self.model, self.spent + time.monotonic() - begun)
            begun = time.monotonic()
            nn.utils.clip_grad_norm_(self.model.parameters(), 5.0)
            self.optimiser.step()
            self.step += 1
            self.spent += time.monotonic() - begun
            self._log({"loss": float(loss.detach()), **figures})
            if self.spent - saved > _SAVE_EVERY:
                self.save()
                saved = self.spent
        self.save()

    def _log(self, figures: dict[str, float]) -> None:
        for key, value in figures.items():
            total, count = self.sums.get(key, (0.0, 0))
            self.sums[key] = (total + value, count + 1)
        if self.spent - self.logged > _LOG_EVERY and worker_rank() == 0:
            self.logged = self.spent
            text = " ".join(f"{key} {total / count:.3f}" for key, (total, count) in self.sums.items())
            print(f"[{self.name}] {self.spent:.0f}/{self.seconds:.0f} s step {self.step} {text}", flush=True)
            self.sums = {}


def restore_finished(model: nn.Module, path: Path) -> None:
    """Loads the weights of a phase's checkpoint; raises when it is missing."""
    model.load_state_dict(torch.load(path, map_location="cpu", weights_only=True)["model"])


def prepare_ahead(make: Callable[[], Any], depth: int = 3) -> Iterator[Any]:
    """Yields what `make` returns, computed in a thread; an exception there is raised here."""
    ready: queue.Queue = queue.Queue(depth)

    def fill() -> None:
        try:
            while True:
                ready.put((make(), None))
        except Exception as error:  # noqa: BLE001 - handed to the consumer
            ready.put((None, error))

    threading.Thread(target=fill, daemon=True).start()
    while True:
        item, error = ready.get()
        if error is not None:
            raise error
        yield item

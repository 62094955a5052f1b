"""What the training command keeps between runs."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from training import train


def test_drives_that_came_later_are_encoded_and_earlier_ones_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    encoded: list[str] = []

    def encode(encoder: None, frames: list, device: str, seconds: float) -> dict[str, np.ndarray]:
        encoded.extend(frame.token for frame in frames)
        return {frame.token: np.full((1, 2), len(encoded), np.uint8) for frame in frames}

    monkeypatch.setattr(train, "encode_frames", encode)
    arguments = SimpleNamespace(out=tmp_path, minutes_encode=None, device="cpu")
    frames = [SimpleNamespace(token=name) for name in ("a", "b", "c")]
    first = train._evidence(arguments, None, SimpleNamespace(frames=frames[:2]))
    again = train._evidence(arguments, None, SimpleNamespace(frames=frames))
    assert encoded == ["a", "b", "c"]
    assert set(first) == {"a", "b"} and set(again) == {"a", "b", "c"}
    assert np.array_equal(again["a"], first["a"])

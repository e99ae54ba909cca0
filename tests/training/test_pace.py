"""When a run is saved."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from segstudio.training.pace import Clock


def test_the_first_save_comes_early_and_the_later_ones_are_rare(monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed in its first minute a run does not begin anew, and a long one does not spend its time on saving."""
    now = [100.0]
    monkeypatch.setattr("segstudio.training.pace.time", SimpleNamespace(monotonic=lambda: now[0]))
    clock = Clock(0.0)
    saved = []
    for second in range(300):
        now[0] = 100.0 + second
        if clock.is_save_due():
            saved.append(second)
    assert saved == [5, 15, 35, 75, 135, 195, 255]

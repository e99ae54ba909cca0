"""Strokes get onto the disk itself within about a second, and nobody who paints waits for that."""

from __future__ import annotations

import threading

import pytest

from segstudio.painting.journal import Journal
from tests.desktop.conftest import WAIT_MS
from tests.desktop.editing.conftest import Bench


def test_strokes_are_settled_soon_in_a_worker(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    workers: list[str] = []
    real = Journal.settle

    def settle(journal: Journal) -> None:
        workers.append(threading.current_thread().name)
        real(journal)

    monkeypatch.setattr(Journal, "settle", settle)
    bench.show(0)
    bench.press(1, (5, 5), (40, 30))
    bench.wait(lambda: len(workers) >= 2, WAIT_MS)  # also while the pen is down
    bench.desk.commit()
    before = len(workers)
    bench.wait(lambda: len(workers) > before)
    assert all(name.startswith("settle journal") for name in workers)

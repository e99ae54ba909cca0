"""Verbs as children of the window: what they say, and that nothing of them is left behind."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest

from segstudio.desktop.problems import Stopped
from segstudio.desktop.train.errands import ask_verb
from segstudio.desktop.work import JobControl
from segstudio.errors import SegStudioError

SLEEPING = """
import subprocess, sys
helper = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(100)"])
print(helper.pid, file=sys.stderr, flush=True)
helper.wait()
"""


@pytest.fixture
def as_verb(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Return a function that lets a script be what is asked."""

    def be(script: str) -> None:
        file = tmp_path / "verb.py"
        file.write_text(script, encoding="utf-8")
        real = subprocess.Popen

        def popen(_words: list[str], **more: Any) -> Any:
            return real([sys.executable, str(file)], **more)

        monkeypatch.setattr(subprocess, "Popen", popen)

    return be


def control() -> JobControl:
    return JobControl(lambda _status: None, can_cancel=True)


def test_the_answer_is_the_last_line_and_each_line_of_the_other_output_is_heard(
    as_verb: Callable[[str], None],
) -> None:
    as_verb("import sys; print('words', file=sys.stderr); print('told'); print('{\"a\": 1}')")
    heard: list[str] = []
    assert ask_verb(("check",), control(), heard.append) == {"a": 1}
    assert heard == ["words"]
    as_verb("import sys; print('It is too small.', file=sys.stderr); sys.exit(1)")
    with pytest.raises(SegStudioError, match=r"^It is too small\.$"):
        ask_verb(("check",), control())


def test_a_verb_that_is_cancelled_takes_its_helpers_along(as_verb: Callable[[str], None]) -> None:
    """They hold its output open: whoever listens to it would listen on."""
    as_verb(SLEEPING)
    before, wish, helpers = set(threading.enumerate()), control(), []

    def heard(line: str) -> None:
        helpers.append(int(line))
        wish.ask_to_stop()

    with pytest.raises(Stopped):
        ask_verb(("check",), wish, heard)
    assert set(threading.enumerate()) == before
    assert helpers
    end = time.monotonic() + 30
    while is_at_work(helpers[0]):
        assert time.monotonic() < end
        time.sleep(0.01)


def is_at_work(process: int) -> bool:
    try:
        return psutil.Process(process).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from segstudio.cli import doctor
from tests.cli.conftest import Run

_ASKED = ["Python", "torch", "GPU", "Qt", "memory", "disk", "weights"]


def test_everything_is_looked_at_and_problems_decide_the_exit_status(run: Run) -> None:
    code, out, _ = run("doctor", "--json")
    answer = json.loads(out)
    assert list(answer) == _ASKED
    verdicts = {what: entry["verdict"] for what, entry in answer.items()}
    assert verdicts["Python"] == verdicts["torch"] == "ok"
    assert code == int("problem" in verdicts.values())
    assert sys.version.split()[0] in answer["Python"]["found"]


def test_qt_that_does_not_start_is_a_problem_with_a_fix(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "no-such-platform")
    answer = doctor._qt()
    assert answer.verdict == "problem"
    assert "does not start" in answer.found
    assert "make system" in answer.fix


def test_qt_that_never_answers_is_a_problem_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "_QT_START_S", 0.001)
    answer = doctor._qt()
    assert answer.verdict == "problem"
    assert "no answer within" in answer.found


def test_weights_are_counted_where_torch_looks_for_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    assert doctor._weights().verdict == "hint"
    (tmp_path / "hub" / "checkpoints").mkdir(parents=True)
    (tmp_path / "hub" / "checkpoints" / "a.pth").touch()
    answer = doctor._weights()
    assert (answer.verdict, answer.found) == ("ok", f"1 file in {tmp_path / 'hub' / 'checkpoints'}")

"""The words of an order, and its end."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from segstudio.cli.train import _run_named
from segstudio.desktop.train import launch
from segstudio.desktop.train.launch import new_run, same_run
from segstudio.errors import SegStudioError
from tests.project.links import link

_FAMILY = """
import subprocess, sys, time
subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=True)
print("there", flush=True)
time.sleep(600)
"""


def test_several_processes_are_asked_for_in_words_and_one_goes_without_saying(tmp_path: Path) -> None:
    words = new_run(tmp_path, "r", "quick-cpu", {"epochs": 3}, processes=2).words
    assert words == (
        *("train", str(tmp_path), "--recipe", "quick-cpu", "--set", "epochs=3"),
        *("--name", "r", "--gpus", "2"),
    )
    assert "--gpus" not in new_run(tmp_path, "r", "quick-cpu", {}).words
    assert same_run(tmp_path, "r", processes=4).words[-2:] == ("--gpus", "4")
    assert same_run(tmp_path, "r").words == ("train", str(tmp_path), "--resume", str(tmp_path / "runs" / "r"))


def test_a_run_called_like_the_word_for_the_newest_is_gone_on_with_itself(tmp_path: Path) -> None:
    """Older projects may have a run of that name, and another one that is newer."""
    runs = tmp_path / "runs"
    for name in ("last", "newer"):
        (runs / name).mkdir(parents=True)
        for file in ("recipe.toml", "events.jsonl"):
            (runs / name / file).write_text("", encoding="utf-8")
    os.utime(runs / "last", (1, 1))
    order = same_run(tmp_path, "last")
    assert _run_named(runs, order.words[-1]).path == order.run == runs / "last"


def test_what_a_trainer_has_started_ends_with_it() -> None:
    parent = subprocess.Popen([sys.executable, "-c", _FAMILY], stdout=subprocess.PIPE)
    assert parent.stdout is not None
    with parent.stdout as told:
        told.readline()
    launch._started[parent.pid] = parent
    family = psutil.Process(parent.pid).children(recursive=True)
    assert family
    launch.end(parent.pid)
    parent.wait(30)
    gone, left = psutil.wait_procs(family, timeout=30)
    assert len(gone) == len(family)
    assert not left
    assert not launch.is_alive(parent.pid)


def test_what_a_trainer_says_is_written_through_no_link(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = tmp_path / "own/run.txt"
    own.parent.mkdir()
    own.write_text("mine")
    monkeypatch.setattr(sys, "executable", shutil.which("true") or "true")
    (tmp_path / "first/runs/.output").mkdir(parents=True)
    (tmp_path / "second/runs").mkdir(parents=True)
    try:
        (tmp_path / "first/runs/.output/run.txt").symlink_to(own)
        (tmp_path / "second/runs/.output").symlink_to(own.parent)
    except OSError:
        pytest.skip("no links here")
    order = new_run(tmp_path / "first", "run", "balanced", {})
    process = launch.start(order)
    launch._started[process].wait(10)
    assert order.output.read_bytes() == b""
    with pytest.raises(SegStudioError, match="the folder is a link"):
        launch.start(new_run(tmp_path / "second", "run", "balanced", {}))
    assert own.read_text() == "mine"


def test_a_run_that_is_a_link_is_not_started(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "runs").mkdir()
    link(tmp_path / "runs" / "t1", tmp_path / "elsewhere")
    with pytest.raises(SegStudioError, match="the folder is a link") as told:
        launch.start(same_run(tmp_path, "t1"))
    assert told.value.where == str(tmp_path / "runs" / "t1")
    assert not (tmp_path / "runs" / ".output").exists()

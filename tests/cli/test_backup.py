"""`segstudio backup` and `segstudio restore`: there and back, and what cannot be done."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

from segstudio.project.project import Project
from tests.cli.conftest import Run


def test_there_and_back(labelled: Project, run: Run, tmp_path: Path) -> None:
    target, new = tmp_path / "b.zip", tmp_path / "new"
    code, out, err = run("backup", labelled.folder, target, "--json")
    assert code == 0, err
    told = json.loads(out)
    assert (told["file"], told["zip_bytes"]) == (str(target), target.stat().st_size)
    code, out, err = run("restore", target, "--check")
    assert (code, "it is whole" in out) == (0, True), err
    code, out, err = run("restore", target, new, "--json")
    assert code == 0, err
    assert json.loads(out)["files"] == told["files"]
    assert Project.open(new).keys() == labelled.keys()


def test_what_is_missing_is_told(labelled: Project, run: Run, tmp_path: Path) -> None:
    assert run("backup", labelled.folder, tmp_path / "b.zip", "--without", "photos")[0] == 0
    code, out, err = run("restore", tmp_path / "b.zip", tmp_path / "new")
    assert (code, "the file is not there" in out) == (0, True), err


def test_what_cannot_be_done_is_told(labelled: Project, run: Run, tmp_path: Path) -> None:
    (tmp_path / "x.zip").write_bytes(b"no zip")
    for words, code, told in (
        (("backup", labelled.folder, tmp_path / "b.zip", "--without", "masks"), 2, "--without takes"),
        (("backup", labelled.folder, tmp_path / "x.zip"), 1, "file of this name"),
        (("restore", tmp_path / "x.zip", tmp_path / "new"), 1, "damaged"),
        (("restore", tmp_path / "x.zip"), 2, "name the folder"),
    ):
        found, _, err = run(*words)
        assert (found, told in err) == (code, True), err


def test_ctrl_c_leaves_nothing_half(labelled: Project, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    (labelled.folder / "runs/x").mkdir(parents=True)
    (labelled.folder / "runs/x/best.pt").write_bytes(rng.bytes(100 << 20))
    place = tmp_path / "there"
    place.mkdir()
    words = [sys.executable, "-m", "segstudio", "backup", str(labelled.folder), str(place / "b.zip")]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    while process.poll() is None and not any(path.stat().st_size > 1 << 20 for path in place.iterdir()):
        time.sleep(0.005)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (130, "Stopped.\n")
    assert list(place.iterdir()) == []
    assert not list((labelled.folder / ".staging").glob("*"))

"""Every verb tells of a change that is in place in part."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from segstudio.project.project import Project
from segstudio.project.staging import STAGING
from tests.cli.conftest import Run


@pytest.mark.parametrize(
    "words",
    [
        ("check",),
        ("classes",),
        ("versions",),
        ("trash",),
        ("export", "--format", "labelme-json", "--to", "out"),
        ("augment", "--out", "out"),
    ],
    ids=lambda words: words[0],
)
def test_a_change_that_is_in_place_in_part_is_told(
    run: Run, labelled: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    monkeypatch.chdir(tmp_path)
    labelled.set_split(dict.fromkeys(labelled.keys(), "train"))
    code, _, err = run(words[0], labelled.folder, *words[1:])
    assert (code, err) == (0, "")
    for folder in tmp_path.glob("out"):
        shutil.rmtree(folder)
    _broken_off(labelled.folder)
    err = run(words[0], labelled.folder, *words[1:])[2]
    assert err.startswith("warning: A change of this project was broken off, and may be in place in part: ")
    assert str(labelled.folder / "masks/02.png.png") in err


def test_what_programs_read_stays_one_object(run: Run, labelled: Project) -> None:
    _broken_off(labelled.folder)
    _, out, err = run("classes", labelled.folder, "--json")
    assert json.loads(out)
    assert "was broken off" in err


def _broken_off(project: Path) -> None:
    """Leave a change of which a file is in place, and another can never be: a folder bears its name."""
    staged = project / STAGING / ("0" * 32)
    (staged / "files/masks").mkdir(parents=True)
    for name in ("01.png.png", "02.png.png"):
        (staged / "files/masks" / name).write_bytes((project / "masks/03.png.png").read_bytes())
    (staged / "commit.json").write_text(
        json.dumps(["masks/01.png.png", "masks/02.png.png"]), encoding="utf-8"
    )
    (project / "masks/02.png.png").unlink()
    (project / "masks/02.png.png/x").mkdir(parents=True)

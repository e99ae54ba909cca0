"""The wheel holds all that is needed: installed elsewhere it runs from another folder."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


def run(*command: str, cwd: Path, **environment: str) -> str:
    done = subprocess.run(
        command,
        cwd=cwd,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.slow
def test_the_wheel_runs_from_another_folder(tmp_path: Path) -> None:
    python = sys.executable
    run(
        python, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(tmp_path), str(ROOT), cwd=tmp_path
    )
    wheel = next(tmp_path.glob("segstudio-*.whl"))
    names = zipfile.ZipFile(wheel).namelist()
    packaged = {name.removeprefix("segstudio/_resources/") for name in names if "/_resources/" in name}
    there = {
        path.relative_to(ROOT / "resources").as_posix()
        for path in (ROOT / "resources").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert packaged == there
    site, elsewhere = tmp_path / "site", tmp_path / "elsewhere"
    elsewhere.mkdir()
    run(
        python,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-deps",
        "--target",
        str(site),
        str(wheel),
        cwd=tmp_path,
    )
    where = run(
        python, "-c", "import segstudio.errors as e; print(e.__file__)", cwd=elsewhere, PYTHONPATH=str(site)
    )
    assert where.startswith(str(site))
    told = run(python, "-m", "segstudio", "recipes", cwd=elsewhere, PYTHONPATH=str(site))
    assert "quick-cpu" in told
    project = ("new", "jumps", "--class", "sky,ground")
    told = run(python, "-m", "segstudio", *project, cwd=elsewhere, PYTHONPATH=str(site))
    assert "#56B4E9" in told
    script = (
        "from pathlib import Path; from segstudio.resource_files import load_script;"
        "print(len(load_script('sample/skydiving.py').generate(Path('s'), photos=1, size=(64, 64)).photos))"
    )
    assert run(python, "-c", script, cwd=elsewhere, PYTHONPATH=str(site)).strip() == "1"

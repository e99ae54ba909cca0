"""Makes the pictures of the window in this folder from the running window: light and dark, at 1× and 2×.

    make pictures            or: python docs/pictures/make.py [--out FOLDER] [SCENE …]

Each look is a process of its own (scenes.py), because Qt reads the scale once, in a home of its own, so that nothing
of this user is seen or changed. Projects, names and sizes are always the same; text has this machine's fonts.
The model of the Review scene is trained once, in some minutes, and kept in the folder for temporary files.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from segstudio.formats.importing import commit_import, prepare
from segstudio.formats.options import ImportOptions
from segstudio.formats.sources import gather
from segstudio.project.classes import ClassList
from segstudio.project.project import Project
from segstudio.resource_files import load_script

HERE = Path(__file__).resolve().parent
LOOKS = tuple((theme, scale) for theme in ("light", "dark") for scale in (1, 2))
PROJECTS = (("Formations", 5, 33), ("Tandems over the coast", 8, 7), ("Sample jumps", 36, 20))
"""Name, photos and seed of each project on the start page, the oldest first."""

MODEL = "Evening jumps"
NEW_PHOTOS = 12
OF_THE_GUIDE = frozenset({"versions", "merge", "lock"})
"""Scenes of which only the guide shows a picture, in the first look."""

GOOD_PSNR_DB = 42.0
"""A picture of 256 colours that is this close to its original is taken for it."""


def main() -> None:
    """Make the pictures that were asked for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--out", type=Path, default=HERE, help="where the pictures go")
    parser.add_argument("scenes", nargs="*", help="these scenes only")
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    os.environ["SEGSTUDIO_NAME"] = "Bo"
    with tempfile.TemporaryDirectory() as folder:
        drawn = Path(folder) / "drawn"
        draw_projects(drawn)
        reviews = not given.scenes or "review" in given.scenes
        model = trained_model(drawn / PROJECTS[-1][0]) if reviews else Path()
        for theme, scale in LOOKS:
            home, raw = Path(folder) / f"home-{theme}-{scale}", Path(folder) / f"raw-{theme}-{scale}"
            shutil.copytree(drawn, home / "Documents" / "SegStudio")
            raw.mkdir()
            if reviews:
                shutil.copytree(model, home / "Models" / model.name)
            grab_look(home, raw, theme, scale, given.scenes)
            keep_trainings(home / "Documents" / "SegStudio", drawn)
            for picture in sorted(raw.glob("*.png")):
                if picture.stem in OF_THE_GUIDE and (theme, scale) != LOOKS[0]:
                    continue
                at = "" if scale == 1 else f"@{scale}x"
                save_small(picture, given.out / f"{picture.stem}-{theme}{at}.png")


def draw_projects(folder: Path) -> None:
    """Draw the photos of every project and import them, as a person would; and what is dropped on the Import tab."""
    script = load_script("sample/skydiving.py")
    for name, photos, seed in PROJECTS:
        drawn = folder.with_name("drawing")
        script.generate(drawn, photos=photos, seed=seed)
        project = Project.create(folder / name, name=name, classes=ClassList.from_names(script.CLASSES))
        with gather([drawn / "annotations"], [drawn / "photos"]) as gathered:
            commit_import(
                prepare(gathered, project, ImportOptions(order=script.CLASSES, split="auto")), project
            )
        shutil.rmtree(drawn)
    script.generate(folder / "Dropped", photos=NEW_PHOTOS, seed=11)


def trained_model(project: Path) -> Path:
    """Return the folder of a run that learnt the project's photos, made once and kept for the next pictures."""
    kept = Path(tempfile.gettempdir()) / "segstudio-pictures" / MODEL
    if not (kept / "best.pt").is_file():
        shutil.rmtree(kept, ignore_errors=True)
        train = [sys.executable, "-m", "segstudio", "train", str(project), "--recipe", "demo"]
        subprocess.run([*train, "--name", MODEL], check=True)
        shutil.copytree(project / "runs" / MODEL, kept)
        shutil.rmtree(project / "runs" / MODEL)
    return kept


def keep_trainings(projects: Path, drawn: Path) -> None:
    """Give what was trained in one look to the looks that follow: one training serves all."""
    for run in projects.glob("*/runs/*/recipe.toml"):
        target = drawn / run.parent.relative_to(projects)
        if not target.exists():
            shutil.copytree(run.parent, target)


def grab_look(home: Path, raw: Path, theme: str, scale: int, scenes: Sequence[str]) -> None:
    """Run one look and leave its pictures in `raw`."""
    environment = {
        **os.environ,
        "HOME": str(home),
        "QT_QPA_PLATFORM": "offscreen",
        "OMP_NUM_THREADS": "1",  # the training of one scene is as fast beside other work
        "QT_SCALE_FACTOR": str(scale),
        **{f"XDG_{name}_HOME": str(home / f".{name.lower()}") for name in ("CONFIG", "CACHE", "DATA")},
    }
    command = [sys.executable, str(HERE / "scenes.py"), str(raw), theme, *scenes]
    subprocess.run(command, check=True, env=environment)


def save_small(picture: Path, path: Path) -> None:
    """Save a picture with a palette where that cannot be seen, else as it is; as small as PNG allows."""
    with Image.open(picture) as opened:
        whole = opened.convert("RGB")
    few = whole.quantize(256, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.FLOYDSTEINBERG)
    difference = np.asarray(whole, dtype=np.float32) - np.asarray(few.convert("RGB"), dtype=np.float32)
    error = float(np.mean(difference**2))
    close = error == 0 or 10 * np.log10(255**2 / error) >= GOOD_PSNR_DB
    (few if close else whole).save(path, optimize=True)


if __name__ == "__main__":
    main()

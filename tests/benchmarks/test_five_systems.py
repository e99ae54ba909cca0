"""The recipes of the five systems, each trained for an epoch on a stand-in for its set, on small crops: minutes on two cores."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from segstudio.cli.main import main
from segstudio.runs.folder import list_runs
from tests.formats import published_sets

SETS = {
    "etrims-deeplabv3": ("etrims", published_sets.etrims),
    "msrc-deeplabv3plus": ("msrc", published_sets.msrc),
    "skydiving-deeplabv3": ("camvid", published_sets.camvid),  # the classes do not matter to it
    "drinks-fcn-resnetv2": ("drinks", published_sets.drinks),
    "coco-deeplabv3plus": ("coco-voc21", published_sets.coco),
}


@pytest.mark.benchmark
@pytest.mark.parametrize(("recipe", "preset", "make"), [(name, *each) for name, each in SETS.items()])
def test_each_recipe_trains_on_its_set(
    recipe: str, preset: str, make: Callable[[Path], None], tmp_path: Path
) -> None:
    make(tmp_path / "set")
    project = tmp_path / "project"
    words = [
        ["import", "--preset", preset, str(tmp_path / "set"), "--project", str(project)],
        ["train", str(project), "--recipe", recipe, "--device", "cpu"],
    ]
    for change in ("epochs=1", "weights=none", "crop_px=64", "batch_size=2", "workers=0"):
        words[1] += ["--set", change]
    for each in words:
        with pytest.raises(SystemExit) as ended:
            main(each)
        assert not ended.value.code
    (run,) = list_runs(project / "runs")
    assert run.state() == "finished"
    assert run.best.is_file()

import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from segstudio.desktop.reviewing.exporting import Kind, Wanted, write_out
from segstudio.desktop.reviewing.items import Answer, Item, Row
from segstudio.desktop.work import JobControl
from segstudio.project.classes import ClassList
from segstudio.review.legend import UNSURE_TEXT, VOID_TEXT, legend
from segstudio.review.shown import Thresholds

CLASSES = ClassList.from_names(["sky", "person"])


@pytest.fixture
def row(tmp_path: Path) -> Row:
    """A photo of 10 × 10 pixels, all sky; unsure columns 6 and on are wrongly a person."""
    Image.fromarray(np.full((10, 10, 3), 90, np.uint8)).save(tmp_path / "a.png")
    mask, sure = np.zeros((10, 10), np.uint8), np.full((10, 10), 250, np.uint8)
    mask[:, 6:], sure[:, 6:] = 1, 130
    np.save(tmp_path / "mask.npy", mask)
    np.save(tmp_path / "sure.npy", sure)
    answer = Answer(tmp_path / "mask.npy", tmp_path / "sure.npy", (10, 10))
    return Row(Item("a", tmp_path / "a.png", "a.png"), "done", answer=answer)


def _write(kind: Kind, row: Row, thresholds: Thresholds, target: Path) -> None:
    truths = {"a": lambda: np.zeros((10, 10), np.uint8)}
    wanted = Wanted(kind, (row,), truths, CLASSES, thresholds, target, "m")
    written = write_out(wanted, JobControl(lambda _: None, can_cancel=True))
    assert written.problems == ()


def _report(row: Row, thresholds: Thresholds, target: Path) -> str:
    _write("report", row, thresholds, target)
    return target.read_text()


def test_a_report_scores_what_a_threshold_hides(row: Row, tmp_path: Path) -> None:
    whole = _report(row, {1: 0.0}, tmp_path / "whole.html")
    hidden = _report(row, {1: 0.9}, tmp_path / "hidden.html")
    assert "mean IoU 60.0 %" in whole
    assert "mean IoU 60.0 %" in hidden, "hiding what is wrong makes no model better"
    assert "60.0 % of the pixels are right" in hidden
    pictures = [re.findall(r'alt="(\w+): a.png"[^>]*src="([^"]+)"', page) for page in (whole, hidden)]
    same = {name: data == dict(pictures[1])[name] for name, data in pictures[0]}
    assert same == {"Photo": True, "Prediction": False, "Truth": True, "Errors": True}


def test_a_report_names_the_thresholds_set(row: Row, tmp_path: Path) -> None:
    told = "only where at least this sure: person 90.0 %; scores are of everything the model says"
    assert told in _report(row, {0: 0.0, 1: 0.9}, tmp_path / "hidden.html")
    assert "at least this sure" not in _report(row, {0: 0.0}, tmp_path / "whole.html")


def test_panels_call_what_a_threshold_hides_unsure(
    row: Row, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rests: list[str] = []

    def listed(*given: object, rest: str, **more: object) -> object:
        rests.append(rest)
        return legend(*given, rest=rest, **more)  # type: ignore[arg-type]

    monkeypatch.setattr("segstudio.review.panels.legend", listed)
    _write("panels", row, {1: 0.9}, tmp_path / "hidden")
    _write("panels", row, {1: 0.0}, tmp_path / "whole")
    assert rests == [UNSURE_TEXT, VOID_TEXT]

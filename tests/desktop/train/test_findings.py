"""What the check says, as the tab shows it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from segstudio.desktop.train.form.findings import CheckResult, Found, no_weights, result_of, why_not
from segstudio.desktop.train.form.head_words import lacks_weights, words_on
from segstudio.runs.heads import HEADS


def finding(code: str, severity: str = "warning", **more: Any) -> dict[str, Any]:
    return {
        "severity": severity,
        "code": code,
        "problem": f"p {code}",
        "fix": "mend it",
        "photos": [],
        **more,
    }


@pytest.mark.parametrize(
    ("told", "fix", "changes"),
    [
        (finding("leak"), "split", None),
        (finding("damaged"), "photos", None),
        (finding("imbalance", changes={"class_weights": "inverse"}), "change", {"class_weights": "inverse"}),
        (finding("empty-class", changes={"ignore_classes": ["b"]}), "change", {"ignore_classes": ["b"]}),
        (finding("memory"), "change", {"batch_size": 4}),
        (finding("disk"), "", None),
    ],
)
def test_what_a_click_mends(told: dict[str, Any], fix: str, changes: dict[str, Any] | None) -> None:
    found = result_of({"findings": [told]}, batch_size=8).found[0]
    assert (found.fix, found.changes) == (fix, changes)
    assert bool(found.button) == bool(fix)


def test_all_of_it_in_a_few_words() -> None:
    found = [finding("a", "error"), finding("b", "hint"), finding("c", "hint")]
    result = result_of({"findings": found}, batch_size=1)
    assert result.summary() == "1 problem, 2 hints"
    assert CheckResult((), ()).summary() == "all is well"


def test_why_a_training_cannot_start_is_the_first_thing_to_mend() -> None:
    error = CheckResult((Found("error", "no-masks", "no photo has a mask yet", "Paint some"),), ())
    free: dict[str, Any] = {
        "is_open": True,
        "has_photos": True,
        "problem": "",
        "result": None,
        "is_starting": False,
    }
    assert why_not(**free) == ""
    assert why_not(**{**free, "result": error}) == "No photo has a mask yet. Paint some."
    assert why_not(**{**free, "result": error, "problem": "Epochs: wrong."}) == "Epochs: wrong."
    assert "import some" in why_not(**{**free, "has_photos": False})
    assert "just being started" in why_not(**{**free, "is_starting": True})


def test_missing_weights_are_told_with_every_way_on() -> None:
    found = no_weights("LR-ASPP", "13 MB")
    ways = [(way.button, way.fix, way.changes) for way in found.ways]
    assert ways == [
        ("Fetch 13 MB", "fetch", None),
        ("Import weights…", "import", None),
        ("Start from random weights", "change", {"weights": "none"}),
    ]


def test_weights_are_missing_until_they_are_here_or_a_file_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    head = HEADS["lraspp_mobilenet_v3_large"]
    assert lacks_weights(head, "auto")
    assert lacks_weights(head, "coco")
    assert not lacks_weights(head, "none")
    assert not lacks_weights(head, "/runs/jump-1/best.pt")
    words = words_on(head, batch_size=2, crop_px=64, moments=2, choice="/runs/jump-1/best.pt")
    assert words.weights == "Starts from the weights in jump-1/best.pt."
    assert words.is_here
    folder = tmp_path / "hub" / "checkpoints"
    folder.mkdir(parents=True)
    (folder / head.weights[0].file_name).touch()
    assert not lacks_weights(head, "auto")

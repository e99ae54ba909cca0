"""What the check says, as the tab shows it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from segstudio.desktop.train.form.findings import (
    CheckResult,
    Found,
    about_weights,
    no_weights,
    result_of,
    why_not,
)
from segstudio.desktop.train.form.head_words import words_on
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
        (finding("waits-in-vain"), "split", None),
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


def test_advice_is_told_in_the_words_of_the_window() -> None:
    told = [
        finding("odd-batch", fix="choose a batch_size that leaves none over"),
        finding("few", fix="Use --set crops_per_photo=9", changes={"crops_per_photo": 9}),
        finding("memory", fix="Lower batch_size or crop_px, or choose a smaller head"),
    ]
    advice = [found.advice for found in result_of({"findings": told}, batch_size=1).found]
    assert advice == [
        'choose a "Batch" that leaves none over',
        "",
        "Fewer or smaller crops need less, or a smaller network",
    ]


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
        ("Start from random weights", "change", {"weights": "none", "freeze_backbone": False}),
    ]


HEAD = HEADS["lraspp_mobilenet_v3_large"]


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of weights."""
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    folder = tmp_path / "hub" / "checkpoints"
    folder.mkdir(parents=True)
    return folder


def told_of(choice: str) -> tuple[str, str, bool]:
    """What is found of first weights, the words on them, and whether something is to be fetched for them."""
    words = words_on(HEAD, batch_size=2, crop_px=64, moments=2, choice=choice)
    found = about_weights(HEAD, choice)
    return (f"{found.severity} {found.code}" if found else ""), words.weights, words.is_here


def test_published_weights_are_missing_until_they_are_here(kept: Path) -> None:
    for choice in ("auto", "imagenet"):
        found, words, is_here = told_of(choice)
        assert (found, is_here) == ("warning weights", False)
        assert "No pretrained weights are here" in words
    assert told_of("none") == ("", "Learns from scratch: no weights to start from.", True)
    (kept / "segstudio-mobilenet_v3_large-0a1b.pth").touch()
    assert told_of("auto")[1] == "Starts from imported weights (segstudio-mobilenet_v3_large-0a1b.pth)."
    assert told_of("segstudio-mobilenet_v3_large-0a1b.pth") == told_of("auto")
    imagenet = next(each for each in HEAD.weights if each.name == "imagenet")
    (kept / imagenet.file_name).touch()
    assert told_of("auto") == told_of("imagenet")
    assert told_of("auto") == ("", "Starts from ImageNet weights, which are here.", True), (
        "as training has it"
    )


def test_a_model_to_begin_with_that_is_gone_is_told_with_other_ways(kept: Path) -> None:
    model = kept / "jump-1" / "best.pt"
    model.parent.mkdir()
    model.touch()
    assert told_of(str(model)) == ("", "Starts from the weights in jump-1/best.pt.", True)
    model.unlink()
    gone = "The weights to start from are gone: jump-1/best.pt."
    assert told_of(str(model)) == ("error weights-auto", gone, True)
    found = about_weights(HEAD, str(model))
    assert found is not None
    assert [way.changes for way in found.ways] == [
        {"weights": "auto"},
        {"weights": "none", "freeze_backbone": False},  # what starts at random has to learn
    ]
    unpublished = HEADS["deeplabv3_mobilenet_v2"]
    alone = about_weights(unpublished, "coco")
    assert alone is not None
    assert alone.problem == "nobody publishes COCO weights for DeepLabV3, MobileNetV2"

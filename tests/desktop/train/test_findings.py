"""What the check says, as the tab shows it."""

from __future__ import annotations

from typing import Any

import pytest

from segstudio.desktop.train.form.findings import CheckResult, Found, result_of, why_not


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

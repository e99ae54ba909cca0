"""What the check before a training found, as the tab shows it: words, and what mends it at a click; pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from segstudio.counting import sized
from segstudio.desktop.train.form.fields import in_titles
from segstudio.desktop.train.form.head_words import missing_told, start_of
from segstudio.runs.heads import HeadInfo

Fix = Literal["change", "split", "photos", "fetch", "import", ""]
Severity = Literal["error", "warning", "hint"]

_SPLIT = frozenset(
    {"no-split", "no-training", "no-validation", "waits-in-vain", "leak", "only-validation", "only-training"}
)
_PHOTOS = frozenset(
    {"damaged", "bad-values", "no-masks", "without-mask", "all-void", "one-class", "few-photos"}
)
_SAID = {
    "no-split": "Training splits them at random; or split them here",
    "leak": "Split again, with bursts kept together",
    "only-validation": "Split again",
    "only-training": "Split again, or label more of it",
    "no-training": "Split again",
    "no-validation": "Split again",
    "waits-in-vain": "Split again",
    "memory": "Fewer or smaller crops need less, or a smaller network",
}
_SCRATCH: Mapping[str, Any] = {"weights": "none", "freeze_backbone": False}
"""A backbone that starts at random has to learn."""

_BUTTONS: Mapping[str, str] = {
    "class_weights": "Weigh rare classes more",
    "ignore_classes": "Leave it out",
    "crops_per_photo": "Use each photo more often",
    "batch_size": "Halve the crops per step",
}


@dataclass(frozen=True, slots=True)
class Found:
    """One finding. `fix` is what a click on `button` does; `changes` are recipe values for `fix` change, where classes
    to ignore are further ones. `others` are further ways to mend the same.
    """

    severity: Severity
    code: str
    problem: str
    advice: str
    fix: Fix = ""
    button: str = ""
    changes: Mapping[str, Any] | None = None
    others: tuple[Found, ...] = ()

    @property
    def ways(self) -> tuple[Found, ...]:
        """Return all ways to mend it, each as a finding with a button."""
        return tuple(each for each in (self, *self.others) if each.fix)


def no_weights(title: str, size: str) -> Found:
    """Return what is told where a network `title` has no weights here to start from; `size` is what is to be fetched."""
    problem = f"the weights that {title} starts from are not on this computer"
    advice = "Start downloads them where there is internet; without it, import a file or start at random"
    scratch = "Learning begins at random then: it takes longer and needs more photos"
    file = "A file of weights that was carried here"
    return Found(
        "warning",
        "weights",
        problem,
        advice,
        "fetch",
        f"Fetch {size}",
        others=(
            Found("warning", "weights-import", problem, file, "import", "Import weights…"),
            Found(
                "warning",
                "weights-random",
                problem,
                scratch,
                "change",
                "Start from random weights",
                _SCRATCH,
            ),
        ),
    )


def gone_weights(problem: str, *, is_published: bool) -> Found:
    """Return what is told where the chosen weights cannot be had, with other ones to begin with."""
    ways = [
        Found("error", f"weights-{name}", problem, advice, "change", button, changes)
        for name, button, advice, changes in (
            (
                "auto",
                "Start from published weights",
                "The best that there are for this network",
                {"weights": "auto"},
            ),
            ("none", "Start from random weights", "It takes longer and needs more photos", _SCRATCH),
        )
        if name == "none" or is_published
    ]
    return replace(ways[0], advice="Choose others to begin with, in Check", others=tuple(ways[1:]))


def about_weights(head: HeadInfo, choice: str) -> Found | None:
    """Return what is amiss with the first weights that were chosen for a network, None where nothing is."""
    match start_of(head, choice):
        case "to fetch":
            return no_weights(head.title, sized(head.weights[0].size_bytes))
        case "missing":
            return gone_weights(missing_told(head, choice), is_published=bool(head.weights))
        case _:
            return None


@dataclass(frozen=True, slots=True)
class ClassBalance:
    """How much of one class there is: its part of the labelled pixels (0–1), and photos that hold it."""

    index: int
    name: str
    share: float
    photos: int
    train: int
    val: int


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What the check says of the project and the planned recipe."""

    found: tuple[Found, ...]
    balance: tuple[ClassBalance, ...]

    def count(self, severity: Severity) -> int:
        """How many findings are that severe."""
        return sum(each.severity == severity for each in self.found)

    def summary(self) -> str:
        """All of it in a few words."""
        parts = []
        for severity, word in (("error", "problem"), ("warning", "warning"), ("hint", "hint")):
            count = self.count(severity)  # type: ignore[arg-type]
            if count:
                parts.append(f"{count} {word}{'s' if count > 1 else ''}")
        return ", ".join(parts) or "all is well"


def result_of(told: Mapping[str, Any], *, batch_size: int) -> CheckResult:
    """Return what `segstudio check --json` told of a training with that many crops per step."""
    return CheckResult(
        tuple(_found(each, batch_size) for each in told["findings"]),
        tuple(ClassBalance(**row) for row in told.get("classes", ())),
    )


def _found(told: Mapping[str, Any], batch_size: int) -> Found:
    code = str(told["code"])
    changes = dict(told.get("changes") or {})
    if code == "memory" and batch_size > 1:
        changes = {"batch_size": max(1, batch_size // 2)}
    advice = _SAID.get(code, str(told["fix"]).partition(", or leave it out with --set")[0])
    problem = in_titles(str(told["problem"]))
    if changes:
        button = _BUTTONS.get(next(iter(changes)), "Change the recipe")
        advice = "" if "--set" in advice else in_titles(advice)
        return Found(told["severity"], code, problem, advice, "change", button, changes)
    advice = in_titles(advice)
    if code in _SPLIT:
        return Found(told["severity"], code, problem, advice, "split", "Split…")
    if code in _PHOTOS:
        return Found(told["severity"], code, problem, advice, "photos", "Go to the photos")
    return Found(told["severity"], code, problem, advice)


def why_not(
    *, is_open: bool, has_photos: bool, problem: str, result: CheckResult | None, is_starting: bool
) -> str:
    """Say why a training cannot be started now, in one sentence; nothing when it can."""
    if not is_open:
        return "Open a project first."
    if is_starting:
        return "A run is just being started."
    if not has_photos:
        return "There are no photos yet: import some, and label them."
    if problem:
        return problem
    if result is not None and result.count("error"):
        first = next(each for each in result.found if each.severity == "error")
        return f"{first.problem[:1].upper()}{first.problem[1:]}. {first.advice}."
    return ""

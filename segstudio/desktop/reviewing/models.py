"""The models that can be asked, and what they say of themselves; plain values."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from segstudio.counting import counted, listed
from segstudio.desktop.opened import OpenedProject
from segstudio.desktop.run_summaries import RunSummary
from segstudio.runs.folder import RunFolder
from segstudio.runs.heads import HEADS
from segstudio.runs.model_card import ModelCard
from segstudio.runs.model_glance import NO_TRACE, ModelTrace, trace_of

MODEL_SUFFIXES = (".pt", ".pth")
_MOST_NAMED = 4


@dataclass(frozen=True, slots=True)
class Model:
    """A model file to ask: the best of a run of the project, or a file from elsewhere. `name` is for people.

    By `trace` it is known again when its run is called otherwise or its file lies elsewhere.
    """

    path: Path
    name: str
    of_run: bool = False
    trace: ModelTrace = NO_TRACE

    @property
    def key(self) -> str:
        """What stays the same of it: its id, or else its name."""
        return self.trace.model_id or self.name

    def is_called(self, key: str) -> bool:
        """Tell whether `key`, an id or in older records a name, means this model."""
        return bool(key) and key in (self.trace.model_id, self.name)

    @property
    def folders(self) -> tuple[str, ...]:
        """Names for the folder of its predictions: the one to make, then those that older versions made for it."""
        names = (_slug(self.name), _slug(self.trace.run or self.name))
        if not self.trace.model_id:
            return names[:1]
        return (f"{_slug(self.trace.run)}-{self.trace.model_id[:8]}", *names)


def _slug(name: str) -> str:
    return re.sub(r"[^\w.-]+", "-", name).strip("-.")[:80] or "model"


def models_of(opened: OpenedProject | None) -> tuple[Model, ...]:
    """Return the models of the project's runs, the best first among equals newest; pure."""
    if opened is None:
        return ()
    runs = opened.project.runs_folder
    return tuple(
        Model(RunFolder(runs / run.name).best, run.name, of_run=True, trace=run.model)
        for run in opened.models
    )


def model_of_file(path: Path) -> Model:
    """Return the model in a file that was given; a run's own files carry the run's name."""
    in_run = path.name in ("best.pt", "last.pt") and (path.parent / "recipe.toml").exists()
    return Model(path, path.parent.name if in_run else path.stem, trace=trace_of(path))


def is_same(one: Model, other: Model) -> bool:
    """Tell whether two are one model, as far trained, that lies elsewhere or is called otherwise by now; pure."""
    return bool(one.trace.model_id) and one.trace == other.trace and one.trace.step == other.trace.step


def is_there_instead(good: Model, model: Model) -> bool:
    """Tell whether the model that was asked before can be asked instead: its file may be gone by now."""
    return good.path != model.path and good.path.is_file()


def is_model_file(path: Path) -> bool:
    """Tell whether a path looks like a model: a file of weights, or a run's folder."""
    return path.suffix.lower() in MODEL_SUFFIXES and path.is_file()


def head_title(head: str) -> str:
    """Return a head's name as people read it."""
    known = HEADS.get(head)
    return known.title if known is not None else head


def stays_told(problem: str, model: Model | None) -> str:
    """Return why another model is not taken, and which one is asked still; pure."""
    return f"{problem.rstrip('.')}. {model.name} is still the model that is asked." if model else problem


def card_lines(card: ModelCard) -> tuple[str, ...]:
    """Return what a model says of itself, a line each: head, score, when and from how many photos; pure."""
    lines = [head_title(card.head)]
    score = card.scores.get("miou")
    parts = [f"mIoU {score:.2f}" if isinstance(score, int | float) else "no score"]
    if card.epoch:
        parts.append(f"epoch {card.epoch}")
    lines.append(" · ".join(parts))
    parts = []
    count = len(card.train_photos)
    if count:
        parts.append(f"from {counted(count, 'photo')}")
    if made := _day(card.created):
        parts.append(made)
    if parts:
        lines.append(" · ".join(parts))
    return tuple(lines)


def card_details(card: ModelCard) -> tuple[tuple[str, str], ...]:
    """Return everything that a model says of itself, as titles and texts; pure."""
    rows = [
        ("Head", head_title(card.head)),
        ("Classes", ", ".join(card.class_names)),
        ("Taken as", "; ".join(f"{name} as {into}" for name, into in card.merged.items())),
        ("Left out", ", ".join(card.left_out)),
        ("Score", _score_told(card)),
        ("Made", _day(card.created) or "not told"),
        ("Run", card.run),
        ("Project", card.project),
        ("Trained on", f"{len(card.train_photos):,} photos, scored on {len(card.val_photos):,}"),
        ("Photos", listed(card.train_photos, _MOST_NAMED)),
        ("Began with", _beginning_told(card)),
    ]
    return tuple((title, text) for title, text in rows if text)


def _beginning_told(card: ModelCard) -> str:
    if card.weights_from == "none":
        return "nothing: all its weights were learnt here"
    return " · ".join(part for part in (card.weights_from, card.weights_licence) if part)


def _score_told(card: ModelCard) -> str:
    score = card.scores.get("miou")
    if not isinstance(score, int | float):
        return "not scored"
    return f"mIoU {score:.3f} on its held-out photos, epoch {card.epoch}"


def _day(when: str) -> str:
    try:
        made = datetime.fromisoformat(when)
    except ValueError:
        return ""
    return f"{made.day} {made:%b %Y}"


def run_lines(run: RunSummary | None) -> tuple[str, ...]:
    """Return what is known of a run's model before it is loaded; pure."""
    if run is None:
        return ()
    parts = [f"mIoU {run.miou:.2f}" if run.miou is not None else "no score"]
    if run.best_epoch:
        parts.append(f"epoch {run.best_epoch}")
    return (head_title(run.head), " · ".join(parts))


def kept_choice(models: Sequence[Model], chosen: Model | None) -> Model | None:
    """Return which model stays chosen when the list is another one: the same, whatever it is called by now, or else the
    first; pure.
    """
    for each in models:
        if chosen is not None and each.path == chosen.path:
            return each
    for each in models:
        if chosen is not None and chosen.of_run and each.trace.model_id and each.trace == chosen.trace:
            return each
    return chosen if chosen is not None and not chosen.of_run else (models[0] if models else None)

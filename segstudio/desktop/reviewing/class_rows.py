"""What stands beside the classes and under their panels, worked out from what is known; pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from segstudio.desktop.annotating.class_rows import percent
from segstudio.desktop.reviewing.reading import OpenItem
from segstudio.project.classes import ClassList
from segstudio.review.shown import Thresholds
from segstudio.review.tallies import class_iou


@dataclass(frozen=True, slots=True)
class ClassFacts:
    """One class in the chosen photo. `share` and `sure` (mean confidence) are 0–1, None where nothing is known or
    nothing is there; `iou` where truth is known.
    """

    value: int
    name: str
    colour: str
    share: float | None = None
    sure: float | None = None
    iou: float | None = None
    threshold: float = 0.0
    shown: bool = True

    def told(self) -> str:
        """Return what is known in few words: `sure 93 % · IoU 0.81`."""
        parts = []
        if self.threshold:
            parts.append(f"from {percent(self.threshold)}")
        elif self.sure is not None:
            parts.append(f"sure {percent(self.sure)}")
        if self.iou is not None:
            parts.append(f"IoU {self.iou:.2f}")
        return " · ".join(parts)


def class_facts(
    classes: ClassList, opened: OpenItem | None, thresholds: Thresholds, hidden: frozenset[int]
) -> tuple[ClassFacts, ...]:
    """Return the facts of every class of the model, in its order."""
    tallies, ious = {}, {}
    if opened is not None and opened.spread is not None:
        tallies = {tally.index: tally for tally in opened.spread.tallies(classes, thresholds)}
    if opened is not None and opened.matrix is not None:
        ious = _known(dict(zip(classes.indices, class_iou(opened.matrix), strict=True)))
    return tuple(
        ClassFacts(
            value=entry.index,
            name=entry.name,
            colour=entry.colour,
            share=tallies[entry.index].share if entry.index in tallies else None,
            sure=tallies[entry.index].mean_confidence if entry.index in tallies else None,
            iou=ious.get(entry.index),
            threshold=thresholds.get(entry.index, 0.0),
            shown=entry.index not in hidden,
        )
        for entry in classes.classes
    )


def unsure_share(classes: ClassList, opened: OpenItem | None, thresholds: Thresholds) -> float | None:
    """Return the part of the photo (0–1) that shows no class, None when nothing is known."""
    if opened is None or opened.spread is None:
        return None
    share = opened.spread.unsure_share(classes, thresholds)
    return 0.0 if share < 1e-9 else share


def _known(ious: Mapping[int, float]) -> dict[int, float]:
    return {value: float(iou) for value, iou in ious.items() if iou == iou}  # noqa: PLR0124 (NaN is not itself)

"""Class panels: one figure that shows what was found in a photo, class by class."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from segstudio.counting import percent
from segstudio.project.classes import VOID, ClassList
from segstudio.review import drawing as draw
from segstudio.review.drawing import Image, Rgb
from segstudio.review.layout import grid_for
from segstudio.review.legend import VOID_TEXT, legend
from segstudio.review.lighting import lit, marked_errors, stage
from segstudio.review.overlay import overlay, same_size
from segstudio.review.page import CAPTION_PX, Caption, heading, on_page, panels, with_room_for
from segstudio.review.tallies import Tally, class_iou, confusion_matrix, joint_counts, tally

_FINEST = 3


@dataclass(frozen=True, slots=True)
class PanelStyle:
    """Choices for a figure; lengths in pixels."""

    width_px: int = 1800
    margin_px: int = 48
    gap_px: int = 28
    opacity: float = 0.55
    max_class_panels: int = 24


@dataclass(frozen=True, slots=True)
class Findings:
    """A photo, its mask, and what else is known of them.

    `photo` is uint8 (rows, columns, 3) RGB; `mask`, `confidence` (255 meaning certain) and `truth` are uint8
    (rows, columns); `rest` names the mask's void in the legend. Raises SegStudioError when their sizes differ.
    """

    photo: npt.NDArray[np.uint8]
    mask: npt.NDArray[np.uint8]
    classes: ClassList
    confidence: npt.NDArray[np.uint8] | None = None
    truth: npt.NDArray[np.uint8] | None = None
    rest: str = VOID_TEXT

    def __post_init__(self) -> None:
        same_size(self.photo, self.mask)
        if self.truth is not None:
            same_size(self.photo, self.truth)


def class_panels(
    findings: Findings, *, title: str = "", subtitle: str = "", style: PanelStyle | None = None
) -> Image:
    """Return the figure: uint8 (rows, columns, 3), RGB, `style.width_px` wide.

    The photo and the overlay come first, with the truth and the errors where a truth is given; then one panel for
    each class that is there, lit while the rest is dimmed, with its share of pixels and mean confidence;
    then the legend, which also names the classes that are not there. With a truth, a thin white line in
    each class panel is where the class truly ends.
    """
    chosen = style or PanelStyle()
    inner = chosen.width_px - 2 * chosen.margin_px
    tallies = tally(findings.mask, findings.classes, findings.confidence)
    shown = _with_a_panel(findings, tallies, chosen.max_class_panels)
    captions = [*_whole_captions(findings), *_class_captions(findings, shown)]
    rows, columns = findings.mask.shape
    grid = grid_for(len(captions), columns / rows, inner, caption_height=CAPTION_PX, gap=chosen.gap_px)
    grid = with_room_for(captions, grid)
    size = draw.fitted_size((rows, columns), (grid.picture_height, grid.picture_width))
    blocks = [
        heading(title, subtitle, inner),
        panels(_pictures(findings, shown, size, chosen.opacity), captions, grid, inner),
        draw.blank(inner, chosen.gap_px),
        legend(
            tallies, findings.classes, inner, note=_small_print(findings, tallies, shown), rest=findings.rest
        ),
    ]
    return on_page(blocks, chosen.margin_px)


def _with_a_panel(findings: Findings, tallies: Sequence[Tally], most: int) -> list[Tally]:
    """Return the classes in the mask or the truth, in list order; the largest of them if they are too many."""
    largest = {count.index: count.pixels for count in tallies}
    if findings.truth is not None:
        for true in tally(findings.truth, findings.classes):
            largest[true.index] = max(largest[true.index], true.pixels)
    there = [count for count in tallies if largest[count.index]]
    kept = {count.index for count in sorted(there, key=lambda count: -largest[count.index])[:most]}
    return [count for count in there if count.index in kept]


def _whole_captions(findings: Findings) -> list[Caption]:
    rows, columns = findings.mask.shape
    notes = ["All classes"]
    if findings.confidence is not None:
        notes.append(f"mean confidence {percent(float(findings.confidence.mean()) / 255)}")
    captions = [Caption("Photo", (f"{columns} × {rows} pixels",)), Caption("Overlay", tuple(notes))]
    if findings.truth is not None:
        counts = joint_counts(findings.truth, findings.mask)[:VOID]
        labelled = int(counts.sum())
        of_labelled = percent((labelled - int(counts.trace())) / max(1, labelled))
        captions.append(Caption("Truth", (f"{percent(labelled / max(1, rows * columns))} labelled",)))
        captions.append(Caption("Errors", (f"{of_labelled} of labelled pixels",), draw.ALARM))
    return captions


def _class_captions(findings: Findings, shown: Sequence[Tally]) -> list[Caption]:
    scores = np.full(len(findings.classes), np.nan)
    if findings.truth is not None:
        scores = class_iou(confusion_matrix(findings.truth, findings.mask, findings.classes))
    entries = {
        entry.index: (entry, score) for entry, score in zip(findings.classes.classes, scores, strict=True)
    }
    captions = []
    for count in shown:
        entry, score = entries[count.index]
        notes = [f"{percent(count.share)} of pixels"]
        if count.mean_confidence is not None:
            notes.append(f"mean confidence {percent(count.mean_confidence)}")
        if not np.isnan(score):
            notes.append(f"IoU {percent(float(score))}")
        captions.append(Caption(entry.name, tuple(notes), entry.rgb))
    return captions


def _pictures(
    findings: Findings, shown: Sequence[Tally], size: tuple[int, int], opacity: float
) -> list[Image]:
    scene = stage(findings.photo, size)
    findings = thinned(findings, size)
    masks = [findings.mask] if findings.truth is None else [findings.mask, findings.truth]
    overlays = [overlay(findings.photo, mask, findings.classes, opacity=opacity) for mask in masks]
    pictures = [scene.photo, *(draw.resized(picture, size) for picture in overlays)]
    if findings.truth is not None:
        pictures.append(marked_errors(scene, findings.mask, findings.truth))
    for count in shown:
        truth = None if findings.truth is None else findings.truth == count.index
        pictures.append(lit(scene, findings.mask == count.index, _rgb_of(findings, count), truth=truth))
    return pictures


def thinned(findings: Findings, size: tuple[int, int]) -> Findings:
    """Return findings of a few times `size` a side at most: what is finer cannot be seen, and costs seconds."""
    rows, columns = findings.mask.shape
    step = min(rows // (_FINEST * size[0]), columns // (_FINEST * size[1]))
    if step < 2:
        return findings
    every = (slice(step // 2, None, step),) * 2
    truth = None if findings.truth is None else np.ascontiguousarray(findings.truth[every])
    mask = np.ascontiguousarray(findings.mask[every])
    photo = draw.resized(findings.photo, (mask.shape[0], mask.shape[1]))
    return Findings(photo, mask, findings.classes, truth=truth)


def _rgb_of(findings: Findings, count: Tally) -> Rgb:
    entry = findings.classes.at(count.index)
    return draw.FAINT if entry is None else entry.rgb


def _small_print(findings: Findings, tallies: Sequence[Tally], shown: Sequence[Tally]) -> str:
    notes = []
    present = sum(1 for count in tallies if count.pixels)
    if len(shown) < present:
        notes.append(f"Panels show the {len(shown)} largest of {present} classes.")
    if findings.truth is not None:
        notes.append("White line: where the class truly ends. Striped: not labelled.")
    return " ".join(notes)

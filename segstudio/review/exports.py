"""What is kept of predictions for others to look at: masks, overlays, panels and tables."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from segstudio.errors import SegStudioError
from segstudio.files import write_bytes, write_text
from segstudio.project.classes import ClassList
from segstudio.project.images import encode_png
from segstudio.project.masks import write_mask
from segstudio.review.overlay import overlay
from segstudio.review.panels import Findings, class_panels
from segstudio.review.tallies import Tally

_LONGEST_JPEG_SIDE_PX = 65_500
_STRIP_ROWS = 512


@dataclass(frozen=True, slots=True)
class Kinds:
    """Which files are wanted for each photo."""

    mask: bool
    overlay: bool
    panels: bool
    confidence: bool = False
    opacity: float = 0.5

    @property
    def suffixes(self) -> tuple[str, ...]:
        """The endings of the files that may be written."""
        wanted = (
            (self.mask, (".mask.png",)),
            (self.overlay, (".overlay.jpg", ".overlay.png")),
            (self.panels, (".panels.png",)),
            (self.confidence, (".confidence.png",)),
        )
        return tuple(suffix for is_wanted, suffixes in wanted if is_wanted for suffix in suffixes)


def write_pictures(
    stem: Path, findings: Findings, kinds: Kinds, *, title: str, subtitle: str, uses_up_photo: bool = False
) -> list[Path]:
    """Write the wanted files beside each other, each named `stem` and its ending; return their paths.

    With `uses_up_photo` the photo's memory is painted over: nobody may want it any more.
    """
    written = []
    if kinds.mask:
        written.append(_with_suffix(stem, ".mask.png"))
        write_mask(written[-1], findings.mask, findings.classes)
    if kinds.panels:
        written.append(_with_suffix(stem, ".panels.png"))
        write_png(written[-1], class_panels(findings, title=title, subtitle=subtitle))
    if kinds.confidence and findings.confidence is not None:
        written.append(_with_suffix(stem, ".confidence.png"))
        write_png(written[-1], findings.confidence)
    if kinds.overlay:  # last, because it may use up the photo
        picture = overlay(
            findings.photo,
            findings.mask,
            findings.classes,
            opacity=kinds.opacity,
            outline_px=1,
            in_place=uses_up_photo,
        )
        # A JPEG file cannot hold a longer side.
        fits = max(findings.mask.shape) <= _LONGEST_JPEG_SIDE_PX
        written.append(_with_suffix(stem, ".overlay.jpg" if fits else ".overlay.png"))
        write_bytes(written[-1], encoded_jpeg(picture) if fits else encode_png(picture))
    return written


def write_png(path: Path, picture: npt.NDArray[np.uint8]) -> None:
    """Write an RGB or grey picture."""
    write_bytes(path, encode_png(picture))


def write_csv(path: Path, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write a table; None becomes an empty cell, and a share is written with six digits."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([f"{cell:.6f}" if isinstance(cell, float) else cell for cell in row])
    write_text(path, text.getvalue())


TABLE_COLUMNS = ("photo", "class", "pixels", "share", "mean confidence")


def table_rows(name: str, classes: ClassList, tallies: Sequence[Tally]) -> list[tuple[object, ...]]:
    """Return the rows of one photo in a table of `TABLE_COLUMNS`: one for each class, in list order."""
    return [
        (name, entry.name, count.pixels, count.share, count.mean_confidence)
        for entry, count in zip(classes.classes, tallies, strict=True)
    ]


def encoded_jpeg(picture: npt.NDArray[np.uint8], *, quality: int = 92) -> bytes:
    """Return the bytes of a JPEG file; `picture`, uint8 (rows, columns, 3) RGB, is used up: it is turned to BGR."""
    for top in range(0, picture.shape[0], _STRIP_ROWS):  # in place as a whole, OpenCV would copy it first
        rows = slice(top, top + _STRIP_ROWS)
        picture[rows] = cv2.cvtColor(picture[rows], cv2.COLOR_RGB2BGR)
    told, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])
    if not told:
        raise SegStudioError(f"a picture of {picture.shape[1]} × {picture.shape[0]} cannot be a JPEG file")
    return bytes(data)


def _with_suffix(stem: Path, suffix: str) -> Path:
    return stem.parent / f"{stem.name}{suffix}"

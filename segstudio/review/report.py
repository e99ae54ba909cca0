"""A report to send: one HTML file with its pictures within, that needs no network and runs no code."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass, replace
from html import escape

import numpy as np

from segstudio.counting import percent
from segstudio.project.classes import ClassList
from segstudio.resource_files import resource_path
from segstudio.review.drawing import Image, fitted_size, resized
from segstudio.review.exports import encoded_jpeg
from segstudio.review.lighting import marked_errors, stage
from segstudio.review.overlay import overlay
from segstudio.review.panels import Findings, thinned
from segstudio.review.report_tables import SCROLLS, confusion_table
from segstudio.review.report_words import in_short, worth_a_look
from segstudio.review.tallies import ClassCounts, Matrix, Tally, confusion_matrix, tally

MOST_PHOTOS = 500
"""With more a page would be too large for a browser."""

_PICTURE_PX = 480
_QUALITY = 80


@dataclass(frozen=True, slots=True, eq=False)
class ReportedPhoto:
    """One photo in a report: small pictures as JPEG bytes with their captions, and what was counted.

    `tallies` are in list order of the classes, `matrix` is there where a truth was.
    """

    name: str
    pictures: tuple[tuple[str, bytes], ...]
    size: tuple[int, int]
    tallies: tuple[Tally, ...]
    mean_confidence: float | None
    matrix: Matrix | None = None
    note: str = ""

    @property
    def score(self) -> float | None:
        """The mean IoU of the classes in its truth, 0–1."""
        return None if self.matrix is None else _mean_iou(self.matrix)


@dataclass(frozen=True, slots=True)
class ReportHead:
    """What stands at the top: a title, and facts such as the model, each with its name."""

    title: str
    facts: tuple[tuple[str, str], ...]
    classes: ClassList


def reported(
    name: str, findings: Findings, *, shown: Image | None = None, opacity: float = 0.5, note: str = ""
) -> ReportedPhoto:
    """Return what a report says of a photo; only small pictures of it are kept.

    `shown` (uint8 (rows, columns)) is the mask with void where it is not to be drawn nor counted as a class's share.
    Errors and scores are of `findings.mask` all the same: void is not scored, so hiding errors would raise the score.
    """
    size = fitted_size((findings.mask.shape[0], findings.mask.shape[1]), (_PICTURE_PX, _PICTURE_PX))
    fine = thinned(findings, size)
    drawn = findings if shown is None else replace(findings, mask=shown)
    fine_drawn = fine if shown is None else thinned(drawn, size)
    scene = stage(fine.photo, size)

    def tinted(mask: Image) -> Image:
        return resized(overlay(fine.photo, mask, fine.classes, opacity=opacity), size)

    pictures = [("Photo", scene.photo), ("Prediction", tinted(fine_drawn.mask))]
    matrix = None
    if findings.truth is not None and fine.truth is not None:
        pictures += [("Truth", tinted(fine.truth)), ("Errors", marked_errors(scene, fine.mask, fine.truth))]
        matrix = confusion_matrix(findings.truth, findings.mask, findings.classes)
    confidence = findings.confidence
    return ReportedPhoto(
        name=name,
        pictures=tuple((told, encoded_jpeg(picture.copy(), quality=_QUALITY)) for told, picture in pictures),
        size=(findings.mask.shape[0], findings.mask.shape[1]),
        tallies=tally(drawn.mask, findings.classes, confidence),
        mean_confidence=None if confidence is None else float(confidence.mean()) / 255,
        matrix=matrix,
        note=note,
    )


def html_report(head: ReportHead, photos: Sequence[ReportedPhoto]) -> str:
    """Return the page; where there is truth with the confusion matrix, and the worst photos first."""
    ordered = sorted(photos, key=lambda photo: 2.0 if photo.score is None else photo.score)
    facts = "".join(
        f"<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>" for name, value in head.facts
    )
    matrix = summed_matrix(photos)
    parts = [
        f"<header><h1>{escape(head.title)}</h1><dl>{facts}</dl></header>",
        _in_short(head.classes, matrix, ordered),
        f"<h2>Classes</h2>{_class_table(head.classes, photos)}",
        "" if matrix is None else f"<h2>What was taken for what</h2>{confusion_table(matrix, head.classes)}",
        f"<h2>{'Photos' if matrix is None else 'Photos, the worst first'}</h2>",
        *(_photo(head.classes, photo, place) for place, photo in enumerate(ordered)),
    ]
    body = "".join(parts)
    style = resource_path("report.css").read_text(encoding="utf-8")
    return _PAGE.format(title=escape(head.title), style=style, body=body)


def summed_matrix(photos: Sequence[ReportedPhoto]) -> Matrix | None:
    """Return the confusion matrix over all photos with truth, or None where there is none."""
    matrices = [photo.matrix for photo in photos if photo.matrix is not None]
    return sum(matrices[1:], matrices[0]) if matrices else None


def _in_short(classes: ClassList, matrix: Matrix | None, photos: Sequence[ReportedPhoto]) -> str:
    scored = sum(photo.matrix is not None for photo in photos)
    sentences = [escape(told) for told in in_short(classes, matrix, len(photos), scored)]
    first = worth_a_look([(photo.name, photo.score, photo.mean_confidence) for photo in photos])
    if first:
        links = ", ".join(
            f'<a href="#photo-{each.place + 1}">{escape(each.name)}</a> ({escape(each.told)})'
            for each in first
        )
        sentences.append(f"Look first at {links}.")
    return f'<div class="short">{"".join(f"<p>{told}</p>" for told in sentences)}</div>' if sentences else ""


# Nothing is fetched and nothing runs, whatever the names of photos and classes hold.
_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<title>{title}</title>
<style>{style}</style>
</head>
<body><main>{body}</main></body>
</html>
"""


def _class_table(classes: ClassList, photos: Sequence[ReportedPhoto]) -> str:
    matrix = summed_matrix(photos)
    counts = None if matrix is None else ClassCounts.of(matrix)
    pixels = sum(photo.size[0] * photo.size[1] for photo in photos)
    header = ["class", "share", "confidence", "photos", *(["IoU", "pixels in truth"] if counts else [])]
    rows = []
    for position, entry in enumerate(classes.classes):
        tallies = [photo.tallies[position] for photo in photos]
        found = sum(count.pixels for count in tallies)
        sure = sum((count.mean_confidence or 0.0) * count.pixels for count in tallies)
        cells = [
            percent(found / max(1, pixels)) if found else "–",
            percent(sure / found) if found and sure else "–",
            f"{sum(1 for count in tallies if count.pixels):,}",
        ]
        if counts is not None:
            iou = float(counts.iou()[position])
            cells += ["–" if np.isnan(iou) else percent(iou), f"{int(counts.truth[position]):,}"]
        rows.append(_row(_class_cell(entry.name, entry.colour), cells))
    head = "".join(f'<th scope="col">{name}</th>' for name in header)
    return f"{SCROLLS.format(about='Classes')}<table><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>"


def _photo(classes: ClassList, photo: ReportedPhoto, place: int) -> str:
    notes = [f"{photo.size[1]} × {photo.size[0]}"]
    if photo.mean_confidence is not None:
        notes.append(f"mean confidence {percent(photo.mean_confidence)}")
    if photo.score is not None:
        notes.append(f"mean IoU {percent(photo.score)}")
    if photo.note:
        notes.append(photo.note)
    pictures = "".join(
        f"<figure>{_image('jpeg', data, f'{told}: {photo.name}')}<figcaption>{escape(told)}</figcaption></figure>"
        for told, data in photo.pictures
    )
    few = " two" if len(photo.pictures) == 2 else ""
    return (
        f'<section id="photo-{place + 1}"><h3>{escape(photo.name)}</h3><p class="note">{escape("  ·  ".join(notes))}</p>'
        f'<div class="pictures{few}">{pictures}</div>{_shares(classes, photo)}</section>'
    )


def _shares(classes: ClassList, photo: ReportedPhoto) -> str:
    """Return the bar of shares, and the classes that are there, each with its numbers."""
    scores = None if photo.matrix is None else ClassCounts.of(photo.matrix).iou()
    bar, listed = [], []
    for position, (entry, count) in enumerate(zip(classes.classes, photo.tallies, strict=True)):
        if not count.pixels:
            continue
        bar.append(f'<i style="background:{entry.colour};width:{100 * count.share:.3f}%"></i>')
        numbers = [percent(count.share)]
        if count.mean_confidence is not None:
            numbers.append(f"confidence {percent(count.mean_confidence)}")
        if scores is not None and not np.isnan(scores[position]):
            numbers.append(f"IoU {percent(float(scores[position]))}")
        told = escape(" · ".join(numbers))
        listed.append(f"<li>{_class_cell(entry.name, entry.colour)} <span>{told}</span></li>")
    return f'<div class="bar" aria-hidden="true">{"".join(bar)}</div><ul>{"".join(listed)}</ul>'


def _class_cell(name: str, colour: str) -> str:
    return f'<b style="background:{colour}" aria-hidden="true"></b>{escape(name)}'


def _row(first: str, cells: Sequence[str]) -> str:
    return f'<tr><th scope="row">{first}</th>{"".join(f"<td>{escape(cell)}</td>" for cell in cells)}</tr>'


def _image(kind: str, data: bytes, alt: str) -> str:
    told = base64.b64encode(data).decode("ascii")
    return f'<img alt="{escape(alt)}" decoding="async" src="data:image/{kind};base64,{told}">'


def _mean_iou(matrix: Matrix) -> float | None:
    counts = ClassCounts.of(matrix)
    there = counts.truth > 0
    return float(counts.iou()[there].mean()) if there.any() else None

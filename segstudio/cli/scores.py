"""Scores as people read them."""

from __future__ import annotations

from segstudio.runs.scores import Scores


def score_text(value: float | None) -> str:
    """Return a score 0–1 with three decimals, a dash for none."""
    return "–" if value is None else f"{value:.3f}"


def score_rows(scores: Scores) -> tuple[list[str], list[list[str]]]:
    """Return header and rows of the table: a row for each class, then the means."""
    header = ["class", "IoU", "precision", "recall", "Dice", "pixels of truth"]
    rows = [
        [
            row.name,
            *(score_text(value) for value in (row.iou, row.precision, row.recall, row.dice)),
            f"{row.support:,}",
        ]
        for row in scores.classes
    ]
    pixels = sum(row.support for row in scores.classes)
    rows.append(["mean (classes with truth)", score_text(scores.miou), "", "", "", f"{pixels:,}"])
    rows.append(["pixel accuracy", score_text(scores.pixel_accuracy), "", "", "", ""])
    return header, rows

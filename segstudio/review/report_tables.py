"""The confusion matrix as a table of a page: it follows the page's colours, and can be read out and copied."""

from __future__ import annotations

from html import escape

import numpy as np

from segstudio.project.classes import ClassList
from segstudio.review.confusion import row_shares
from segstudio.review.tallies import Matrix

SCROLLS = '<div class="scroll" tabindex="0" role="region" aria-label="{about}">'
"""Around a table that may be wider than the page: the keyboard reaches it and moves it."""

_STRONGEST = 0.55
"""Of a tint: the text on it stays easy to read on light and dark pages."""


def confusion_table(matrix: Matrix, classes: ClassList) -> str:
    """Return the matrix (rows truth, columns prediction, in list order of `classes`) in per cent of each row."""
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in classes.names)
    rows: list[str] = []
    for name, shares, counts in zip(classes.names, row_shares(matrix), matrix, strict=True):
        cells = "".join(
            _cell(float(share), int(count), is_right=position == len(rows))
            for position, (share, count) in enumerate(zip(shares, counts, strict=True))
        )
        rows.append(f'<tr><th scope="row">{escape(name)}</th>{cells}<td>{int(counts.sum()):,}</td></tr>')
    return (
        '<p class="note">Each row is what the truth is, each column what the model took it for, in % of the row.</p>'
        f'{SCROLLS.format(about="What was taken for what")}<table class="confusion">'
        f'<thead><tr><th scope="col">truth</th>{head}<th scope="col">pixels</th></tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )


def _cell(share: float, count: int, *, is_right: bool) -> str:
    if np.isnan(share):
        return "<td>–</td>"
    strength = _STRONGEST * min(share, 1.0) ** 0.6
    colour = "20 150 95" if is_right else "214 48 62"
    told = "0" if not count else "&lt; 0.1" if share < 0.001 else f"{100 * share:.1f}"
    return f'<td style="background:rgb({colour} / {strength:.2f})">{told}</td>'

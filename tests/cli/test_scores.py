from __future__ import annotations

import numpy as np

from segstudio.cli.scores import score_rows, score_text
from segstudio.runs.scores import Scores


def test_a_score_has_three_decimals_and_none_is_a_dash() -> None:
    assert [score_text(value) for value in (None, 0.0, 2 / 3, 1.0)] == ["–", "0.000", "0.667", "1.000"]


def test_the_table_has_a_row_for_each_class_and_the_means() -> None:
    header, rows = score_rows(Scores.from_confusion(np.array([[6000, 2000], [0, 0]]), ["sky", "bird"]))
    assert all(len(row) == len(header) for row in rows)
    assert rows[0] == ["sky", "0.750", "1.000", "0.750", "0.857", "8,000"]
    assert rows[1] == ["bird", "0.000", "0.000", "–", "0.000", "0"]
    assert rows[2][:2] == ["mean (classes with truth)", "0.750"]
    assert rows[3][:2] == ["pixel accuracy", "0.750"]

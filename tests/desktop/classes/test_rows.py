"""What stands in the rows of the class editor."""

from __future__ import annotations

import pytest

from segstudio.desktop.classes.rows import editor_rows, moved, used
from segstudio.project.class_uses import ClassUses
from segstudio.project.classes import ClassList
from segstudio.project.statistics import MaskCounts

USES = ClassUses(photos=3, masks=(MaskCounts("a", {0: 995, 1: 5}), MaskCounts("b", {0: 900, 2: 100})))


def test_rows_tell_key_name_colour_and_use() -> None:
    classes = ClassList.from_names([f"c{number}:#0000{number:02X}" for number in range(11)])
    rows = editor_rows(classes, "list", USES)
    assert [row.key for row in rows] == [*"123456789", "", ""]
    assert (rows[0].used, rows[1].used, rows[3].used) == ("2 photos · 95 %", "1 photo · <1 %", "not used")
    assert rows[2].told() == "c2, key 3, 1 photo · 5 %"
    assert not used(None, 0)
    assert not used(ClassUses(photos=0, masks=()), 0)


def test_the_drawing_has_its_own_order_and_the_keys_of_the_list() -> None:
    classes = ClassList.from_names(["a", "b", "c"]).drawn_in_order(["b"])
    rows = editor_rows(classes, "drawing", None)
    assert [(row.name, row.key) for row in rows] == [("a", "1"), ("c", "3"), ("b", "2")]


@pytest.mark.parametrize(
    ("row", "to", "expected"),
    [(0, 2, "bac"), (0, 3, "bca"), (2, 0, "cab"), (1, 1, "abc"), (1, 2, "abc"), (2, 1, "acb"), (0, 9, "bca")],
)
def test_a_row_is_put_before_another(row: int, to: int, expected: str) -> None:
    order = [ord(letter) for letter in "abc"]
    assert "".join(map(chr, moved(order, row, to))) == expected

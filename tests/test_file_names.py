"""Names that a file can have on every system."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segstudio.file_names import name_for, portable_name, portable_path


@pytest.mark.parametrize(
    ("name", "portable"),
    [
        ("CON.jpg", "CON_.jpg"),
        ("nul.png", "nul_.png"),
        ("aux", "aux_"),
        ("Com1.tar.gz", "Com1_.tar.gz"),
        ("lpt¹.jpg", "lpt¹_.jpg"),
        ("con .jpg", "con _.jpg"),
        ("conin$", "conin$_"),
        ("a:b.jpg", "a_b.jpg"),
        ('<a>|"b"?*.png', "_a___b___.png"),
        ("trip.", "trip_"),
        ("trip . ", "trip___"),
        ("console.jpg", "console.jpg"),
        ("com10.jpg", "com10.jpg"),
        (".hidden", ".hidden"),
        ("a b.c (1)'ü 日本.jpg", "a b.c (1)'ü 日本.jpg"),
    ],
)
def test_what_windows_refuses_is_changed_and_nothing_else(name: str, portable: str) -> None:
    assert portable_name(name) == portable


def test_each_part_of_a_path_is_a_name() -> None:
    assert portable_path("aux/trip 1./12:30.jpg") == "aux_/trip 1_/12_30.jpg"


@given(st.text(min_size=1))
def test_a_name_that_is_portable_stays(name: str) -> None:
    once = portable_name(name)
    assert portable_name(once) == once
    assert not once.endswith((".", " "))


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("My jumps", "My jumps"),
        (" 5/6: summer ", "5-6_ summer"),
        ("..", ""),
        ("x.", "x"),
        ("", ""),
        ("Con", "Con_"),
        ("x" * 79 + " y", "x" * 79),
    ],
)
def test_a_title_becomes_a_name(title: str, name: str) -> None:
    assert name_for(title) == name

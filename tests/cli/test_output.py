from __future__ import annotations

import json
from pathlib import Path

import pytest

from segstudio.cli import output
from segstudio.cli.output import Output

Capture = pytest.CaptureFixture[str]


@pytest.mark.parametrize("text", ["[bold]x[/bold]", "a:car:b", "[/]", "x" * 500, "C:\\[a]", "ü 日本 🪂"])
def test_text_is_printed_as_it_is(capsys: Capture, text: str) -> None:
    out = Output()
    out.say(text)
    out.warn(text)
    assert capsys.readouterr().out == f"{text}\n{text}\n"


_NASTY = "a\x1b[2J\x1b]0;t\x07b\rc\nd\x9bK\u202ee"
_TAMED = "a?[2J?]0;t?b?c?d?K?e"


def test_text_cannot_steer_the_terminal(capsys: Capture) -> None:
    out = Output()
    out.say(_NASTY)
    out.warn(_NASTY)
    assert capsys.readouterr().out == f"{_TAMED}\n{_TAMED}\n"
    out.table(_NASTY, [_NASTY], [[_NASTY]])
    lines = capsys.readouterr().out.splitlines()
    assert [line.strip() for line in lines] == [_TAMED] * 3
    Output(json=True).finish({"name": _NASTY})
    assert json.loads(capsys.readouterr().out) == {"name": _NASTY}


@pytest.mark.parametrize("cell", ["[bold]x", "[/]", "a:car:b", "C:\\[a]", "größe"])
def test_cells_columns_and_titles_are_printed_as_they_are(capsys: Capture, cell: str) -> None:
    Output().table(f"T {cell}", [f"H {cell}", "n"], [[cell, "1"]])
    title, header, row = capsys.readouterr().out.splitlines()
    assert title.strip() == f"T {cell}"
    assert header.split() == ["H", cell, "n"]
    assert row.split() == [cell, "1"]


def test_columns_of_numbers_are_flush_right(capsys: Capture) -> None:
    Output().table("", ["name", "n", "mixed"], [["a", "1,234", "5"], ["b", "–", "x"], ["c", "0.5 %", "6"]])
    header, *rows = capsys.readouterr().out.splitlines()
    end = header.index("  mixed")
    assert [row[:end].split()[0] for row in rows] == ["a", "b", "c"]
    assert [row[end - 1] for row in rows] == ["4", "–", "%"]
    assert {row[header.index("mixed")] for row in rows} == {"5", "x", "6"}


def test_a_table_without_rows_has_a_header(capsys: Capture) -> None:
    Output().table("", ["name", "n"], [])
    assert capsys.readouterr().out.split() == ["name", "n"]


def test_with_json_people_read_standard_error_and_programs_one_line(capsys: Capture) -> None:
    out = Output(json=True)
    out.say("hello")
    out.table("", ["a"], [["b"]])
    out.finish({"path": Path("ü"), "text": "日本\n", "none": None})
    told = capsys.readouterr()
    assert told.err.split() == ["hello", "a", "b"]
    assert told.out.isascii()
    assert told.out.count("\n") == 1
    assert json.loads(told.out) == {"path": "ü", "text": "日本\n", "none": None}


def test_without_json_nothing_is_printed_for_programs(capsys: Capture) -> None:
    Output().finish({"a": 1})
    assert capsys.readouterr().out == ""


def test_progress_is_a_line_now_and_then(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    with Output().progress("Reading", 1000) as advance:
        for _ in range(1000):
            advance(1)
    assert capsys.readouterr().out == ""
    monkeypatch.setattr(output, "_SECONDS_BETWEEN_LINES", 0.0)
    out = Output()
    assert not out.is_live
    with out.progress("Reading", 4) as advance:
        advance(1)
        advance(3)
    with out.progress("Searching") as advance:
        advance(2)
    assert capsys.readouterr().out.splitlines() == ["Reading: 1 of 4", "Reading: 4 of 4", "Searching: 2"]

"""What is seen of a runs folder at a glance."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from segstudio.desktop.train.runs_watch import Sign, is_news, signs_of


def test_each_step_of_a_beginning_is_another_sign(tmp_path: Path) -> None:
    runs = tmp_path / "runs"
    seen = [signs_of(runs, ())]
    makings: tuple[Callable[[], object], ...] = (
        lambda: (runs / "a").mkdir(parents=True),
        (runs / "a" / "recipe.toml").touch,
        (runs / "a" / ".lock").touch,
        (runs / "a" / "events.jsonl").touch,
        lambda: (runs / "a" / "events.jsonl").write_text("{}\n"),
    )
    for make in makings:
        make()
        seen.append(signs_of(runs, ()))
        assert is_news(seen[-2], seen[-1])
    assert signs_of(runs, ()) == seen[-1]


def test_neither_what_is_no_run_nor_what_a_followed_run_tells_is_news(tmp_path: Path) -> None:
    runs = tmp_path / "runs"
    (runs / ".trash" / "x").mkdir(parents=True)
    (runs / "notes.txt").touch()
    assert signs_of(runs, ()) == {}
    (runs / "a").mkdir()
    followed = signs_of(runs, {"a"})
    assert followed == {"a": None}
    (runs / "a" / "events.jsonl").write_text("{}\n")
    assert not is_news(followed, signs_of(runs, {"a"}))


@pytest.mark.parametrize(
    ("before", "now", "news"),
    [
        ({}, {"a": (1, 1)}, True),
        ({"a": (1, 1)}, {}, True),
        ({"a": (1, 1)}, {"a": (1, 2)}, True),
        ({"a": (1, 1)}, {"a": (1, 1)}, False),
        ({"a": None}, {"a": (1, 1)}, False),
    ],
)
def test_news(before: dict[str, Sign], now: dict[str, Sign], news: bool) -> None:
    assert is_news(before, now) is news

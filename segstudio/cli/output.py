"""How every verb speaks: lines and progress bars for people, one JSON object for programs."""

from __future__ import annotations

import json
import re
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from typing import Annotated, TextIO

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

JsonOption = Annotated[
    bool, typer.Option("--json", help="Print one JSON object as the last line, for programs.")
]

_SECONDS_BETWEEN_LINES = 5.0

_STEERS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
"""Control characters, breaks of lines, and what turns the direction of writing."""


def printable(text: str) -> str:
    """Return a text with `?` for what would steer a terminal: names in a project or a backup may be a stranger's."""
    return _STEERS.sub("?", text)


class Output:
    """What a verb prints.

    On a terminal tables and bars are drawn; elsewhere plain lines are written, for progress one in five seconds. With `json` all that is meant
    for people goes to standard error, and `finish` prints the one JSON object on standard output.
    """

    def __init__(self, json: bool = False) -> None:
        self._json = json
        self._stream: TextIO = sys.stderr if json else sys.stdout
        self._console = Console(file=self._stream, highlight=False, emoji=False, soft_wrap=True)

    @property
    def is_live(self) -> bool:
        """Whether somebody watches on a terminal."""
        return self._stream.isatty()

    def say(self, text: str) -> None:
        """Print one line as it is, but for what would steer the terminal."""
        self._console.print(printable(text), markup=False)

    def warn(self, text: str) -> None:
        """Print one line that deserves attention."""
        self._console.print(printable(text), markup=False, style="yellow")

    def table(self, title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """Print a table; a column whose cells are all numbers is set flush right."""
        table = Table(
            title=Text(printable(title)) if title else None,
            title_justify="left",
            header_style="bold",
            box=None,
            pad_edge=False,
        )
        for position, name in enumerate(columns):
            numeric = bool(rows) and all(_is_number(row[position]) for row in rows)
            table.add_column(Text(printable(name)), justify="right" if numeric else "left", overflow="fold")
        for row in rows:
            table.add_row(*(Text(printable(cell)) for cell in row))
        wide = Console(
            file=self._stream, highlight=False, emoji=False, width=None if self._stream.isatty() else 160
        )
        wide.print(table)

    @contextmanager
    def progress(self, what: str, total: int | None = None) -> Iterator[Callable[[int], None]]:
        """Show how far the block has come; it calls the value it gets with the number of steps just done."""
        if self._stream.isatty():
            columns = (
                TextColumn("{task.description}"),
                BarColumn(),
                MofNCompleteColumn(),
                TimeRemainingColumn(),
            )
            with Progress(*columns, console=self._console, transient=True) as bar:
                task = bar.add_task(escape(printable(what)), total=total)
                yield lambda steps: bar.advance(task, steps)
        else:
            yield _plain_progress(self.say, what, total)

    def finish(self, result: Mapping[str, object]) -> None:
        """End the verb: with `--json`, print `result` as one line of ASCII on standard output."""
        if self._json:
            sys.stdout.write(json.dumps(result, default=str) + "\n")
            sys.stdout.flush()


@contextmanager
def in_megabytes(out: Output, what: str) -> Iterator[Callable[[int, int], None]]:
    """Show how many of all bytes are done, in megabytes; the block calls the value it gets with both numbers."""
    told = 0
    with ExitStack() as shown:
        advance: Callable[[int], None] | None = None

        def progress(done: int, total: int) -> None:
            nonlocal advance, told
            if advance is None:
                advance = shown.enter_context(out.progress(what, max(total >> 20, 1)))
            if done >> 20 > told:
                advance((done >> 20) - told)
                told = done >> 20

        yield progress


def _plain_progress(say: Callable[[str], None], what: str, total: int | None) -> Callable[[int], None]:
    """Return an `advance` that says `what: n of total` now and then; what is soon done says nothing."""
    done, last = 0, time.monotonic()

    def advance(steps: int) -> None:
        nonlocal done, last
        done += steps
        now = time.monotonic()
        if now - last >= _SECONDS_BETWEEN_LINES:
            last = now
            say(f"{what}: {done} of {total}" if total else f"{what}: {done}")

    return advance


def _is_number(cell: str) -> bool:
    return bool(cell) and (
        cell.strip("–-—%+ ") == ""
        or cell.replace(",", "").strip("%+-–± sMGKBi").replace(".", "", 1).isdigit()
    )

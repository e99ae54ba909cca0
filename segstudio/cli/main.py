"""The command line: the window or a verb, and the edge where every error becomes a sentence."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

from segstudio.cli.verbs import VERBS
from segstudio.cli.window import has_display, open_window
from segstudio.errors import SegStudioError, disk_refusal

_INTERRUPTED = 130
"""The exit status of a program that Ctrl-C ended, as shells tell it."""

_PROJECT_FILE = "project.json"


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit: 0 done, 1 a problem told in one sentence, 2 wrong usage, 130 Ctrl-C."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    _print_what_can_be_printed()
    opens, project = _asks_for_the_window(given)
    if opens:
        _run(lambda: sys.exit(open_window(project)))
    _run(lambda: _do_verb(given))


def _do_verb(given: Sequence[str]) -> None:
    from segstudio.cli.application import build_app  # what verbs need, the window does not wait for

    os.environ.setdefault(
        "OMP_WAIT_POLICY", "PASSIVE"
    )  # torch's threads sleep while they wait for each other
    wanted = next((word for word in given if not word.startswith("-")), None)
    build_app(wanted)(args=given, prog_name="segstudio")


def _run(work: Callable[[], object]) -> None:
    """Do the work; this is the edge where errors become a sentence and an exit status."""
    try:
        work()
    except SegStudioError as error:
        _tell(error)
        sys.exit(1)
    except OSError as error:
        told = disk_refusal(error)
        if told is None:
            raise
        with suppress(OSError):  # it may be where this goes, too
            _tell(told)
        sys.exit(1)
    except KeyboardInterrupt:
        _stopped()
    except SystemExit as end:
        if end.code == _INTERRUPTED:  # Typer's answer to Ctrl-C
            _stopped()
        raise


def _tell(error: SegStudioError) -> None:
    from segstudio.cli.output import printable  # its tables and bars are nothing that the window waits for

    sys.stderr.write(printable(" ".join(str(error).splitlines())) + "\n")


def _asks_for_the_window(words: Sequence[str]) -> tuple[bool, Path | None]:
    """Tell whether the window is meant, and with which project: no word at all, or the folder of a project.

    Where nothing can be shown, no word means help, as for any program.
    """
    if not words:
        return has_display(), None
    if len(words) > 1 or words[0].startswith("-") or words[0] in {verb.name for verb in VERBS}:
        return False, None
    project = Path(words[0])
    project = project.parent if project.name == _PROJECT_FILE else project
    return (project / _PROJECT_FILE).is_file(), project


def _stopped() -> NoReturn:
    sys.stderr.write("Stopped.\n")
    sys.exit(_INTERRUPTED)


def _print_what_can_be_printed() -> None:
    """Let a file name that the terminal's encoding cannot say be printed in escapes, not end the program."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")

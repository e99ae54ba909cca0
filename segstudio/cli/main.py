"""The command line: one table of verbs, and the edge where every error becomes a sentence."""

from __future__ import annotations

import importlib
import io
import os
import sys
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, NamedTuple, NoReturn

import typer

from segstudio.errors import SegStudioError

_INTERRUPTED = 130
"""The exit status of a program that Ctrl-C ended, as shells tell it."""

_PROJECT_FILE = "project.json"


class Verb(NamedTuple):
    """A verb: its name, the module in `segstudio.cli` and the function (or Typer group) in it, its help.

    A hidden verb is for programs: the list of verbs does not name it.
    """

    name: str
    module: str
    function: str
    help: str
    hidden: bool = False


VERBS = (
    Verb("demo", "demo", "demo", "Make the sample project, train on it, show the result."),
    Verb("new", "new", "new", "Make an empty project with its classes."),
    Verb("import", "import_", "import_", "Bring photos and annotations into a project."),
    Verb("classes", "classes", "classes", "List the classes of a project, or change them."),
    Verb("check", "check", "check", "Tell what would spoil a training, and the fix."),
    Verb("train", "train", "train", "Train a model on a project."),
    Verb("augment", "augment", "augment", "Show what augmentation does to a few photos."),
    Verb("evaluate", "evaluate", "evaluate", "Score a model on labelled photos."),
    Verb("predict", "predict", "predict", "Segment new photos with a model."),
    Verb("serve", "serve", "serve", "Keep a model ready for another program.", hidden=True),
    Verb("formats", "formats", "formats", "List the annotation formats."),
    Verb("heads", "heads", "heads", "List the networks to choose from."),
    Verb("recipes", "recipes", "recipes", "List the named recipes, or show one."),
    Verb("weights", "weights", "weights", "List, fetch or import pretrained weights."),
    Verb("doctor", "doctor", "doctor", "Check this machine: Python, torch, GPU, Qt, memory."),
)


def build_app(wanted: str | None) -> typer.Typer:
    """Return the Typer application; only the verb `wanted` is imported, so that help is instant."""
    app = typer.Typer(
        name="segstudio",
        help="Teach a computer to find your classes in your photos, pixel by pixel. Without a command, or with the "
        "folder of a project in its place, the window opens.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )
    app.callback()(_options)
    for verb in VERBS:
        if verb.name != wanted:
            app.command(verb.name, help=verb.help, hidden=verb.hidden)(_not_loaded)
            continue
        loaded = getattr(importlib.import_module(f"segstudio.cli.{verb.module}"), verb.function)
        if isinstance(loaded, typer.Typer):
            app.add_typer(loaded, name=verb.name, help=verb.help)
        else:
            app.command(verb.name, help=loaded.__doc__ or verb.help, hidden=verb.hidden)(loaded)
    return app


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit: 0 done, 1 a problem told in one sentence, 2 wrong usage, 130 Ctrl-C."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    _print_what_can_be_printed()
    opens, project = _asks_for_the_window(given)
    if opens:
        _run(lambda: sys.exit(_open_window(project)))
    wanted = next((word for word in given if not word.startswith("-")), None)
    _run(lambda: build_app(wanted)(args=given, prog_name="segstudio"))


def _run(work: Callable[[], object]) -> None:
    """Do the work; this is the edge where errors become a sentence and an exit status."""
    try:
        work()
    except SegStudioError as error:
        sys.stderr.write(" ".join(str(error).splitlines()) + "\n")
        sys.exit(1)
    except KeyboardInterrupt:
        _stopped()
    except SystemExit as end:
        if end.code == _INTERRUPTED:  # Typer's answer to Ctrl-C
            _stopped()
        raise


def _asks_for_the_window(words: Sequence[str]) -> tuple[bool, Path | None]:
    """Tell whether the window is meant, and with which project: no word at all, or the folder of a project.

    Where nothing can be shown, no word means help, as for any program.
    """
    if not words:
        return _has_display(), None
    if len(words) > 1 or words[0].startswith("-") or words[0] in {verb.name for verb in VERBS}:
        return False, None
    project = Path(words[0])
    project = project.parent if project.name == _PROJECT_FILE else project
    return (project / _PROJECT_FILE).is_file(), project


def _has_display() -> bool:
    if sys.platform in ("win32", "darwin"):
        return True
    return any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))


def _open_window(project: Path | None) -> int:
    if not _has_display():
        raise SegStudioError(
            "there is no display to open a window on",
            fix="Use the verbs (segstudio --help), or start it on a desktop",
        )
    try:
        from segstudio.desktop.app import run
    except ImportError as error:  # Qt is there, but not what it needs of the system
        raise SegStudioError(f"the window cannot be opened ({error})", fix="Run: segstudio doctor") from error
    return run(project)


def _stopped() -> NoReturn:
    sys.stderr.write("Stopped.\n")
    sys.exit(_INTERRUPTED)


def _print_what_can_be_printed() -> None:
    """Let a file name that the terminal's encoding cannot say be printed in escapes, not end the program."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _show_version(asked: bool) -> None:
    if asked:
        sys.stdout.write(f"segstudio {version('segstudio')}\n")
        raise typer.Exit


def _options(
    _version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    pass


def _not_loaded() -> None:
    raise AssertionError("a verb that was not asked for is never run")

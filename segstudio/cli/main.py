"""The command line: one table of verbs, and the edge where every error becomes a sentence."""

from __future__ import annotations

import importlib
import io
import sys
from collections.abc import Sequence
from importlib.metadata import version
from typing import Annotated, NamedTuple, NoReturn

import typer

from segstudio.errors import SegStudioError

_INTERRUPTED = 130
"""The exit status of a program that Ctrl-C ended, as shells tell it."""


class Verb(NamedTuple):
    """A verb: its name, the module in `segstudio.cli` and the function (or Typer group) in it, its help."""

    name: str
    module: str
    function: str
    help: str


VERBS = (
    Verb("demo", "demo", "demo", "Make the sample project, train on it, show the result."),
    Verb("new", "new", "new", "Make an empty project with its classes."),
    Verb("import", "import_", "import_", "Bring photos and annotations into a project."),
    Verb("check", "check", "check", "Tell what would spoil a training, and the fix."),
    Verb("train", "train", "train", "Train a model on a project."),
    Verb("evaluate", "evaluate", "evaluate", "Score a model on labelled photos."),
    Verb("predict", "predict", "predict", "Segment new photos with a model."),
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
        help="Teach a computer to find your classes in your photos, pixel by pixel.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )
    app.callback()(_options)
    for verb in VERBS:
        if verb.name != wanted:
            app.command(verb.name, help=verb.help)(_not_loaded)
            continue
        loaded = getattr(importlib.import_module(f"segstudio.cli.{verb.module}"), verb.function)
        if isinstance(loaded, typer.Typer):
            app.add_typer(loaded, name=verb.name, help=verb.help)
        else:
            app.command(verb.name, help=loaded.__doc__ or verb.help)(loaded)
    return app


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit: 0 done, 1 a problem told in one sentence, 2 wrong usage, 130 Ctrl-C."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    wanted = next((word for word in given if not word.startswith("-")), None)
    _print_what_can_be_printed()
    try:
        build_app(wanted)(args=given, prog_name="segstudio")
    except SegStudioError as error:
        sys.stderr.write(" ".join(str(error).splitlines()) + "\n")
        sys.exit(1)
    except KeyboardInterrupt:
        _stopped()
    except SystemExit as end:
        if end.code == _INTERRUPTED:  # Typer's answer to Ctrl-C
            _stopped()
        raise


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

"""The command line's application: the verb that is asked for, and help on all."""

from __future__ import annotations

import importlib
import sys
from importlib.metadata import version
from typing import Annotated

import typer

from segstudio.cli.verbs import VERBS


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

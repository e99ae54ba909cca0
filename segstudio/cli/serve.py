"""`segstudio serve`: a model that is kept ready for a program that asks line by line (see `runs.predictions`)."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from pathlib import Path
from typing import Annotated, BinaryIO, cast

import typer

_GRACE_S = 5.0
"""After the last request may have come, what is under way may take this long to end."""


def serve(
    *,
    model: Annotated[Path, typer.Option(metavar="FILE", help="The model file.")],
    device: Annotated[str, typer.Option(help="auto, cpu, cuda, cuda:N or mps.")] = "auto",
    tile: Annotated[int, typer.Option(metavar="PIXELS", help="The side of tiles.")] = 1024,
) -> None:
    """Keep a model ready: one JSON request a line on standard input, one event a line on standard output."""
    answers = _own_output()
    # Without a buffer of its own: the thread that waits for a line would keep it locked, and the end waiting.
    requests = os.fdopen(os.dup(sys.stdin.fileno()), "rb", buffering=0)
    _give_way()
    os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")  # what we have to say of a video we say ourselves
    os.environ.setdefault("OPENCV_FFMPEG_CAPTURE_OPTIONS", "protocol_whitelist;file")

    from segstudio.inference.predictor import Predictor
    from segstudio.inference.serving import Server

    server = Server(model, cast(BinaryIO, requests), answers)
    is_well = server.run(
        lambda tell: Predictor.load(model, device=device, tile_px=tile, tell=tell), on_end=_end_soon
    )
    raise typer.Exit(0 if is_well else 1)


def _own_output() -> BinaryIO:
    """Return standard output for events alone: whatever libraries print goes to standard error instead."""
    sys.stdout.flush()
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return answers


def _give_way() -> None:
    """Let the window go first where both want the processor."""
    if sys.platform != "win32":
        with contextlib.suppress(OSError):
            os.nice(5)


def _end_soon() -> None:
    """End the process even if the network does not come to its next tile for long; files are written whole or not."""
    last = threading.Timer(_GRACE_S, os._exit, (0,))
    last.daemon = True
    last.start()

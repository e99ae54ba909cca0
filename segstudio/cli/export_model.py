"""`segstudio export-model`: a model for other programs, checked against PyTorch before it is written."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from segstudio.cli.colours import home_of
from segstudio.cli.opening import open_project
from segstudio.cli.output import JsonOption, Output
from segstudio.counting import counted
from segstudio.errors import SegStudioError
from segstudio.project.images import RgbImage, is_photo, read_photo

_CHECKED = 4
_CHECKED_PX = 1024


class _Format(StrEnum):
    ONNX = "onnx"
    TORCHSCRIPT = "torchscript"


def export_model(
    model: Annotated[
        str, typer.Argument(metavar="RUN|FILE", help="A run's name or folder, a project, or a model file.")
    ],
    *,
    format_: Annotated[_Format, typer.Option("--format", help="For ONNX Runtime, or for libtorch.")],
    out: Annotated[Path, typer.Option(metavar="FILE", help="The file to write.")],
    photos: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="PHOTO|DIR",
            help="Photos to check the export on; repeat it. Default: validation photos of the run's project.",
        ),
    ] = None,
    project: Annotated[Path | None, typer.Option(help="Where to look for a run's name.")] = None,
    json: JsonOption = False,
) -> None:
    """Write a model as ONNX or TorchScript, with its classes and normalisation inside."""
    from segstudio.inference.exporting import export_model as export
    from segstudio.inference.exporting import refuse_to_replace
    from segstudio.inference.finding import find_model
    from segstudio.networks.model_file import read_card

    console = Output(json)
    path = find_model(model, project)
    read_card(path)  # what is no model is told before photos are looked for
    refuse_to_replace(out)
    chosen = _photos_for(path, photos or [], project)
    console.say(f"Comparing with PyTorch on {counted(len(chosen), 'photo')}.")
    report = export(path, out, format_.value, [_small(read_photo(photo)) for photo in chosen])
    console.say(
        f"Probabilities differ by at most {report.difference:.2g}; {report.agreement:.3%} of the pixels agree."
    )
    console.say(
        f"Wrote {out} ({report.size_bytes / 1e6:.1f} MB): it takes RGB photos as uint8 (photos, rows, columns, 3) and"
        " returns the mask and the probabilities of the classes named in it."
    )
    console.finish(
        {
            "model": str(path),
            "out": str(out),
            "format": format_.value,
            "photos": [str(photo) for photo in chosen],
            "difference": report.difference,
            "agreement": report.agreement,
            "size_bytes": report.size_bytes,
        }
    )


def _photos_for(model: Path, given: Sequence[Path], project: Path | None) -> list[Path]:
    """Return a few photos to check on: those given, else of the project that the model was trained in."""
    from segstudio.inference.inputs import find_inputs

    if given:
        return [photo.path for photo in find_inputs(given)][:_CHECKED]
    home = home_of(model, project)
    found = (
        [] if home is None else sorted(open_project(home).photos(), key=lambda photo: photo.split != "val")
    )
    here = [photo.path for photo in found if photo.path.is_file() and is_photo(photo.path)]
    if not here:
        raise SegStudioError(
            "there is no photo to check the exported model on",
            where=str(model),
            fix="Name some with --photos",
        )
    return here[:_CHECKED]


def _small(photo: RgbImage) -> RgbImage:
    """Return a photo no larger than what a check needs, every second, third … pixel of it."""
    step = -(-max(photo.shape[:2]) // _CHECKED_PX)
    return photo[::step, ::step]

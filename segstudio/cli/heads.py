"""`segstudio heads`: the networks to choose from."""

from __future__ import annotations

from typing import Annotated

import typer

from segstudio.cli.output import JsonOption, Output
from segstudio.runs.heads import (
    COST_INPUT_PX,
    HEADS,
    MEMORY_BATCH,
    MEMORY_CROP_PX,
    HeadInfo,
    head_named,
    imported_weights,
)


def heads(
    speed: Annotated[
        str | None,
        typer.Option(metavar="HEAD", help="Measure instead how fast this one trains on this machine."),
    ] = None,
    batch: Annotated[int, typer.Option(min=1, help="Crops per step, with --speed.")] = MEMORY_BATCH,
    crop: Annotated[
        int, typer.Option(min=32, help="Side of a crop in pixels, with --speed.")
    ] = MEMORY_CROP_PX,
    json: JsonOption = False,
) -> None:
    """List the networks to choose from, the lightest first."""
    out = Output(json)
    if speed is not None:
        _measure(out, head_named(speed).name, batch_size=batch, crop_px=crop)
        return
    columns = ["head", "parameters (M)", "multiply-adds (G)", "training (MB)", "weights", "suits"]
    out.table("", columns, [_row(info) for info in HEADS.values()])
    out.say("")
    out.say(
        f"Multiply-adds for one photo of {COST_INPUT_PX} × {COST_INPUT_PX} pixels; training memory for a step of"
        f" {MEMORY_BATCH} crops of {MEMORY_CROP_PX} × {MEMORY_CROP_PX}, float32, SGD."
    )
    here = any(each.is_here for info in HEADS.values() for each in info.weights)
    marked = "Weights marked * are on this machine; " if here else "No weights are on this machine; "
    out.say(f"{marked}`segstudio weights fetch HEAD` gets {'the others' if here else 'them'}.")
    out.finish({"heads": [_as_json(info) for info in HEADS.values()]})


def _measure(out: Output, head: str, *, batch_size: int, crop_px: int) -> None:
    from segstudio.networks.devices import pick_device
    from segstudio.training.devices import device_name
    from segstudio.training.speed import measure_speed

    device = pick_device("auto")
    found = measure_speed(head, device=device, batch_size=batch_size, crop_px=crop_px)
    out.say(
        f"{head} trains at about {found:.1f} crops of {crop_px} × {crop_px} a second on {device_name(device)}."
    )
    out.finish(
        {
            "head": head,
            "images_per_s": found,
            "batch_size": batch_size,
            "crop_px": crop_px,
            "device": device_name(device),
        }
    )


def _row(info: HeadInfo) -> list[str]:
    weights = [f"{each.name}{'*' if each.is_here else ''}" for each in info.weights]
    if imported_weights(info):
        weights.append("imported*")
    return [
        info.name,
        f"{info.parameters / 1e6:.1f}",
        f"{info.multiply_adds / 1e9:.1f}",
        str(info.training_mb),
        ", ".join(weights),
        info.suits,
    ]


def _as_json(info: HeadInfo) -> dict[str, object]:
    return {
        "name": info.name,
        "title": info.title,
        "architecture": info.architecture,
        "backbone": info.backbone,
        "auxiliary": info.has_auxiliary,
        "parameters": info.parameters,
        "multiply_adds": info.multiply_adds,
        "multiply_adds_input_px": COST_INPUT_PX,
        "training_mb": info.training_mb,
        "suits": info.suits,
        "weights": [{"name": each.name, "here": each.is_here} for each in info.weights],
        "imported": [str(path) for path in imported_weights(info)],
    }

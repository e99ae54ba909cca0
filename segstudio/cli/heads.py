"""`segstudio heads`: the networks to choose from."""

from __future__ import annotations

from segstudio.cli.output import JsonOption, Output
from segstudio.runs.heads import (
    COST_INPUT_PX,
    HEADS,
    MEMORY_BATCH,
    MEMORY_CROP_PX,
    HeadInfo,
    imported_weights,
)


def heads(json: JsonOption = False) -> None:
    """List the networks to choose from, the lightest first."""
    out = Output(json)
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

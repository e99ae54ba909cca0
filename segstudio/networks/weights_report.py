"""Tells what became of a weights file's tensors, and refuses those of another network."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch

from segstudio.errors import SegStudioError
from segstudio.networks.build import BUILDERS, backbone_of
from segstudio.networks.matching import Match, is_counter

UNKNOWN_LICENCE = "not stated in the file: ask whoever made it"

_BACKBONE = "backbone."
_LISTED = 3
_ODD_SHAPES = 20


@dataclass(frozen=True, slots=True)
class WeightsReport:
    """What became of a weights file's tensors.

    `matched`: the network's keys that took a value from the file; `missing`: those that the file does not have;
    `other_shape`: those that it has in another shape. The last two start at random. `foreign`: the file's own keys without
    a place in the network. `source` is "none", "coco", "imagenet" or the file's name. Of an earlier model, `kept_classes` go on
    with what was learnt of them, and `new_classes` start at random.
    """

    source: str
    licence: str
    matched: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    other_shape: tuple[str, ...] = ()
    foreign: tuple[str, ...] = ()
    kept_classes: tuple[str, ...] = ()
    new_classes: tuple[str, ...] = ()

    @property
    def is_whole_backbone(self) -> bool:
        """Whether every tensor of the backbone has its value from the file."""
        random = (*self.missing, *self.other_shape)
        return bool(self.matched) and not any(key.startswith(_BACKBONE) for key in random)

    def told(self) -> str:
        """Return what matched, what is missing and what is foreign, in one line for a person."""
        if not self.matched:
            return "all weights start at random"
        total = len(self.matched) + len(self.missing) + len(self.other_shape)
        extent = "the whole backbone" if self.is_whole_backbone else "not all of the backbone"
        kind = "partial: " if self.missing or self.other_shape else ""
        parts = [f"{self.source}: {kind}{len(self.matched)} of {total} tensors matched ({extent})"]
        if self.missing:
            parts.append(f"missing in the file, so random: {_some(self.missing)}")
        if self.other_shape and not self.kept_classes:
            parts.append(f"of another shape in the file, so random: {_some(self.other_shape)}")
        if self.kept_classes:
            parts.append(f"classes known before: {', '.join(self.kept_classes)}")
        if self.new_classes:
            parts.append(f"new classes, so random: {', '.join(self.new_classes)}")
        if self.foreign:
            parts.append(f"foreign, not used: {_some(self.foreign)}")
        return "; ".join(parts)


def report_of(found: Match, *, source: str, licence: str) -> WeightsReport:
    """Return the report of a match."""
    return WeightsReport(
        source=source,
        licence=licence,
        matched=tuple(found.values),
        missing=found.missing,
        other_shape=found.other_shape,
        foreign=found.foreign,
    )


def refuse_another_network(found: Match, head: str, path: Path, *, among_all: bool = False) -> None:
    """Raise SegStudioError unless the tensors are of the network, by their names, shapes and values.

    Relatives share names, and ResNet-18 even shapes, with what it is not: more than one backbone tensor in twenty
    of another shape gives it away. `among_all` says that `head` is the nearest of all heads.
    """
    real = sum(not is_counter(key) for key in found.values)
    if not real:
        count = len(found.foreign) + len(found.other_shape) + len(found.values)
        backbones = ", ".join(sorted({backbone_of(head) for head in BUILDERS}))
        raise SegStudioError(
            f"no key matches: none of the {count} tensors in the file has a place in {'any head' if among_all else head}",
            where=str(path),
            fix=f"The heads stand on {backbones}: use weights of the one that you train",
        )
    odd = [key for key in found.other_shape if key.startswith(_BACKBONE)]
    if len(odd) * _ODD_SHAPES > len(odd) + real:
        raise SegStudioError(
            f"these are weights of a relative of {head}: {len(odd)} tensors of the backbone have another shape,"
            f" the first is {odd[0]}",
            where=str(path),
            fix="Use weights of the same backbone",
        )
    for key, value in found.values.items():
        if value.is_floating_point() and not bool(torch.isfinite(value).all()):
            raise SegStudioError(
                f"{key} holds values that are not numbers (NaN or infinite)",
                where=str(path),
                fix="Use an earlier checkpoint of that training",
            )


def _some(keys: Sequence[str]) -> str:
    """Return `17 (first, second, third …)`."""
    return f"{len(keys)} ({', '.join(keys[:_LISTED])}{' …' if len(keys) > _LISTED else ''})"

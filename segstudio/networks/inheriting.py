"""The last layer's channels of an earlier model, taken over class by class, by name."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from segstudio.errors import SegStudioError
from segstudio.networks.build import build
from segstudio.networks.model_file import FORMAT, read_model
from segstudio.networks.state_files import load_plain


@dataclass(frozen=True, slots=True, eq=False)
class Inherited:
    """`values`: the network's tensors that have a row for each class, those of known classes filled in; `kept` and `new`
    are the classes' names.
    """

    values: Mapping[str, Tensor]
    kept: tuple[str, ...]
    new: tuple[str, ...]


def inherited(
    path: Path, head: str, places: Mapping[str, Tensor], classes: Sequence[str]
) -> Inherited | None:
    """Return what a model file knows of `classes`, the names in the order of the channels of a `head`.

    `places` are the network's own tensors; the rows of classes that the model does not have are taken from there. None
    for a file of bare weights and for a model with another head. Raises SegStudioError when the file is damaged.
    """
    content = load_plain(path, mapped=True)
    if not isinstance(content, Mapping) or content.get("format") != FORMAT:
        return None
    model = read_model(path)
    names = _names(model.card, path)
    known = [name.casefold() for name in names]
    if _head(model.card, path) != head:
        return None
    sources = [known.index(name.casefold()) if name.casefold() in known else -1 for name in classes]
    values = {}
    for key in _rows_of_classes(head, auxiliary=any(key.startswith("aux_classifier.") for key in places)):
        before = model.weights.get(key)
        if before is None or before.shape != (len(names), *places[key].shape[1:]):
            continue
        rows = places[key].detach().clone()
        for channel, source in enumerate(sources):
            if source >= 0:
                rows[channel] = before[source].to(rows.dtype)
        values[key] = rows
    kept = tuple(name for name, source in zip(classes, sources, strict=True) if source >= 0)
    new = tuple(name for name, source in zip(classes, sources, strict=True) if source < 0)
    return Inherited(values, kept, new)


def _rows_of_classes(head: str, *, auxiliary: bool) -> list[str]:
    """Return the keys of a head's tensors whose first axis is the classes."""
    with torch.device("meta"):
        few, more = (build(head, count, auxiliary=auxiliary).state_dict() for count in (2, 3))
    return [key for key, value in few.items() if value.shape != more[key].shape]


def _head(card: str, path: Path) -> object:
    return _told(card, path).get("head")


def _names(card: str, path: Path) -> list[str]:
    classes = _told(card, path).get("classes")
    if isinstance(classes, list):
        names = [entry.get("name") for entry in classes if isinstance(entry, dict)]
        if len(names) == len(classes) and all(isinstance(name, str) for name in names):
            return [str(name) for name in names]
    raise _damaged(path)


def _told(card: str, path: Path) -> Mapping[str, object]:
    try:
        told = json.loads(card)
    except ValueError as error:
        raise _damaged(path) from error
    if not isinstance(told, dict):
        raise _damaged(path)
    return told


def _damaged(path: Path) -> SegStudioError:
    return SegStudioError("the model's description is damaged", where=str(path), fix="Use another model")

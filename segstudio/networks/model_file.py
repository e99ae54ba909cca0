"""The Model file: weights that say of themselves what they are for, in one file that cannot run code."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from segstudio.errors import SegStudioError
from segstudio.files import replacing
from segstudio.networks.state_files import is_ordinary, load_plain
from segstudio.weight_files import no_model, refuse_other_files

FORMAT = "segstudio-model"
VERSION = 1

_PLAIN = frozenset({bool, int, float, str, bytes, type(None), Tensor, torch.nn.Parameter, torch.Size})


@dataclass(frozen=True, slots=True, eq=False)
class ModelFile:
    """What a Model file holds.

    `card`: its description, a JSON text that `runs.model_card` understands; `weights`: the network's state dict on the CPU;
    `training`: what a run needs to go on (optimizer, schedule, random state …), in `last.pt` only.
    """

    card: str
    weights: dict[str, Tensor]
    training: dict[str, object] | None


def save_model(
    path: Path, weights: Mapping[str, Tensor], card: str, training: Mapping[str, object] | None = None
) -> None:
    """Write a Model file, whole or not at all; tensors may lie on any device.

    `training` may hold tensors, numbers, texts, None, and lists, tuples and dicts of these: nothing else can be read back
    safely, so anything else is a TypeError here. Raises SegStudioError when the disk refuses.
    """
    alone = {name: _alone(value) for name, value in weights.items()}
    content: dict[str, object] = {
        "format": FORMAT,
        "version": VERSION,
        "card": card,
        "weights": alone,
        "digest": _digest(alone),
    }
    if training is not None:
        _require_plain(training, "training")
        content["training"] = dict(training)
    with replacing(path) as stream:
        try:
            torch.save(content, stream)
        except RuntimeError as error:  # torch's zip writer ends what it has begun, and hides what went wrong
            if (refused := _refusal_behind(error)) is not None:
                raise refused from error
            raise


def read_model(path: Path) -> ModelFile:
    """Return what a Model file holds; raises SegStudioError, in one sentence, for any other file."""
    content = _content(path, mapped=False)
    weights, digest = _weights(content, path), content.get("digest")
    if digest is not None and digest != _digest(weights):  # files of older versions have none
        raise SegStudioError(
            "the model file is damaged: its weights are not those that were saved",
            where=str(path),
            fix="Copy it anew, or train again",
        )
    training = content.get("training")
    return ModelFile(
        card=_card(content, path),
        weights=weights,
        training=dict(training) if isinstance(training, Mapping) else None,
    )


def read_card(path: Path) -> str:
    """Return a Model file's description, a JSON text, without reading its weights; raises SegStudioError."""
    return _card(_content(path, mapped=True), path)


def _content(path: Path, *, mapped: bool) -> Mapping[str, object]:
    refuse_other_files(path)
    content = load_plain(path, mapped=mapped)
    if not isinstance(content, Mapping) or content.get("format") != FORMAT:
        raise no_model(path)
    version = content.get("version")
    if not isinstance(version, int):
        raise _damaged(path, "version")
    if version > VERSION:
        raise SegStudioError(
            f"the model was written by a newer SegStudio (file version {version}, this one reads {VERSION})",
            where=str(path),
            fix="Update SegStudio",
        )
    return content


def _card(content: Mapping[str, object], path: Path) -> str:
    card = content.get("card")
    if not isinstance(card, str):
        raise _damaged(path, "description")
    return card


def _weights(content: Mapping[str, object], path: Path) -> dict[str, Tensor]:
    weights = content.get("weights")
    if not isinstance(weights, Mapping) or not weights:
        raise _damaged(path, "weights")
    for key, value in weights.items():
        if not isinstance(key, str) or not isinstance(value, Tensor) or not is_ordinary(value):
            raise _damaged(path, "weights")
    return dict(weights)


def _digest(weights: Mapping[str, Tensor]) -> str:
    """Return the SHA-256 of the weights with their names, types and shapes: some tenths of a second for the largest."""
    digest = hashlib.sha256()
    for name, value in sorted(weights.items()):
        digest.update(f"{name} {value.dtype} {tuple(value.shape)};".encode())
        digest.update(value.detach().contiguous().view(-1).view(torch.uint8).numpy().data)
    return digest.hexdigest()


def _refusal_behind(error: BaseException) -> OSError | None:
    """Return what the disk said first, of errors that came one of another."""
    behind = error.__context__
    while behind is not None:
        if isinstance(behind, OSError):
            return behind
        behind = behind.__context__
    return None


def _damaged(path: Path, part: str) -> SegStudioError:
    return SegStudioError(f"the model file is damaged: its {part} cannot be read", where=str(path))


def _alone(value: Tensor) -> Tensor:
    """Return the tensor on the CPU in its own memory: `torch.save` writes all the memory that a view looks into."""
    value = value.detach().to("cpu").contiguous()
    own = value.numel() * value.element_size()
    return value if value.untyped_storage().nbytes() == own else value.clone()


def _require_plain(value: object, where: str) -> None:
    """Raise TypeError unless torch's safe loading gives back exactly this: its types are few, and subclasses none."""
    kind = type(value)
    if isinstance(value, Mapping) and kind in {dict, OrderedDict}:
        for key, entry in value.items():
            _require_plain(key, f"a key of {where}")
            _require_plain(entry, f"{where}[{key!r}]")
    elif isinstance(value, (list, tuple)) and kind in {list, tuple}:
        for position, entry in enumerate(value):
            _require_plain(entry, f"{where}[{position}]")
    elif kind not in _PLAIN:
        raise TypeError(f"{where} is a {kind.__name__}, which a model file cannot hold")

"""Finds a file's tensors their places in a network, key by key, whatever the file calls them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from torch import Tensor

_WRAPPERS = ("module.", "_orig_mod.", "model.", "network.")
_COUNTER = "num_batches_tracked"


@dataclass(frozen=True, slots=True, eq=False)
class Match:
    """What of a file fits a network.

    `values`: the network's key → the file's tensor of the same shape. `missing`: keys of the network that the file does not
    have. `other_shape`: keys of the network that the file has in another shape. `foreign`: keys of the
    file, as they stand in it, that the network does not have. Batch-norm's step counters, which many files lack,
    are never missing.
    """

    values: Mapping[str, Tensor]
    missing: tuple[str, ...]
    other_shape: tuple[str, ...]
    foreign: tuple[str, ...]


def match(state: Mapping[str, Tensor], places: Mapping[str, Tensor]) -> Match:
    """Match a file's state dict with a network's; of the known ways to rename the keys the best-fitting wins."""
    wrapped = _wrapping(state)
    matches = (_match_renamed(state, places, wrapped, rename) for rename in _RENAMINGS)
    return max(matches, key=lambda found: len(found.values))


def is_counter(key: str) -> bool:
    """Whether a key is a batch-norm's step counter: no weight, and not in every file."""
    return key.endswith(_COUNTER)


def _match_renamed(
    state: Mapping[str, Tensor], places: Mapping[str, Tensor], wrapped: int, rename: Callable[[str], str]
) -> Match:
    values: dict[str, Tensor] = {}
    other_shape: list[str] = []
    foreign: list[str] = []
    for key, value in state.items():
        name = rename(key[wrapped:])
        if name not in places:
            foreign.append(key)
        elif places[name].shape == value.shape:
            values[name] = value
        else:
            other_shape.append(name)
    found = values.keys() | set(other_shape)
    missing = (name for name in places if name not in found and not is_counter(name))
    return Match(values, tuple(missing), tuple(other_shape), tuple(foreign))


def _wrapping(state: Mapping[str, Tensor]) -> int:
    """Return how long a prefix all keys share that only says by what the network was wrapped."""
    length = 0
    while True:
        wrapper = next((w for w in _WRAPPERS if all(key.startswith(w, length) for key in state)), None)
        if wrapper is None or not state:
            return length
        length += len(wrapper)


def _same(key: str) -> str:
    return key


def _in_backbone(key: str) -> str:
    return f"backbone.{key}"


def _features_are_backbone(key: str) -> str:
    return _moved(key, "features.", "backbone.")


def _backbone_features(key: str) -> str:
    return _moved(key, "backbone.features.", "backbone.")


def _encoder_is_backbone(key: str) -> str:
    return _moved(key, "encoder.", "backbone.")


def _encoder_features(key: str) -> str:
    return _moved(key, "encoder.features.", "backbone.")


def _moved(key: str, old: str, new: str) -> str:
    """A key outside `old` gets no place: a classification network's `classifier` is another thing than ours."""
    return new + key.removeprefix(old) if key.startswith(old) else ""


# torchvision's segmentation networks; its ResNets; its MobileNets; common ways of others to nest a backbone.
_RENAMINGS = (
    _same,
    _in_backbone,
    _features_are_backbone,
    _backbone_features,
    _encoder_is_backbone,
    _encoder_features,
)

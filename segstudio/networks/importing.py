"""Takes a weights file that was carried here by hand into torch's cache."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from segstudio.files import copy_file
from segstudio.networks.build import BUILDERS, backbone_of, build
from segstudio.networks.matching import Match, match
from segstudio.networks.published import LICENCES, PublishedFile, cache_folder, published_by_hash
from segstudio.networks.state_files import read_state, sha256_of
from segstudio.networks.weights_report import (
    UNKNOWN_LICENCE,
    WeightsReport,
    refuse_another_network,
    report_of,
)

_COCO_CLASSES = 21


@dataclass(frozen=True, slots=True)
class ImportedWeights:
    """A file that is now in the cache, the heads that it suits, and how it fits the first of them.

    `published` is set when it is, by its hash, a file of torchvision's.
    """

    path: Path
    published: PublishedFile | None
    heads: tuple[str, ...]
    report: WeightsReport


def import_file(path: Path, head: str | None = None) -> ImportedWeights:
    """Check a weights file and copy it into torch's cache.

    A file of torchvision's goes where torch looks for it; any other under a name that says for which backbone
    it is (or for which head, if it has more than a backbone). Without `head` the file is matched with all.
    Raises SegStudioError, with the cache unchanged, when it is damaged, no state dict, or fits nothing.
    """
    state = read_state(path)
    digest = sha256_of(path)
    known = published_by_hash(digest)
    found = _best_fitting(state, (head,) if head else tuple(BUILDERS))
    first = next(iter(found))
    refuse_another_network(found[first], first, path, among_all=head is None)
    target = cache_folder() / (known.file_name if known else _clear_name(path, first, found[first], digest))
    if not (target.exists() and target.samefile(path)):
        copy_file(path, target)
    licence = LICENCES[known.kind] if known else UNKNOWN_LICENCE
    report = report_of(found[first], source=target.name, licence=licence)
    return ImportedWeights(target, known, tuple(found), report)


def _best_fitting(state: dict[str, Tensor], heads: tuple[str, ...]) -> dict[str, Match]:
    """Return the heads that the tensors fit best (all equally well), each with its match."""
    found = {head: match(state, _places(head)) for head in heads}
    best = max(map(_fit, found.values()))
    return {head: each for head, each in found.items() if _fit(each) == best}


@functools.cache
def _places(head: str) -> dict[str, Tensor]:
    """Return the keys and shapes of a head's state dict; the tensors hold no values."""
    with torch.device("meta"):
        return dict(build(head, _COCO_CLASSES).state_dict())


def _fit(found: Match) -> tuple[int, int]:
    return len(found.values) - len(found.other_shape), -len(found.foreign)


def _clear_name(path: Path, head: str, found: Match, digest: str) -> str:
    """Return `segstudio-BACKBONE-NAME-HASH.pth`: the same for the same file, also when it has that name already."""
    whole = any(not key.startswith("backbone.") for key in found.values)
    start = f"segstudio-{head if whole else backbone_of(head)}-"
    own = path.stem.removeprefix(start).removesuffix(f"-{digest[:8]}")
    stem = re.sub(r"[^\w.]+", "_", own).strip("_")[:60] or "weights"
    return f"{start}{stem}-{digest[:8]}.pth"

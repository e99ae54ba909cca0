"""Where a network's first weights come from: torchvision's files, a file carried by hand, or chance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from torch import nn

from segstudio.errors import SegStudioError, did_you_mean
from segstudio.networks.build import backbone_of
from segstudio.networks.inheriting import inherited
from segstudio.networks.matching import match
from segstudio.networks.published import LICENCES, Kind, Progress, cache_folder, fetch, published
from segstudio.networks.state_files import read_state
from segstudio.networks.weights_report import (
    UNKNOWN_LICENCE,
    WeightsReport,
    refuse_another_network,
    report_of,
)

CHOICES = ("auto", "coco", "imagenet", "none")
"""What may stand for a file in `load_initial` and `find_initial`."""

_KINDS: dict[str, Kind] = {"coco": "coco", "imagenet": "imagenet"}


@dataclass(frozen=True, slots=True)
class InitialWeights:
    """A weights file that is here: what to call it, where it lies, its licence in a sentence."""

    source: str
    path: Path
    licence: str


def load_initial(
    network: nn.Module,
    head: str,
    choice: str = "auto",
    *,
    classes: Sequence[str] = (),
    progress: Progress | None = None,
) -> WeightsReport:
    """Give `network`, which must be a `head`, its first weights, and tell what was used.

    `choice` is as in `find_initial`. Whatever the file does not have, or has in another shape (the last layer,
    when the number of classes is another), keeps its random values; of a model of the same head, though, the classes of
    the same name keep what was learnt, where `classes` names those of the network in the order of its channels. Raises SegStudioError, with the network
    unchanged, when the file cannot be had or opened or is of another network.
    """
    initial = find_initial(head, choice, progress=progress)
    if initial is None:
        return WeightsReport(source="none", licence="", missing=tuple(network.state_dict()))
    found = match(read_state(initial.path), network.state_dict())
    refuse_another_network(found, head, initial.path)
    taken = inherited(initial.path, head, network.state_dict(), classes) if classes else None
    values = {**found.values, **(taken.values if taken else {})}
    network.load_state_dict(values, strict=False)
    report = report_of(found, source=initial.source, licence=initial.licence)
    return report if taken is None else replace(report, kept_classes=taken.kept, new_classes=taken.new)


def find_initial(head: str, choice: str, *, progress: Progress | None = None) -> InitialWeights | None:
    """Return the weights file that `choice` means for `head`, fetched if need be; None for random weights.

    `none`; `coco` and `imagenet`: torchvision's files; `auto`: the first that is on this machine of COCO, ImageNet
    and the file imported last, else what torchvision publishes is fetched (a head for which it publishes nothing starts
    at random); otherwise the path of a file or the name of an imported one. Raises SegStudioError that says what to fetch and where to put it.
    """
    if choice == "none":
        return None
    if choice in _KINDS:
        return _of_torchvision(head, _KINDS[choice], progress)
    if choice == "auto":
        offered = next((kind for kind in _KINDS.values() if published(head, kind)), None)
        return _best_here(head) or (_of_torchvision(head, offered, progress) if offered else None)
    return _of_file(head, choice)


def imported_files(head: str) -> tuple[Path, ...]:
    """Return the files in the cache that were imported for `head` or for its backbone, the latest first."""
    parts = (head, backbone_of(head))
    found = (path for part in parts for path in cache_folder().glob(f"segstudio-{part}-*.pth"))
    return tuple(sorted(found, key=lambda path: (path.stat().st_mtime_ns, path.name), reverse=True))


def _of_torchvision(head: str, kind: Kind, progress: Progress | None) -> InitialWeights:
    file = published(head, kind)
    if file is None:
        raise SegStudioError(
            f'torchvision publishes no "{kind}" weights for this head',
            where=head,
            fix="`--set weights=imagenet` uses those of its backbone"
            if published(head, "imagenet")
            else "`--set weights=none` starts at random",
        )
    try:
        path = fetch(file, progress=progress)
    except SegStudioError as error:
        imported = imported_files(head)
        if not imported:
            raise
        advice = f"{error.fix}; `--set weights={imported[0].name}` uses the file that was imported"
        raise SegStudioError(error.problem, where=error.where, fix=advice) from error
    return InitialWeights(kind, path, LICENCES[kind])


def _best_here(head: str) -> InitialWeights | None:
    for kind in _KINDS.values():
        file = published(head, kind)
        if file is not None and file.cached.is_file():
            return InitialWeights(kind, file.cached, LICENCES[kind])
    for path in imported_files(head):
        return InitialWeights(path.name, path, UNKNOWN_LICENCE)
    return None


def _of_file(head: str, choice: str) -> InitialWeights:
    path = Path(choice).expanduser()
    if path.is_file():
        return InitialWeights(path.name, path, UNKNOWN_LICENCE)
    imported = {file.name: file for file in imported_files(head)}
    if choice in imported:
        return InitialWeights(choice, imported[choice], UNKNOWN_LICENCE)
    known = (*CHOICES, *imported)
    raise SegStudioError(
        f'there is no weights file "{choice}"{did_you_mean(choice, known)}',
        where=head,
        fix=f"Give the path of a file, or one of {', '.join(known)}",
    )

"""What is told of a head before it is chosen, from the table of heads; pure but for looking which weights are here."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from segstudio.counting import sized
from segstudio.runs.heads import HeadInfo, imported_weights


@dataclass(frozen=True, slots=True)
class HeadWords:
    """`facts` is one line of numbers, `speed` how fast it is here (nothing where that is not known), `weights` says what
    there is to start from, `is_here` whether any of it lies on this machine, `fetch_file` and `fetch_size` what
    fetching gets.
    """

    title: str
    suits: str
    facts: str
    weights: str
    is_here: bool
    fetch_file: str
    fetch_size: str
    speed: str = ""


def words_on(
    head: HeadInfo,
    *,
    batch_size: int,
    crop_px: int,
    moments: int,
    choice: str = "auto",
    speed: float | None = None,
) -> HeadWords:
    """Return what is told of `head` for steps of so many crops; `moments` numbers per parameter are the optimizer's,
    `choice` is the recipe's for its first weights, `speed` is in photos a second on this machine.
    """
    needed = head.training_bytes(batch_size=batch_size, crop_px=crop_px, optimizer_values=moments)
    here = [each for each in head.weights if each.is_here]
    imported = imported_weights(head)
    best = here[0] if here else None
    own = Path(choice)
    is_file = choice not in ("auto", "none", "coco", "imagenet")
    if is_file:
        name = f"{own.parent.name}/{own.name}" if own.name in ("best.pt", "last.pt") else own.name
        is_imported = name.startswith("segstudio-")
        weights = (
            f"Starts from imported weights ({name})."
            if is_imported
            else f"Starts from the weights in {name}."
        )
    elif imported:
        weights = f"Starts from imported weights ({imported[-1].name})."
    elif best is not None:
        weights = (
            f"Starts from {best.name.upper() if best.name == 'coco' else 'ImageNet'} weights, which are here."
        )
    elif not head.weights:
        weights = "Starts at random: nobody publishes weights for this network."
    else:
        weights = (
            "No pretrained weights are here: without them it learns slowly and less. Fetch them now, or import a file"
            " that was carried here."
        )
    return HeadWords(
        title=head.title,
        suits=head.suits,
        facts=f"{head.parameters / 1e6:.1f} M parameters · about {sized(needed)} to train",
        weights=weights,
        is_here=bool(here or imported or is_file) or not head.weights,
        fetch_file=head.weights[0].file_name if head.weights else "",
        fetch_size=sized(head.weights[0].size_bytes) if head.weights else "",
        speed="" if speed is None else _speed(speed),
    )


def lacks_weights(head: HeadInfo, choice: str) -> bool:
    """Tell whether a training that begins so would have to fetch its first weights."""
    here = {each.name for each in head.weights if each.is_here}
    if choice == "auto":
        return bool(head.weights) and not here and not imported_weights(head)
    return choice in ("coco", "imagenet") and choice not in here


def _speed(speed: float) -> str:
    return f"{speed:.1f} photos/s here" if speed < 100 else f"{speed:.0f} photos/s here"


def fetched(done: int, total: int) -> str:
    """Say how much of a download has come, in bytes; `total` 0 when that is not known."""
    return f"Fetched {sized(done)} of {sized(total)}" if total else f"Fetched {sized(done)}"

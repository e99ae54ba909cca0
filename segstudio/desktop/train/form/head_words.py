"""What is told of a head before it is chosen, from the table of heads; pure but for looking which weights are here."""

from __future__ import annotations

from dataclasses import dataclass

from segstudio.runs.heads import HeadInfo, imported_weights

_MEGABYTE = 1_000_000


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
    head: HeadInfo, *, batch_size: int, crop_px: int, moments: int, speed: float | None = None
) -> HeadWords:
    """Return what is told of `head` for steps of so many crops; `moments` numbers per parameter are the optimizer's,
    `speed` is in photos a second on this machine.
    """
    needed = head.training_bytes(batch_size=batch_size, crop_px=crop_px, optimizer_values=moments)
    here = [each for each in head.weights if each.is_here]
    imported = imported_weights(head)
    best = here[0] if here else None
    if imported:
        weights = f"Starts from imported weights ({imported[-1].name})."
    elif best is not None:
        weights = (
            f"Starts from {best.name.upper() if best.name == 'coco' else 'ImageNet'} weights, which are here."
        )
    else:
        weights = (
            "No pretrained weights are here: without them it learns slowly and less. Fetch them now, or import a file"
            " that was carried here."
        )
    return HeadWords(
        title=head.title,
        suits=head.suits,
        facts=f"{head.parameters / 1e6:.1f} M parameters · about {_memory(needed)} to train",
        weights=weights,
        is_here=bool(here or imported),
        fetch_file=head.weights[0].file_name,
        fetch_size=_memory(head.weights[0].size_bytes),
        speed="" if speed is None else _speed(speed),
    )


def _memory(count: int) -> str:
    return f"{count / 1e9:.1f} GB" if count >= 1e9 else f"{count / _MEGABYTE:.0f} MB"


def _speed(speed: float) -> str:
    return f"{speed:.1f} photos/s here" if speed < 100 else f"{speed:.0f} photos/s here"


def fetched(done: int, total: int) -> str:
    """Say how much of a download has come, in bytes; `total` 0 when that is not known."""
    return f"Fetched {_memory(done)} of {_memory(total)}" if total else f"Fetched {_memory(done)}"

"""What is told of a head before it is chosen, from the table of heads; pure but for looking which weights are here."""

from __future__ import annotations

from dataclasses import dataclass

from segstudio.runs.heads import HeadInfo, imported_weights

_MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True)
class HeadWords:
    """`facts` is one line of numbers, `weights` says what there is to start from, `is_here` whether any of it lies on
    this machine, `fetch` the command that gets it.
    """

    title: str
    suits: str
    facts: str
    weights: str
    is_here: bool
    fetch: str


def words_on(head: HeadInfo, *, batch_size: int, crop_px: int, moments: int) -> HeadWords:
    """Return what is told of `head` for steps of so many crops; `moments` numbers per parameter are the optimizer's."""
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
        size = min(each.size_bytes for each in head.weights)
        weights = (
            f"No pretrained weights are here: they are fetched when training starts ({size / _MEGABYTE:.0f} MB or more)"
            " where there is a network; otherwise it learns from scratch."
        )
    return HeadWords(
        title=head.title,
        suits=head.suits,
        facts=f"{head.parameters / 1e6:.1f} M parameters · about {_memory(needed)} to train",
        weights=weights,
        is_here=bool(here or imported),
        fetch=f"segstudio weights fetch {head.name}",
    )


def _memory(count: int) -> str:
    return f"{count / 1e9:.1f} GB" if count >= 1e9 else f"{count / _MEGABYTE:.0f} MB"

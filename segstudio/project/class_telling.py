"""What an edit of the class list would do, and has done, in sentences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from segstudio.counting import counted, percent
from segstudio.project.class_edit import Add, ClassEdit, Delete, Merge, Recolour, Rename, Reorder, repaint_of
from segstudio.project.class_history import Entry
from segstudio.project.class_uses import ClassUses
from segstudio.project.classes import VOID, ClassList

Back = Literal["back", "joined", "left"]
"""A mask is as it was · has its pixels back beside later strokes · is gone or of another size."""


@dataclass(frozen=True, slots=True)
class EditPreview:
    """What `edit` would do: the list before and after it, what the masks hold (None: that was not counted), and the
    photos whose undo history ends with it.
    """

    edit: ClassEdit
    before: ClassList
    after: ClassList
    uses: ClassUses | None = None
    ends: tuple[str, ...] = ()

    @property
    def photos(self) -> tuple[str, ...]:
        """The photos whose mask is rewritten."""
        repaint = repaint_of(self.edit)
        if repaint is None or self.uses is None:
            return ()
        return tuple(mask.key for mask in self.uses.holding(repaint.old))

    @property
    def told(self) -> str:
        """One to three sentences for the person."""
        match self.edit:
            case Delete(index):
                told = self._repainted(index, "not labelled")
            case Merge(index, into):
                told = self._repainted(index, _name(self.before, into))
            case Rename(index, _):
                told = f"{self._where(index)} No mask is rewritten."
            case Recolour(index, _):
                told = f"{self._where(index)} A mask file gets the colour when it is saved next."
            case Reorder(_, "list"):
                told = "The first nine classes have the keys 1 to 9. No mask is rewritten."
            case Reorder(_, _):
                told = "Annotations imported from now on are drawn in this order; masks stay as they are."
            case Add(_, _):
                told = "No mask is rewritten."
        return told.strip()

    def _repainted(self, index: int, becomes: str) -> str:
        where = self._where(index)
        if self.photos:
            where = f"{where.rstrip('.')}; they become {becomes}."
        if not self.ends:
            return where
        whose = "one photo" if len(self.ends) == 1 else f"{len(self.ends):,} photos"
        return f"{where} The undo history of {whose} ends here; it comes back when you undo this."

    def _where(self, index: int) -> str:
        if self.uses is None:
            return ""
        name, count, all_photos = _name(self.before, index), self.uses.photos_with(index), self.uses.photos
        if not all_photos:
            return f"{name} is in no photo: there are none yet."
        if not count:
            return f"{name} is in none of the {all_photos:,} photos."
        return f"{name} is in {count:,} of {all_photos:,} photos, {percent(self.uses.share(index))} of the pixels."


NO_MASK = "No mask was rewritten."


def told_of_doing(entry: Entry, masks: int, journals: int) -> str:
    """Say what was done."""
    if entry.old is None:
        return NO_MASK
    history = f" The undo history of {counted(journals, 'photo')} waits with it." if journals else ""
    return f"{counted(masks, 'mask')} rewritten.{history}"


def told_of_undo(entry: Entry, states: Sequence[Back]) -> str:
    """Say what was taken back."""
    if entry.old is None:
        return NO_MASK
    told = f"{counted(states.count('back') + states.count('joined'), 'mask')} brought back."
    if states.count("joined"):
        told += f" In {states.count('joined'):,} of them what was painted since stays."
    if states.count("left"):
        told += (
            f" {counted(states.count('left'), 'photo')} left as it is: its mask is gone, or of another size."
        )
    return told


def _name(classes: ClassList, index: int) -> str:
    found = classes.at(index)
    return found.name if found is not None else ("not labelled" if index == VOID else f"class {index}")

"""Merging: what a pack that comes back, or another project, holds for a project; looked at before anything is written."""

from __future__ import annotations

import tempfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt

from segstudio.errors import SegStudioError, told_of
from segstudio.project.agreement import Agreement, agreement_of, crossed
from segstudio.project.change import FileStamp, file_stamp
from segstudio.project.classes import VOID, ClassList
from segstudio.project.document import FILE_NAME
from segstudio.project.masks import Mask, read_mask
from segstudio.project.outside import check_comes_in
from segstudio.project.pack import Pack, PackedPhoto, pixels_digest, read_pack
from segstudio.project.painted_photos import Journals, held
from segstudio.project.photos import Photo
from segstudio.project.project import Project
from segstudio.project.same_photos import Match, matches
from segstudio.project.sealed_zip import unpack_sealed
from segstudio.project.threads import Cancelled, Progress, check_cancelled, never, unheard

Fate = Literal["new", "theirs", "mine", "same", "status", "both", "stranger", "unreadable"]
"""What a photo of the pack is to the project: one it has not; its mask changed there only, here only, or nowhere; only its
status changed there; its mask changed on both sides (a conflict); another picture of the same name; one that cannot be read.
"""

Side = Literal["mine", "theirs"]

FATES_TOLD: Mapping[Fate, str] = {
    "new": "new photo",
    "theirs": "changed there",
    "mine": "changed here",
    "same": "the same",
    "status": "status changed there",
    "both": "changed on both sides",
    "stranger": "another picture of this name",
    "unreadable": "cannot be read",
}


@dataclass(frozen=True, slots=True)
class Pair:
    """A photo of the pack (`theirs`) and the project's (`mine`, None where it has none).

    `differs` is the part (0–1) of the pixels that differ, None where one has no mask; `problem` says why it cannot be
    read; `stamp` tells the project's mask file that was looked at from any later one.
    """

    theirs: Photo
    mine: Photo | None
    fate: Fate
    differs: float | None = None
    problem: str = ""
    stamp: FileStamp | None = None

    @property
    def key(self) -> str:
        """The name by which it is chosen: the project's, or that of the pack for one that the project has not."""
        return self.mine.key if self.mine is not None else self.theirs.key

    @property
    def newer(self) -> Side | None:
        """Which side was painted last; None where that is not known."""
        if self.mine is None:
            return "theirs"
        try:
            mine, theirs = (datetime.fromisoformat(p.state.when) for p in (self.mine, self.theirs))
            return None if mine == theirs else "theirs" if theirs > mine else "mine"
        except (TypeError, ValueError):
            return None


@dataclass(frozen=True, slots=True, eq=False)
class MergePlan:
    """What merging would do. `classes` are the project's and those that only the pack has and uses; `value_of`, uint8
    (256), turns mask values of the pack into theirs. `name` is the pack's.
    """

    source: Project
    name: str
    pairs: tuple[Pair, ...]
    classes: ClassList
    value_of: npt.NDArray[np.uint8]
    agreement: Agreement

    @property
    def conflicts(self) -> tuple[Pair, ...]:
        """The photos whose mask was changed on both sides."""
        return tuple(pair for pair in self.pairs if pair.fate == "both")

    def counts(self) -> dict[Fate, int]:
        """Return how many photos there are of each fate that occurs."""
        found = [pair.fate for pair in self.pairs]
        return {fate: found.count(fate) for fate in FATES_TOLD if fate in found}

    def their_mask(self, pair: Pair) -> Mask | None:
        """Return the pack's mask of a photo in the values of `classes`."""
        mask = self.source.read_mask(pair.theirs)
        return None if mask is None else np.asarray(self.value_of[mask], dtype=np.uint8)


def plan_merge(
    project: Project,
    source: Project,
    journals: Journals,
    *,
    from_zip: bool = False,
    progress: Progress = unheard,
    cancelled: Cancelled = never,
) -> MergePlan:
    """Compare `source`, a pack or any other project, with `project`; only strokes that a program that died has
    left in a journal are saved.

    Photos are the same when their files are; a name alone says nothing. Of a picture that `source` has more often than
    the project, what is painted comes as photos of their own. What the pack was when it left tells which side
    has changed a mask; of another project that is not known, and two masks that differ are a conflict. A new photo must
    be one, and with `from_zip` lie in the ZIP file: else it could be any file of this computer. Raises SegStudioError
    when the pack is damaged or holds too many classes, WorkStopped when `cancelled` says so.
    """
    if project.folder == source.folder:
        raise SegStudioError("this is the project itself", where=str(project.folder), fix="Name a pack of it")
    pack = read_pack(source.folder)
    if pack is not None and pack.origin != project.created:
        pack = None
    for side in (project, source):
        side.refresh()
        settle(side, side.photos(), journals)
    classes, value_of = _matched(project, source, pack)
    counts, photos = np.zeros((256, 256), dtype=np.int64), 0
    pairs: dict[str, Pair] = {}
    used: set[int] = set()
    mine, theirs = project.photos(), source.photos()
    names = {photo.key.casefold() for photo in mine}
    bases = pack.photos if pack is not None else {}
    for number, match in enumerate(matches(mine, theirs, bases.keys())):
        check_cancelled(cancelled)
        compared = _Compared(project, source, value_of, used, from_zip=from_zip)
        key = match.theirs.key
        pairs[key] = compared.pair(match, bases.get(key), names)
        if compared.crossed is not None:
            counts, photos = counts + compared.crossed, photos + 1
        progress(number + 1, len(theirs))
    agreement = agreement_of(counts, classes, photos)
    classes = _only_used(classes, project.classes, used)
    in_order = tuple(pairs[photo.key] for photo in theirs)
    return MergePlan(source, source.name, in_order, classes, value_of, agreement)


def choices_of(
    plan: MergePlan,
    *,
    prefer: Side | Literal["newer"] | None = None,
    chosen: Mapping[str, Side] | None = None,
) -> dict[str, Side]:
    """Return for each conflict, by key, whose mask wins; those that nothing decides are left out.

    Raises SegStudioError when something is chosen for a photo that is no conflict.
    """
    keys = {pair.key for pair in plan.conflicts}
    strange = sorted(set(chosen or {}) - keys)
    if strange:
        raise SegStudioError(f'"{strange[0]}" was not changed on both sides', where=plan.name)
    decided: dict[str, Side] = {}
    for pair in plan.conflicts:
        side = (chosen or {}).get(pair.key) or (pair.newer if prefer == "newer" else prefer)
        if side is not None:
            decided[pair.key] = side
    return decided


class _Compared:
    """One photo of the pack compared with the project's; `crossed` counts pixels where both were painted."""

    def __init__(
        self,
        project: Project,
        source: Project,
        value_of: npt.NDArray[np.uint8],
        used: set[int],
        *,
        from_zip: bool,
    ) -> None:
        self._project, self._source, self._value_of, self._used = project, source, value_of, used
        self._from_zip = from_zip
        self.crossed: npt.NDArray[np.int64] | None = None

    def pair(self, match: Match, base: PackedPhoto | None, names: Collection[str]) -> Pair:
        photo, mine = match.theirs, match.mine
        if mine is None and photo.key.casefold() in names:
            return Pair(photo, None, "stranger")
        if photo.damage or (mine is not None and mine.damage):
            problem = photo.damage or (mine.damage if mine is not None else "")
            return Pair(photo, mine, "unreadable", problem=problem)
        try:
            return self._pair(match, base)
        except SegStudioError as error:
            return Pair(photo, mine, "unreadable", problem=str(error))

    def _pair(self, match: Match, base: PackedPhoto | None) -> Pair:
        photo, mine = match.theirs, match.mine
        stamp = None if mine is None else file_stamp(self._project.mask_path(mine))
        raw = self._source.read_mask(photo)
        theirs = None if raw is None else np.asarray(self._value_of[raw], dtype=np.uint8)
        if mine is None:
            if match.copy_of is not None and (
                raw is None or (base is not None and _digest(raw) == base.mask)
            ):
                return Pair(photo, None, "same")
            check_comes_in(self._source.folder, photo.path, from_zip=self._from_zip)
            self._use(theirs)
            return Pair(photo, None, "new")
        own = read_mask(self._project.mask_path(mine), size=mine.size) if mine.has_mask else None
        same = own is theirs or (own is not None and theirs is not None and np.array_equal(own, theirs))
        differs = None
        if own is not None and theirs is not None:
            if own.shape != theirs.shape:
                raise SegStudioError("the two masks are not of one size", where=photo.key)
            differs = float(np.count_nonzero(own != theirs) / max(own.size, 1))
        fate = _fate(raw, own, base, is_same=same)
        if fate in ("both", "same") and own is not None and theirs is not None:
            painted = base is None or pixels_digest(own) != base.mask
            self.crossed = crossed(own, theirs) if painted else None
        if fate in ("theirs", "both"):
            self._use(theirs)
        told = Pair(photo, mine, fate, differs, stamp=stamp)
        changed = base is not None and photo.status != base.status and mine.status == base.status
        return replace(told, fate="status") if fate == "same" and changed else told

    def _use(self, mask: Mask | None) -> None:
        if mask is not None:
            self._used.update(
                int(value) for value in np.flatnonzero(np.bincount(mask.ravel(), minlength=256))
            )


def _fate(raw: Mask | None, own: Mask | None, base: PackedPhoto | None, *, is_same: bool) -> Fate:
    if is_same:
        return "same"
    if base is None:
        return "theirs" if own is None else "mine" if raw is None else "both"
    changed_there = _digest(raw) != base.mask
    changed_here = _digest(own) != base.mask
    if not changed_there:
        return "mine"
    if not changed_here:
        return "theirs" if raw is not None else "mine"  # a mask that went is nothing to bring in
    return "both" if raw is not None and own is not None else "theirs" if own is None else "mine"


def _digest(mask: Mask | None) -> str:
    return "" if mask is None else pixels_digest(mask)


def _matched(project: Project, source: Project, pack: Pack | None) -> tuple[ClassList, npt.NDArray[np.uint8]]:
    """Return the project's classes with those that only the pack has behind them, and what the pack's values are there.

    A class that was in the list when the pack left is known by its number, whatever it is called by now on either side;
    any other by its name.
    """
    classes = project.classes
    value_of = np.full(256, VOID, dtype=np.uint8)
    for entry in source.classes.classes:
        left = pack is not None and pack.classes.at(entry.index) is not None
        own = project.classes.at(entry.index) if left else None
        own = own or classes.find(entry.name)
        if own is None:
            classes = classes.added(entry.name, entry.colour)
            own = classes.named(entry.name)
        value_of[entry.index] = own.index
    return classes, value_of


def _only_used(classes: ClassList, before: ClassList, used: Collection[int]) -> ClassList:
    """Return the list without those added that no mask needs; the numbers of the others stay."""
    for entry in classes.classes:
        if before.at(entry.index) is None and entry.index not in used:
            classes = classes.removed(entry.name)
    if all(entry.index in before.indices for entry in classes.classes):
        return before
    return classes


def pairs_to_show(plan: MergePlan) -> Iterator[Pair]:
    """Yield what a person wants to see first: conflicts, then what cannot come in, then the rest but what is the same."""
    order: tuple[Fate, ...] = ("both", "stranger", "unreadable", "theirs", "new", "status", "mine")
    for fate in order:
        yield from (pair for pair in plan.pairs if pair.fate == fate)


def is_zip(path: Path) -> bool:
    """Tell whether what comes back is no folder of a project: a ZIP file, then."""
    return not path.is_dir() and path.name != FILE_NAME


@contextmanager
def opened_pack(
    path: Path, *, progress: Progress = unheard, cancelled: Cancelled = never
) -> Iterator[Project]:
    """Open what comes back: a ZIP file, which is compared with its seal and unpacked into a folder that goes at the end
    of the block, or the folder of a project. `progress` gets bytes; raises SegStudioError as unpacking and opening do.
    """
    if not is_zip(path):
        yield Project.open(path)
        return
    try:
        unpacked = tempfile.TemporaryDirectory(prefix="segstudio-", ignore_cleanup_errors=True)
    except OSError as error:
        raise SegStudioError(
            f"there is no room to unpack it ({error.strerror or error})", where=tempfile.gettempdir()
        ) from error
    with unpacked as folder:
        target = Path(folder) / "pack"
        with told_of(target, path):
            unpack_sealed(path, target, check=Project.open, progress=progress, cancelled=cancelled)
            yield Project.open(target)


def settle(project: Project, photos: Sequence[Photo], journals: Journals) -> None:
    """Save strokes that a program that died has left in a journal: they count as painted."""
    found = [photo for photo in photos if project.journal_path(photo).exists()]
    for photo in found:
        with held(project.paint_lock(photo)) as is_ours:
            if is_ours:
                journals.settle(project, photo)
    if found:
        project.refresh()

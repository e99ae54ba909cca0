"""Carrying a merge out as one change, and taking it back.

Each has a folder `history/merges/<number>/` with `merge.json` and, below `masks/`, the mask files that it replaced.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from segstudio.counting import counted
from segstudio.errors import SegStudioError
from segstudio.project.change import Change, file_stamp, mask_name
from segstudio.project.class_uses import MaskCounter
from segstudio.project.classes import ClassList
from segstudio.project.digests import digest_if_there
from segstudio.project.masks import encode_mask
from segstudio.project.merging import MergePlan, Pair, Side, settle
from segstudio.project.numbered import (
    damaged,
    is_anything_below,
    number_of_now,
    numbers_in,
    read_numbered,
)
from segstudio.project.painted_photos import Journals, kept_from_painting, not_painted
from segstudio.project.photos import Photo, PhotoState
from segstudio.project.project import Project, stamp
from segstudio.project.removal import stage_removal
from segstudio.project.threads import Cancelled, Progress, check_cancelled, never, unheard
from segstudio.project.versions import stage_version

FOLDER = "history/merges"
_FILE = "merge.json"


class MergedPhoto(BaseModel):
    """A photo that a merge brought in or changed: `mask` is the SHA-256 of the mask file that it left (empty: it wrote
    none), `before` the state until then; `had_mask`: the mask that it replaced is kept.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    key: str
    is_new: bool = False
    mask: str = ""
    had_mask: bool = False
    before: PhotoState | None = None


class Merge(BaseModel):
    """What was merged together, from the pack `name`; `classes` tells the names of those that came, by number."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    version: int = 1
    number: int
    name: str
    when: str = ""
    who: str = ""
    undone: str = ""
    classes: dict[int, str] = {}
    photos: tuple[MergedPhoto, ...] = ()

    @property
    def folder(self) -> str:
        """Where its files lie, relative to the project."""
        return f"{FOLDER}/{self.number}"

    @property
    def is_empty(self) -> bool:
        """Whether nothing came in, so that there is nothing to take back."""
        return not self.photos and not self.classes

    def told(self, plan: MergePlan) -> str:
        """Return what it brought, of what `plan` said, as a sentence without full stop."""
        if self.photos:
            return f"{counted(len(self.photos), 'photo')} merged from {self.name}"
        kept = "; the masks from there are kept as versions" if plan.conflicts else ""
        return f"Nothing came in from {self.name}{kept}"


@dataclass(frozen=True, slots=True)
class Unmerged:
    """What was taken back: photos whose mask or state is `back`, that are `gone` to the trash, or `left` because
    somebody painted on them since; and of the classes that came those that went, and those that are `kept_classes`
    because they are in use.
    """

    back: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    kept_classes: tuple[str, ...] = ()

    def told_classes(self) -> str:
        """Return what became of the classes that came, as sentences; often nothing."""
        went = f" Gone with it: {_told_names(self.classes)}." if self.classes else ""
        kept = f" Kept, as something is painted with it: {_told_names(self.kept_classes)}."
        return f"{went}{kept if self.kept_classes else ''}".strip()


def merge(
    project: Project,
    plan: MergePlan,
    choices: Mapping[str, Side],
    journals: Journals,
    *,
    progress: Progress = unheard,
    cancelled: Cancelled = never,
) -> Merge:
    """Bring in what a plan says, conflicts as `choices` says (by key), all of it or nothing; returns what was done.

    Of a conflict the mask that does not win is kept as a version. What brings nothing is not remembered. Nobody may have one of the photos open for painting.
    Raises SegStudioError when a conflict is not decided, when the project was changed since the plan was made, and as
    `Project.change` does; nothing has changed then.
    """
    undecided = [pair.key for pair in plan.conflicts if pair.key not in choices]
    if undecided:
        raise SegStudioError(
            f"{len(undecided):,} photos were changed on both sides, and nothing says whose mask wins: "
            f"{', '.join(undecided[:5])}{' …' if len(undecided) > 5 else ''}",
            where=plan.name,
            fix="Choose for each, or for all of them",
        )
    who, when = stamp()
    coming = [pair for pair in plan.pairs if pair.fate in ("new", "theirs", "status", "both")]
    here = [pair.mine for pair in coming if pair.mine is not None]
    settle(project, here, journals)
    came = {
        entry.index: entry.name for entry in plan.classes.classes if project.classes.at(entry.index) is None
    }
    record = Merge(
        number=number_of_now(numbers_in(project.folder / FOLDER)),
        name=plan.name,
        who=who,
        when=when,
        classes=came,
    )
    with kept_from_painting(project, here), project.change() as change:
        change.doing = f"merge of {plan.name}"
        if plan.classes != project.classes:
            change.set_classes(plan.classes)
        done = []
        for number, pair in enumerate(coming):
            check_cancelled(cancelled)
            told = _Merging(project, plan, change, record).stage(pair, choices.get(pair.key))
            if told is not None:
                done.append(told)
            progress(number + 1, len(coming))
        record = record.model_copy(update={"photos": tuple(done)})
        if not record.is_empty:
            change.put_file(f"{record.folder}/{_FILE}", record.model_dump_json(indent=1).encode())
    return record


def last_merge(project: Path) -> Merge | None:
    """Return the newest merge that brought something and was not taken back; None where there is none.

    Raises SegStudioError where the record of a later one cannot be read: it may have been that.
    """
    for number in reversed(numbers_in(project / FOLDER)):
        folder = project / FOLDER / str(number)
        record = read_numbered(folder / _FILE, Merge, number)
        if record is None and is_anything_below(folder):
            raise damaged(folder / _FILE, "the last merge")
        if record is not None and not record.undone and not record.is_empty:
            return record
    return None


def unmerge(project: Project, record: Merge, journals: Journals) -> Unmerged:
    """Take a merge back, whole or not at all; what was painted since stays, and so do classes that it is painted with.

    Raises SegStudioError when it was taken back already, and as `Project.change` does; nothing has changed then.
    """
    project.refresh()
    name = f"{record.folder}/{_FILE}"
    there = read_numbered(project.folder / name, Merge, record.number)
    if there is None and is_anything_below(project.folder / record.folder):
        raise damaged(project.folder / name, "this merge")
    if record.undone or record != there:
        raise SegStudioError("this merge was taken back already", where=record.name)
    known = {photo.key: photo for photo in project.photos()}
    photos = {entry.key: known[entry.key] for entry in record.photos if entry.key in known}
    settle(project, list(photos.values()), journals)
    back: list[str] = []
    gone: list[Photo] = []
    left = [entry.key for entry in record.photos if entry.key not in photos]
    with kept_from_painting(project, list(photos.values())), project.change() as change:
        change.doing = f"taking back the merge of {record.name}"
        change.rely_on_file(name, file_stamp(project.folder / name))
        for entry in record.photos:
            photo = photos.get(entry.key)
            if photo is None:
                continue
            wrote = entry.is_new or entry.mask
            if wrote and digest_if_there(project.mask_path(photo)) != entry.mask:
                left.append(entry.key)
            elif entry.is_new:
                gone.append(photo)
            else:
                _stage_back(project, change, record, entry)
                back.append(entry.key)
        if gone:
            stage_removal(project, change, gone, taken_back=f"the merge of {record.name}")
        replaced = {entry.key for entry in record.photos if entry.key in back and entry.mask}
        stays = [photo for photo in project.photos() if photo not in gone and photo.key not in replaced]
        went = _unused_of(project, record, stays, journals)
        if went:
            change.set_classes(reduce(ClassList.removed, went, project.classes))
        undone = record.model_copy(update={"undone": stamp()[1]})
        change.put_file(name, undone.model_dump_json(indent=1).encode())
    kept = tuple(name for name in record.classes.values() if project.classes.find(name) is not None)
    return Unmerged(tuple(back), tuple(photo.key for photo in gone), tuple(left), went, kept)


def _unused_of(
    project: Project, record: Merge, stays: Sequence[Photo], journals: Journals
) -> tuple[str, ...]:
    """Return the names of the classes that came with a merge, are still called so, and that neither a mask nor a stroke of
    the photos that stay as they are holds. None while somebody paints on one of those: nobody knows with what.
    """
    came = [entry for entry in project.classes.classes if record.classes.get(entry.index) == entry.name]
    if not came:
        return ()
    uses = MaskCounter().count(project.folder, stays)
    used = {value for mask in uses.masks for value in mask.pixels}
    others = [photo for photo in stays if photo.key not in {entry.key for entry in record.photos}]
    try:
        with not_painted(project, others):
            used |= {
                value
                for photo in stays
                if project.journal_path(photo).exists()
                for value in journals.values(project.journal_path(photo))
            }
    except SegStudioError:
        return ()
    return () if uses.unread else tuple(entry.name for entry in came if entry.index not in used)


def _told_names(names: Sequence[str]) -> str:
    return f"the class{'es' if len(names) > 1 else ''} {', '.join(names)}"


class _Merging:
    """Stages one photo of a merge."""

    def __init__(self, project: Project, plan: MergePlan, change: Change, record: Merge) -> None:
        self._project, self._plan, self._change, self._record = project, plan, change, record

    def stage(self, pair: Pair, side: Side | None) -> MergedPhoto | None:
        if pair.mine is not None:
            self._change.rely_on(pair.mine)
            self._change.rely_on_file(mask_name(pair.mine.key), pair.stamp)
        if pair.fate == "new":
            return self._new(pair)
        if pair.fate == "both" and side == "mine":
            self._keep_theirs(pair)
            return None
        return self._theirs(pair)

    def _new(self, pair: Pair) -> MergedPhoto:
        photo, change = pair.theirs, self._change
        change.add_photo(photo.key, photo.path, size=photo.size if all(photo.size) else None)
        change.put_state(photo.key, photo.state)
        mask = self._plan.their_mask(pair)
        digest = "" if mask is None else change.put_mask(photo.key, mask)
        return MergedPhoto(key=photo.key, is_new=True, mask=digest)

    def _theirs(self, pair: Pair) -> MergedPhoto:
        change, key, told = self._change, pair.key, pair.theirs.state
        digest, had_mask = "", False
        if pair.fate != "status":
            mask = self._plan.their_mask(pair)
            path = self._project.folder / mask_name(key)
            had_mask = path.exists()
            if had_mask:
                change.put_link(f"{self._record.folder}/masks/{key}.png", path)
            digest = "" if mask is None else change.put_mask(key, mask)
        fields = {"status": told.status, "who": told.who, "when": told.when, "source": told.source}
        change.update_state(key, lambda state: state.model_copy(update=fields))
        before = pair.mine.state if pair.mine is not None else None
        return MergedPhoto(key=key, mask=digest, had_mask=had_mask, before=before)

    def _keep_theirs(self, pair: Pair) -> None:
        mask = self._plan.their_mask(pair)
        if mask is not None:
            state, classes = pair.theirs.state, self._change.classes
            what = f"not taken from {self._plan.name}"
            data = encode_mask(mask, classes)
            stage_version(
                self._project.folder, self._change, pair.key, data, state=state, classes=classes, what=what
            )


def _stage_back(project: Project, change: Change, record: Merge, entry: MergedPhoto) -> None:
    name, former = mask_name(entry.key), f"{record.folder}/masks/{entry.key}.png"
    change.rely_on_file(name, file_stamp(project.folder / name))
    if entry.mask and entry.had_mask:
        change.put_link(name, project.folder / former)
    elif entry.mask:
        change.remove_file(name)
    was = entry.before or PhotoState()
    fields = {"status": was.status, "who": was.who, "when": was.when, "source": was.source}
    change.update_state(entry.key, lambda state: state.model_copy(update=fields))

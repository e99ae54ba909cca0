"""Removing photos from a project: they go, with all that was made of them, to its trash, and can be brought back.

Each removal has a folder `.trash/photos/<number>/` with `removal.json` and, below `photos/`, `masks/` and `history/`, the
files as they lay in the project. Removing and bringing back happen whole or not at all. Who wants the room back deletes the
folder.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from segstudio.errors import SegStudioError
from segstudio.project.change import Change, file_stamp, mask_name, state_name
from segstudio.project.classes import ClassList
from segstudio.project.numbered import damaged, number_of_now, numbers_in, read_numbered
from segstudio.project.painted_photos import kept_from_painting
from segstudio.project.photos import Photo, clean_key
from segstudio.project.project import Project, stamp
from segstudio.project.threads import Cancelled, Progress, check_cancelled, never, unheard
from segstudio.project.versions import FOLDER as VERSIONS
from segstudio.project.versions import version_files

TRASH = ".trash/photos"
_FILE, _DIGITS = "removal.json", 6


class RemovedPhoto(BaseModel):
    """A photo in the trash: `reference` is the path that project.json told of a photo that was not copied, else empty;
    `files` are those that were moved, relative to the project.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    key: str
    reference: str = ""
    has_mask: bool = False
    files: tuple[str, ...] = ()


class Removal(BaseModel):
    """What was removed together; `when` is an ISO 8601 time with offset, `classes` those of the project then.

    A later removal has a greater `number`, and none that was ever given is given again. `is_damaged`: its record cannot
    be read, and no more is known than its files tell; there may be no photos among them. `taken_back`: what they had come
    with, where they went because that was taken back (`the merge of Anna`); empty where a person removed them.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    version: int = 1
    number: int
    when: str = ""
    who: str = ""
    classes: ClassList = ClassList()
    photos: tuple[RemovedPhoto, ...] = ()
    taken_back: str = ""
    is_damaged: bool = Field(default=False, exclude=True)

    @property
    def folder(self) -> str:
        """Where its files lie, relative to the project."""
        return f"{TRASH}/{self.number:0{_DIGITS}}"

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys of its photos."""
        return tuple(photo.key for photo in self.photos)

    def told(self) -> str:
        """Return what it is, in a few words: `a.jpg` or `3 photos`."""
        if not self.photos:
            return "a removal whose record cannot be read"
        return self.keys[0] if len(self.keys) == 1 else f"{len(self.keys):,} photos"


def remove_photos(
    project: Project,
    keys: Collection[str],
    *,
    progress: Progress = unheard,
    cancelled: Cancelled = never,
) -> Removal:
    """Move these photos with masks, states and stroke journals to the trash, all or none.

    The file of a photo that was not copied stays where it lies. Raises SegStudioError when a key is unknown, when
    somebody is painting on one of them, and as `Project.change` does; nothing has changed then.
    """
    project.refresh()
    photos = [project.photo(key) for key in dict.fromkeys(keys)]
    if not photos:
        raise SegStudioError("no photo was named", where=str(project.folder))
    with kept_from_painting(project, photos), project.change() as change:
        return stage_removal(project, change, photos, progress=progress, cancelled=cancelled)


def stage_removal(
    project: Project,
    change: Change,
    photos: Sequence[Photo],
    *,
    taken_back: str = "",
    progress: Progress = unheard,
    cancelled: Cancelled = never,
) -> Removal:
    """Let a change move these photos to the trash, as `remove_photos` does; nobody may be painting on them.

    `taken_back` names what they had come with, where that is taken back.
    """
    who, when = stamp()
    number = number_of_now(_numbers(project.folder))
    removal = Removal(number=number, when=when, who=who, classes=project.classes, taken_back=taken_back)
    removed = []
    listed = cache(_listed)
    for done, photo in enumerate(photos):
        check_cancelled(cancelled)
        files = tuple(_files_of(project, photo, listed))
        removed.append(_stage_removal(project, change, photo, files, removal.folder))
        progress(done + 1, len(photos))
    removal = removal.model_copy(update={"photos": tuple(removed)})
    change.rely_on_file(f"{removal.folder}/{_FILE}", None)
    change.put_file(f"{removal.folder}/{_FILE}", (removal.model_dump_json(indent=1) + "\n").encode())
    return removal


def removals(project: Path) -> tuple[Removal, ...]:
    """Return what lies in the trash of the project, the newest removal last; of one whose record cannot be read no more is
    known than its files tell.
    """
    found = (_read(project, number) for number in _numbers(project))
    return tuple(removal for removal in found if removal is not None)


def removed_last(project: Path) -> Removal | None:
    """Return the newest removal that a person made, not one of what came with a merge or an import that was taken back."""
    return next((removal for removal in reversed(removals(project)) if not removal.taken_back), None)


def bring_back(
    project: Project, removal: Removal, *, progress: Progress = unheard, cancelled: Cancelled = never
) -> str:
    """Put the photos of a removal back as they were, all or none; returns a sentence where one is to be said, or
    nothing.

    Raises SegStudioError when this very removal is no longer there or the place of one of its photos is taken, and as
    `Project.change` does; nothing has changed then.
    """
    project.refresh()
    record = project.folder / removal.folder / _FILE
    there = file_stamp(record)
    if _read(project.folder, removal.number) != removal:
        raise SegStudioError("these photos are no longer in the trash", where=str(project.folder))
    if not removal.photos:
        raise damaged(record, "this removal")
    _check_free(project, removal)
    with project.change() as change:
        change.rely_on_file(f"{removal.folder}/{_FILE}", there)
        for done, photo in enumerate(removal.photos):
            check_cancelled(cancelled)
            _stage_return(project, change, photo, removal.folder)
            progress(done + 1, len(removal.photos))
        change.remove_file(f"{removal.folder}/{_FILE}")
    if removal.is_damaged:
        return f"Its record ({removal.folder}/{_FILE}) cannot be read: its files are back as they lay there."
    gone = [entry.name for entry in removal.classes.classes if project.classes.at(entry.index) is None]
    if not gone or not any(photo.has_mask for photo in removal.photos):
        return ""
    names = ", ".join(f'"{name}"' for name in gone)
    return f"Meanwhile {names} went from the class list: where it was painted, paint anew."


def _stage_removal(
    project: Project, change: Change, photo: Photo, files: tuple[str, ...], folder: str
) -> RemovedPhoto:
    change.rely_on(photo)
    for name in files:
        change.rely_on_file(name, file_stamp(project.folder / name))
        change.put_link(f"{folder}/{name}", project.folder / name)
        change.remove_file(name)
    reference = project.reference(photo.key)
    if reference:
        change.forget_reference(photo.key)
    return RemovedPhoto(key=photo.key, reference=reference, has_mask=photo.has_mask, files=files)


def _stage_return(project: Project, change: Change, photo: RemovedPhoto, folder: str) -> None:
    key = clean_key(photo.key)
    change.new_photos.add(key)
    for name in photo.files:
        trashed = f"{folder}/{name}"
        if (project.folder / trashed).exists():  # somebody may have emptied a part of the trash
            change.put_link(name, project.folder / trashed)
            change.remove_file(trashed)
    if photo.reference:
        change.references[key] = project.folder / photo.reference


def _files_of(project: Project, photo: Photo, listed: Callable[[Path], tuple[Path, ...]]) -> Iterator[str]:
    """Yield the files of a photo in the project, relative to it: its own, what was set aside of mask and journal, and
    the versions of its mask.
    """
    own = f"photos/{photo.key}"
    if not project.reference(photo.key) and (project.folder / own).exists():
        yield own
    mask, state, journal = mask_name(photo.key), state_name(photo.key), f"masks/{photo.key}.undo"
    beside = (project.folder / mask).parent
    aside = (
        *(f"{Path(name).name}.damaged-" for name in (mask, state)),
        f"{Path(journal).name}.aside",
    )
    for name in (mask, state, journal):
        if (project.folder / name).exists():
            yield name
    for path in listed(beside):
        if path.name.startswith(aside):
            yield path.relative_to(project.folder).as_posix()
    yield from version_files(project.folder, photo.key)


def _listed(folder: Path) -> tuple[Path, ...]:
    """Return what was set aside in a folder of masks, sorted."""
    if not folder.is_dir():
        return ()
    return tuple(
        sorted(path for path in folder.iterdir() if ".damaged-" in path.name or ".aside" in path.name)
    )


def _check_free(project: Project, removal: Removal) -> None:
    there = {photo.key.casefold() for photo in project.photos()}
    for photo in removal.photos:
        taken = photo.key.casefold() in there or any((project.folder / name).exists() for name in photo.files)
        if taken:
            raise SegStudioError(
                f'there is another "{photo.key}" in the project now',
                where=str(project.folder),
                fix="Remove that one first (it lies in the trash then), and bring this one back",
            )


def _numbers(project: Path) -> list[int]:
    return numbers_in(project / TRASH, digits=_DIGITS)


def _read(project: Path, number: int) -> Removal | None:
    folder = project / TRASH / f"{number:0{_DIGITS}}"
    return read_numbered(folder / _FILE, Removal, number) or _as_it_lies(folder, number)


def _as_it_lies(folder: Path, number: int) -> Removal | None:
    """Return a removal as far as its files tell of it, whose names are those that they had in the project; None where there
    is none.

    Where a photo lay that was not copied is not among that: its mask comes back, and its file is missing.
    """
    files = [path.relative_to(folder).as_posix() for path in sorted(folder.rglob("*")) if path.is_file()]
    known = {name.removeprefix("photos/") for name in files if name.startswith("photos/")}
    known |= {
        name.removeprefix("masks/").removesuffix(path.suffix)
        for name in files
        if name.startswith("masks/") and (path := Path(name)).suffix in (".png", ".json")
    }
    owned: dict[str, list[str]] = {key: [] for key in sorted(known)}
    for name in files:
        keys = [
            key
            for key in known
            if name == f"photos/{key}" or name.startswith((f"masks/{key}.", f"{VERSIONS}/{key}/"))
        ]
        if keys:
            owned[max(keys, key=len)].append(name)
    photos = tuple(
        RemovedPhoto(key=key, has_mask=mask_name(key) in names, files=tuple(names))
        for key, names in owned.items()
        if names
    )
    return Removal(number=number, photos=photos, is_damaged=True) if files else None

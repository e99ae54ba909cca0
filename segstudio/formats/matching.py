"""Which annotation belongs to which photo: by path, by name, by stem, and never by guessing.

A name with folders never fits a photo in other folders, but names without folders fit anywhere. Folders that the
person gave to look in count as given, not as part of a photo's name.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from segstudio.formats.exact_paths import exact_photos, literal_photos
from segstudio.formats.places import PhotoFile, telling_folders
from segstudio.formats.shapes import Annotation, same_shapes
from segstudio.formats.shelf import tally_of


@dataclass(frozen=True, slots=True)
class Doubt:
    """What cannot be decided: `what` is an annotation or a photo, `why` goes on from there to a sentence."""

    what: str
    why: str

    def __str__(self) -> str:
        return f"{self.what} {self.why}"


@dataclass(frozen=True, slots=True)
class Matching:
    """The outcome: `pairs` fit; `lost` annotations have no photo; `doubtful` tell what fits several.

    `spare` photos have no annotation. `by_file` are places of annotations whose photo was not found under the
    name they tell, but under the name of the annotation file; `by_stem` tells which photo was taken though its
    extension is another; `other_folder` which though the file tells another folder first. `outdone` are annotations
    whose photo has another that fits it better, and which.
    """

    pairs: tuple[tuple[Annotation, PhotoFile], ...]
    lost: tuple[Annotation, ...]
    doubtful: tuple[Doubt, ...]
    spare: tuple[PhotoFile, ...]
    by_file: tuple[str, ...] = ()
    by_stem: tuple[str, ...] = ()
    other_folder: tuple[str, ...] = ()
    outdone: tuple[str, ...] = ()


_Score = tuple[int, int]
"""How well a name fits a photo: 3 same name, 2 but for case, 1 same stem, 0 but for case; then how many
folders agree, counted from the name outwards."""


def match(annotations: Sequence[Annotation], photos: Sequence[PhotoFile]) -> Matching:
    """Find the photo of each annotation.

    A photo whose whole path below its folder is what an annotation tells goes before all others. A better fit wins a photo from a worse one. Two annotations of one photo that paint the same count as one;
    two that differ are told, and so is an annotation that fits several photos equally well: of those that fit
    equally the one nearest to the annotation file is taken, if there is one.
    """
    by_stem: dict[str, list[PhotoFile]] = defaultdict(list)
    for photo in photos:
        by_stem[_folded(photo.name.stem)].append(photo)
    lost: list[Annotation] = []
    doubtful: list[Doubt] = []
    outdone: list[str] = []
    claims: dict[Path, list[tuple[_Score, Annotation, PhotoFile]]] = defaultdict(list)
    touched: set[Path] = set()
    for annotation, exact in zip(annotations, exact_photos(annotations, photos), strict=True):
        score, best = _best(annotation, exact, by_stem)
        touched.update(photo.path for photo in best)
        if not best:
            lost += () if annotation.interpolated else (annotation,)
        elif len(best) > 1:
            names = ", ".join(photo.shown for photo in best[:3])
            doubtful.append(Doubt(annotation.place, f"fits {len(best)} photos: {names}"))
        else:
            claims[best[0].path].append((score, annotation, best[0]))
    pairs = []
    for claimed in claims.values():
        winner, losers, doubt = _settle(claimed)
        kept, photo = winner
        for annotation in losers:
            if _has_other_extension(annotation, photo):  # the photo that it means is not there
                lost.append(annotation)
            else:
                outdone.append(f"{annotation.place}: {photo.shown} has {kept.place}")
        if doubt is not None:
            doubtful.append(doubt)
        else:
            pairs.append(winner)
    spare = tuple(photo for photo in photos if photo.path not in touched)
    by_file = tuple(annotation.place for annotation, photo in pairs if _is_named_by_file(annotation, photo))
    return Matching(
        tuple(pairs),
        tuple(lost),
        tuple(doubtful),
        spare,
        by_file=by_file,
        by_stem=_told(pairs, _has_other_extension),
        other_folder=_told(pairs, _is_in_other_folder),
        outdone=tuple(outdone),
    )


def _settle(
    claimed: list[tuple[_Score, Annotation, PhotoFile]],
) -> tuple[tuple[Annotation, PhotoFile], list[Annotation], Doubt | None]:
    """Return who gets the photo, who goes without, and a doubt when that cannot be decided."""
    top = max(score for score, _, _ in claimed)
    best = [annotation for score, annotation, _ in claimed if score == top]
    losers = [annotation for score, annotation, _ in claimed if score < top]
    photo = claimed[0][2]
    # What paints nothing (captions, tags, points) does not speak against what does.
    best = [annotation for annotation in best if tally_of(annotation.shapes).drawn] or best
    outlines = [annotation for annotation in best if not _holds_boxes_alone(annotation)]
    if outlines:  # nor does a box speak against an outline
        losers += [annotation for annotation in best if annotation not in outlines]
        best = outlines
    differing = [annotation for annotation in best[1:] if not same_shapes(best[0], annotation)]
    doubt = None
    if differing:
        places = ", ".join(annotation.place for annotation in (best[0], *differing[:2]))
        doubt = Doubt(photo.shown, f"is annotated {len(differing) + 1} times, differently: {places}")
    return (best[0], photo), losers, doubt


def _holds_boxes_alone(annotation: Annotation) -> bool:
    tally = tally_of(annotation.shapes)
    return 0 < tally.boxes == sum(tally.drawn.values())


def _best(
    annotation: Annotation, exact: Sequence[PhotoFile], by_stem: dict[str, list[PhotoFile]]
) -> tuple[_Score, list[PhotoFile]]:
    """Return the photos that fit best, of those that lie exactly where the annotation says if there are any.

    Later names only decide between those that an earlier one found.
    """
    top: _Score = (0, 0)
    best: list[PhotoFile] = []
    for text in annotation.names:
        name = PurePosixPath(text)
        among = best or exact or by_stem.get(_folded(name.stem), [])
        scored = [(_score(name, photo), photo) for photo in among if _fits(name, photo)]
        if not scored:
            continue
        highest = max(score for score, _ in scored)
        best = [photo for score, photo in scored if score == highest]
        top = max(top, highest)
        if len(best) == 1:
            return top, best
    if len(best) > 1:
        near = [_shared_folders(annotation.file, photo.path) for photo in best]
        best = [photo for photo, shared in zip(best, near, strict=True) if shared == max(near)]
    if len(best) > 1:
        best = list(literal_photos(best, map(PurePosixPath, annotation.names)))
    return top, best


def _fits(name: PurePosixPath, photo: PhotoFile) -> bool:
    return _folded(name.stem) == _folded(photo.name.stem) and not _lies_elsewhere(name, photo)


def _lies_elsewhere(name: PurePosixPath, photo: PhotoFile) -> bool:
    """Tell whether both sides name folders and not even the innermost is the same."""
    wanted = telling_folders(name)
    if not wanted or not telling_folders(photo.name):
        return False
    return _folded(wanted[-1]) != _folded(telling_folders(photo.path)[-1])


def _score(name: PurePosixPath, photo: PhotoFile) -> _Score:
    agreeing = 0
    for ours, theirs in zip(reversed(name.parts[:-1]), reversed(photo.path.parts[:-1]), strict=False):
        if _folded(ours) != _folded(theirs):
            break
        agreeing += 1
    if _composed(name.name) == _composed(photo.name.name):
        return 3, agreeing
    if _folded(name.name) == _folded(photo.name.name):
        return 2, agreeing
    return (1 if _composed(name.stem) == _composed(photo.name.stem) else 0), agreeing


def _told(
    pairs: Sequence[tuple[Annotation, PhotoFile]], is_so: Callable[[Annotation, PhotoFile], bool]
) -> tuple[str, ...]:
    return tuple(
        f"{annotation.place}: {photo.shown}" for annotation, photo in pairs if is_so(annotation, photo)
    )


def _has_other_extension(annotation: Annotation, photo: PhotoFile) -> bool:
    names = [PurePosixPath(name) for name in annotation.names if not _is_own_name(annotation, name)]
    told = {
        _folded(name.suffix)
        for name in names
        if name.suffix and _folded(name.stem) == _folded(photo.name.stem)
    }
    return bool(told) and _folded(photo.name.suffix) not in told


def _is_in_other_folder(annotation: Annotation, photo: PhotoFile) -> bool:
    return _lies_elsewhere(PurePosixPath(annotation.names[0]), photo)


def _is_named_by_file(annotation: Annotation, photo: PhotoFile) -> bool:
    stems = {
        _folded(PurePosixPath(name).stem) for name in annotation.names if not _is_own_name(annotation, name)
    }
    return bool(stems) and _folded(photo.name.stem) not in stems


def _is_own_name(annotation: Annotation, name: str) -> bool:
    return PurePosixPath(name).name == annotation.file.name


def _shared_folders(first: Path, second: Path) -> int:
    shared = 0
    for ours, theirs in zip(first.parts[:-1], second.parts[:-1], strict=False):
        if ours != theirs:
            break
        shared += 1
    return shared


def _composed(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def _folded(text: str) -> str:
    return _composed(text).casefold()

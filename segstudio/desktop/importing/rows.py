"""The table of an import: a row for each photo, and for everything else that was given and has no photo; pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path, PurePosixPath

from segstudio.counting import counted
from segstudio.errors import SegStudioError
from segstudio.formats.examine import Examined, Outcome
from segstudio.formats.plan import ImportPlan, PlannedPhoto
from segstudio.formats.shapes import Annotation
from segstudio.formats.shelf import tally_of
from segstudio.formats.table import BoxesOnlyError, UnknownFileError
from segstudio.project.classes import VOID


class Tone(Enum):
    """How a row is meant: it comes in; it comes in, but look; it stays out, which is fine; it needs the person;
    it was not looked at yet.
    """

    READY = "ready"
    LOOK = "look"
    QUIET = "quiet"
    NEEDS = "needs"
    WAITS = "waits"


class Fix(Enum):
    """What a button beside a row can do about it."""

    NONE = ""
    SCALE = "Scale annotations of another size"
    REPLACE = "Replace masks that are there"
    KEEP = "Take photos without annotation too"
    UNDER = "Put the new photos into a folder of their own"
    MASKS = "Take label images as masks of their photos"
    LABELS = "Take label images as photos all the same"
    DOUBLES = "Take equal photos more than once"
    BOXES = "Take boxes as areas"
    CLASSES = "Say what the class is"
    ADD = "Choose the photos…"
    ON_TOP = "Put it on top"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table. `path` is the photo's file, if there is one; `advice` says what can be done, `notes`
    what else there is to know. `shapes` are those with an area; `hidden` are the
    classes that others paint over wholly, here and nearly everywhere.
    """

    id: str
    name: str
    state: str
    tone: Tone
    shapes: int = 0
    advice: str = ""
    notes: tuple[str, ...] = ()
    fix: Fix = Fix.NONE
    path: Path | None = None
    annotation: Annotation | None = None
    hidden: tuple[str, ...] = ()

    @property
    def fix_text(self) -> str:
        """What the button says."""
        return f"Put {_listed(self.hidden)} on top" if self.fix is Fix.ON_TOP else self.fix.value


@dataclass(frozen=True, slots=True)
class Tally:
    """How many rows come in, need the person, stay out for good reason, or were not looked at yet; `hiding`: of those
    that come in, in how many a class would not be seen.
    """

    ready: int = 0
    needs: int = 0
    quiet: int = 0
    waits: int = 0
    hiding: int = 0

    def told(self) -> str:
        """Return the line below the table."""
        if self.waits:
            return f"Looking at {counted(self.waits, 'photo')} …"
        parts = [f"{self.ready:,} ready"]
        if self.hiding:
            parts = [
                f"{self.ready:,} ready, {self.hiding:,} {'loses' if self.hiding == 1 else 'lose'} a class"
            ]
        if self.needs:
            parts.append(f"{self.needs:,} {'needs' if self.needs == 1 else 'need'} you")
        if self.quiet:
            parts.append(f"{self.quiet:,} {'stays' if self.quiet == 1 else 'stay'} out")
        return " · ".join(parts)


def tally(rows: Iterable[Row]) -> Tally:
    """Count rows by what becomes of them."""
    rows = tuple(rows)
    tones = [row.tone for row in rows]
    return Tally(
        ready=sum(tone in (Tone.READY, Tone.LOOK) for tone in tones),
        needs=tones.count(Tone.NEEDS),
        quiet=tones.count(Tone.QUIET),
        waits=tones.count(Tone.WAITS),
        hiding=sum(bool(row.hidden) for row in rows),
    )


def make_rows(
    plan: ImportPlan, examined: Sequence[Examined], refused: Sequence[SegStudioError]
) -> tuple[Row, ...]:
    """Return all rows, by name; photos that are not in `examined` wait. `refused` are sources that are none."""
    known = {one.planned.photo.path: one for one in examined}
    notes, lost = _Notes(plan), vanishing(examined)
    rows = []
    for planned in (*plan.photos, *plan.spare):
        if planned.annotation is None and not planned.photo.offered:
            continue
        one = known.get(planned.photo.path)
        rows.append(_waiting(planned) if one is None else _photo_row(one, plan, notes, lost))
    rows += [_lost(number, annotation) for number, annotation in enumerate(plan.matching.lost)]
    rows += [_outdone(number, told) for number, told in enumerate(plan.matching.outdone)]
    rows += [
        Row(f"doubt:{n}", doubt.what, "doubtful", Tone.NEEDS, advice=f"It {doubt.why}. {_DOUBT}")
        for n, doubt in enumerate(plan.matching.doubtful)
    ]
    rows += [_error(f"damaged:{n}", error, "damaged") for n, error in enumerate(plan.damaged)]
    rows += [_error(f"unread:{n}", error, "not read") for n, error in enumerate(plan.not_read)]
    rows += [_error(f"refused:{n}", error, "not taken") for n, error in enumerate(refused)]
    return tuple(sorted(rows, key=lambda row: (row.name.casefold(), row.id)))


_ODDITIES = 3
"""Of odd shapes so many are told with their photo; the report tells all."""

_DOUBT = "Take one of them out of the list on the left, or give fewer files at a time."


def vanishing(examined: Sequence[Examined]) -> frozenset[int]:
    """Return the mask values that are painted over wholly in at least half of the photos that have them.

    That is the sign of a wrong draw order; a sky that ground covers in one photo of many is none.
    """
    hidden = Counter(value for one in examined for value in one.hidden)
    seen = Counter(value for one in examined for value in one.values)
    return frozenset(value for value, count in hidden.items() if value != VOID and count >= seen[value])


class _Notes:
    """What matching had to say of photos, by the place of their annotation."""

    def __init__(self, plan: ImportPlan) -> None:
        matching = plan.matching
        self._by_file = frozenset(matching.by_file)
        self._by_stem = frozenset(matching.by_stem)
        self._other_folder = frozenset(matching.other_folder)

    def of(self, planned: PlannedPhoto) -> list[str]:
        annotation = planned.annotation
        if annotation is None:
            return []
        both = f"{annotation.place}: {planned.photo.shown}"
        told = PurePosixPath(annotation.names[0]).name
        found = []
        if annotation.place in self._by_file:
            found.append(f"found by the name of its annotation file, which itself tells of “{told}”")
        if both in self._by_stem:
            found.append(f"its annotation tells of “{told}”: another extension")
        if both in self._other_folder:
            found.append(f"its annotation tells of another folder: “{annotation.names[0]}”")
        return found


def _waiting(planned: PlannedPhoto) -> Row:
    return Row(
        str(planned.photo.path),
        planned.key,
        "…",
        Tone.WAITS,
        _shapes(planned.annotation),
        path=planned.photo.path,
        annotation=planned.annotation,
    )


def _photo_row(one: Examined, plan: ImportPlan, notes: _Notes, lost: frozenset[int]) -> Row:
    verdict = _judged(one, plan)
    tone = verdict.tone
    hidden: tuple[str, ...] = ()
    told = notes.of(one.planned)
    if one.same_as and one.outcome is not Outcome.DOUBLE:
        told.append(f"it is the same photo as “{one.same_as}”, annotated otherwise")
    if tone is Tone.READY:
        told += _findings(one)
    if tone is Tone.READY and one.frames > 1:
        verdict = replace(verdict, state=f"first of {one.frames:,} frames · {verdict.state}")
        told.append(f"the file holds {one.frames:,} pictures, of which the first comes in")
    if tone is Tone.READY and one.hidden:
        hidden = tuple(_names((value for value in one.hidden if value in lost), plan))
        verdict = _hiding(verdict, _names(one.hidden, plan), hidden)
    return Row(
        str(one.planned.photo.path),
        one.planned.key,
        verdict.state,
        verdict.tone,
        _shapes(one.planned.annotation),
        verdict.advice,
        tuple(told),
        verdict.fix,
        one.planned.photo.path,
        one.planned.annotation,
        hidden,
    )


@dataclass(frozen=True, slots=True)
class _Verdict:
    """What is said of a photo that was looked at."""

    state: str
    tone: Tone
    advice: str = ""
    fix: Fix = Fix.NONE


_VERDICTS = {
    Outcome.IMPORT: _Verdict("matched", Tone.READY),
    Outcome.UNLABELLED: _Verdict(
        "to be painted", Tone.READY, "It has no annotation, and comes in without a mask."
    ),
    Outcome.SPARE: _Verdict(
        "no annotation",
        Tone.QUIET,
        "It has no annotation, and stays out. Give its annotation file too, or take it as it is.",
        Fix.KEEP,
    ),
    Outcome.BLANK: _Verdict(
        "nothing to paint",
        Tone.QUIET,
        "Its annotation has no shape that covers anything, and it stays out.",
        Fix.KEEP,
    ),
    Outcome.ALREADY_THERE: _Verdict(
        "already there",
        Tone.QUIET,
        "The project has this photo with a mask, which stays as it is.",
        Fix.REPLACE,
    ),
    Outcome.NAME_TAKEN: _Verdict(
        "name taken", Tone.NEEDS, "The project has another photo of this name.", Fix.UNDER
    ),
    Outcome.OTHER_SIZE: _Verdict(
        "other size", Tone.NEEDS, "Give the photo that was annotated, or scale.", Fix.SCALE
    ),
    Outcome.UNKNOWN_CLASS: _Verdict(
        "class unknown", Tone.NEEDS, "Say on the left what becomes of it.", Fix.CLASSES
    ),
    Outcome.DAMAGED: _Verdict("damaged", Tone.NEEDS),
    Outcome.LABEL_IMAGE: _Verdict("label image", Tone.QUIET, fix=Fix.LABELS),
    Outcome.DOUBLE: _Verdict("same photo", Tone.QUIET, fix=Fix.DOUBLES),
}


def _judged(one: Examined, plan: ImportPlan) -> _Verdict:
    verdict = _VERDICTS[one.outcome]
    problem = one.problem
    if one.outcome is Outcome.IMPORT and one.present is not None and one.present.has_mask:
        return replace(verdict, state="matched, replaces its mask")
    if one.outcome is Outcome.ALREADY_THERE and one.planned.annotation is None:
        return replace(verdict, advice="The project has this photo.", fix=Fix.NONE)
    if one.outcome is Outcome.UNKNOWN_CLASS:
        labels = _open_labels(one, plan)
        told = f"{counted(len(labels), 'class', 'classes')} unknown: {', '.join(labels)}"
        return replace(verdict, state=told)
    if one.outcome in (Outcome.LABEL_IMAGE, Outcome.DOUBLE):
        return _no_photo_of_its_own(one, verdict)
    if problem is not None:
        parts = (problem.problem, verdict.advice or problem.fix)
        return replace(verdict, advice=" ".join(_sentence(part) for part in parts if part))
    return verdict


def _no_photo_of_its_own(one: Examined, verdict: _Verdict) -> _Verdict:
    if one.outcome is Outcome.LABEL_IMAGE:
        told = f"It looks like a label image and not like a photo: {one.suspicion}. It stays out."
        return replace(verdict, advice=told, fix=Fix.MASKS if one.mask_of else Fix.LABELS)
    why = "it comes in once" if one.present is None else "the project has it already"
    told = f"It is the same photo as “{one.same_as}”, under another name: {why}."
    return replace(verdict, state=f"same as {PurePosixPath(one.same_as).name}", advice=told)


def _hiding(verdict: _Verdict, names: Sequence[str], lost: Sequence[str]) -> _Verdict:
    """Say first what would be lost; `lost` are those that are hidden nearly wherever they occur."""
    state, told = f"{', '.join(names)} hidden · {verdict.state}", _listed(lost or names)
    are = "is" if len(lost or names) == 1 else "are"
    if lost:
        advice = f"{told} {are} painted over wholly by classes that lie on top: what was drawn would be lost."
        return _Verdict(state, Tone.LOOK, _sentence(advice), Fix.ON_TOP)
    advice = f"{told} {are} painted over wholly here by classes that lie on top; in most photos not."
    return _Verdict(state, Tone.LOOK, _sentence(advice))


def _listed(names: Sequence[str]) -> str:
    return " and ".join((", ".join(names[:-1]), names[-1])) if len(names) > 1 else "".join(names)


def _findings(one: Examined) -> list[str]:
    found = []
    if one.clipped:
        found.append(f"{counted(one.clipped, 'shape')} cut off at the edge of the photo")
    if one.empty:
        found.append(f"{counted(one.empty, 'shape')} without any pixel")
    annotation = one.planned.annotation
    found += tally_of(annotation.shapes).oddities[:_ODDITIES] if annotation is not None else ()
    return found


def _names(values: Iterable[int], plan: ImportPlan) -> list[str]:
    names = {entry.index: entry.name for entry in plan.labelling.classes.classes}
    return [names.get(value, "void") for value in values]


def _lost(number: int, annotation: Annotation) -> Row:
    wanted = PurePosixPath(annotation.names[0]).name
    return Row(
        f"lost:{number}",
        annotation.place,
        f"no photo: {wanted}",
        Tone.NEEDS,
        _shapes(annotation),
        f"Drop “{wanted}” here, or the folder in which it lies.",
        fix=Fix.ADD,
        annotation=annotation,
    )


def _outdone(number: int, told: str) -> Row:
    place, _, winner = told.partition(": ")
    return Row(f"outdone:{number}", place, "stays out", Tone.QUIET, advice=f"{winner}, which fits it better.")


def _error(row_id: str, error: SegStudioError, state: str) -> Row:
    advice = " ".join(_sentence(part) for part in (error.problem, error.fix) if part)
    where = Path(error.where).name if Path(error.where).is_absolute() else error.where
    tone = Tone.QUIET if isinstance(error, UnknownFileError) else Tone.NEEDS
    fix = Fix.BOXES if isinstance(error, BoxesOnlyError) else Fix.NONE
    return Row(row_id, where or "?", state, tone, advice=advice, fix=fix)


def _open_labels(one: Examined, plan: ImportPlan) -> list[str]:
    unknown = {label.name for label in plan.labelling.unknown}
    met = tally_of(one.planned.annotation.shapes).drawn if one.planned.annotation is not None else ()
    return [label or "(no name)" for label in met if label in unknown]


def _shapes(annotation: Annotation | None) -> int:
    return sum(tally_of(annotation.shapes).drawn.values()) if annotation is not None else 0


def _sentence(text: str) -> str:
    text = text.strip().rstrip(".")
    return f"{text[0].upper()}{text[1:]}." if text else ""

"""One row of the action table, and the facts that decide which actions can be used."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Facts:
    """What decides which actions can be used now. `tab` is the tab that is shown, empty on the start page;
    `has_chosen`: a photo is chosen, `has_photo`: it can be looked at, as far as is known; `can_paint`: it is open for
    painting; `can_write`: the project's folder may be written; `why_not`: the sentence why the photo cannot be
    changed; `can_undo`, `can_redo`: its history has something there; `has_given`: something was given to import,
    `can_import`: of it something is ready; `has_review`: there are photos to review, `has_answer`: a model has
    answered for the one that is shown, `has_model`: the model that is asked has been loaded, `has_judged`: a verdict
    can be taken back.
    """

    is_open: bool = False
    is_busy: bool = False
    can_cancel: bool = False
    has_photos: bool = False
    tab: str = ""
    has_chosen: bool = False
    has_photo: bool = False
    can_write: bool = True
    why_not: str = ""
    can_paint: bool = False
    can_undo: bool = False
    can_redo: bool = False
    has_run: bool = False
    can_start: bool = False
    can_stop_run: bool = False
    can_resume_run: bool = False
    has_given: bool = False
    can_import: bool = False
    has_review: bool = False
    has_answer: bool = False
    has_spots: bool = False
    has_model: bool = False
    has_judged: bool = False


def always(_facts: Facts) -> bool:
    """Whatever the facts."""
    return True


def idle(facts: Facts) -> bool:
    """Nothing is under way."""
    return not facts.is_busy


def is_open(facts: Facts) -> bool:
    """A project is open."""
    return facts.is_open


def open_and_idle(facts: Facts) -> bool:
    """A project is open and nothing is under way."""
    return facts.is_open and not facts.is_busy


def photos(facts: Facts) -> bool:
    """The open project has photos."""
    return facts.has_photos


def can_cancel(facts: Facts) -> bool:
    """What is under way can be stopped."""
    return facts.can_cancel


def annotating(facts: Facts) -> bool:
    """The Annotate tab is shown, with photos to choose from."""
    return facts.has_photos and facts.tab == "annotate"


def photo_shown(facts: Facts) -> bool:
    """The Annotate tab shows a photo."""
    return facts.has_photo and facts.tab == "annotate"


def can_zoom(facts: Facts) -> bool:
    """The tab that is shown shows a photo to look at closely."""
    return photo_shown(facts) or (facts.has_review and facts.tab == "review")


def can_mark(facts: Facts) -> bool:
    """The Annotate tab shows a photo whose state can be written."""
    return photo_shown(facts) and facts.can_write


def photo_chosen(facts: Facts) -> bool:
    """A photo is chosen in the Annotate tab, whether it can be read or not."""
    return facts.has_chosen and facts.tab == "annotate"


def can_remove(facts: Facts) -> bool:
    """A photo is chosen, and the project can be written."""
    return photo_chosen(facts) and facts.can_write and not facts.is_busy


def can_bring_back(facts: Facts) -> bool:
    """The Annotate tab is shown, with photos or without, and the project can be written."""
    return facts.is_open and facts.tab == "annotate" and facts.can_write and not facts.is_busy


def can_paint(facts: Facts) -> bool:
    """The Annotate tab shows a photo that can be painted."""
    return facts.can_paint and facts.tab == "annotate"


def can_undo(facts: Facts) -> bool:
    """The photo can be painted, and something can be taken back."""
    return facts.can_undo and can_paint(facts)


def can_redo(facts: Facts) -> bool:
    """The photo can be painted, and something can be done again."""
    return facts.can_redo and can_paint(facts)


def importing(facts: Facts) -> bool:
    """The Import tab is shown, and nothing is under way."""
    return facts.is_open and not facts.is_busy and facts.tab == "import"


def has_given(facts: Facts) -> bool:
    """Something was given to import."""
    return facts.has_given and importing(facts)


def can_import(facts: Facts) -> bool:
    """Something is ready to be imported."""
    return facts.can_import and importing(facts)


@dataclass(frozen=True, slots=True)
class ActionSpec:
    """One row: `tip` is one sentence that teaches, `shortcut` is in Qt's portable form, `enabled` says when.

    `also` is a second shortcut for hands that learnt it elsewhere.
    """

    id: str
    group: str
    text: str
    shortcut: str
    icon: str
    tip: str
    enabled: Callable[[Facts], bool] = always
    checkable: bool = False
    also: str = ""

    def tip_for(self, facts: Facts) -> str:
        """Return the sentence for a tooltip: why it cannot be used now, where that is because of this photo; pure."""
        if not facts.why_not or self.enabled(facts):
            return self.tip
        otherwise = replace(
            facts, can_paint=True, can_undo=True, can_redo=True, has_photo=True, can_write=True
        )
        return facts.why_not if self.enabled(otherwise) else self.tip

"""How the chosen photo is looked at, as plain values: what the person wants and what there is give what is shown."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from segstudio.desktop.canvas.canvas_look import CanvasLook
from segstudio.desktop.reviewing.faces import FACE_TITLES, NO_FOCUS, Face, Focus
from segstudio.desktop.reviewing.stage import Way
from segstudio.project.classes import ClassList

WAYS: tuple[tuple[Way, str, str], ...] = (
    ("photo", "Photo", "The photo alone."),
    ("overlay", "Overlay", "What the model sees, laid over the photo."),
    ("side", "Side by side", "Two pictures of the same place beside each other."),
    ("wipe", "Wipe", "Two pictures of the same place, with a line to drag between them."),
)


@dataclass(frozen=True, slots=True)
class ViewState:
    """What the person wants to see: `face` is laid over the photo, `beside` compared with it."""

    way: Way = "overlay"
    face: Face = "prediction"
    beside: Face = "photo"
    focus: Focus = NO_FOCUS
    look: CanvasLook = field(default_factory=lambda: CanvasLook(opacity=0.55))

    def shown_faces(self, there: tuple[Face, ...]) -> tuple[Face, Face]:
        """Return what the left and the right pane show, of the faces that there are; pure."""
        right = self.face if self.face in there else there[min(1, len(there) - 1)]
        if self.focus.is_on and "prediction" in there:
            right = "prediction"
        if self.way == "photo":
            right = "photo"
        left = self.beside if self.beside in there else "photo"
        return left, right

    def stepped(self) -> ViewState:
        """Return the next way to look."""
        ways = [way for way, _, _ in WAYS]
        return replace(self, way=ways[(ways.index(self.way) + 1) % len(ways)])


def face_name(face: Face, focus: Focus, classes: ClassList) -> str:
    """Return what a pane shows, in words; pure."""
    return focus_words(focus, classes) if face == "prediction" and focus.is_on else FACE_TITLES[face]


def focus_words(focus: Focus, classes: ClassList) -> str:
    """Return what alone is looked at, in words; pure."""
    if focus.cell is not None:
        truth, predicted = (_name(value, classes) for value in focus.cell)
        return f"{truth} that was found" if truth == predicted else f"{truth} taken for {predicted}"
    return f"{_name(focus.value, classes)} alone" if focus.value is not None else ""


def _name(value: int | None, classes: ClassList) -> str:
    entry = classes.at(value) if value is not None else None
    return entry.name if entry is not None else "no class"

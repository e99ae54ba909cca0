"""Actions of painting: tools, their options, the classes by digit, undo and redo."""

from __future__ import annotations

from segstudio.desktop.action_rows.spec import ActionSpec, can_paint, can_redo, can_undo

_TOOLS = (
    ("brush", "Brush", "B", "Paint freely; hold Shift for a straight line from where the last one ended."),
    ("eraser", "Eraser", "E", "Take the label away: what it touches is not labelled any more."),
    ("fill", "Fill", "F", "Give the whole patch under the pointer the chosen class."),
    (
        "polygon",
        "Polygon",
        "P",
        "Click corner by corner; Return closes it, and its points can be moved first.",
    ),
    ("lasso", "Lasso", "L", "Draw around an area in one go; its points can be moved before it is painted."),
    ("box", "Box", "R", "Drag a box from corner to corner; hold Shift for a square."),
    ("ellipse", "Ellipse", "O", "Drag an ellipse from corner to corner; hold Shift for a circle."),
    ("wand", "Magic wand", "W", "Select what has the colour under the pointer, and paint it."),
    ("pick", "Pick a class", "I", "Choose the class that is under the pointer."),
)
_DIGITS = 9

_PAINT = "Paint"

PAINTING = (
    *(
        ActionSpec(f"tool.{tool}", _PAINT, text, key, tool, tip, can_paint, checkable=True)
        for tool, text, key, tip in _TOOLS
    ),
    ActionSpec("size.up", _PAINT, "Larger tip", "]", "", "Make brush and eraser larger.", can_paint),
    ActionSpec("size.down", _PAINT, "Smaller tip", "[", "", "Make brush and eraser smaller.", can_paint),
    *(
        ActionSpec(
            f"class.{digit}",
            _PAINT,
            f"Class {digit}",
            str(digit),
            "",
            "Paint with the class that stands there in the list.",
            can_paint,
        )
        for digit in range(1, _DIGITS + 1)
    ),
    ActionSpec("class.0", _PAINT, "Not labelled", "0", "", "Paint void: leave pixels out.", can_paint),
    ActionSpec(
        "edit.undo", _PAINT, "Undo", "Ctrl+Z", "undo", "Take the last edit of this photo back.", can_undo
    ),
    ActionSpec(
        "edit.redo",
        _PAINT,
        "Redo",
        "Ctrl+Shift+Z",
        "redo",
        "Do again what was taken back.",
        can_redo,
        also="Ctrl+Y",
    ),
)

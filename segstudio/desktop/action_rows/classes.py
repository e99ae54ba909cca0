"""Actions of the class list."""

from __future__ import annotations

from segstudio.desktop.action_rows.spec import ActionSpec, is_open

CLASSES: tuple[ActionSpec, ...] = (
    ActionSpec(
        "classes.edit",
        "Classes",
        "Edit classes…",
        "Ctrl+Shift+K",
        "classes",
        "Add, rename, recolour, reorder, merge or delete classes; each can be undone.",
        is_open,
    ),
)

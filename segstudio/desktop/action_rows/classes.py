"""Actions of the class list."""

from __future__ import annotations

from segstudio.desktop.action_rows.spec import ActionSpec

CLASSES: tuple[ActionSpec, ...] = ()

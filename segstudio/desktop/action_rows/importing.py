"""Actions of the Import tab."""

from __future__ import annotations

from segstudio.desktop.action_rows.spec import ActionSpec

IMPORTING: tuple[ActionSpec, ...] = ()

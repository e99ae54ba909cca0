"""Actions of the Import tab."""

from __future__ import annotations

from segstudio.desktop.action_rows.spec import ActionSpec, Facts, can_import, has_given, importing


def _can_forget(facts: Facts) -> bool:
    """Something was given; while it is written, too: then it is the way to stop."""
    return facts.has_given and facts.tab == "import"


IMPORTING = (
    ActionSpec(
        "import.files",
        "Import",
        "Choose files…",
        "Ctrl+I",
        "photo",
        "Look at photos, annotation files and ZIPs before they come in; dropping them does the same.",
        importing,
    ),
    ActionSpec(
        "import.folder",
        "Import",
        "Choose a folder…",
        "Ctrl+Shift+I",
        "folder",
        "Look at a folder of photos and annotation files, with the folders in it, before it comes in.",
        importing,
    ),
    ActionSpec(
        "import.start",
        "Import",
        "Import what is ready",
        "Ctrl+Alt+I",
        "import",
        "Bring in what is ready, whole or not at all; what needs you stays out.",
        can_import,
    ),
    ActionSpec(
        "import.cancel",
        "Import",
        "Forget what was given",
        "",
        "close",
        "Start anew: nothing is imported, and no file is touched.",
        _can_forget,
    ),
    ActionSpec(
        "import.earlier",
        "Import",
        "Paint the class earlier",
        "Alt+Up",
        "",
        "Move the class up in the list: what stands lower is painted over it.",
        has_given,
    ),
    ActionSpec(
        "import.later",
        "Import",
        "Paint the class later",
        "Alt+Down",
        "",
        "Move the class down in the list: it is painted over what stands higher.",
        has_given,
    ),
)

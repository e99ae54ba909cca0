"""Actions of the Annotate tab."""

from __future__ import annotations

from segstudio.desktop.action_rows.spec import ActionSpec, annotating

ANNOTATE = (
    ActionSpec(
        "photo.search",
        "Photos",
        "Find a photo",
        "Ctrl+F",
        "search",
        "Type a part of a photo's name.",
        annotating,
    ),
    ActionSpec(
        "photo.next", "Photos", "Next photo", "PgDown", "", "Show the next photo of the list.", annotating
    ),
    ActionSpec(
        "photo.previous", "Photos", "Previous photo", "PgUp", "", "Show the photo before it.", annotating
    ),
    ActionSpec(
        "photo.overlay",
        "Photos",
        "Show the mask",
        "M",
        "layers",
        "Lay the class colours over the photo, or look at the photo alone.",
        annotating,
        checkable=True,
    ),
)

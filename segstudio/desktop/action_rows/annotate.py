"""Actions of the Annotate tab: going through the photos, marking them, and looking at them."""

from __future__ import annotations

from segstudio.desktop.action_rows.painting import PAINTING
from segstudio.desktop.action_rows.spec import (
    ActionSpec,
    annotating,
    can_bring_back,
    can_mark,
    can_paint,
    can_remove,
    can_zoom,
    photo_chosen,
    photo_shown,
)

_PHOTOS = (
    ("photo.search", "Find a photo", "Ctrl+F", "search", "Type a part of a photo's name.", annotating),
    ("photo.next", "Next photo", "PgDown", "", "Show the next photo of the list.", annotating),
    ("photo.previous", "Previous photo", "PgUp", "", "Show the photo before it.", annotating),
    ("photo.next_open", "Next open one", "N", "next-open", "Go on to a photo that is not done.", annotating),
    (
        "photo.previous_open",
        "Open one before",
        "Shift+N",
        "previous-open",
        "Go back to a photo that is not done.",
        annotating,
    ),
    ("photo.done", "Mark done", "Ctrl+Return", "check", "All of it is labelled.", can_mark),
    (
        "photo.checked",
        "Mark checked",
        "Ctrl+Shift+Return",
        "check-double",
        "Somebody looked at the labels once more, and they are right.",
        can_mark,
    ),
    ("photo.reopen", "Reopen", "Ctrl+Backspace", "annotate", "There is more to label.", can_mark),
    ("photo.train", "Use for training", "", "", "The network learns from it.", can_mark),
    ("photo.hold_out", "Hold out", "", "", "Not learnt from: it shows how good the network is.", can_mark),
    ("photo.undecided", "Leave undecided", "", "", "Training decides what it is used for.", can_mark),
    (
        "photo.clear",
        "Clear the mask",
        "Ctrl+Del",
        "clear",
        "Nothing is labelled then; undo helps.",
        can_paint,
    ),
    (
        "photo.copy_before",
        "Copy the mask before",
        "Ctrl+Shift+C",
        "copy",
        "Start from the labels of the photo above in the list: for bursts and videos.",
        can_paint,
    ),
    (
        "photo.import_again",
        "Import the mask again",
        "",
        "import",
        "Draw it anew from the annotation file that came with it.",
        can_paint,
    ),
    (
        "photo.versions",
        "Versions…",
        "Ctrl+H",
        "history",
        "Look at what the mask was before, compare it with now, and go back to it.",
        photo_shown,
    ),
    (
        "photo.show_file",
        "Show the file",
        "",
        "folder",
        "Show the folder of the photo in the file manager.",
        photo_chosen,
    ),
    (
        "photo.remove",
        "Remove from the project…",
        "Shift+Del",
        "delete",
        "Move photo, mask and undo history to the project's trash, from where they can be brought back.",
        can_remove,
    ),
    (
        "photo.bring_back",
        "Bring removed photos back",
        "",
        "undo",
        "Take back the newest removal of photos, even one of an earlier day.",
        can_bring_back,
    ),
)
_VIEW = (
    ("view.outlines", "Outlines only", "Shift+M", "outlines", "See edges, not areas, of the classes."),
    ("view.grid", "Pixel grid", "G", "grid", "Draw lines between the pixels when they are large."),
)

ANNOTATE = (
    *(ActionSpec(id_, "Photos", text, key, icon, tip, when) for id_, text, key, icon, tip, when in _PHOTOS),
    ActionSpec(
        "photo.advance",
        "Photos",
        "Go on after marking",
        "",
        "",
        "Once a photo is marked done or checked, the next open one is shown.",
        annotating,
        checkable=True,
    ),
    ActionSpec(
        "photo.overlay",
        "View",
        "Show the mask",
        "M",
        "layers",
        "Lay the class colours over the photo, or look at the photo alone.",
        annotating,
        checkable=True,
    ),
    ActionSpec(
        "view.alone",
        "View",
        "Photo alone while held",
        "H",
        "",
        "See the photo without labels for as long as the key is down.",
        photo_shown,
    ),
    *(
        ActionSpec(id_, "View", text, key, icon, tip, annotating, checkable=True)
        for id_, text, key, icon, tip in _VIEW
    ),
    ActionSpec("view.less", "View", "Fainter labels", ",", "", "Let more of the photo through.", annotating),
    ActionSpec("view.more", "View", "Stronger labels", ".", "", "Let less of the photo through.", annotating),
    ActionSpec(
        "view.fit", "View", "Whole photo", "Z", "fit", "See all of the photo.", can_zoom, also="Ctrl+0"
    ),
    ActionSpec(
        "view.actual",
        "View",
        "Actual size",
        "Shift+Z",
        "actual-size",
        "One pixel of the photo on one of the screen.",
        can_zoom,
    ),
    ActionSpec("view.in", "View", "Zoom in", "+", "", "Come closer.", can_zoom, also="="),
    ActionSpec("view.out", "View", "Zoom out", "-", "", "Step back.", can_zoom),
    *PAINTING,
)

"""Actions of the Review tab."""

from __future__ import annotations

from segstudio.desktop.action_rows.spec import ActionSpec, Facts


def _reviewing(facts: Facts) -> bool:
    return facts.is_open and facts.tab == "review"


def _has_items(facts: Facts) -> bool:
    return facts.has_review and facts.tab == "review"


def _has_answer(facts: Facts) -> bool:
    return facts.has_answer and facts.tab == "review"


def _has_model(facts: Facts) -> bool:
    return facts.has_model and facts.tab == "review"


def _has_judged(facts: Facts) -> bool:
    return facts.has_judged and facts.tab == "review"


def _has_spots(facts: Facts) -> bool:
    return facts.has_spots and facts.tab == "review"


_ROWS = (
    ("review.add_photos", "Photos…", "", "photo", "Choose photos for the model to segment.", _reviewing),
    ("review.add_folder", "Folder…", "", "folder", "Choose a folder; photos below it come along.", _reviewing),
    ("review.add_video", "Video…", "", "", "Choose a video; some of its frames are segmented.", _reviewing),
    ("review.next", "Next photo to review", "J", "", "Go on to the photo below.", _has_items),
    ("review.previous", "Photo to review before", "K", "", "Go back to the photo above.", _has_items),
    ("review.way", "Next way to look", "V", "", "Photo, overlay, side by side, wipe, in turn.", _has_items),
    ("review.next_spot", "Next spot", "S", "", "Zoom to the next spot of the class or cell that alone is shown.", _has_spots),
    ("review.previous_spot", "Spot before", "Shift+S", "", "Zoom back to the spot before.", _has_spots),
    ("review.accept", "Accept", "A", "check", "The prediction is right; a new photo comes into the project with it.", _has_answer),
    ("review.correct", "Correct", "C", "annotate", "Take what is shown to Annotate, to be corrected there.", _has_answer),
    ("review.reject", "Reject", "X", "close", "The prediction is of no use; the photo is left as it is.", _has_answer),
    ("review.undo", "Undo verdict", "", "undo", "Ctrl+Z takes the last verdict back, with what it did to the project.", _has_judged),
    ("review.train_again", "Train again from this model", "", "train", "Plan a training that begins with this model's weights.", _has_model),
    ("review.remove", "Remove from the list", "", "", "Review this photo no longer; its file stays.", _has_items),
    ("review.remove_all", "Remove all from the list", "", "", "Begin with an empty list; files and verdicts stay.", _has_items),
)  # fmt: skip

REVIEW = tuple(
    ActionSpec(id_, "Review", text, key, icon, tip, when) for id_, text, key, icon, tip, when in _ROWS
)

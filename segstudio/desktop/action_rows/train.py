"""Actions of the Train tab."""

from __future__ import annotations

from segstudio.desktop.action_rows.spec import ActionSpec, Facts


def _can_start(facts: Facts) -> bool:
    return facts.can_start and facts.tab == "train"


def _can_stop(facts: Facts) -> bool:
    return facts.can_stop_run and facts.tab == "train"


def _can_go_on(facts: Facts) -> bool:
    return facts.can_resume_run and facts.tab == "train"


def _has_run(facts: Facts) -> bool:
    return facts.has_run and facts.tab == "train"


TRAIN = (
    ActionSpec(
        "train.start",
        "Training",
        "Start training",
        "Ctrl+R",
        "train",
        "Train a new network with these choices.",
        _can_start,
    ),
    ActionSpec(
        "train.stop",
        "Training",
        "Stop",
        "Ctrl+.",
        "",
        "The run ends at its next step and keeps everything; it can be resumed.",
        _can_stop,
    ),
    ActionSpec(
        "train.resume",
        "Training",
        "Resume",
        "Ctrl+Shift+R",
        "",
        "Go on from the last checkpoint, as if the run had never stopped.",
        _can_go_on,
    ),
    ActionSpec(
        "run.rename", "Training", "Rename the run…", "", "", "Give it a name that says more.", _has_run
    ),
    ActionSpec(
        "run.folder",
        "Training",
        "Show the run's folder",
        "",
        "folder",
        "Its models, event log and previews, in the file manager.",
        _has_run,
    ),
    ActionSpec(
        "run.choices",
        "Training",
        "Plan with its choices",
        "",
        "",
        "Fill the form at the left as this run was trained, to change one thing and train again.",
        _has_run,
    ),
    ActionSpec(
        "run.command",
        "Training",
        "Copy the command",
        "",
        "copy",
        "The line for a terminal that starts the same training again.",
        _has_run,
    ),
    ActionSpec(
        "run.delete",
        "Training",
        "Throw the run away",
        "",
        "",
        "Move it to the project's trash folder; the notice takes it back.",
        _has_run,
    ),
)

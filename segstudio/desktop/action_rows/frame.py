"""Actions of the frame: project, tabs, work, help."""

from __future__ import annotations

from segstudio.desktop.action_rows.spec import ActionSpec, can_cancel, idle, is_open, open_and_idle

FRAME = (
    ActionSpec(
        "project.new", "Project", "New project…", "Ctrl+N", "new", "Make a project with its classes.", idle
    ),
    ActionSpec("project.open", "Project", "Open project…", "Ctrl+O", "open", "Open a project folder.", idle),
    ActionSpec(
        "project.sample",
        "Project",
        "Try the sample",
        "",
        "sample",
        "Draw a small project of skydivers, with masks, to try everything on.",
        idle,
    ),
    ActionSpec(
        "project.refresh",
        "Project",
        "Look for changes",
        "F5",
        "refresh",
        "Read the project again: others may have written into it.",
        open_and_idle,
    ),
    ActionSpec(
        "project.folder",
        "Project",
        "Show the folder",
        "Ctrl+Shift+O",
        "folder",
        "Show the project's folder in the file manager.",
        is_open,
    ),
    ActionSpec(
        "project.export",
        "Project",
        "Export annotations…",
        "Ctrl+Shift+E",
        "export",
        "Write the masks as files that other programs read.",
        is_open,
    ),
    ActionSpec(
        "project.backup",
        "Project",
        "Back up…",
        "Ctrl+Shift+B",
        "backup",
        "Write the project as it is now into one file that is read back and compared.",
        open_and_idle,
    ),
    ActionSpec(
        "project.restore",
        "Project",
        "Restore a backup…",
        "",
        "restore",
        "Make the project of a backup, or of a part that was handed out, in a new folder, and open it.",
        idle,
    ),
    ActionSpec(
        "project.trash",
        "Project",
        "Trash…",
        "",
        "delete",
        "See which photos and classes were removed, and bring them back.",
        open_and_idle,
    ),
    ActionSpec(
        "project.pack",
        "Project",
        "Hand out a part…",
        "",
        "export",
        "Write some photos with their masks as a small project for somebody else to paint on.",
        open_and_idle,
    ),
    ActionSpec(
        "project.merge",
        "Project",
        "Merge…",
        "",
        "merge",
        "Take back what was painted in a part that was handed out, or in another project.",
        open_and_idle,
    ),
    ActionSpec(
        "project.close",
        "Project",
        "Close project",
        "Ctrl+W",
        "close",
        "Go back to the start page; all is saved.",
        open_and_idle,
    ),
    ActionSpec("app.quit", "Project", "Quit", "Ctrl+Q", "quit", "Close the window; all is saved."),
    ActionSpec(
        "go.import", "Go to", "Import", "Ctrl+1", "import", "What will come in, and is it right?", is_open
    ),
    ActionSpec("go.annotate", "Go to", "Annotate", "Ctrl+2", "annotate", "What is this pixel?", is_open),
    ActionSpec("go.train", "Go to", "Train", "Ctrl+3", "train", "Is it learning?", is_open),
    ActionSpec(
        "go.review", "Go to", "Review", "Ctrl+4", "review", "What does it see, and what next?", is_open
    ),
    ActionSpec(
        "go.part",
        "Go to",
        "Next part of the window",
        "F6",
        "",
        "Move the keyboard on: problem, tab, status line, header.",
    ),
    ActionSpec(
        "job.cancel",
        "Work",
        "Cancel",
        "",
        "close",
        "Stop what is under way; nothing is changed.",
        can_cancel,
    ),
    ActionSpec(
        "app.name",
        "Help",
        "Your name…",
        "",
        "person",
        "Choose by which name others know you: in locks, at photos that you label or check, in versions.",
    ),
    ActionSpec(
        "help.shortcuts", "Help", "Keyboard shortcuts", "F1", "keyboard", "Find any action and its key."
    ),
    ActionSpec(
        "help.log", "Help", "Show the log file", "", "log", "The file to send when something goes wrong."
    ),
)

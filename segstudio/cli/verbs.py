"""The table of verbs."""

from __future__ import annotations

from typing import NamedTuple


class Verb(NamedTuple):
    """A verb: its name, the module in `segstudio.cli` and the function (or Typer group) in it, its help.

    A hidden verb is for programs: the list of verbs does not name it.
    """

    name: str
    module: str
    function: str
    help: str
    hidden: bool = False


VERBS = (
    Verb("demo", "demo", "demo", "Make the sample project, train on it, show the result."),
    Verb("new", "new", "new", "Make an empty project with its classes."),
    Verb("import", "import_", "import_", "Bring photos and annotations into a project."),
    Verb("export", "export", "export", "Write a project's masks as other programs read them."),
    Verb("classes", "classes", "classes", "List the classes of a project, or change them."),
    Verb("remove", "remove", "remove", "Move photos to the project's trash, or bring them back."),
    Verb("trash", "trash", "trash", "List what was removed; bring it back, or empty the trash."),
    Verb("versions", "versions", "versions", "List what a mask was before, or go back to it."),
    Verb("backup", "backup", "backup", "Write a project into one ZIP file, and compare it."),
    Verb("restore", "restore", "restore", "Make a project of a backup anew."),
    Verb("pack", "pack", "pack", "Hand a part of a project out as a project of its own."),
    Verb("merge", "merge", "merge_", "Take a pack back, or bring another project in."),
    Verb("name", "name", "name", "Tell by which name others know you, or choose one."),
    Verb("check", "check", "check", "Tell what would spoil a training, and the fix."),
    Verb("train", "train", "train", "Train a model on a project."),
    Verb("augment", "augment", "augment", "Show what augmentation does to a few photos."),
    Verb("evaluate", "evaluate", "evaluate", "Score a model on labelled photos."),
    Verb("predict", "predict", "predict", "Segment new photos with a model."),
    Verb("export-model", "export_model", "export_model", "Write a model as ONNX or TorchScript."),
    Verb("report", "report", "report", "Write one HTML file about what a model sees."),
    Verb("serve", "serve", "serve", "Keep a model ready for another program.", hidden=True),
    Verb("formats", "formats", "formats", "List the annotation formats."),
    Verb("heads", "heads", "heads", "List the networks to choose from."),
    Verb("recipes", "recipes", "recipes", "List the named recipes, or show one."),
    Verb("weights", "weights", "weights", "List, fetch or import pretrained weights."),
    Verb("doctor", "doctor", "doctor", "Check this machine: Python, torch, GPU, Qt, memory."),
)

"""What a project keeps as text, damaged: it is read or refused in a sentence, soon."""

from __future__ import annotations

import shutil
from pathlib import Path

from segstudio.formats.record import read_record
from segstudio.project.classes import ClassList
from segstudio.project.document import load_document
from segstudio.project.photos import PhotoState
from segstudio.project.project import Project
from tests.fuzzing import fuzz

CLASSES = ClassList.from_names(["background", "sky:#123456", "größe 大"])


def test_project_json(tmp_path: Path) -> None:
    project = Project.create(tmp_path / "project", classes=CLASSES).folder
    content = (project / "project.json").read_bytes()
    folder = tmp_path / "damaged"
    folder.mkdir()
    fuzz(folder / "project.json", content, lambda path: load_document(path.parent))


def test_a_project_that_is_opened(tmp_path: Path) -> None:
    project = Project.create(tmp_path / "project", classes=CLASSES).folder
    state = PhotoState(size=(4, 5), split="val", status="done", source="cvat:a.xml", who="Ä")
    kept = tmp_path / "kept"
    shutil.copytree(project, kept)

    def opened(path: Path) -> None:
        shutil.rmtree(project)
        shutil.copytree(kept, project)
        (project / "masks").mkdir(exist_ok=True)
        shutil.copyfile(path, project / "masks" / "a.jpg.json")
        Project.open(project).photos()

    folder = tmp_path / "damaged"
    folder.mkdir()
    fuzz(folder / "a.jpg.json", state.model_dump_json(indent=1).encode(), opened)


def test_the_record_of_a_photo_and_of_an_import(tmp_path: Path) -> None:
    state = PhotoState(size=(4, 5), split="val", status="done", source="cvat:a.xml", who="Ä")
    fuzz(tmp_path / "a.jpg.json", state.model_dump_json(indent=1).encode(), PhotoState.read)
    record = b"""{"when": "2026-11-20", "values": {"sky": 1}, "photos": {"a.jpg": {"file": "a.xml", "names": ["a.jpg"]}},
    "brought": {"a.jpg": {"is_new": true, "mask": "00", "before": {"size": [4, 5]}}}, "classes_before": null}"""
    fuzz(tmp_path / "import.json", record, read_record)

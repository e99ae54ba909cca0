from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from segstudio.errors import SegStudioError
from segstudio.project.classes import ClassList
from segstudio.project.document import (
    BACKUP_NAME,
    FILE_NAME,
    SCHEMA,
    DamagedDocumentError,
    ProjectDocument,
    encode_document,
    last_good_copy,
    load_document,
)


@pytest.fixture
def document() -> ProjectDocument:
    classes = ClassList.from_names(["sky", "größe"])
    return ProjectDocument(name="Sprünge 日本", classes=classes, references={"a.jpg": "../a.jpg"})


def _write(folder: Path, **changes: object) -> None:
    raw = json.loads(encode_document(ProjectDocument(name="x", classes=ClassList.from_names(["a", "b"]))))
    (folder / FILE_NAME).write_text(json.dumps({**raw, **changes}), encoding="utf-8")


def _refused(folder: Path) -> str:
    with pytest.raises(SegStudioError) as caught:
        load_document(folder)
    assert len(str(caught.value).splitlines()) == 1
    return str(caught.value)


def test_a_document_comes_back_as_it_was(tmp_path: Path, document: ProjectDocument) -> None:
    (tmp_path / FILE_NAME).write_bytes(encode_document(document))
    assert load_document(tmp_path) == document


def test_an_editor_may_leave_a_byte_order_mark(tmp_path: Path, document: ProjectDocument) -> None:
    (tmp_path / FILE_NAME).write_bytes(b"\xef\xbb\xbf" + encode_document(document))
    assert load_document(tmp_path) == document


def test_a_missing_project_says_how_to_make_one(tmp_path: Path) -> None:
    assert "segstudio new" in _refused(tmp_path / "nothing")


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "cannot be read"),
        (b"{", "cannot be read"),
        (b"\xff\xfe\x00rubbish", "cannot be read"),
        (b"[" * 100_000, "cannot be read"),
        (b"[]", "does not hold a project"),
        (b'"text"', "does not hold a project"),
        (b"{}", "schema_version is missing"),
        (b'{"schema_version": "1"}', 'schema_version is "1", which is no whole number'),
        (b'{"schema_version": true}', "schema_version is true, which is no whole number"),
        (b'{"schema_version": 1}', "name is missing"),
        (b'{"schema_version": 1, "name": "\\ud800"}', "half a character"),
        (b'{"schema_version": 1, "name": "a", "references": {"\\udc00.jpg": "a"}}', "half a character"),
    ],
)
def test_a_damaged_project_is_told_in_one_sentence(tmp_path: Path, content: bytes, problem: str) -> None:
    (tmp_path / FILE_NAME).write_bytes(content)
    told = _refused(tmp_path)
    assert told.startswith(str(tmp_path / FILE_NAME))
    assert problem in told
    assert (tmp_path / FILE_NAME).read_bytes() == content


def test_a_folder_named_like_the_file_is_told(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).mkdir()
    assert "cannot be read" in _refused(tmp_path)


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"name": 5}, "name"),
        ({"classes": []}, "classes"),
        ({"classes": {"classes": 5}}, "classes.classes"),
        (
            {"classes": {"classes": [{"index": "x", "name": "a", "colour": "#000000"}]}},
            "classes.classes.0.index",
        ),
        ({"classes": {"classes": [{"index": 0, "name": "a", "colour": "red"}]}}, '"red" is not a colour'),
        ({"classes": {"classes": [{"index": 0, "name": "a", "colour": 7}]}}, "colour"),
        ({"references": {"a": 1}}, "references.a"),
        ({"references": {"../a.jpg": "a.jpg"}}, "references: '../a.jpg' cannot name a photo"),
        ({"references": {"b/../../a.jpg": "a.jpg"}}, "cannot name a photo"),
        ({"references": {"/a.jpg": "a.jpg"}}, "cannot name a photo"),
        ({"references": {"c:a.jpg": "a.jpg"}}, "cannot name a photo"),
        ({"references": {"a\n.jpg": "a.jpg"}}, "cannot name a photo"),
        ({"references": {"a" * 5000: "a.jpg"}}, "cannot name a photo"),
        ({"references": {"a" * 243: "a.jpg"}}, "cannot name a photo"),
        ({"references": {"日" * 81: "a.jpg"}}, "cannot name a photo"),
        ({"classes": {"classes": [{"index": 10**30, "name": "a", "colour": "#000000"}]}}, "below 255"),
        ({"versions": float("nan")}, "a number that is not endless"),
        ({"versions": 10**400}, "at most 1,000"),
        (
            {
                "classes": {
                    "classes": [{"index": i, "name": "a", "colour": "#000000"} for i in (0, 1)],
                }
            },
            "json: classes: two classes have the same name. Correct it by hand.",
        ),
        ({"name": 5}, "name is 5 but should be a text. Correct"),
        ({"classes": []}, "classes should be"),
        (
            {"surprise": 1},
            "surprise is nothing that this SegStudio knows. Take it out by hand, or update SegStudio.",
        ),
    ],
)
def test_a_wrong_value_is_told_by_file_and_place(
    tmp_path: Path, changes: dict[str, object], place: str
) -> None:
    _write(tmp_path, **changes)
    told = _refused(tmp_path)
    assert told.startswith(str(tmp_path / FILE_NAME))
    assert place in told


def test_a_newer_project_is_refused_and_left_alone(tmp_path: Path) -> None:
    _write(tmp_path, schema_version=SCHEMA + 1)
    before = (tmp_path / FILE_NAME).read_bytes()
    assert f"newer SegStudio (schema {SCHEMA + 1}" in _refused(tmp_path)
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [before]


def _two_steps() -> dict[int, Any]:
    return {
        1: lambda raw: {**raw, "name": raw["name"] + " two"},
        2: lambda raw: {**raw, "name": raw["name"] + " three"},
    }


def test_an_older_project_is_migrated_step_by_step_and_a_copy_kept(tmp_path: Path) -> None:
    _write(tmp_path)
    before = (tmp_path / FILE_NAME).read_bytes()
    document = load_document(tmp_path, schema=3, migrations=_two_steps())
    assert document.name == "x two three"
    assert (tmp_path / "project.schema-1.json").read_bytes() == before
    on_disk = json.loads((tmp_path / FILE_NAME).read_text(encoding="utf-8"))
    assert (on_disk["schema_version"], on_disk["name"]) == (3, "x two three")
    assert load_document(tmp_path, schema=3, migrations={}).name == "x two three"


def test_a_migration_that_makes_no_sound_project_changes_nothing(tmp_path: Path) -> None:
    _write(tmp_path)
    before = (tmp_path / FILE_NAME).read_bytes()
    with pytest.raises(SegStudioError, match="name"):
        load_document(tmp_path, schema=2, migrations={1: lambda raw: {**raw, "name": None}})
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [before]


def test_a_project_older_than_any_known_step_is_refused(tmp_path: Path) -> None:
    _write(tmp_path, schema_version=0)
    assert "schema 0 is unknown" in _refused(tmp_path)
    _write(tmp_path)
    with pytest.raises(SegStudioError, match="schema 1 is unknown"):
        load_document(tmp_path, schema=3, migrations={2: lambda raw: raw})


def test_what_is_cut_off_is_told_in_plain_words_with_the_way_back(
    tmp_path: Path, document: ProjectDocument
) -> None:
    content = encode_document(document)
    (tmp_path / BACKUP_NAME).write_bytes(content)
    (tmp_path / FILE_NAME).write_bytes(content[: len(content) // 2])
    with pytest.raises(DamagedDocumentError) as caught:
        load_document(tmp_path)
    told = str(caught.value)
    assert "it is cut off or damaged, from line" in told
    assert BACKUP_NAME in told
    assert "xpecting" not in told
    assert isinstance(caught.value.__cause__, json.JSONDecodeError)


@pytest.mark.parametrize("damage", ["cut off", "gone"])
def test_without_a_good_copy_none_is_offered(tmp_path: Path, document: ProjectDocument, damage: str) -> None:
    (tmp_path / FILE_NAME).write_bytes(b"{")
    if damage == "cut off":
        (tmp_path / BACKUP_NAME).write_bytes(encode_document(document)[:-9])
    with pytest.raises(SegStudioError) as caught:
        load_document(tmp_path)
    assert not isinstance(caught.value, DamagedDocumentError)
    assert last_good_copy(tmp_path) is None

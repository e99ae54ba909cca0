"""What is made of dropped files and folders."""

from __future__ import annotations

from pathlib import Path

from segstudio.desktop.opened import OpenedProject
from segstudio.desktop.reviewing.items import Item, Row
from segstudio.desktop.reviewing.reading import sorted_out
from segstudio.desktop.reviewing.row_book import RowBook
from segstudio.project.project import Project
from tests.desktop.reviewing.conftest import photo_bytes


def opened_of(project: Project) -> OpenedProject:
    photos = tuple(project.photos())
    return OpenedProject(project, project.folder, "jumps", project.classes, photos, (), {})


def test_a_copy_of_a_photo_of_the_project_is_that_photo(jumps: Project, tmp_path: Path) -> None:
    folder = tmp_path / "card"
    folder.mkdir()
    for name, number in (("again.png", 1), ("copy.png", 1), ("new.png", 7), ("unpainted.png", 3)):
        (folder / name).write_bytes(photo_bytes(number))
    opened = opened_of(jumps)
    inside = opened.photo("1.png")
    assert inside is not None
    given = sorted_out([folder, inside.path], opened)
    assert [(one.key, one.has_truth, one.name) for one in given.items] == [
        ("1.png", True, "1.png"),
        ("", False, "new.png"),
        ("3.png", False, "3.png"),
    ]
    assert given.items[0].path == inside.path, "so that nothing is brought in twice"


def test_a_photo_of_the_project_is_listed_once(tmp_path: Path) -> None:
    book = RowBook(lambda: None)
    accepted = Item("/card/a.png", tmp_path / "a.png", "a.png", "a.png")
    book.take(Row(accepted))
    inside = Item(str(tmp_path / "a.png"), tmp_path / "a.png", "a.png", "a.png")
    other = Item("/card/b.png", Path("/card/b.png"), "b.png")
    assert book.add([inside, other], Row) == [accepted, other]
    assert [row.item for row in book.all] == [accepted, other]

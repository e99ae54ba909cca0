"""What is made of dropped files and folders."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from segstudio.desktop.opened import OpenedProject
from segstudio.desktop.reviewing.items import Item, Row
from segstudio.desktop.reviewing.reading import sorted_out
from segstudio.desktop.reviewing.row_book import RowBook
from segstudio.desktop.reviewing.words import doubles_told, left_out_told
from segstudio.project.images import encode_png
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


def test_copies_of_photos_that_are_nowhere_in_the_project_are_one(jumps: Project, tmp_path: Path) -> None:
    folder = tmp_path / "cards"
    for name, number in (("1/a.png", 21), ("1/b.png", 22), ("2/a.png", 21), ("2/c.png", 22), ("2/d.png", 23)):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(photo_bytes(number))
    for opened in (None, opened_of(jumps)):
        given = sorted_out([folder], opened)
        assert [one.path.relative_to(folder).as_posix() for one in given.items] == [
            "1/a.png",
            "1/b.png",
            "2/d.png",
        ]
        assert given.doubles == (("a.png", str(folder / "1/a.png")), ("c.png", "b.png"))
        later = sorted_out([folder / "2/c.png"], opened, [folder / "1/b.png", folder / "2/d.png"])
        assert [one.path for one in later.items] == [folder / "1/b.png"], "as it is listed already"
        again = sorted_out([folder / "1/b.png"], opened, [folder / "1/b.png"])
        assert ([one.path for one in again.items], again.doubles) == ([folder / "1/b.png"], ())
    assert doubles_told((("c.png", "b.png"),)) == "c.png is the same photo as b.png, and is reviewed once."
    assert doubles_told((("c", "b"), ("d", "b"))).endswith("reviewed once: c (as b), d (as b)")


def test_label_images_beside_photos_are_left_out(jumps: Project, tmp_path: Path) -> None:
    label = np.zeros((48, 64, 3), dtype=np.uint8)
    label[:, 32:] = 128
    noise = np.random.default_rng(5).integers(0, 255, (48, 64, 3), dtype=np.uint8)
    files = {
        "Images/a.png": photo_bytes(5),
        "Images/b.png": photo_bytes(6),
        "Labels/a.png": encode_png(label),
        "Labels/photo.png": encode_png(noise),
        "Labels/cut.png": photo_bytes(8)[:60],
        "b_mask.png": encode_png(label),
        "flat.png": encode_png(label),
    }
    for name, content in files.items():
        path = tmp_path / "set" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    folder = tmp_path / "set"
    given = sorted_out([folder], None)
    taken = [one.path.relative_to(folder).as_posix() for one in given.items]
    assert taken == ["flat.png", "Images/a.png", "Images/b.png", "Labels/cut.png", "Labels/photo.png"]
    assert given.left_out == 2
    assert left_out_told(2).startswith("2 label images were left out")
    assert left_out_told(1).startswith("1 label image was left out")
    by_hand = sorted_out([folder / "Labels/a.png", folder / "Images"], opened_of(jumps))
    assert (len(by_hand.items), by_hand.left_out) == (3, 0), "whoever names it means it"


def test_a_photo_of_the_project_is_listed_once(tmp_path: Path) -> None:
    book = RowBook(lambda: None)
    accepted = Item("/card/a.png", tmp_path / "a.png", "a.png", "a.png")
    book.take(Row(accepted))
    inside = Item(str(tmp_path / "a.png"), tmp_path / "a.png", "a.png", "a.png")
    other = Item("/card/b.png", Path("/card/b.png"), "b.png")
    assert book.add([inside, other], Row) == [accepted, other]
    assert [row.item for row in book.all] == [accepted, other]

import os
import zipfile
from collections.abc import Callable
from pathlib import Path, PurePosixPath

import pytest

from segstudio.errors import SegStudioError
from segstudio.formats.importing import prepare
from segstudio.formats.options import ImportOptions
from segstudio.formats.sources import Gathered, gather, photo_key
from segstudio.project.project import Project

MakePhoto = Callable[..., Path]


def _names(gathered: Gathered) -> tuple[list[str], list[str]]:
    return [file.shown.rpartition("/")[2] for file in gathered.files], [str(p.name) for p in gathered.photos]


@pytest.fixture
def export(tmp_path: Path, make_photo: MakePhoto) -> Path:
    """A folder as annotation tools leave it, with hidden files and mask pictures."""
    root = tmp_path / "export"
    for name in ("Annotations/set/a.xml", ".hidden/b.xml", "Annotations/.c.xml", "readme.txt"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("<annotation/>", encoding="utf-8")
    for name in ("Images/set/a.png", "Masks/set/a_mask_0.png", "Scribbles/a.png", "Images/._a.png"):
        make_photo(root / name)
    return root


def test_a_folder_gives_its_annotations_and_photos_but_no_masks(export: Path) -> None:
    with gather([export]) as gathered:
        assert _names(gathered) == (["a.xml"], ["Images/set/a.png"])
        assert gathered.files[0].folders == PurePosixPath("Annotations/set")
        assert gathered.photos[0].offered


def test_a_zip_gives_the_same_and_is_cleaned_up(tmp_path: Path, export: Path) -> None:
    archive = tmp_path / "export.zip"
    with zipfile.ZipFile(archive, "w") as writing:
        for path in sorted(export.rglob("*")):
            writing.write(path, path.relative_to(export))
    with gather([archive]) as gathered:
        assert _names(gathered) == (["a.xml"], ["Images/set/a.png"])
        assert gathered.files[0].shown == "export.zip/Annotations/set/a.xml"
        assert gathered.photos[0].staged
        staging = gathered.photos[0].path
        assert staging.is_file()
    assert not staging.exists()


def test_the_staging_folder_goes_even_when_the_import_fails(tmp_path: Path, make_photo: MakePhoto) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as writing:
        writing.write(make_photo(tmp_path / "a.png"), "a.png")
    seen: list[Path] = []

    def fail() -> None:
        with gather([tmp_path / "a.zip"]) as gathered:
            seen.append(gathered.photos[0].path)
            raise SegStudioError("no")

    with pytest.raises(SegStudioError):
        fail()
    assert not seen[0].exists()


def test_an_annotations_folder_finds_the_images_beside_it(export: Path) -> None:
    with gather([export / "Annotations"]) as gathered:
        assert _names(gathered) == (["a.xml"], ["set/a.png"])
        assert not gathered.photos[0].offered


def test_a_single_file_finds_photos_beside_it_and_in_images(tmp_path: Path, make_photo: MakePhoto) -> None:
    (tmp_path / "annotations.xml").write_text("<annotations/>", encoding="utf-8")
    make_photo(tmp_path / "beside.png")
    make_photo(tmp_path / "images" / "sub" / "in.png")
    make_photo(tmp_path / "elsewhere" / "out.png")
    with gather([tmp_path / "annotations.xml"]) as gathered:
        assert _names(gathered)[1] == ["beside.png", "sub/in.png"]


def test_photo_places_are_the_only_ones_when_given(
    export: Path, tmp_path: Path, make_photo: MakePhoto
) -> None:
    make_photo(tmp_path / "mine" / "x.png")
    with gather([export], [tmp_path / "mine"]) as gathered:
        assert _names(gathered)[1] == ["x.png"]


def test_a_file_given_twice_counts_once(export: Path) -> None:
    with gather([export, export / "Annotations" / "set" / "a.xml", export]) as gathered:
        assert len(gathered.files) == 1
        assert len(gathered.photos) == 1


@pytest.mark.parametrize("name", ["missing", "empty", "notes.txt"])
def test_what_is_no_source_is_told(tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "notes.txt").write_text("", encoding="utf-8")
    with (
        pytest.raises(SegStudioError, match=r"no such file|nothing to import|no annotation file"),
        gather([tmp_path / name]),
    ):
        pass


def test_keys_drop_folders_that_only_say_images() -> None:
    assert photo_key(PurePosixPath("train/Images/a.jpg")) == "train/a.jpg"
    assert photo_key(PurePosixPath("images/Test/a.jpg")) == "Test/a.jpg"
    assert photo_key(PurePosixPath("a.jpg")) == "a.jpg"
    assert photo_key(PurePosixPath("images")) == "images"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes here")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    folder = tmp_path / "annotations"
    folder.mkdir()
    os.mkfifo(folder / "a.xml")
    os.mkfifo(folder / "a.jpg")
    with pytest.raises(SegStudioError, match="neither a file nor a folder"), gather([folder / "a.xml"]):
        pass
    with pytest.raises(SegStudioError, match="nothing to import"), gather([folder]):
        pass


def test_what_holds_nothing_and_zips_in_folders_are_told_where_the_rest_counts(
    tmp_path: Path, make_photo: MakePhoto
) -> None:
    (tmp_path / "empty").mkdir()
    make_photo(tmp_path / "photos" / "a.png")
    for name in ("photos/b.zip", "photos/sub/c.zip", "none.zip"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        zipfile.ZipFile(tmp_path / name, "w").close()
    refused: list[SegStudioError] = []
    places = [tmp_path / name for name in ("empty", "none.zip", "photos", "photos")]
    with gather(places, refused=refused) as gathered:
        assert [Path(error.where).name for error in refused] == ["empty", "none.zip"]
        assert "no photos and no annotation files in it" in refused[0].problem
        (told,) = gathered.passed_over
        assert told.problem.startswith("a ZIP file that lies in a folder is not opened (and ")
        assert told.where.endswith("photos/b.zip")
    with gather(places) as gathered:  # without a list for what is refused, it is none of an error
        assert len(gathered.photos) == 1


@pytest.mark.parametrize("has_photo", [True, False])
def test_a_zip_in_a_zip_is_told(tmp_path: Path, make_photo: MakePhoto, has_photo: bool) -> None:
    with zipfile.ZipFile(tmp_path / "outer.zip", "w") as writing:
        writing.writestr("tasks/task_1.zip", b"PK")
        writing.writestr("__MACOSX/tasks/._task_1.zip", b"")
        if has_photo:
            writing.write(make_photo(tmp_path / "a.png"), "a.png")
    refused: list[SegStudioError] = []
    with gather([tmp_path / "outer.zip"], refused=refused) as gathered:
        (told,) = gathered.passed_over
        assert (told.problem, told.where) == (
            "a ZIP file that lies in a ZIP file is not opened",
            "outer.zip/tasks/task_1.zip",
        )
        assert (refused, len(gathered.photos)) == ([], int(has_photo))


@pytest.mark.parametrize("content", ["[" * 200_000, "", '{"shapes'])
def test_json_that_cannot_be_read_beside_a_photo_is_told(
    tmp_path: Path, make_photo: MakePhoto, content: str
) -> None:
    make_photo(tmp_path / "in/deep.png")
    (tmp_path / "in/deep.json").write_text(content, encoding="utf-8")
    (tmp_path / "in/package.json").write_text(content, encoding="utf-8")
    make_photo(tmp_path / "in/other.png")
    (tmp_path / "in/other.json").write_text('{"taken": "yesterday"}', encoding="utf-8")
    with gather([tmp_path / "in"]) as gathered:
        assert len(gathered.photos) == 2
        (problem,) = gathered.passed_over
    assert "in/deep.json" in str(problem)
    assert "nested too deep" in str(problem)


def test_json_of_no_known_format_is_told_and_photos_come_in_all_the_same(
    project: Project, tmp_path: Path, make_photo: MakePhoto
) -> None:
    make_photo(tmp_path / "in/a.png")
    (tmp_path / "in/classes.json").write_text('["sky"]', encoding="utf-8")
    for name in ("b", "c"):
        (tmp_path / f"in/{name}.json").write_text(
            '{"polygons": [[1, 2, 3, 4, 5, 6]], "id": 7}', encoding="utf-8"
        )
    with gather([tmp_path / "in"]) as gathered:
        report = prepare(gathered, project, ImportOptions()).report
    (told,) = report.not_read
    assert "in/b.json: this JSON is of no format that is known here (and 1 more like it)." in told
    assert (report.unlabelled, report.refusal) == (("a.png",), None)
    (tmp_path / "in/a.png").unlink()
    with pytest.raises(SegStudioError, match="of no format that is known here"), gather([tmp_path / "in"]):
        pass


def test_of_two_tables_of_classes_none_is_chosen(tmp_path: Path) -> None:
    for name in ("classes.txt", "labels.txt"):
        (tmp_path / name).write_text("background\nsky\n", encoding="utf-8")
    with (
        pytest.raises(SegStudioError, match=r"labels\.txt: another table of classes was given"),
        gather([tmp_path / "classes.txt", tmp_path / "labels.txt"]),
    ):
        pass

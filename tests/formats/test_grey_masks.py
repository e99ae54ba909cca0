"""Masks of 0 and 255, and of other few greys, mean what whoever saved them meant, and never lose their object."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from segstudio.formats.importing import PreparedImport, commit_import, prepare
from segstudio.formats.kept import mask_from_kept
from segstudio.formats.options import ImportOptions
from segstudio.formats.sources import gather
from segstudio.project.classes import VOID, ClassList
from segstudio.project.masks import read_mask
from segstudio.project.project import Project

MakePhoto = Callable[..., Path]
_PLACES = np.random.default_rng(0).integers(0, 3, (20, 30))
CARS = ClassList.from_names(["background", "car"])
FOUR = ClassList.from_names(["background", "person", "sky", "car"])


class Given:
    """A folder of photos and masks; `add` writes a photo and its mask of these greys."""

    def __init__(self, folder: Path, make_photo: MakePhoto) -> None:
        self.folder, self._make_photo, self._count = folder, make_photo, 0

    def add(
        self,
        *greys: int,
        mode: str = "L",
        palette: list[int] | None = None,
        photos: str = "images",
        masks: str = "masks",
    ) -> npt.NDArray[np.intp]:
        self._count += 1
        name = f"p{self._count}"
        self._make_photo(self.folder / photos / f"{name}.jpg", seed=self._count)
        places = _PLACES % len(greys)
        path = self.folder / masks / f"{name}.png"
        path.parent.mkdir(exist_ok=True, parents=True)
        picture = Image.fromarray(np.array(greys, dtype=np.uint8)[places])
        if palette is not None:
            picture.putpalette(palette)
        (picture if palette is not None else picture.convert(mode)).save(path)
        return places

    def table(self, text: str) -> None:
        (self.folder / "classes.txt").write_text(text, encoding="utf-8")


@pytest.fixture
def given(tmp_path: Path, make_photo: MakePhoto) -> Given:
    return Given(tmp_path / "in", make_photo)


@pytest.fixture
def bring(tmp_path: Path, given: Given) -> Callable[..., tuple[PreparedImport, Project]]:
    """Return a function that imports what is given into a new project of these classes, unless it is refused."""

    def one(classes: ClassList, **options: object) -> tuple[PreparedImport, Project]:
        project = Project.create(tmp_path / f"project{len(classes)}", classes=classes)
        with gather([given.folder]) as gathered:
            prepared = prepare(gathered, project, ImportOptions(**options))  # type: ignore[arg-type]
            if prepared.report.refusal is None:
                commit_import(prepared, project)
        return prepared, Project.open(project.folder)

    return one


Bring = Callable[..., tuple[PreparedImport, Project]]


def _check(project: Project, values: list[int], places: npt.NDArray[np.intp], number: int = 0) -> None:
    photo = project.photos()[number]
    expected = np.array(values)[places]
    assert (read_mask(project.mask_path(photo)) == expected).all()
    assert (mask_from_kept(project, photo) == expected).all()


@pytest.mark.parametrize("mode", ["L", "RGB", "1"])
@pytest.mark.parametrize("names", ["background\ncar", "car", "0: background\n1: car", "1: car", None])
def test_0_is_background_and_255_the_object(given: Given, bring: Bring, mode: str, names: str | None) -> None:
    places = given.add(0, 255, mode=mode)
    if names is not None:
        given.table(names)
    prepared, project = bring(CARS)
    assert prepared.report.refusal is None
    _check(project, [0, 1], places)


def test_how_they_are_read_is_told(given: Given, bring: Bring) -> None:
    given.add(0, 255)
    given.add(0, 255)
    report = bring(CARS)[0].report
    assert report.greys == ('2 masks hold 0 and 255 alone: 0 is "background", 255 is "car"',)
    assert report.shapes == {"background": 2, "car": 2}


@pytest.mark.parametrize("names", ["background\ncar", None])
def test_masks_of_classes_and_void_stay_what_they_are(given: Given, bring: Bring, names: str | None) -> None:
    """One mask of them holds 0 and 255 alone: only a set says that 255 is no void."""
    places = given.add(0, 255)
    given.add(0, 1, 255)
    if names is not None:
        given.table(names)
    renames = {} if names is not None else {"0": "background", "1": "car", "255": "void"}
    prepared, project = bring(CARS, renames=renames)
    assert prepared.report.greys == ()
    _check(project, [0, VOID], places)


@pytest.mark.parametrize(
    "table",
    ["0: background\n1: car\n255: void", "background\ncar\nvoid", "255: border\n0: background\n1: car"],
)
def test_where_the_table_says_what_is_void_that_holds(given: Given, bring: Bring, table: str) -> None:
    places = given.add(0, 255)
    given.table(table)
    _, project = bring(CARS, renames={"border": "void"})
    _check(project, [0, VOID], places)


def test_a_palette_that_paints_255_says_that_it_is_void(given: Given, bring: Bring) -> None:
    palette = [0, 0, 0] * 255 + [224, 224, 192]
    places = given.add(0, 255, palette=palette)
    given.table("background\ncar")
    _check(bring(CARS)[1], [0, VOID], places)


@pytest.mark.parametrize("palette", [[0, 0, 0, 255, 255, 255], [9, 9, 9, 200, 0, 0]])
def test_palettes_of_two_colours_are_masks_of_one_object(
    given: Given, bring: Bring, palette: list[int]
) -> None:
    places = given.add(0, 1, palette=palette)
    _check(bring(CARS)[1], [0, 1], places)


def test_with_many_classes_the_object_is_asked_for(given: Given, bring: Bring) -> None:
    places = given.add(0, 255)
    refusal = bring(FOUR)[0].report.refusal
    assert refusal is not None
    assert 'unknown class "255"' in str(refusal)
    given.table("background\nperson\nsky\ncar")
    refusal = bring(ClassList.from_names([*FOUR.names, "x"]))[0].report.refusal
    assert refusal is not None
    assert 'unknown class "255"' in str(refusal)
    _check(bring(ClassList.from_names([*FOUR.names, "x", "y"]), renames={"255": "sky"})[1], [0, 2], places)


def test_void_can_be_chosen(given: Given, bring: Bring) -> None:
    places = given.add(0, 255)
    _check(bring(CARS, renames={"255": "void"})[1], [0, VOID], places)


def test_without_any_class_they_are_called_background_and_object(given: Given, bring: Bring) -> None:
    places = given.add(0, 255)
    prepared, project = bring(ClassList(), add_classes=True)
    assert prepared.report.added_classes == ("background", "object")
    _check(project, [0, 1], places)


def test_a_class_that_comes_with_them_is_not_the_object(given: Given, bring: Bring) -> None:
    places = given.add(0, 255)
    text = '{"shapes": [{"label": "tree", "points": [[1, 1], [9, 1], [9, 9]]}], "imagePath": "q.jpg"}'
    (given.folder / "images/q.json").write_text(text, encoding="utf-8")
    Image.new("RGB", (30, 20), (1, 2, 3)).save(given.folder / "images/q.jpg")
    prepared, project = bring(ClassList.from_names(["background"]), add_classes=True)
    assert set(prepared.report.added_classes) == {"tree", "object"}
    _check(project, [0, project.classes.named("object").index], places)


@pytest.mark.parametrize(
    ("greys", "table", "values"),
    [
        ((0, 127, 255), "background\nperson\nsky", [0, 1, 2]),
        ((0, 128, 255), "0 0 0 background\n255 255 255 sky\n128 128 128 person", [0, 1, 2]),
        ((0, 255), "255 255 255 sky\n0 0 0 background", [0, 2]),
        ((0, 1, 255), "background\nperson\nsky", [0, 1, VOID]),
        ((0, 80), "background\nsky", [0, 2]),
    ],
)
def test_sparse_greys_go_by_their_table(
    given: Given, bring: Bring, greys: tuple[int, ...], table: str, values: list[int]
) -> None:
    places = given.add(*greys)
    given.table(table)
    prepared, project = bring(FOUR)
    assert prepared.report.refusal is None
    _check(project, values, places)


@pytest.mark.parametrize(
    ("greys", "table"),
    [((0, 127, 255), "background\nperson"), ((0, 1, 3), "background\nperson\nsky"), ((0, 99, 255), None)],
)
def test_what_no_table_tells_is_asked_for(
    given: Given, bring: Bring, greys: tuple[int, ...], table: str | None
) -> None:
    given.add(*greys)
    if table is not None:
        given.table(table)
    refusal = bring(FOUR)[0].report.refusal
    assert refusal is not None
    assert "unknown class" in str(refusal)


PLANES = ClassList.from_names(["background", "plane", "person"])


def test_folders_of_masks_of_one_object_tell_their_classes(given: Given, bring: Bring) -> None:
    for folder in ("plane", "person", "plane"):
        places = given.add(0, 255, masks=f"masks/train/{folder}")
    prepared, project = bring(PLANES)
    assert [one.labels for one in prepared.plan.grey_sets] == [
        {0: "background", 255: "person"},
        {0: "background", 255: "plane"},
    ]
    assert prepared.report.greys[1] == '2 masks hold 0 and 255 alone: 0 is "background", 255 is "plane"'
    first, second, third = project.photos()
    for photo, value in ((first, 1), (second, 2), (third, 1)):
        expected = np.array([0, value], dtype=np.uint8)[places]
        assert (read_mask(project.mask_path(photo)) == expected).all()
        assert (mask_from_kept(project, photo) == expected).all()


def test_a_folder_that_is_no_class_is_asked_for(given: Given, bring: Bring) -> None:
    given.add(0, 255, masks="masks/plane")
    given.add(0, 255, masks="masks/person")
    refusal = bring(CARS)[0].report.refusal
    assert refusal is not None
    assert 'unknown class "person"' in refusal.problem
    prepared, _ = bring(ClassList(), add_classes=True)
    assert set(prepared.report.added_classes) == {"background", "person", "plane"}


@pytest.mark.parametrize("classes", [CARS, PLANES])
def test_folders_of_photos_are_classes_only_where_the_project_has_them(
    given: Given, bring: Bring, classes: ClassList
) -> None:
    for folder in ("plane", "person"):
        given.add(0, 255, photos=f"{folder}/images", masks=f"{folder}/masks")
    prepared, _ = bring(classes)
    is_told = classes is PLANES
    assert prepared.report.shapes == (
        {"background": 2, "plane": 1, "person": 1} if is_told else {"background": 2, "car": 2}
    )
    apart = "; they lie in person, plane, which tell a class each where the project has classes called so"
    assert [sentence.endswith(apart) for sentence in prepared.report.greys] == (
        [False, False] if is_told else [True]
    )


@pytest.mark.parametrize(
    ("names", "is_told"), [("background\nplane\nperson", True), ("background\ncar\nsky", False)]
)
def test_a_table_says_which_folders_are_classes(
    given: Given, bring: Bring, names: str, is_told: bool
) -> None:
    for folder in ("plane", "person"):
        given.add(0, 255, masks=f"masks/{folder}")
    given.table(names)
    refusal = bring(PLANES)[0].report.refusal
    assert (refusal is None) == is_told
    assert is_told or 'unknown class "255"' in str(refusal)


@pytest.mark.parametrize("folders", [("train", "val"), ("1", "2"), ("labels", "masks")])
def test_folders_that_say_nothing_of_classes_are_of_one_object(
    given: Given, bring: Bring, folders: tuple[str, str]
) -> None:
    for folder in folders:
        given.add(0, 255, masks=f"masks/{folder}")
    prepared, _ = bring(CARS)
    assert prepared.report.shapes == {"background": 2, "car": 2}

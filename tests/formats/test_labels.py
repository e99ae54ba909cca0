from pathlib import Path

import numpy as np
import pytest

from segstudio.errors import SegStudioError
from segstudio.formats.labels import Labelling, count_labels, depths, idle_renames, label_uses
from segstudio.formats.options import ImportOptions
from segstudio.formats.shapes import Annotation, Box, Polygon, Shape, Undrawn
from segstudio.project.classes import VOID, ClassList

CLASSES = ClassList.from_names(["background", "person", "sky"])


def _label(
    *labels: str,
    colours: dict[str, str] | None = None,
    options: ImportOptions | None = None,
    plain: dict[str, str] | None = None,
    classes: ClassList = CLASSES,
    declared: tuple[str, ...] = (),
) -> Labelling:
    shapes: list[Shape] = [
        Polygon(label=label, where="polygon 1", points=np.zeros((0, 2))) for label in labels
    ]
    shapes.append(Undrawn(label="only a tag", kind="tag"))
    annotation = Annotation(
        names=("a",), size=None, shapes=tuple(shapes), file=Path("a"), place="a.xml", plain=plain
    )
    uses = count_labels([annotation], colours or {}, declared=declared)
    return label_uses(uses, classes, options or ImportOptions())


def test_case_and_spaces_do_not_count() -> None:
    assert _label("Person", " sky ").values == {"Person": 1, " sky ": 2}


def test_unknown_labels_come_with_a_hint_and_a_place() -> None:
    (unknown,) = _label("persons", "persons", "sky").unknown
    assert (unknown.name, unknown.shapes, unknown.photos) == ("persons", 2, 1)
    assert 'did you mean "person"' in unknown.hint
    assert unknown.where == "a.xml, polygon 1"


def test_labels_can_be_renamed_to_a_class_or_void() -> None:
    options = ImportOptions(renames={"Human": "person", "blur": "void"})
    found = _label("human", "blur", options=options)
    assert found.values == {"human": 1, "blur": VOID}
    assert found.unknown == ()


def test_a_rename_to_nowhere_is_refused_with_a_hint() -> None:
    with pytest.raises(SegStudioError, match='did you mean "person"'):
        _label("human", options=ImportOptions(renames={"human": "persn"}))


def test_classes_are_added_in_the_files_order_with_their_colours() -> None:
    colours = {"zebra": "#102030", "unused": "#111111", "ant": "wrong"}
    found = _label("ant", "bee", "zebra", "zebra", colours=colours, options=ImportOptions(add_classes=True))
    assert found.added == ("zebra", "ant", "bee")
    assert found.classes.named("zebra").colour == "#102030"
    assert found.values == {"ant": 4, "bee": 5, "zebra": 3}
    assert found.classes.find("unused") is None
    declared = _label(
        "ant",
        "zebra",
        colours=colours,
        options=ImportOptions(add_classes=True),
        declared=("zebra", "unused"),
    )
    assert declared.added == ("zebra", "unused", "ant")
    assert declared.classes.named("unused").colour == "#111111"
    assert declared.unknown == ()
    assert _label("sky", colours=colours, declared=("unused",)).unknown == ()


def test_a_blank_label_is_never_made_a_class() -> None:
    found = _label("", options=ImportOptions(add_classes=True))
    assert [unknown.name for unknown in found.unknown] == [""]
    assert _label("", options=ImportOptions(renames={"": "sky"})).values == {"": 2}


def test_the_order_may_name_added_classes() -> None:
    found = _label("bee", options=ImportOptions(add_classes=True, order=("bee", "person")))
    assert found.classes.draw_order == (0, 2, 3, 1)
    with pytest.raises(SegStudioError, match='did you mean "person"'):
        _label("sky", options=ImportOptions(order=("persn",)))


def test_a_table_may_mean_another_name_where_no_class_has_that_one() -> None:
    plain = {"_sky_": "sky", "ignore": "void"}
    assert _label("_sky_", "ignore", plain=plain).values == {"_sky_": 2, "ignore": VOID}
    classes = ClassList.from_names(["sky", "_sky_", "ignore", "void"])
    assert _label("_sky_", "ignore", plain=plain, classes=classes).values == {"_sky_": 1, "ignore": 2}


def test_a_name_that_may_mean_void_is_void_though_a_class_is_called_so() -> None:
    classes = ClassList.from_names(["sky", "void"])
    found = _label("ignore", "void", plain={"ignore": "void", "void": "void"}, classes=classes)
    assert found.values == {"ignore": VOID, "void": 1}
    assert _label("__ignore__", classes=classes).values == {"__ignore__": VOID}


def test_two_rows_of_a_table_never_become_one_class() -> None:
    plain = {"_sky_": "sky", "sky": "sky", "ignore": "void", "void": "void"}
    found = _label("_sky_", "ignore", plain=plain)
    assert [unknown.name for unknown in found.unknown] == ["_sky_", "ignore"]
    grown = _label("_sky_", "ignore", plain=plain, options=ImportOptions(add_classes=True))
    assert grown.added == ("_sky_", "ignore")


def test_a_person_may_speak_of_a_label_as_it_is_meant() -> None:
    options = ImportOptions(renames={"x": "person"}, leave_out=frozenset({"y"}))
    found = _label("_x_", "_y_", plain={"_x_": "x", "_y_": "y"}, options=options)
    assert found.values == {"_x_": 1}
    assert found.unknown == ()


def _boxes(*told: tuple[str, int, float]) -> Annotation:
    shapes = [Box(label=name, z_order=layer, x0=0, y0=0, x1=side, y1=side) for name, layer, side in told]
    return Annotation(names=("a",), size=None, shapes=tuple(shapes), file=Path("a"), place="a.xml")


def test_layers_tell_how_deep_labels_lie_and_sizes_where_they_do_not() -> None:
    told = depths([_boxes(("person", 3, 90), ("sky", -1, 5)), _boxes(("car", 3, 99), ("sky", -1, 7))])
    assert sorted(told, key=lambda label: -told[label]) == ["sky", "car", "person"]
    several = depths([_boxes(("person", 3, 90), ("sky", 0, 5)), _boxes(("sky", 4, 5))])
    assert sorted(several, key=lambda label: -several[label]) == ["person", "sky"]
    alike = depths([_boxes(("a", 0, 5), ("b", 0, 5))])
    assert alike["a"] == alike["b"]


def test_a_rename_of_a_label_that_is_not_there_is_told() -> None:
    annotation = Annotation(
        names=("a",),
        size=None,
        shapes=(Polygon(label="Tree", where="polygon 1", points=np.zeros((0, 2))),),
        file=Path("a"),
        place="a.xml",
    )
    uses = count_labels([annotation], {})
    assert idle_renames(uses, CLASSES, {" tree": "sky"}) == ()
    assert idle_renames(uses, CLASSES, {"tre": "sky", "car": "void"}) == (
        'nothing is called "tre" (did you mean "Tree"?), so that it became no "sky"',
        'nothing is called "car", so that it became no "void"',
    )

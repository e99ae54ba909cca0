from pathlib import Path

import numpy as np
import pytest

from segstudio.errors import SegStudioError
from segstudio.formats.labels import Labelling, label_annotations
from segstudio.formats.options import ImportOptions
from segstudio.formats.shapes import Annotation, Polygon, Shape, Undrawn
from segstudio.project.classes import VOID, ClassList

CLASSES = ClassList.from_names(["background", "person", "sky"])


def _label(
    *labels: str, colours: dict[str, str] | None = None, options: ImportOptions | None = None
) -> Labelling:
    shapes: list[Shape] = [
        Polygon(label=label, where="polygon 1", points=np.zeros((0, 2))) for label in labels
    ]
    shapes.append(Undrawn(label="only a tag", kind="tag"))
    annotation = Annotation(names=("a",), size=None, shapes=tuple(shapes), file=Path("a"), place="a.xml")
    return label_annotations([annotation], CLASSES, options or ImportOptions(), colours or {})


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


def test_a_blank_label_is_never_made_a_class() -> None:
    found = _label("", options=ImportOptions(add_classes=True))
    assert [unknown.name for unknown in found.unknown] == [""]
    assert _label("", options=ImportOptions(renames={"": "sky"})).values == {"": 2}


def test_the_order_may_name_added_classes() -> None:
    found = _label("bee", options=ImportOptions(add_classes=True, order=("bee", "person")))
    assert found.classes.draw_order == (0, 2, 3, 1)
    with pytest.raises(SegStudioError, match='did you mean "person"'):
        _label("sky", options=ImportOptions(order=("persn",)))

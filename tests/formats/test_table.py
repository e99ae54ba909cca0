from collections.abc import Callable
from pathlib import Path

import pytest

from segstudio.errors import SegStudioError
from segstudio.formats.table import FORMATS, format_named, recognise


def test_names_are_unique_and_found_with_a_hint() -> None:
    assert len({row.name for row in FORMATS}) == len(FORMATS)
    assert format_named("CVAT").name == "cvat"
    with pytest.raises(SegStudioError, match='did you mean "labelme-xml"'):
        format_named("labelme-xm")


def test_files_are_recognised_by_content(
    tmp_path: Path, make_cvat: Callable[..., Path], make_labelme: Callable[..., Path]
) -> None:
    assert recognise(make_cvat(tmp_path / "photo1.xml", [('name="a.jpg"', "")])).name == "cvat"
    assert recognise(make_labelme(tmp_path / "annotations.xml")).name == "labelme-xml"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            "<annotation><size/><object><bndbox/></object></annotation>",
            "boxes only, and no areas to learn from",
        ),
        ("<project/>", "no annotation file that is known"),
    ],
)
def test_other_files_are_refused_in_a_sentence(tmp_path: Path, text: str, sentence: str) -> None:
    path = tmp_path / "a.xml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SegStudioError, match=sentence):
        recognise(path)

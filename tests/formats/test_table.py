import json
from collections.abc import Callable
from pathlib import Path

import pytest

from segstudio.errors import SegStudioError
from segstudio.formats.table import FORMATS, format_named, recognise, why_refused


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


def test_coco_results_are_refused_in_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "results.json"
    path.write_text(
        json.dumps([{"image_id": 1, "category_id": 2, "segmentation": {"size": [2, 2], "counts": [1, 3]}}]),
        encoding="utf-8",
    )
    told = why_refused(path)
    assert told is not None
    assert "names of photos" in told.problem
    path.write_text('[{"id": 1}]', encoding="utf-8")
    assert why_refused(path) is None

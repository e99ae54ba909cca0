import time
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segstudio.errors import SegStudioError
from segstudio.formats import safe_xml
from segstudio.formats.safe_xml import peek, records

SOUND = "<annotation><filename>a.jpg</filename><object><name>x</name></object><object/></annotation>"


def _write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "a.xml"
    path.write_text(text, encoding="utf-8")
    return path


def _read(path: Path) -> list[tuple[str, str]]:
    return [(root, str(element.tag)) for root, element in records(path)]


def test_children_of_the_root_come_one_by_one_and_complete(tmp_path: Path) -> None:
    path = _write(tmp_path, SOUND)
    assert _read(path) == [("annotation", "filename"), ("annotation", "object"), ("annotation", "object")]
    names = [element.findtext("name") for _, element in records(path)]
    assert names == [None, "x", None]


def test_what_was_read_is_not_kept(tmp_path: Path) -> None:
    count = 50_000
    path = _write(tmp_path, f"<annotations>{'<image><box/></image>' * count}</annotations>")
    most = 0
    for _, element in records(path):
        parent = element.getparent()
        assert parent is not None
        most = max(most, len(parent))
    assert most < count / 10


@given(st.integers(1, len(SOUND) - 1))
def test_cut_off_anywhere_it_is_one_sentence(tmp_path_factory: pytest.TempPathFactory, length: int) -> None:
    path = _write(tmp_path_factory.mktemp("cut"), SOUND[:length])
    with pytest.raises(SegStudioError, match="damaged or cut off at line 1"):
        _read(path)


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused_in_a_sentence(
    tmp_path_factory: pytest.TempPathFactory, data: bytes
) -> None:
    path = tmp_path_factory.mktemp("any") / "a.xml"
    path.write_bytes(data)
    with suppress(SegStudioError):
        assert all(root for root, _ in _read(path))


def _bomb(reference: str) -> str:
    levels = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    return f'<!DOCTYPE a [<!ENTITY e0 "boom">{levels}]>{reference}'


@pytest.mark.parametrize(
    "text",
    [
        _bomb("<annotation><filename>&e11;</filename></annotation>"),
        _bomb('<annotation name="&e11;"/>'),
        '<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><annotation><filename>&e;</filename></annotation>',
        '<!DOCTYPE a SYSTEM "http://example.invalid/a.dtd"><annotation><filename/></annotation>',
    ],
)
def test_a_bomb_is_refused_at_once(tmp_path: Path, text: str) -> None:
    path = _write(tmp_path, text)
    start = time.monotonic()
    with pytest.raises(SegStudioError, match=r"declares entities|damaged"):
        _read(path)
    assert time.monotonic() - start < 20  # a bomb that goes off takes minutes, and all the memory


def test_nesting_is_bounded(tmp_path: Path) -> None:
    deep = "<a>" * 40 + "</a>" * 40
    with pytest.raises(SegStudioError, match="nested more than 32 deep"):
        _read(_write(tmp_path, deep))


def test_the_size_of_one_record_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(safe_xml, "MAX_IN_ONE_RECORD", 10)
    assert len(_read(_write(tmp_path, f"<a>{'<b><c/></b>' * 30}</a>"))) == 30
    with pytest.raises(SegStudioError, match="too many elements"):
        _read(_write(tmp_path, f"<a><b>{'<c/>' * 11}</b></a>"))


@pytest.mark.parametrize("head", ["", '<?xml version="1.0" encoding="no-such"?>'])
def test_another_encoding_is_told(tmp_path: Path, head: str) -> None:
    path = tmp_path / "a.xml"
    path.write_text(f'{head}<a>\n<b c="Straße"/></a>', encoding="cp1252")
    with pytest.raises(SegStudioError, match="not written in the encoding that it tells") as caught:
        list(records(path))
    assert caught.value.fix == "Save it as UTF-8"


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(SegStudioError, match="cannot be read"):
        _read(tmp_path / "none.xml")


def test_a_peek_stops_at_the_first_object(tmp_path: Path) -> None:
    path = _write(tmp_path, "<annotation><filename/><object><bndbox/></object><size/></annotation>")
    seen = peek(path)
    assert seen.root == "annotation"
    assert seen.children == {"filename", "object"}
    assert seen.in_object == {"bndbox"}

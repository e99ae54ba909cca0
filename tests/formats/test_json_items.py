import json
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from segstudio.errors import SegStudioError
from segstudio.formats import json_items
from segstudio.formats.json_items import item_at, items, load_json

_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**9), 10**9)
    | st.floats(allow_nan=False)
    | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=12,
)
_OBJECTS = st.dictionaries(st.text(max_size=6), _VALUES | st.lists(_VALUES, max_size=6), max_size=5)


def _write(folder: Path, content: bytes) -> Path:
    path = folder / "a.json"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("chunk", [1, 7, 1 << 20])
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(value=_OBJECTS, style=st.sampled_from([(None, True), (1, False), (None, False)]))
def test_the_items_are_those_of_the_whole_file(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    chunk: int,
    value: dict[str, Any],
    style: tuple[int | None, bool],
) -> None:
    monkeypatch.setattr(json_items, "_CHUNK", chunk)
    text = json.dumps(value, indent=style[0], ensure_ascii=style[1])
    path = _write(tmp_path, text.encode("utf-8", errors="surrogatepass"))
    if "\ud800" <= max(text, default="") <= "\udfff":
        return
    found: dict[str, Any] = {key: [] for key, inner in value.items() if isinstance(inner, list)}
    with path.open("rb") as stream:
        for item in items(path):
            assert item_at(stream, item.start, item.end) == item.value
            if item.in_list:
                found[item.key].append(item.value)
            else:
                found[item.key] = item.value
    assert found == value
    assert load_json(path) == value


def test_a_file_that_is_cut_off_anywhere_is_told(tmp_path: Path) -> None:
    content = json.dumps({"a": [1, {"b": "ü\n"}], "c": 2.5, "d": [True, None]}, ensure_ascii=False).encode()
    for end in range(len(content)):
        path = _write(tmp_path, content[:end])
        with pytest.raises(SegStudioError, match="JSON"):
            list(items(path))
        with pytest.raises(SegStudioError, match="JSON"):
            load_json(path)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"[1, 2]", "damaged or cut off at byte 0"),
        (b'{"a": [1, 2]} x', "damaged or cut off at byte 14"),
        (b'{"a": [' + b"[" * 100_000, "nested too deep"),
        (b'{"a": "\xff"}', "not UTF-8 text at byte 7"),
        (b'{"a": [1,, 2]}', "damaged or cut off"),
        (b'{"a": ' + b"9" * 5000 + b"}", "damaged or cut off"),
        (b"", "damaged or cut off at byte 0"),
    ],
)
def test_what_is_no_json_is_told(tmp_path: Path, content: bytes, problem: str) -> None:
    with pytest.raises(SegStudioError, match=problem):
        list(items(_write(tmp_path, content)))


def test_deep_nesting_is_told_of_whole_files_too(tmp_path: Path) -> None:
    with pytest.raises(SegStudioError, match="nested too deep"):
        load_json(_write(tmp_path, b"[" * 100_000))


def test_a_byte_order_mark_does_not_count(tmp_path: Path) -> None:
    path = _write(tmp_path, b'\xef\xbb\xbf {"a": [1]}')
    assert [item.value for item in items(path)] == [1]
    assert load_json(path) == {"a": [1]}


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(SegStudioError, match="cannot be read"):
        list(items(tmp_path / "none.json"))


def test_one_item_may_not_fill_the_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_items, "MAX_ITEM_BYTES", 1000)
    monkeypatch.setattr(json_items, "_CHUNK", 100)
    with pytest.raises(SegStudioError, match="one item of the JSON is larger"):
        list(items(_write(tmp_path, b'{"a": ["' + b"x" * 5000 + b'"]}')))


def test_a_long_file_takes_little_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_items, "_CHUNK", 1 << 16)
    entry = json.dumps({"id": 1, "segmentation": [[float(number) for number in range(200)]]})
    path = _write(tmp_path, ('{"annotations": [' + ",\n".join([entry] * 2_000) + "]}").encode())
    assert path.stat().st_size > 2_000_000
    tracemalloc.start()
    count = sum(1 for _ in items(path))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 2_000
    assert peak < 800_000

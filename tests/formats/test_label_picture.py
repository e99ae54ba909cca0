"""Pictures whose pixels are labels, and what only says that it is one."""

from __future__ import annotations

import io
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from segstudio.errors import SegStudioError
from segstudio.formats.label_picture import look_at, read_codes
from segstudio.formats.shapes import LabelPicture

_HEIGHT_AT = {"BMP": 22, "GIF": 8, "PNG": 20}


@pytest.mark.parametrize("form", ["BMP", "GIF", "PNG"])
def test_a_false_size_is_told_before_its_memory_is_asked_for(
    tmp_path: Path, form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    buffer = io.BytesIO()
    Image.fromarray(np.zeros((5, 700), dtype=np.uint8)).save(buffer, form)
    data, at = bytearray(buffer.getvalue()), _HEIGHT_AT[form]
    size = (60_000).to_bytes(2, "big") if form == "PNG" else (60_000).to_bytes(2, "little")
    data[at + 2 * (form == "PNG") : at + 2 + 2 * (form == "PNG")] = size
    if form == "PNG":  # the checksum of what was changed
        data[29:33] = zlib.crc32(data[12:29]).to_bytes(4, "big")
    path = tmp_path / f"a.{form.lower()}"
    path.write_bytes(data)
    monkeypatch.setattr("PIL.Image.core.new", lambda *_: pytest.fail("memory was asked for"))
    with pytest.raises(SegStudioError, match="damaged or cut off"):
        look_at(path)


@pytest.mark.parametrize("form", ["BMP", "GIF", "PNG"])
def test_a_large_plain_mask_is_read(tmp_path: Path, form: str) -> None:
    path = tmp_path / f"a.{form.lower()}"
    Image.new("1" if form == "BMP" else "L", (5000, 4000)).save(path)
    look = look_at(path)
    assert look.size == (4000, 5000)
    assert not read_codes(LabelPicture(path, look.coding, look.size)).any()

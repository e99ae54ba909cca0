from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segstudio.painting.edit import Edit, TileChange
from segstudio.painting.journal_records import (
    MAGIC,
    Header,
    Kind,
    Record,
    decode,
    digest_of,
    encode_header,
    encode_record,
)
from segstudio.painting.rect import Rect

_small = st.integers(0, 60000)
_edits = st.builds(
    Edit,
    st.text(max_size=30),
    st.builds(Rect, _small, _small, _small, _small),
    st.lists(
        st.builds(TileChange, st.tuples(_small, _small), st.binary(max_size=40), st.binary(max_size=40)),
        max_size=4,
    ).map(tuple),
)
_records = st.one_of(
    st.builds(
        Record, st.sampled_from([Kind.EDIT, Kind.PART, Kind.PAST, Kind.FUTURE, Kind.OPEN]), edit=_edits
    ),
    st.sampled_from([Record(Kind.UNDO), Record(Kind.REDO), Record(Kind.ABORT)]),
    st.builds(
        Record,
        st.sampled_from([Kind.SAVING, Kind.SAVED]),
        position=st.integers(0, 1 << 60),
        digest=st.binary(min_size=16, max_size=16),
    ),
)
_HEADER = Header(size=(30, 40), digest="ab" * 16, position=7)


@given(st.lists(_records, max_size=6))
def test_records_come_back(records: list[Record]) -> None:
    data = encode_header(_HEADER) + b"".join(encode_record(record) for record in records)
    contents = decode(data)
    assert contents.header == _HEADER
    assert contents.records == tuple(records)
    assert contents.whole
    assert contents.end == len(data)


@given(st.lists(_records, min_size=1, max_size=4), st.data())
def test_a_cut_at_any_byte_leaves_the_whole_records(records: list[Record], data: st.DataObject) -> None:
    ends = [len(encode_header(_HEADER))]
    for record in records:
        ends.append(ends[-1] + len(encode_record(record)))
    whole = encode_header(_HEADER) + b"".join(encode_record(record) for record in records)
    cut = data.draw(st.integers(ends[0], len(whole)))
    contents = decode(whole[:cut])
    kept = sum(end <= cut for end in ends[1:])
    assert contents.records == tuple(records[:kept])
    assert contents.end == ends[kept]
    assert contents.whole == (cut in ends)


@given(st.lists(_records, min_size=1, max_size=4), st.data())
def test_a_flipped_bit_is_never_believed(records: list[Record], data: st.DataObject) -> None:
    start = len(encode_header(_HEADER))
    whole = bytearray(encode_header(_HEADER) + b"".join(encode_record(record) for record in records))
    place = data.draw(st.integers(start, len(whole) - 1))
    whole[place] ^= 1 << data.draw(st.integers(0, 7))
    contents = decode(bytes(whole))
    assert contents.records == tuple(records[: len(contents.records)])
    assert contents.end <= place


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "no stroke journal"),
        (b"PNG", "no stroke journal"),
        (MAGIC, "beginning is damaged"),
        (encode_header(_HEADER)[:-1], "beginning is damaged"),
        (MAGIC + encode_record(Record(Kind.UNDO)), "beginning is damaged"),
        (encode_header(_HEADER.model_copy(update={"version": 2})), "newer SegStudio"),
    ],
)
def test_what_is_no_journal_is_refused(data: bytes, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        decode(data)


def test_a_digest_tells_masks_apart_by_pixels_and_size() -> None:
    mask = np.zeros((4, 6), dtype=np.uint8)
    digests = {digest_of(mask), digest_of(mask.reshape(6, 4)), digest_of(np.pad(mask, ((0, 0), (0, 1))))}
    mask[3, 5] = 1
    digests.add(digest_of(mask))
    assert len(digests) == 4
    assert digest_of(mask) == digest_of(np.asfortranarray(mask))

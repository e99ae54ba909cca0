"""Every kind of wrong value that a file can hold is told in our words: none of the checker's is seen."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from segstudio.wrong_values import wrong_value


class _Inner(BaseModel):
    colour: Annotated[str, Field(pattern="^#")] = "#"


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str
    count: Annotated[int, Field(ge=0, lt=255)] = 0
    share: Annotated[float, Field(gt=0, le=1, allow_inf_nan=False)] = 1
    even: Annotated[int, Field(multiple_of=2)] = 2
    sure: bool = False
    split: Literal["train", "val"] = "train"
    size: tuple[int, int] = (1, 1)
    entries: Annotated[list[_Inner], Field(min_length=1, max_length=2)] = [_Inner()]
    word: Annotated[str, Field(min_length=2, max_length=4)] = "abc"
    by_name: dict[str, int] = {}
    when: datetime | None = None

    @field_validator("name")
    @classmethod
    def _is_no_dot(cls, name: str) -> str:
        if name == ".":
            raise ValueError("A dot, alone, is no name")
        return name


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "it is cut off or damaged"),
        ("[]", "it is cut off or damaged"),
        ("{}", "name is missing"),
        ('{"name": 5}', "name is 5 but should be a text"),
        ('{"name": null}', "name is empty but should be a text"),
        ('{"name": true}', "name is true but should be a text"),
        ('{"name": {}}', "name should be a text"),
        ('{"name": "."}', "name: a dot, alone, is no name"),
        ('{"name": "a", "count": "x"}', 'count is "x" but should be a whole number'),
        ('{"name": "a", "count": 2.5}', "count is 2.5 but should be a whole number"),
        ('{"name": "a", "count": 255}', "count is 255 but should be below 255"),
        ('{"name": "a", "count": -1}', "count is -1 but should be at least 0"),
        ('{"name": "a", "share": 0}', "share is 0 but should be above 0"),
        ('{"name": "a", "share": 2}', "share is 2 but should be at most 1"),
        ('{"name": "a", "share": NaN}', "share is nan but should be a number that is not endless"),
        ('{"name": "a", "share": []}', "share should be a number"),
        ('{"name": "a", "even": 3}', "even is 3 but should be a multiple of 2"),
        ('{"name": "a", "sure": "perhaps"}', 'sure is "perhaps" but should be true or false'),
        ('{"name": "a", "split": "test"}', 'split is "test" but should be "train" or "val"'),
        ('{"name": "a", "size": [1]}', "size.1 is missing"),
        ('{"name": "a", "size": 7}', "size is 7 but should be a list"),
        ('{"name": "a", "size": [1, 2, 3]}', "size should be of at most 2 entries"),
        ('{"name": "a", "entries": []}', "entries should be of at least 1 entry"),
        (
            '{"name": "a", "entries": [{}, {"colour": "red"}]}',
            'entries.1.colour is "red" but should be of the form ^#',
        ),
        ('{"name": "a", "entries": [3]}', "entries.0 is 3 but should be names with values, in braces"),
        ('{"name": "a", "word": "a"}', 'word is "a" but should be of at least 2 characters'),
        ('{"name": "a", "word": "abcdef"}', 'word is "abcdef" but should be of at most 4 characters'),
        ('{"name": "a", "by_name": 1}', "by_name is 1 but should be names with values, in braces"),
        (
            '{"name": "a", "when": "noon"}',
            'when is "noon" but should be a time such as 2026-05-01T14:30:00+02:00',
        ),
        ('{"name": "a", "more": 1}', "more is nothing that this SegStudio knows"),
    ],
)
def test_a_wrong_value_is_told_in_our_words(text: str, told: str) -> None:
    with pytest.raises(ValidationError) as caught:
        _File.model_validate_json(text)
    assert wrong_value(caught.value) == told


def test_of_a_long_value_the_beginning_is_told() -> None:
    with pytest.raises(ValidationError) as caught:
        _File.model_validate({"name": "a", "word": "x" * 1_000_000})
    assert len(wrong_value(caught.value)) < 120

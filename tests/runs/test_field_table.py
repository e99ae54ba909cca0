from __future__ import annotations

from pathlib import Path

from segstudio.runs.field_table import described_fields, field_table
from segstudio.runs.recipe import Recipe

DOCS = Path(__file__).parents[2] / "docs" / "training.md"


def test_the_documentation_has_every_field_as_it_is() -> None:
    assert field_table() in DOCS.read_text(encoding="utf-8"), "put field_table() there"


def test_every_field_says_what_it_takes() -> None:
    fields = {field.name: field for field in described_fields()}
    assert list(fields) == list(Recipe.model_fields)
    assert all(field.range_text and field.help for field in fields.values())
    assert fields["crop_px"].range_text == "≥ 32, ≤ 4,096 pixels"
    assert fields["ema_decay"].range_text == "≥ 0, < 1"
    assert fields["freeze_batch_norm"].range_text == "true, false, auto"
    assert fields["class_weights"].range_text.endswith("effective-number, a table by name")
    assert (fields["merge"].default, fields["auxiliary"].default, fields["seed"].default) == (
        "–",
        "false",
        "0",
    )

"""What runs differ in, in words."""

from __future__ import annotations

from segstudio.desktop.train.comparing import field_titles, told_differences
from segstudio.runs.recipe import Recipe


def test_only_what_differs_is_told_with_the_value_of_each() -> None:
    plain = Recipe(description="one")
    other = Recipe(description="another", learning_rate=1e-3, deterministic=True, ignore_classes=("rope",))
    assert told_differences([plain, other, plain]) == (
        "Classes left out none | rope | none · Learning rate 0.0005 | 0.001 | 0.0005 · Deterministic no | yes | no"
    )
    assert told_differences([plain, Recipe()]) == "Trained with the same choices."


def test_every_field_has_a_name_to_be_told_by() -> None:
    assert set(field_titles()) == set(Recipe.model_fields) - {"description"}


def test_values_are_told_as_the_window_has_them() -> None:
    one = Recipe(
        head="fcn_resnet50", ignore_classes=("rope", "strap"), class_weights={"sky": 2.0, "roof": 0.5}
    )
    other = Recipe(head="deeplabv3_resnet50", merge={"rope": "person"}, class_weights="inverse")
    assert told_differences([one, other]).split(" · ") == [
        "Network FCN, ResNet-50 | DeepLabV3, ResNet-50",
        "Classes left out rope, strap | none",
        "Classes learnt as others none | rope as person",
        "Class weights sky 2, roof 0.5 | inverse",
    ]

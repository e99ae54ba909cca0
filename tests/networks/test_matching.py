from __future__ import annotations

import pytest
import torch
from torch import Tensor

from segstudio.networks.matching import match

PLACES = {
    "backbone.0.weight": torch.zeros(4, 3),
    "backbone.1.running_mean": torch.zeros(4),
    "backbone.1.num_batches_tracked": torch.tensor(0),
    "classifier.4.weight": torch.zeros(2, 4),
}


def file_with(prefix: str, *, classes: int = 2) -> dict[str, Tensor]:
    return {
        f"{prefix}0.weight": torch.ones(4, 3),
        f"{prefix}1.running_mean": torch.ones(4),
        "classifier.4.weight": torch.ones(classes, 4),
    }


def test_the_same_keys_match_whole() -> None:
    found = match(file_with("backbone."), PLACES)
    assert set(found.values) == PLACES.keys() - {"backbone.1.num_batches_tracked"}
    assert found.missing == found.other_shape == found.foreign == ()
    assert float(found.values["backbone.0.weight"].sum()) == 12


def test_another_number_of_classes_is_another_shape_and_not_loaded() -> None:
    found = match(file_with("backbone.", classes=21), PLACES)
    assert found.other_shape == ("classifier.4.weight",)
    assert "classifier.4.weight" not in found.values
    assert found.missing == ()


@pytest.mark.parametrize("prefix", ["features.", "backbone.features.", "encoder.", "encoder.features."])
def test_a_backbone_by_other_names_matches_without_its_classifier(prefix: str) -> None:
    found = match(file_with(prefix), PLACES)
    assert set(found.values) == {"backbone.0.weight", "backbone.1.running_mean"}
    assert found.foreign == ("classifier.4.weight",)
    assert found.missing == ("classifier.4.weight",)


def test_bare_keys_are_a_backbone_s() -> None:
    state = {"0.weight": torch.ones(4, 3), "fc.weight": torch.ones(9, 4)}
    found = match(state, PLACES)
    assert list(found.values) == ["backbone.0.weight"]
    assert found.foreign == ("fc.weight",)
    assert found.missing == ("backbone.1.running_mean", "classifier.4.weight")


@pytest.mark.parametrize("wrapper", ["module.", "_orig_mod.", "module.model."])
def test_wrappers_are_taken_off(wrapper: str) -> None:
    state = {wrapper + key: value for key, value in file_with("backbone.").items()}
    assert len(match(state, PLACES).values) == 3


def test_a_wrapper_that_not_all_share_is_a_name() -> None:
    state = {"module.backbone.0.weight": torch.ones(4, 3), "other": torch.ones(1)}
    assert match(state, PLACES).foreign == tuple(state)


def test_nothing_in_common() -> None:
    found = match({"encoder.level1.weight": torch.ones(2)}, PLACES)
    assert not found.values
    assert found.foreign == ("encoder.level1.weight",)
    assert not match({}, PLACES).values

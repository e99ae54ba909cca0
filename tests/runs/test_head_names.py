from __future__ import annotations

import re

import pytest

from segstudio.runs.head_names import depth_of, head_of_depth, unknown_head
from segstudio.runs.heads import HEADS


@pytest.mark.parametrize(
    ("name", "nearest"),
    [
        ("fcn_resnetv2_12", (11, 20)),
        ("fcn_resnetv2_2", (11, 20)),
        ("fcn_resnetv2_055", (47, 56)),
        ("fcn_resnetv2_9999", (9983, 9992)),
        ("fcn_resnetv2_" + "9" * 5000, (56, 65)),
        ("fcn_resnetv2", (56, 65)),
    ],
)
def test_of_a_head_of_any_depth_the_nearest_depths_are_told(name: str, nearest: tuple[int, int]) -> None:
    told = str(unknown_head(name, HEADS))
    assert told.endswith(f"any 9n + 2, such as fcn_resnetv2_{nearest[0]} or fcn_resnetv2_{nearest[1]}.")
    assert all(each in HEADS for each in re.findall(r"fcn_resnetv2_\d+", told.partition("such as")[2]))
    assert "did you mean" not in told


def test_of_any_other_the_closest_is_told() -> None:
    assert str(unknown_head("lraspp", HEADS)).endswith("`segstudio heads` lists them.")
    assert 'did you mean "lraspp_mobilenet_v3_large"' in str(unknown_head("lraspp_mobilenet_v3", HEADS))


@pytest.mark.parametrize(
    ("depth", "nearest"), [(20, 20), (21, 20), (27, 29), (-3, 11), (0, 11), (99999, 9992)]
)
def test_any_depth_has_a_nearest_head(depth: int, nearest: int) -> None:
    head = head_of_depth(depth)
    assert head in HEADS
    assert depth_of(head) == nearest


def test_other_heads_have_no_depth() -> None:
    assert depth_of("deeplabv3_resnet50") is None
    assert depth_of("fcn_resnetv2") is None

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from segstudio.errors import SegStudioError
from segstudio.runs.heads import HEADS, MEMORY_BATCH, MEMORY_CROP_PX, head_named, imported_weights


def test_the_lightest_comes_first() -> None:
    costs = [row.multiply_adds for row in HEADS.values()]
    assert costs == sorted(costs)


def test_every_row_says_what_a_person_asks() -> None:
    for name, row in HEADS.items():
        assert row.name == name
        assert row.name.removesuffix("_os8").endswith(row.backbone)
        assert row.suits.endswith(".")
        assert all(info.licence and info.score for info in row.weights)
        assert [info.scope for info in row.weights if info.name == "imagenet"] in (["backbone"], [])


def test_the_fcn_on_a_resnet_v2_is_found_under_any_depth() -> None:
    assert head_named("fcn_resnetv2_29").parameters == 14_421_781
    assert HEADS["fcn_resnetv2_110"].title == "FCN, ResNet-v2-110"
    for name in ("fcn_resnetv2_50", "fcn_resnetv2_02", "fcn_resnetv2_2", "fcn_resnetv2_056"):
        with pytest.raises(SegStudioError, match="unknown head"):
            head_named(name)


def test_a_name_nearly_right_is_suggested() -> None:
    assert head_named("fcn_resnet50").backbone == "resnet50"
    with pytest.raises(SegStudioError, match='did you mean "lraspp_mobilenet_v3_large"'):
        head_named("lraspp_mobilenet_v3")


def test_weights_that_are_not_published_are_refused_by_name() -> None:
    assert head_named("fcn_resnet50").weights_named("coco").sha_prefix == "1167a1af"
    with pytest.raises(SegStudioError, match=r"There is imagenet\.$"):
        head_named("deeplabv3_mobilenet_v2").weights_named("coco")


def test_memory_grows_with_crops_and_with_the_optimizer() -> None:
    row = head_named("deeplabv3_resnet50")
    base = row.training_bytes(batch_size=MEMORY_BATCH, crop_px=MEMORY_CROP_PX)
    assert base == row.parameters * 12 + row.activation_bytes
    assert row.training_mb == round(base / 1e6)
    double = row.training_bytes(batch_size=MEMORY_BATCH, crop_px=2 * MEMORY_CROP_PX)
    assert double - base == 3 * row.activation_bytes
    adamw = row.training_bytes(batch_size=MEMORY_BATCH, crop_px=MEMORY_CROP_PX, optimizer_values=2)
    assert adamw - base == 4 * row.parameters


def test_weights_are_here_when_their_file_is(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    row = head_named("deeplabv3_mobilenet_v2")
    assert [info.is_here for info in row.weights] == [False]
    assert imported_weights(row) == ()
    folder = tmp_path / "hub" / "checkpoints"
    folder.mkdir(parents=True)
    for name in (
        row.weights[0].file_name,
        "segstudio-mobilenet_v2-mine-0.pth",
        "segstudio-mobilenet_v3_large-x-0.pth",
    ):
        (folder / name).touch()
    assert [info.is_here for info in row.weights] == [True]
    assert imported_weights(row) == (folder / "segstudio-mobilenet_v2-mine-0.pth",)


def test_the_table_needs_no_torch() -> None:
    program = "import sys, segstudio.runs.heads; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0

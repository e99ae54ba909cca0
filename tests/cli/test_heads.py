from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from segstudio.cli.main import main
from segstudio.runs.heads import HEADS


def test_every_head_is_listed_with_its_costs(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    with pytest.raises(SystemExit) as ended:
        main(["heads"])
    assert not ended.value.code
    printed = capsys.readouterr().out
    for name, row in HEADS.items():
        line = next(line for line in printed.splitlines() if line.startswith(f"{name} "))
        assert f"{row.parameters / 1e6:.1f}" in line
        assert row.suits.split()[0] in line
    assert "imagenet*" not in printed


def test_weights_on_this_machine_are_marked(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    folder = tmp_path / "hub" / "checkpoints"
    folder.mkdir(parents=True)
    (folder / HEADS["fcn_resnet50"].weights_named("imagenet").file_name).touch()
    with pytest.raises(SystemExit):
        main(["heads", "--json"])
    answer = json.loads(capsys.readouterr().out.splitlines()[-1])
    marked = {row["name"] for row in answer["heads"] if {"name": "imagenet", "here": True} in row["weights"]}
    assert marked == {name for name, row in HEADS.items() if row.backbone == "resnet50"}


@pytest.mark.parametrize("arguments", [["heads"], ["weights", "list"]])
def test_no_torch_is_imported(arguments: list[str]) -> None:
    program = (
        "import sys\nfrom segstudio.cli.main import main\n"
        f"try:\n    main({arguments!r})\nexcept SystemExit as end:\n    assert not end.code\n"
        "sys.exit('torch' in sys.modules)"
    )
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False)
    assert ended.returncode == 0, ended.stderr


def test_the_speed_of_a_head_here_is_measured(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("segstudio.training.speed.measure_speed", lambda head, **size: size["crop_px"] / 10)
    with pytest.raises(SystemExit) as ended:
        main(["heads", "--speed", "fcn_resnet50", "--crop", "64", "--json"])
    assert not ended.value.code
    answer = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (answer["head"], answer["images_per_s"], answer["batch_size"]) == ("fcn_resnet50", 6.4, 4)

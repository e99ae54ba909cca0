from __future__ import annotations

import json
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any, Never

import pytest
import torch

from segstudio.cli.main import main
from segstudio.networks.build import build

LRASPP = "lraspp_mobilenet_v3_large"


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty torch cache on a machine without a network."""
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))

    def refuse(*_: object, **__: object) -> Never:
        raise urllib.error.URLError("no network here")

    monkeypatch.setattr(urllib.request, "urlopen", refuse)
    return tmp_path / "torch" / "hub" / "checkpoints"


def call(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(["weights", *arguments])
    return int(ended.value.code or 0)


def answer(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    parsed: dict[str, Any] = json.loads(capsys.readouterr().out.splitlines()[-1])
    return parsed


def test_list_tells_what_is_here(capsys: pytest.CaptureFixture[str], cache: Path) -> None:
    assert call("list", "--json") == 0
    listed = answer(capsys)
    assert listed["folder"] == str(cache)
    assert {entry["here"] for entry in listed["weights"]} == {False}
    assert len(listed["weights"]) == 22
    assert call("list") == 0
    printed = capsys.readouterr().out
    assert f"{LRASPP}-d234d4ea.pth" in printed
    assert "BSD-3-Clause" in printed


def test_an_imported_file_is_listed_and_told_key_by_key(
    capsys: pytest.CaptureFixture[str], cache: Path, tmp_path: Path
) -> None:
    state = build(LRASPP, 2).state_dict()
    state["extra.bias"] = torch.zeros(3)
    torch.save(state, tmp_path / "mine.pth")
    assert call("import", str(tmp_path / "mine.pth"), "--json") == 0
    told = answer(capsys)
    assert told["heads"] == [LRASPP]
    assert told["foreign"] == ["extra.bias"]
    assert told["missing"] == []
    assert told["whole_backbone"] is True
    assert set(told["other_shape"]) == {key for key in state if key.split(".")[-2].endswith("_classifier")}
    assert Path(told["path"]).parent == cache
    assert call("list", "--json") == 0
    here = [entry["name"] for entry in answer(capsys)["weights"] if entry["here"]]
    assert here == [told["weights"]] == [Path(told["path"]).name]


def test_import_says_it_to_a_person(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    state = build(LRASPP, 2).state_dict()
    part = {key: value for key, value in state.items() if key.startswith("backbone.0.")}
    torch.save(part, tmp_path / "stem.pth")
    assert call("import", str(tmp_path / "stem.pth"), "--head", LRASPP) == 0
    printed = capsys.readouterr().out
    assert "train with --set weights=segstudio-mobilenet_v3_large-stem-" in printed
    assert "A partial state dict: " in printed
    assert "Even of the backbone it holds only a part" in printed


def test_fetch_without_a_network_says_what_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    assert call("fetch", LRASPP) == 1
    errors = capsys.readouterr().err
    assert f"https://download.pytorch.org/models/{LRASPP}-d234d4ea.pth" in errors
    assert "no network here" in errors
    assert errors.count("\n") == 1


def test_fetch_shows_the_way_and_tells_the_licence(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, cache: Path
) -> None:
    def give(file: Any, *, progress: Any) -> Path:
        for megabyte in range(1, 23):
            progress(megabyte * 1_000_000, 22_000_000)
        return Path(file.cached)

    monkeypatch.setattr("segstudio.networks.published.fetch", give)
    monkeypatch.setattr("segstudio.cli.output._SECONDS_BETWEEN_LINES", 0)
    assert call("fetch", LRASPP, "--weights", "imagenet") == 0
    printed = capsys.readouterr().out
    assert "Fetching mobilenet_v3_large-8738ca79.pth (MB): 22 of 22" in printed
    assert "ImageNet-1K, whose terms" in printed


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["fetch", "deeplabv3_resnet5"], 'did you mean "deeplabv3_resnet50"'),
        (["fetch", "deeplabv3_mobilenet_v2", "--weights", "coco"], 'publishes no "coco" weights'),
        (["import", "nowhere.pth"], "nowhere.pth: there is no such file"),
        (["import", "nowhere.pth", "--head", "unet"], 'unknown head "unet"'),
    ],
)
def test_refusals_are_one_sentence(
    capsys: pytest.CaptureFixture[str], arguments: list[str], sentence: str
) -> None:
    assert call(*arguments) == 1
    errors = capsys.readouterr().err
    assert sentence in errors
    assert errors.count("\n") == 1

"""A model file says what it is without torch."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from segstudio.errors import SegStudioError
from segstudio.networks.model_file import read_card, read_model, save_model
from segstudio.runs.model_card import ModelCard, ModelClass
from segstudio.runs.model_glance import NO_TRACE, glance, trace_of


@pytest.fixture
def model(tmp_path: Path) -> Path:
    import torch

    classes = (
        ModelClass(index=0, name="sky", colour="#112233"),
        ModelClass(index=7, name="Boden 地", colour="#445566"),
    )
    card = ModelCard(
        head="lraspp_mobilenet_v3_large",
        classes=classes,
        train_photos=("card",) * 300,
        project="description of it",
    )
    weights = {"card": torch.zeros(3), "b": torch.ones(2, 2)}
    save_model(tmp_path / "m.pt", weights, card.model_dump_json(), {"card": "of the training"})
    return tmp_path / "m.pt"


def test_the_card_is_the_one_that_was_written(model: Path) -> None:
    assert glance(model) == ModelCard.from_json(read_card(model), where="")


def test_no_torch_is_loaded(model: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from segstudio.runs.model_glance import NO_TRACE, glance, trace_of; "
        f"glance(Path({str(model)!r})); sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def spoilt(kind: str, whole: bytes, path: Path) -> None:
    """Write what somebody may have in the place of a model."""
    import torch

    match kind:
        case "cut":
            path.write_bytes(whole[: len(whole) // 2])
        case "checksum":
            at = whole.index(b"description of it")
            path.write_bytes(whole[:at] + b"D" + whole[at + 1 :])
        case "objects":
            torch.save(torch.nn.Linear(2, 2), path)
        case "bare":
            torch.save(torch.nn.Linear(2, 2).state_dict(), path)
        case "bare, old":
            state = torch.nn.Linear(2, 2).state_dict()
            torch.save(state, path, _use_new_zipfile_serialization=False)
        case "pointer":
            path.write_bytes(b"version https://git-lfs.github.com/spec/v1\noid sha256:1234\nsize 43\n")
        case "page":
            path.write_bytes(b"\n<!DOCTYPE html><html><body>Sign in</body></html>")
        case "other archive":
            with zipfile.ZipFile(path, "w") as archive:
                archive.writestr("photos/a.txt", "nothing of a model")
        case "folder":
            path.mkdir()
        case "text" | "empty":
            path.write_bytes(b"no model" if kind == "text" else b"")
        case _:
            assert kind == "gone"


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("cut", "damaged or not a PyTorch file. Fetch it again"),
        ("checksum", "the checksum of its part archive/data.pkl is wrong"),
        ("objects", "holds Python objects besides tensors"),
        ("bare", "no SegStudio model"),
        ("bare, old", "no SegStudio model"),
        ("pointer", "a Git LFS pointer"),
        ("page", "a web page"),
        ("other archive", "damaged or not a PyTorch file"),
        ("folder", "cannot be read (it is a folder)"),
        ("text", "damaged or not a PyTorch file"),
        ("empty", "is empty"),
        ("gone", "no such file"),
    ],
)
def test_other_files_are_told_as_by_what_opens_models(
    tmp_path: Path, model: Path, kind: str, told: str
) -> None:
    path = tmp_path / "given.pt"
    spoilt(kind, model.read_bytes(), path)
    with pytest.raises(SegStudioError) as opened:
        read_model(path)
    with pytest.raises(SegStudioError) as seen:
        glance(path)
    assert str(seen.value) == str(opened.value)
    assert told in str(seen.value)
    assert str(path) in str(seen.value)


def test_what_would_take_long_to_look_through_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "large.pt", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a/data.pkl", b"\x80\x02}q\x00X\x04\x00\x00\x00card" + b"N" * (3 << 20))
    with pytest.raises(SegStudioError, match="no SegStudio model"):
        glance(tmp_path / "large.pt")


def test_a_model_is_known_again_wherever_its_file_lies(model: Path, tmp_path: Path) -> None:
    trace = trace_of(model)
    elsewhere = tmp_path / "renamed" / "best.pt"
    elsewhere.parent.mkdir()
    model.rename(elsewhere)
    assert len(trace.model_id) == 16
    assert trace_of(elsewhere) == trace
    assert trace_of(model) == NO_TRACE
    elsewhere.write_bytes(b"nothing of a model")
    assert trace_of(elsewhere) == NO_TRACE

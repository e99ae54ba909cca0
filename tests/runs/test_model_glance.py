"""A model file says what it is without torch."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from segstudio.errors import SegStudioError
from segstudio.networks.model_file import read_card, save_model
from segstudio.runs.model_card import ModelCard, ModelClass
from segstudio.runs.model_glance import NO_TRACE, glance, trace_of


@pytest.fixture
def model(tmp_path: Path) -> Path:
    import torch

    classes = (
        ModelClass(index=0, name="sky", colour="#112233"),
        ModelClass(index=7, name="Boden 地", colour="#445566"),
    )
    card = ModelCard(head="lraspp_mobilenet_v3_large", classes=classes, train_photos=("card",) * 300)
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


def test_other_files_are_told(tmp_path: Path, model: Path) -> None:
    whole = model.read_bytes()
    with zipfile.ZipFile(tmp_path / "other.pt", "w") as archive:
        archive.writestr("a/data.pkl", b"\x80\x02}q\x00X\x04\x00\x00\x00cardq\x01K\x01s.")
    for name, content in (("text.pt", b"no model"), ("cut.pt", whole[:900]), ("none.pt", b"")):
        (tmp_path / name).write_bytes(content)
    for name in ("text.pt", "cut.pt", "none.pt", "other.pt", "gone.pt"):
        with pytest.raises(SegStudioError, match=name):
            glance(tmp_path / name)


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

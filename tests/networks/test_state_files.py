from __future__ import annotations

import io
import os
import pickle
import pickletools
import zipfile
from hashlib import sha256
from pathlib import Path

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from segstudio.errors import SegStudioError
from segstudio.networks.state_files import load_plain, read_state

STATE = {"a.weight": torch.arange(6.0).view(2, 3), "a.bias": torch.zeros(2)}


def saved(path: Path, content: object) -> Path:
    torch.save(content, path)
    return path


@pytest.mark.parametrize("wrapping", [None, "state_dict", "model", "weights"])
def test_a_state_dict_is_read_wherever_it_stands(tmp_path: Path, wrapping: str | None) -> None:
    content: object = STATE if wrapping is None else {wrapping: STATE, "epoch": 3, "loss": torch.tensor(0.5)}
    state = read_state(saved(tmp_path / "w.pth", content))
    assert state.keys() == STATE.keys()
    assert torch.equal(state["a.weight"], STATE["a.weight"])


def test_a_hash_in_the_name_must_be_the_file_s(tmp_path: Path) -> None:
    path = saved(tmp_path / "w.pth", STATE)
    digest = sha256(path.read_bytes()).hexdigest()
    right = path.rename(tmp_path / f"net-{digest[:8]}.pth")
    assert read_state(right).keys() == STATE.keys()
    wrong = right.rename(tmp_path / "net-0badf00d.pth")
    with pytest.raises(SegStudioError, match="promises the hash 0badf00d") as caught:
        read_state(wrong)
    assert "damaged" in str(caught.value)


def test_a_date_in_the_name_is_no_hash(tmp_path: Path) -> None:
    assert read_state(saved(tmp_path / "jumps-20260714.pth", STATE)).keys() == STATE.keys()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "the file is empty"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 9\n", "Git LFS pointer"),
        (b"\n<!DOCTYPE HTML><title>Sign in</title>", "web page"),
        (b"not a checkpoint at all", "damaged or not a PyTorch file"),
        (b"PK\x03\x04 and then nothing", "damaged or not a PyTorch file"),
    ],
)
def test_other_files_are_told_apart(tmp_path: Path, content: bytes, sentence: str) -> None:
    path = tmp_path / "w.pth"
    path.write_bytes(content)
    with pytest.raises(SegStudioError, match=sentence) as caught:
        read_state(path)
    assert str(caught.value).startswith(f"{path}: ")


def test_a_missing_file_and_a_folder_are_sentences(tmp_path: Path) -> None:
    with pytest.raises(SegStudioError, match="no such file"):
        read_state(tmp_path / "none.pth")
    with pytest.raises(SegStudioError, match="cannot be read"):
        read_state(tmp_path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes with names here")
def test_nobody_waits_for_a_pipe_in_the_place_of_weights(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "last.pt")
    with pytest.raises(SegStudioError, match="cannot be read"):
        load_plain(tmp_path / "last.pt")


class Trap:
    def __reduce__(self) -> tuple[object, ...]:
        return Path.touch, (Path("trap-was-sprung"),)


@pytest.mark.parametrize("writer", ["torch", "pickle"])
def test_code_in_a_pickle_is_not_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, writer: str) -> None:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "w.pth"
    if writer == "torch":
        torch.save({"state_dict": Trap()}, path)
    else:
        path.write_bytes(pickle.dumps(Trap(), protocol=2))
    with pytest.raises(SegStudioError):
        read_state(path)
    assert not (tmp_path / "trap-was-sprung").exists()


def test_a_whole_module_is_told_how_to_be_saved(tmp_path: Path) -> None:
    with pytest.raises(SegStudioError, match=r"Save the network's state_dict\(\) alone"):
        read_state(saved(tmp_path / "w.pth", nn.Linear(2, 2)))


@pytest.mark.parametrize("content", [{}, [1, 2], {"epoch": 3}, torch.zeros(3), {1: torch.zeros(1)}, "text"])
def test_what_is_no_state_dict_is_refused(tmp_path: Path, content: object) -> None:
    with pytest.raises(SegStudioError, match="no state dict"):
        read_state(saved(tmp_path / "w.pth", content))


def whole_file() -> bytes:
    stream = io.BytesIO()
    torch.save(STATE, stream)
    return stream.getvalue()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_damage_anywhere_is_a_sentence_or_harmless(tmp_path: Path, data: st.DataObject) -> None:
    content = bytearray(whole_file())
    end = data.draw(st.integers(1, len(content)))
    for _ in range(data.draw(st.integers(0, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path / "w.pth"
    path.write_bytes(content[:end])
    try:
        state = read_state(path)
    except SegStudioError as error:
        assert str(path) in str(error)  # noqa: PT017 either outcome is right
    else:
        assert all(isinstance(value, Tensor) for value in state.values())


def test_a_few_bytes_that_unpack_to_very_many_are_refused_before(tmp_path: Path) -> None:
    path, bomb = saved(tmp_path / "w.pth", STATE), tmp_path / "b.pth"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            data = old.read(name)
            new.writestr(name, data if "/data/" not in name else data + bytes(80 << 20))
    for mapped in (False, True):
        with pytest.raises(SegStudioError, match="holds far more than it can"):
            load_plain(bomb, mapped=mapped)


def test_a_state_packed_anew_is_read(tmp_path: Path) -> None:
    path, packed = saved(tmp_path / "w.pth", STATE), tmp_path / "b.pth"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))
    assert torch.equal(read_state(packed)["a.weight"], STATE["a.weight"])


@pytest.mark.parametrize("size", [(10**4, 10**4), (10**6, 10**7)])
def test_a_tensor_of_one_number_told_very_often_is_refused(tmp_path: Path, size: tuple[int, int]) -> None:
    content = {"model": STATE, "more": [{"again": torch.zeros(1).expand(size)}]}
    with pytest.raises(SegStudioError, match="holds far more than it can"):
        load_plain(saved(tmp_path / "w.pth", content))


@pytest.mark.parametrize("end", [b"\n", b""], ids=["a name", "no end"])
@pytest.mark.parametrize("is_old", [False, True])
def test_a_function_of_an_endless_name_is_refused_before_anybody_looks_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_old: bool, end: bytes
) -> None:
    path, bad = tmp_path / "w.pth", tmp_path / "bad.pth"
    torch.save(STATE, path, _use_new_zipfile_serialization=not is_old)

    def spoiled(data: bytes) -> bytes:
        before, found, after = data.partition(b"_rebuild_tensor_v2\n")
        return before + b"<a>" * 20_000 + end + (after if end else b"") if found else data

    if is_old:
        bad.write_bytes(spoiled(path.read_bytes()))
    else:
        with zipfile.ZipFile(path) as old, zipfile.ZipFile(bad, "w") as new:
            for member in old.namelist():
                new.writestr(member, spoiled(old.read(member)))
    monkeypatch.setattr(torch, "load", None)
    with pytest.raises(
        SegStudioError, match="Python objects besides tensors" if end else "the file is damaged"
    ):
        load_plain(bad)


def test_every_pickle_of_an_old_file_is_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "w.pth"
    torch.save(STATE, path, _use_new_zipfile_serialization=False)
    with path.open("r+b") as stream:
        for _ in range(4):
            list(pickletools.genops(stream))
        stream.write(b"c" + b"<a>" * 20_000 + b"\nb\n.")
    monkeypatch.setattr(torch, "load", None)
    with pytest.raises(SegStudioError, match="Python objects besides tensors"):
        load_plain(path)


def test_an_old_file_that_tells_of_endless_bytes_is_damaged(tmp_path: Path) -> None:
    path = tmp_path / "old.pt"
    endless = pickle.BINBYTES8 + (1 << 61).to_bytes(8, "little")
    path.write_bytes(b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19." + b"\x80\x04" + endless + b"few.")
    with pytest.raises(SegStudioError, match="damaged"):
        load_plain(path)


def test_views_of_one_tensor_are_no_harm(tmp_path: Path) -> None:
    state = {"a": STATE["a.weight"], "b": STATE["a.weight"].t(), "c": torch.arange(9).expand(1, 9)}
    content: dict[str, object] = {**state, "itself": state}
    assert read_state(saved(tmp_path / "w.pth", content)).keys() == state.keys()


def test_numbers_that_are_not_as_they_lie_there_are_left_out(tmp_path: Path) -> None:
    odd = {"conjugate": torch.ones(2, dtype=torch.complex64).conj(), "sparse": torch.eye(3).to_sparse()}
    assert read_state(saved(tmp_path / "w.pth", {**STATE, **odd})).keys() == STATE.keys()


def test_an_ordinary_zip_is_no_checkpoint(tmp_path: Path) -> None:
    path = tmp_path / "w.pth"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "hello")
    with pytest.raises(SegStudioError, match="not a PyTorch file"):
        load_plain(path)


def test_real_files_that_must_be_refused(real_weights: Path) -> None:
    with pytest.raises(SegStudioError, match="promises the hash 5c106cde"):
        read_state(real_weights / "resnet18-5c106cde.pth")
    with pytest.raises(SegStudioError, match="Git LFS pointer"):
        read_state(real_weights / "lfs_pointer.pt")


def test_a_flipped_byte_is_noticed(tmp_path: Path) -> None:
    """torch reads past the checksums of its own container."""
    path = tmp_path / "weights.pth"
    torch.save({"weight": torch.arange(4096, dtype=torch.float32)}, path)
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0xFF
    path.write_bytes(bytes(data))
    with pytest.raises(SegStudioError, match=r"the checksum of its part .* is wrong"):
        read_state(path)

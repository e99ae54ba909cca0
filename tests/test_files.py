from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from segstudio.errors import SegStudioError
from segstudio.files import (
    copy_file,
    hold,
    locked,
    open_ordinary,
    read_json,
    read_small,
    replacing,
    write_bytes,
    write_new,
    write_text,
)

_HOLD_LOCK = """
import sys
import threading
from pathlib import Path
from segstudio.files import locked
with locked(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.readline()
"""


def _names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_parents_are_made_and_text_is_utf_8(tmp_path: Path) -> None:
    write_text(tmp_path / "ü" / "日本" / "a b.txt", "naïve\n")
    assert (tmp_path / "ü" / "日本" / "a b.txt").read_bytes() == "naïve\n".encode()


def test_the_old_file_stays_when_the_block_raises(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    write_text(path, "old")

    def write_half() -> None:
        with replacing(path) as stream:
            stream.write(b"half of the new")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_half()
    assert path.read_text(encoding="utf-8") == "old"
    assert _names(tmp_path) == ["a.txt"]


def test_others_see_the_old_file_until_the_block_ends(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    write_text(path, "old")
    with replacing(path) as stream:
        stream.write(b"new")
        stream.flush()
        assert path.read_text(encoding="utf-8") == "old"
    assert path.read_text(encoding="utf-8") == "new"


def test_a_folder_in_the_way_is_told_and_kept(tmp_path: Path) -> None:
    (tmp_path / "a.txt").mkdir()
    with pytest.raises(SegStudioError, match=r"a\.txt: could not be written"):
        write_text(tmp_path / "a.txt", "new")
    assert _names(tmp_path) == ["a.txt"]


@pytest.mark.skipif(os.name == "nt", reason="pipes")
def test_what_is_no_ordinary_file_is_left_alone(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to("pipe")
    for name in ("pipe", "link"):
        with pytest.raises(SegStudioError, match="no ordinary file"):
            write_bytes(tmp_path / name, b"x")
    assert (tmp_path / "pipe").is_fifo()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["link", "pipe"]


def test_a_file_in_place_of_the_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("x", encoding="utf-8")
    with pytest.raises(SegStudioError, match="could not be written"):
        write_bytes(tmp_path / "a" / "b.txt", b"")


@pytest.mark.skipif(sys.platform == "win32", reason="limits are POSIX's")
def test_a_disk_that_takes_no_more_keeps_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    write_bytes(path, b"old")
    program = (
        "import resource, signal, sys\nfrom pathlib import Path\nfrom segstudio.files import write_bytes\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
        "try:\n    write_bytes(Path(sys.argv[1]), bytes(100_000))\n"
        "except Exception as error:\n    sys.exit(f'{type(error).__name__}: {error}')"
    )
    ended = subprocess.run(
        [sys.executable, "-c", program, str(path)], capture_output=True, text=True, check=False
    )
    assert ended.returncode == 1
    assert ended.stderr.startswith(f"SegStudioError: {path}: could not be written (File too large)")
    assert path.read_bytes() == b"old"
    assert _names(tmp_path) == ["a.bin"]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_may_not_be_written_is_told(tmp_path: Path) -> None:
    write_text(tmp_path / "a.txt", "old")
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(SegStudioError, match="Permission denied"):
            write_text(tmp_path / "a.txt", "new")
    finally:
        tmp_path.chmod(0o700)
    assert (tmp_path / "a.txt").read_text(encoding="utf-8") == "old"


@pytest.mark.skipif(sys.platform == "win32", reason="permissions are POSIX's")
def test_permissions_are_kept_and_new_files_follow_the_umask(tmp_path: Path) -> None:
    write_text(tmp_path / "a.txt", "old")
    umask = os.umask(0)
    os.umask(umask)
    assert (tmp_path / "a.txt").stat().st_mode & 0o777 == 0o666 & ~umask
    (tmp_path / "a.txt").chmod(0o640)
    write_text(tmp_path / "a.txt", "new")
    assert (tmp_path / "a.txt").stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize("name", ["あ" * 80 + ".jpg", "x" * 250 + ".png", "🪂" * 60 + ".png"])
def test_names_as_long_as_a_file_system_takes(tmp_path: Path, name: str) -> None:
    write_text(tmp_path / name, "x")
    assert _names(tmp_path) == [name]


def test_copying_keeps_the_bytes_and_tells_a_missing_source(tmp_path: Path) -> None:
    data = bytes(range(256)) * 9000  # more than one block
    write_bytes(tmp_path / "a", data)
    copy_file(tmp_path / "a", tmp_path / "deep" / "b")
    assert (tmp_path / "deep" / "b").read_bytes() == data
    with pytest.raises(SegStudioError, match="nothing: the file cannot be read"):
        copy_file(tmp_path / "nothing", tmp_path / "b")
    with pytest.raises(SegStudioError, match="cannot be read"):
        copy_file(tmp_path / "deep", tmp_path / "b")
    assert not (tmp_path / "b").exists()


def test_a_lock_is_held_against_another_process_and_given_back(tmp_path: Path) -> None:
    lock = tmp_path / ".lock"
    holder = subprocess.Popen(
        [sys.executable, "-c", _HOLD_LOCK, str(lock)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with (
            pytest.raises(SegStudioError, match="another SegStudio is writing here"),
            locked(lock, timeout_s=0.1),
        ):
            pytest.fail("the lock was given twice")
        holder.communicate("end\n")
    with locked(lock, timeout_s=0):
        pass


def test_the_lock_of_a_killed_process_is_free(tmp_path: Path) -> None:
    lock = tmp_path / ".lock"
    holder = subprocess.Popen(
        [sys.executable, "-c", _HOLD_LOCK, str(lock)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        holder.kill()
    with locked(lock, timeout_s=1):
        pass


def test_a_lock_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(SegStudioError), locked(tmp_path / "file" / ".lock", timeout_s=0.1):
        pytest.fail("there is no such lock")


def test_a_lock_is_held_until_it_is_let_go_from_any_thread(tmp_path: Path) -> None:
    path = tmp_path / "a.lock"
    let_go = hold(path)
    assert let_go is not None
    assert hold(path) is None
    thread = threading.Thread(target=let_go)
    thread.start()
    thread.join()
    assert not path.exists()
    let_go()  # again: nothing
    again = hold(path)
    assert again is not None
    again()


def test_the_lock_of_a_dead_process_does_not_hold(tmp_path: Path) -> None:
    path = tmp_path / "a.lock"
    words = "import os, pathlib, sys; from segstudio.files import hold; hold(pathlib.Path(sys.argv[1])); os._exit(9)"
    subprocess.run([sys.executable, "-c", words, str(path)], check=False, timeout=60)
    assert path.exists()
    let_go = hold(path)
    assert let_go is not None
    let_go()


def test_a_lock_that_cannot_be_made_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SegStudioError, match="could not be written"):
        hold(tmp_path / "file" / "a.lock")


def test_a_new_file_takes_a_name_and_never_writes_into_another_file(tmp_path: Path) -> None:
    kept = tmp_path / "kept.txt"
    kept.write_bytes(b"kept")
    path = tmp_path / "deep" / "er" / "a.txt"
    write_new(path, b"first", within=tmp_path)
    path.unlink()
    path.hardlink_to(kept)
    write_new(path, b"second", within=tmp_path)
    assert (path.read_bytes(), kept.read_bytes()) == (b"second", b"kept")
    with pytest.raises(SegStudioError, match="could not be written"):
        write_new(kept / "b.txt", b"", within=tmp_path)


def test_a_file_that_is_staged_brings_no_folder_back_that_went(tmp_path: Path) -> None:
    with pytest.raises(SegStudioError, match="could not be written"):
        write_new(tmp_path / "away" / "masks" / "a", b"", within=tmp_path / "away")
    assert not list(tmp_path.iterdir())


@pytest.mark.skipif(os.name == "nt", reason="Windows has other permissions")
def test_a_group_that_shares_a_folder_may_take_a_lock_that_was_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("segstudio.files._UMASK", 0o002)
    let_go = hold(tmp_path / "a.lock")
    assert let_go is not None
    assert (tmp_path / "a.lock").stat().st_mode & 0o777 == 0o664
    let_go()
    with locked(tmp_path / "b.lock"):
        assert (tmp_path / "b.lock").stat().st_mode & 0o777 == 0o664


@pytest.mark.parametrize("read", [open_ordinary, read_small, read_json])
def test_nobody_waits_for_what_is_no_ordinary_file(tmp_path: Path, read: Callable[[Path], object]) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "endless").symlink_to("/dev/zero")
    for name in ("pipe", "endless"):
        with pytest.raises(OSError, match="no ordinary file"):
            read(tmp_path / name)
    with pytest.raises(IsADirectoryError):
        read(tmp_path)
    with pytest.raises(FileNotFoundError):
        read(tmp_path / "nothing")
    with pytest.raises(SegStudioError, match="no ordinary file"):
        copy_file(tmp_path / "pipe", tmp_path / "copy")


def test_a_device_is_not_even_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.json").symlink_to("/dev/null")
    monkeypatch.setattr(os, "open", lambda *_: pytest.fail("opened"))
    with pytest.raises(OSError, match="no ordinary file"):
        read_small(tmp_path / "a.json")


def test_a_small_file_that_is_huge_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    with path.open("wb") as stream:
        stream.truncate(8 << 30)
    with pytest.raises(OSError, match="too large"):
        read_small(path)
    path.write_bytes(b"12345")
    assert read_small(path, most_bytes=5) == b"12345"
    with pytest.raises(OSError, match="too large"):
        read_small(path, most_bytes=4)


@pytest.mark.parametrize("value", [b"{}", b"0", b"[]"])
def test_a_record_that_would_take_the_memory_is_not_read(tmp_path: Path, value: bytes) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(b"[" + b",".join([value] * 1000) + b"]")
    assert read_json(path) == path.read_bytes()
    path.write_bytes(b"[" + b",".join([value] * 4_000_001) + b"]")
    with pytest.raises(OSError, match="too large"):
        read_json(path)

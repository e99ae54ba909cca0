"""The log file: a disk that refuses it disturbs nobody."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from segstudio.desktop.logs import FILE_NAME, logging_to


def test_a_full_disk_is_borne_in_silence(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("no device here that is always full")
    (tmp_path / FILE_NAME).symlink_to("/dev/full")
    with logging_to(tmp_path):
        for number in range(3):
            logging.getLogger("segstudio").error("what went wrong, %d", number)
    assert capfd.readouterr() == ("", "")


def test_words_reach_the_file(tmp_path: Path) -> None:
    with logging_to(tmp_path) as path:
        logging.getLogger("segstudio").error("what went wrong")
    assert "what went wrong" in path.read_text(encoding="utf-8")

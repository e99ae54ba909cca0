"""Who may go on with a run, and what a person is told of it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from segstudio.errors import SegStudioError
from segstudio.runs.events import encode_event
from segstudio.runs.folder import RunFolder
from segstudio.runs.recipe import Recipe
from segstudio.runs.resuming import check_processes, resume_words, way_on
from tests.run_events import started


@pytest.fixture
def run(tmp_path: Path) -> RunFolder:
    folder = RunFolder.create(tmp_path / "runs", Recipe(), name="three")
    folder.last.touch()
    return folder


def test_others_cannot_go_on_with_what_two_have_trained(run: RunFolder) -> None:
    run.log.write_bytes(encode_event(started(processes=2)))
    check_processes(run, 2)
    with pytest.raises(
        SegStudioError, match=r"trained by 2 processes and cannot go on with 1\. Go on with --gpus 2"
    ):
        check_processes(run, 1)
    with pytest.raises(SegStudioError, match="with --init-from three"):
        check_processes(run, 3)


def test_two_cannot_go_on_with_what_one_has_trained(run: RunFolder) -> None:
    run.log.write_bytes(encode_event(started(processes=1)))
    check_processes(run, 1)
    with pytest.raises(SegStudioError, match=r"by 1 process and cannot go on with 2\. Go on without --gpus"):
        check_processes(run, 2)


def test_what_the_last_start_says_counts(run: RunFolder) -> None:
    """The first one may have died before its first checkpoint, and the run begun anew with others."""
    run.log.write_bytes(encode_event(started(processes=1)) + encode_event(started(processes=2)))
    check_processes(run, 2)


def test_a_run_that_saved_nothing_or_did_not_tell_is_not_refused(run: RunFolder) -> None:
    check_processes(run, 2)  # no log at all
    told = json.loads(encode_event(started()))
    del told["processes"]
    run.log.write_text(json.dumps(told) + "\n", encoding="utf-8")
    check_processes(run, 2)  # a log of an older version
    run.log.write_bytes(encode_event(started(processes=1)))
    run.last.unlink()
    check_processes(run, 2)


def test_the_words_name_the_processes_and_promise_no_checkpoint_that_is_not_there(run: RunFolder) -> None:
    assert resume_words("three", 1) == "--resume three"
    assert resume_words("three", 4) == "--resume three --gpus 4"
    assert way_on(run, 2) == "Go on from the last checkpoint with --resume three --gpus 2"
    run.last.unlink()
    run.log.write_bytes(encode_event(started(processes=2)))
    assert way_on(run, 2) == "Nothing was saved yet: --resume three --gpus 2 begins the run anew"
    run.log.unlink()
    assert way_on(run, 2).startswith("It had not begun to learn: start it again"), "it may be gone by then"

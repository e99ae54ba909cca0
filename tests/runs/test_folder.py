from __future__ import annotations

import errno
import os
import shutil
from datetime import datetime
from pathlib import Path

import pytest

from segstudio.errors import SegStudioError
from segstudio.files import replacing
from segstudio.runs.events import Event, Notice, RunFailed, RunFinished, RunStarted, RunStopped, StepDone
from segstudio.runs.folder import RunFolder, appending, find_run, list_runs, run_name, state_of
from segstudio.runs.recipe import Recipe, load_recipe
from tests.project.links import link
from tests.run_events import started

_NOON = datetime(2026, 11, 20, 14, 32)


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    return tmp_path / "ü project" / "runs"


@pytest.fixture
def run(runs: Path) -> RunFolder:
    return RunFolder.create(runs, load_recipe("quick-cpu", ["epochs=3"]), now=_NOON)


def _started(step: int = 0) -> RunStarted:
    return started(step=step)


def _step(step: int) -> StepDone:
    return StepDone(step=step, epoch=1, loss=0.5, learning_rate=0.1, images_per_s=9, memory_mb=1)


def _append(run: RunFolder, *events: Event) -> None:
    with appending(run.log) as log:
        for event in events:
            log.append(event)


def test_a_run_is_named_after_its_time_and_head_and_keeps_its_recipe(run: RunFolder, runs: Path) -> None:
    assert run.name == "2026-11-20-1432-lraspp_mobilenet_v3_large"
    assert run.path.parent == runs
    assert run.recipe() == load_recipe("quick-cpu", ["epochs=3"])
    assert (run.state(), run.events()) == ("new", [])


def test_runs_of_one_minute_have_different_folders(run: RunFolder, runs: Path) -> None:
    names = [RunFolder.create(runs, Recipe(), now=_NOON).name for _ in range(3)]
    assert names == [f"{run.name}-{number}" for number in (2, 3, 4)]
    assert len(list_runs(runs)) == 4


def test_a_run_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "runs").touch()
    with pytest.raises(SegStudioError, match="the run cannot be made"):
        RunFolder.create(tmp_path / "runs", Recipe(), now=_NOON)


@pytest.mark.parametrize(
    ("events", "state"),
    [
        ([], "new"),
        ([Notice(text="x")], "new"),
        ([_started()], "open"),
        ([_started(), _step(1)], "open"),
        ([_started(), _step(1), RunStopped(epoch=1, step=1)], "stopped"),
        ([_started(), RunStopped(epoch=1, step=1), _started(1)], "open"),
        ([_started(), RunFailed(problem="x")], "failed"),
        ([RunFailed(problem="x")], "failed"),
        ([_started(), RunFinished(epoch=3, step=9, best_miou=None, best_epoch=None, seconds=1)], "finished"),
        (
            [
                _started(),
                RunFailed(problem="x"),
                _started(4),
                RunFinished(epoch=3, step=9, best_miou=0.5, best_epoch=1, seconds=1),
                Notice(text="x"),
            ],
            "finished",
        ),
    ],
)
def test_the_state_is_what_the_log_tells(run: RunFolder, events: list[Event], state: str) -> None:
    _append(run, *events)
    assert run.state() == state


def test_the_wish_to_stop_is_left_seen_and_forgotten(run: RunFolder) -> None:
    assert not run.is_asked_to_stop()
    run.ask_to_stop()
    run.ask_to_stop()
    assert RunFolder(run.path).is_asked_to_stop()
    run.forget_stop()
    run.forget_stop()
    assert not run.is_asked_to_stop()


def test_the_wish_can_be_left_before_there_is_a_run(tmp_path: Path) -> None:
    early = RunFolder(tmp_path / "runs" / "soon")
    early.path.parent.mkdir()
    early.ask_to_stop()
    assert not early.path.exists()
    run = RunFolder.create(early.path.parent, Recipe(), name="soon")
    assert run.is_asked_to_stop()
    assert list_runs(early.path.parent)[0].path == run.path
    run.forget_stop()
    assert not run.is_asked_to_stop()
    assert [path.name for path in early.path.parent.iterdir()] == ["soon"]


def test_events_are_seen_at_once(run: RunFolder) -> None:
    with appending(run.log) as log:
        log.append(_started())
        log.append(_step(1))
        assert [event.kind for event in run.events()] == ["run_started", "step_done"]


@pytest.mark.parametrize(("cut", "whole_steps"), [(1, 2), (10, 1), (60, 1)])
def test_a_line_that_was_cut_off_costs_only_itself(run: RunFolder, cut: int, whole_steps: int) -> None:
    _append(run, _started(), _step(1), _step(2))
    run.log.write_bytes(run.log.read_bytes()[:-cut])
    assert [event.kind for event in run.events()] == ["run_started", *["step_done"] * whole_steps]
    _append(run, _started(1), _step(2))
    assert [event.step for event in run.events() if isinstance(event, StepDone)] == [1, 2]


@pytest.mark.skipif(os.name == "nt", reason="no limit of a file's length")
def test_what_the_disk_refused_is_told_and_written_with_the_next_event(run: RunFolder) -> None:
    import resource  # not on every system

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    with appending(run.log) as log:
        log.append(_started())
        resource.setrlimit(resource.RLIMIT_FSIZE, (run.log.stat().st_size + 10, before[1]))
        try:
            with pytest.raises(SegStudioError, match=r"log of the training could not be written.*resume"):
                log.append(_step(1))
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
        log.append(_step(2))
    assert [event.step for event in run.events() if isinstance(event, StepDone)] == [1, 2]
    assert run.log.read_bytes().count(b"\n") == 3


def test_a_log_that_may_not_be_written_is_told(run: RunFolder) -> None:
    run.log.mkdir()
    with pytest.raises(SegStudioError, match="log of the training could not be written"):
        _append(run, _started())


def test_the_models_lie_beside_the_log(run: RunFolder) -> None:
    assert [path.name for path in (run.best, run.last, run.log)] == ["best.pt", "last.pt", "events.jsonl"]
    assert run.best.parent == run.log.parent == run.path


def test_a_run_is_held_by_one_only(run: RunFolder) -> None:
    with run.held(), pytest.raises(SegStudioError, match="another process is training this run"), run.held():
        raise AssertionError("held twice")
    with run.held():
        pass


def test_a_run_that_may_not_be_written_is_not_said_to_be_trained_by_another(
    run: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr("segstudio.files.FileLock.acquire", refuse)
    with pytest.raises(SegStudioError, match="Read-only file system"), run.held():
        raise AssertionError("held")


def test_whether_a_run_is_held_can_be_asked_without_disturbing_it(run: RunFolder) -> None:
    assert run.is_held() is False
    assert not (run.path / ".lock").exists()
    with run.held():
        assert run.is_held() is True
    assert run.is_held() is False
    with run.held():
        pass


def test_a_run_that_cannot_be_asked_whether_it_is_held_says_so(
    run: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    (run.path / ".lock").touch()
    monkeypatch.setattr("segstudio.files.FileLock.acquire", refuse)
    assert run.is_held() is None


def test_a_run_takes_the_name_it_is_given(runs: Path) -> None:
    assert RunFolder.create(runs, Recipe(), name=" with  weights ").name == "with weights"
    assert RunFolder.create(runs, Recipe(), name="with weights").name == "with weights-2"


@pytest.mark.parametrize(
    "name", [" ", ".hidden", "a/b", "a\\b", "end.", "a:b", "a\nb\x00", " last", "CON", "nul.2"]
)
def test_a_name_that_is_none_is_refused(runs: Path, name: str) -> None:
    with pytest.raises(SegStudioError, match="cannot name a run"):
        run_name(name)


def test_the_log_can_be_read_without_its_steps(run: RunFolder) -> None:
    _append(run, _started(), _step(1), _step(2), RunStopped(epoch=0, step=2))
    assert [type(event) for event in run.events(steps=False)] == [RunStarted, RunStopped]
    assert state_of(run.events(steps=False)) == run.state() == "stopped"


def test_a_run_is_found_by_name_or_path(run: RunFolder, runs: Path, tmp_path: Path) -> None:
    assert find_run(runs, run.name).path == run.path
    assert find_run(tmp_path, str(run.path)).path == run.path
    with pytest.raises(SegStudioError, match=f'did you mean "{run.name}"'):
        find_run(runs, run.name[:-2])
    with pytest.raises(SegStudioError, match="There are no runs yet"):
        find_run(tmp_path / "empty", "x")


def test_runs_are_listed_oldest_first_and_other_folders_are_not(run: RunFolder, runs: Path) -> None:
    newer = RunFolder.create(runs, Recipe(), name="2025")
    os.utime(run.path / "recipe.toml", (100, 100))
    os.utime(newer.path / "recipe.toml", (200, 200))
    (runs / "notes").mkdir()
    assert [found.name for found in list_runs(runs)] == [run.name, newer.name]
    assert list_runs(runs / "nothing") == []


def test_a_run_is_as_old_as_its_log_whatever_it_is_called_and_its_recipe_was_since(runs: Path) -> None:
    for name, began in (("b", 300.0), ("a", 400.0), ("old", 100.0)):
        made = RunFolder.create(runs, Recipe(), name=name)
        with appending(made.log) as log:
            log.append(RunStopped(time=began, epoch=1, step=1))
            log.append(RunStopped(time=900.0 - began, epoch=1, step=2))
    damaged = RunFolder.create(runs, Recipe(), name="c")
    damaged.log.write_bytes(b"{")
    os.utime(damaged.path / "recipe.toml", (200, 200))
    assert [found.name for found in list_runs(runs)] == ["old", "c", "b", "a"]
    (runs / "old").rename(runs / "z")
    assert [found.name for found in list_runs(runs)] == ["z", "c", "b", "a"]


def test_a_clock_that_was_set_back_does_not_put_the_newest_run_first(
    runs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recipe = load_recipe("quick-cpu")
    for name, now in (("z", 5000.0), ("y", 5100.0), ("x", 1500.0), ("w", 1600.0), ("v", 6000.0)):
        monkeypatch.setattr("time.time", lambda now=now: now)
        made = RunFolder.create(runs, recipe, name=name)
        os.utime(made.path / "recipe.toml", (now, now))
        _append(made, started(time=now, order=made.place_in_order()), RunStopped(time=now, epoch=1, step=1))
        _append(made, started(time=9000.0, order=made.place_in_order()))  # it goes on later
    assert [found.name for found in list_runs(runs)] == ["z", "y", "x", "w", "v"]


def test_how_many_crops_go_together_is_left_for_other_processes(tmp_path: Path) -> None:
    run = RunFolder.create(tmp_path, Recipe())
    assert run.crops_together() == 0
    run.note_crops_together(4)
    assert RunFolder(run.path).crops_together() == 4
    for garbage in (b"", b"four", b"-1", b"\xff"):
        (run.path / "crops-together.txt").write_bytes(garbage)
        assert run.crops_together() == 0


def test_a_log_that_is_a_link_is_not_written_into(run: RunFolder, tmp_path: Path) -> None:
    (tmp_path / "own.txt").write_text("mine")
    try:
        run.log.symlink_to(tmp_path / "own.txt")
    except OSError:
        pytest.skip("no links here")
    with pytest.raises(SegStudioError, match="the log of the training is a link"):
        _append(run, _started())
    assert (tmp_path / "own.txt").read_text() == "mine"


@pytest.fixture
def elsewhere(run: RunFolder, tmp_path: Path) -> Path:
    """Return a folder outside of the project that looks like a run and holds files of somebody's."""
    folder = tmp_path / "elsewhere"
    shutil.copytree(run.path, folder)
    for name in (".thesis.part", ".lock", "stop"):
        (folder / name).write_text("mine")
    return folder


def _holds(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir()}


def test_a_run_that_is_a_link_is_not_gone_on_with_and_nothing_is_touched(runs: Path, elsewhere: Path) -> None:
    run = RunFolder(runs / "t1")
    link(run.path, elsewhere)
    before = _holds(elsewhere)
    with pytest.raises(SegStudioError, match="the folder is a link") as told, run.held():
        raise AssertionError("held")
    assert told.value.where == str(run.path)
    assert run.is_held() is None
    run.forget_stop()
    run.ask_to_stop()
    assert run.is_asked_to_stop()
    run.forget_stop()
    assert _holds(elsewhere) == before
    assert not (runs / ".t1.stop").exists()


@pytest.mark.parametrize("name", ["previews", "tensorboard", "previews/epoch-0001"])
def test_a_run_with_a_folder_that_is_a_link_is_not_gone_on_with(
    run: RunFolder, elsewhere: Path, name: str
) -> None:
    (run.path / name).parent.mkdir(exist_ok=True)
    link(run.path / name, elsewhere)
    with pytest.raises(SegStudioError, match="the folder is a link") as told, run.held():
        raise AssertionError("held")
    assert told.value.where == str(run.path / name)
    assert not (run.path / ".lock").exists()


def test_the_folder_of_all_runs_may_be_a_link(run: RunFolder, runs: Path, tmp_path: Path) -> None:
    runs.rename(tmp_path / "drive")
    link(runs, tmp_path / "drive")
    with run.held():
        assert RunFolder(run.path).is_held()


def test_what_a_dead_process_has_left_is_removed_and_nothing_that_is_only_called_alike(
    run: RunFolder,
) -> None:
    others = (".thesis.part", ".thesis.abcdefgh.part", ".best.pt.ABCDEFGH.part", ".best.pt.part", "best.pt")
    left = [".epochs.csv.0_abcdez.part"]
    for name in ("best.pt", "last.pt", "epoch-0010.pt", "crops-together.txt"):
        with replacing(run.path / name):
            left += [path.name for path in run.path.glob(".*.part")]
    assert len(set(left)) == 5
    for name in (*others, *left):
        (run.path / name).write_text("x")
    (run.path / ".last.pt.abcdefgh.part").mkdir()
    with run.held():
        names = {path.name for path in run.path.glob(".*.part")}
    assert names == {*others[:-1], ".last.pt.abcdefgh.part"}
    assert run.best.exists()


def test_a_file_of_the_run_lies_in_its_folder(run: RunFolder, elsewhere: Path) -> None:
    link(run.path / "out", elsewhere)
    link(run.path / "a.png", elsewhere / "stop")
    assert run.file_of_own("previews/ü/b.png") == run.path / "previews" / "ü" / "b.png"
    for name in ("../x.png", "previews/../../x.png", str(elsewhere / "stop"), "out/stop", "a.png"):
        assert run.file_of_own(name) is None

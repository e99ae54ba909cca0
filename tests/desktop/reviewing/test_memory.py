"""Nothing that was judged or found is lost: runs are renamed, windows closed, videos given up."""

from __future__ import annotations

import errno
import shutil
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, Qt
from PySide6.QtTest import QTest

from segstudio.desktop.opened_reading import read_opened
from segstudio.desktop.reviewing.memory import ReviewMemory, remembered, tidy
from segstudio.desktop.reviewing.reading import item_of
from segstudio.desktop.train.run_files import rename_run
from segstudio.errors import SegStudioError
from segstudio.project.project import Project
from segstudio.project.review_queue import ReviewQueue, ReviewRecord
from tests.desktop.reviewing.conftest import Show, Shown, let_answer
from tests.inference.videos import write_video

FRAMES = 31


@pytest.mark.parametrize("told", ["x" * 5000, "\x00", "../" * 3000, ""], ids=range(4))
@pytest.mark.parametrize("field", ["photo", "frame", "mask"])
def test_a_record_that_names_no_file_costs_no_other(
    jumps: Project, photos: Path, field: str, told: str
) -> None:
    queue = ReviewQueue(jumps.folder)
    queue.put(ReviewRecord(photo=queue.told(photos / "new_0.png"), outside=True))
    bad = ReviewRecord(photo="gone.png", outside=True).model_copy(update={field: told})
    (queue.folder / "0.json").write_text(bad.model_dump_json(), encoding="utf-8")
    found = remembered(read_opened(jumps.folder))
    assert [item.path.name for item in found.items] == ["new_0.png"]


def test_no_prediction_goes_while_a_record_cannot_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("segstudio.desktop.reviewing.memory._BUDGET_BYTES", 0)
    queue = ReviewQueue(tmp_path)
    frame = queue.folder / "frames/film-0123456789/frame-000001.jpg"
    frame.parent.mkdir(parents=True)
    frame.write_bytes(bytes(70))
    bad = queue.folder / "0.json"
    bad.write_text("half of a rec", encoding="utf-8")
    assert tidy(tmp_path) == 0
    assert frame.exists()
    bad.unlink()
    assert tidy(tmp_path) == 70


def test_a_record_that_cannot_be_read_for_a_while_is_not_written_anew(
    jumps: Project, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path) -> bytes:
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    queue, item = ReviewQueue(jumps.folder), item_of(photos / "new_0.png", None)
    photo = queue.told(item.path)
    decided = queue.decide(ReviewRecord(photo=photo, outside=True), "reject")
    opened, owner = read_opened(jumps.folder), QObject()
    memory = ReviewMemory(owner)
    with monkeypatch.context() as patch:
        patch.setattr("segstudio.project.review_queue.read_json", refuse)
        memory.keep(opened, [item])
        memory.shut_down()
        with pytest.raises(SegStudioError, match="cannot be read"):
            queue.record(photo)
    assert queue.record(photo) == decided


def judged(shown: Shown) -> dict[str, str]:
    return {row.item.name: row.verdict for row in shown.page.board.rows}


def done_anew(shown: Shown) -> list[str]:
    return [row.item.name for row in shown.page.board.rows if row.answer and row.answer.seconds > 0]


def take_video(shown: Shown, video: Path, every: int) -> None:
    shown.tab.take([video])
    asks = shown.page.side.video
    shown.wait(asks.isVisible)
    asks.every.setValue(every)
    QTest.mouseClick(asks.start, Qt.MouseButton.LeftButton)


def chosen(shown: Shown, number: int) -> None:
    row, side = shown.page.board.rows[number], shown.page.side
    shown.wait(
        lambda: row.item.id in [listed.item.id for listed in side.listed]
    )  # the list follows in a moment
    side.list.choose(row.item.id)
    shown.wait_for_photo(row.item.name)


@pytest.fixture
def video(tmp_path: Path) -> Path:
    return write_video(tmp_path / "jump.avi", frames=FRAMES)


@pytest.mark.usefixtures("quick")
def test_a_run_may_be_renamed_and_what_was_thought_of_it_stays(
    show: Show, jumps: Project, photos: Path
) -> None:
    shown = show(jumps)
    shown.tab.take([photos / "new_0.png", photos / "new_1.png"])
    shown.wait_for_answers(2)
    chosen(shown, 0)
    shown.actions["review.reject"].trigger()
    rename_run(jumps.runs_folder / "jump-1", "first try")
    shown.session.refresh()
    model = shown.page.board.model
    shown.wait(lambda: shown.page.board.model is not model)
    model = shown.page.board.model
    assert model is not None
    assert model.name == shown.page.side.picker.box.currentText() == "first try"
    assert judged(shown) == {"new_0.png": "reject", "new_1.png": ""}
    assert set(shown.states().values()) == {"done"}, "what was found stays in sight"
    assert shown.problems == []
    chosen(shown, 1)
    shown.actions["review.reject"].trigger()
    shown.page.memory.shut_down()
    again = show(Project.open(jumps.folder))
    again.wait_for_answers(2)
    assert judged(again) == {"new_0.png": "reject", "new_1.png": "reject"}
    assert done_anew(again) == []


@pytest.mark.usefixtures("quick")
def test_what_an_older_version_kept_by_the_name_of_the_run_is_known_after_a_renaming(
    show: Show, jumps: Project, photos: Path
) -> None:
    queue = ReviewQueue(jumps.folder)
    shown = show(jumps)
    shown.tab.take([photos / "new_0.png"])
    shown.wait_for_answers(1)
    chosen(shown, 0)
    shown.actions["review.reject"].trigger()
    shown.page.memory.shut_down()
    (record,) = queue.read().records
    queue.put(record.model_copy(update={"model_id": ""}))  # as it was written before
    again = show(Project.open(jumps.folder))
    again.wait_for_answers(1)
    assert judged(again) == {"new_0.png": "reject"}
    again.page.memory.shut_down()
    rename_run(jumps.runs_folder / "jump-1", "first try")
    later = show(Project.open(jumps.folder))
    later.wait_for_answers(1)
    assert judged(later) == {"new_0.png": "reject"}


@pytest.mark.usefixtures("quick_card")
def test_photos_that_wait_or_cannot_be_read_are_there_again(
    show: Show, jumps: Project, photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    let_answer(monkeypatch, tmp_path / "card.json", 0.3)
    (photos / "new_0.png").write_bytes(b"no photo")
    shown = show(jumps)
    shown.tab.take([photos])
    shown.wait(lambda: "failed" in shown.states().values())
    shown.tab.cancel_work()
    before = list(shown.states())
    assert "waiting" in shown.states().values()
    shown.page.memory.shut_down()
    again = show(Project.open(jumps.folder))
    again.wait_for_answers(5)
    assert list(again.states()) == before
    assert list(again.states().values()) == ["failed", "done", "done", "done", "done"]


@pytest.mark.usefixtures("quick")
def test_frames_of_a_video_are_there_again_whatever_was_thought_of_them(
    show: Show, jumps: Project, video: Path
) -> None:
    shown = show(jumps)
    take_video(shown, video, 15)
    shown.wait_for_answers(3)
    shown.wait(lambda: shown.page.board.segmenter.is_idle)
    chosen(shown, 0)
    shown.actions["review.accept"].trigger()
    shown.wait(lambda: shown.session.opened is not None and shown.session.opened.photo("jump-000000.jpg"))
    chosen(shown, 1)
    shown.actions["review.reject"].trigger()
    before = judged(shown)
    shown.page.memory.shut_down()
    again = show(Project.open(jumps.folder))
    again.wait_for_answers(3)
    assert judged(again) == before
    assert list(before.values()) == ["accept", "reject", ""]
    assert done_anew(again) == []
    assert {row.item.is_video for row in again.page.board.rows} == {True}
    chosen(again, 2)
    again.actions["review.accept"].trigger()
    again.wait(lambda: again.session.opened is not None and again.session.opened.photo("jump-000030.jpg"))


@pytest.mark.usefixtures("quick_card")
def test_a_video_that_was_given_up_goes_on_where_it_was(
    show: Show, jumps: Project, video: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    let_answer(monkeypatch, tmp_path / "card.json", 0.05)
    shown = show(jumps)
    board, side = shown.page.board, shown.page.side
    came: list[str] = []
    board.answer_came.connect(came.append)
    take_video(shown, video, 3)
    shown.wait(lambda: len(came) >= 2)
    shown.tab.cancel_work()
    shown.wait(side._go_on.isVisible)
    assert side._told.text().startswith("jump.avi waits")
    chosen(shown, 0)
    shown.actions["review.remove"].trigger()
    count = len(board.rows)
    QTest.qWait(150)
    assert len(board.rows) == count < 11, "nothing comes while it is given up"
    QTest.mouseClick(side._go_on, Qt.MouseButton.LeftButton)
    shown.wait_for_answers(10)
    shown.wait(lambda: board.segmenter.is_idle)
    assert len(set(came)) == len(came) == 11, "what was done, or removed, does not come twice"
    assert not side._go_on.isVisible()


@pytest.mark.usefixtures("quick_card")
def test_a_video_goes_on_when_the_project_is_opened_again_and_with_another_model(  # noqa: PLR0917
    show: Show, jumps: Project, video: Path, stranger: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    let_answer(monkeypatch, tmp_path / "card.json", 0.05)
    shown = show(jumps)
    take_video(shown, video, 3)
    shown.wait(lambda: len(shown.page.board.rows) >= 2)
    chosen(shown, 0)
    shown.actions["review.remove"].trigger()
    shown.page.shut_down()
    again = show(Project.open(jumps.folder))
    again.wait(lambda: len(again.page.board.rows) >= 4)
    shutil.copy(stranger, tmp_path / "other.pt")
    again.tab.take([tmp_path / "other.pt"])
    again.wait(lambda: again.page.board.model is not None and again.page.board.model.name == "other")
    again.wait_for_answers(10)
    again.wait(lambda: again.page.board.segmenter.is_idle)
    again.page.memory.shut_down()
    assert not list((jumps.folder / "review" / "videos").iterdir())


@pytest.mark.usefixtures("quick")
def test_what_is_under_review_is_never_tidied_away(
    show: Show, jumps: Project, photos: Path, video: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = show(jumps)
    shown.tab.take([photos])
    take_video(shown, video, 15)
    shown.wait_for_answers(8)
    shown.wait(lambda: shown.page.board.segmenter.is_idle)
    for number in (0, 6):
        chosen(shown, number)
        shown.actions["review.remove"].trigger()
    shown.page.memory.shut_down()
    monkeypatch.setattr("segstudio.desktop.reviewing.memory._BUDGET_BYTES", 0)
    before = len(list((jumps.folder / "review").rglob("*.npy")))
    assert tidy(jumps.folder) > 0
    assert len(list((jumps.folder / "review").rglob("*.npy"))) == before - 4
    assert len(list((jumps.folder / "review").rglob("frame-*.jpg"))) == 2
    again = show(Project.open(jumps.folder))
    again.wait_for_answers(6)
    assert done_anew(again) == []

from pathlib import Path

import pytest

from segstudio.errors import SegStudioError
from segstudio.project.project import Project
from segstudio.project.review_queue import FOLDER, ReviewQueue, ReviewRecord, key_of
from tests.project.conftest import AddPhoto


def _record(photo: str, *, outside: bool = False) -> ReviewRecord:
    return ReviewRecord(photo=photo, outside=outside, model="jump-1")


def test_decisions_survive_a_restart(project: Project) -> None:
    queue = ReviewQueue(project.folder)
    assert queue.read().records == ()
    queue.put(_record("a.jpg"))
    decided = queue.decide(_record("sub/ü 1.jpg"), "correct")
    found = ReviewQueue(project.folder).read()
    assert {record.photo: record.decision for record in found.records} == {
        "a.jpg": "waiting",
        "sub/ü 1.jpg": "correct",
    }
    assert decided in found.records
    assert decided.when
    assert decided.added == decided.when
    assert found.problems == ()


def test_a_later_decision_takes_the_place_of_an_earlier_one_and_of_its_order(project: Project) -> None:
    queue = ReviewQueue(project.folder)
    for number, photo in enumerate(("first", "second")):
        queue.put(_record(photo).model_copy(update={"added": f"2026-01-0{number + 1}"}))
    first = queue.read().records[0]
    queue.decide(queue.decide(first, "accept"), "reject")
    records = queue.read().records
    assert [(record.photo, record.decision) for record in records] == [
        ("first", "reject"),
        ("second", "waiting"),
    ]
    assert records[0].added == "2026-01-01"


def test_only_what_is_there_waits(project: Project, tmp_path: Path) -> None:
    queue = ReviewQueue(project.folder)
    (tmp_path / "new.jpg").touch()
    queue.put(ReviewRecord(photo="a.jpg"))
    queue.put(ReviewRecord(photo=queue.told(tmp_path / "new.jpg"), outside=True))
    queue.put(ReviewRecord(photo=queue.told(tmp_path / "gone.jpg"), outside=True))
    queue.decide(ReviewRecord(photo="b.jpg"), "accept")
    assert queue.waiting() == 2


def test_photos_of_one_name_do_not_share_a_file_and_any_name_has_one(project: Project) -> None:
    queue = ReviewQueue(project.folder)
    names = ["a/x.jpg", "b/x.jpg", "../x.jpg", "/else/x.jpg", "ä" * 300 + ".jpg", 'w:*?"<>|.jpg']
    for name in names:
        queue.put(_record(name))
    assert {record.photo for record in queue.read().records} == set(names)
    assert len(list(queue.folder.iterdir())) == len(names)
    assert {path.parent for path in (project.folder / FOLDER).rglob("*.json")} == {queue.folder}


def test_a_forgotten_photo_is_gone_and_forgetting_twice_is_no_error(project: Project) -> None:
    queue = ReviewQueue(project.folder)
    queue.put(_record("a.jpg"))
    queue.remove(_record("a.jpg"))
    queue.remove(_record("a.jpg"))
    assert queue.read().records == ()


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b'{"photo": 3}', b'{"photo": "a", "decision": "burn"}']
)
def test_a_damaged_file_is_told_and_costs_no_other(project: Project, content: bytes) -> None:
    queue = ReviewQueue(project.folder)
    queue.put(_record("a.jpg"))
    (queue.folder / "broken.json").write_bytes(content)
    found = queue.read()
    assert [record.photo for record in found.records] == ["a.jpg"]
    assert len(found.problems) == 1
    assert "review/broken.json" in found.problems[0]


def test_paths_near_the_project_move_with_it(project: Project, tmp_path: Path) -> None:
    queue = ReviewQueue(project.folder)
    assert queue.told(tmp_path / "new/a.jpg") == "../new/a.jpg"
    assert queue.path_of("../new/a.jpg") == project.folder.parent / "new/a.jpg"
    far = Path("/far/away/a.jpg")
    assert queue.told(far) == str(far)
    assert queue.path_of(str(far)) == far


def test_a_project_that_may_not_be_written_is_one_sentence(project: Project) -> None:
    (project.folder / FOLDER).write_text("a file")
    with pytest.raises(SegStudioError, match="could not be written"):
        ReviewQueue(project.folder).put(_record("a.jpg"))


def test_a_file_is_known_as_the_photo_that_it_is(
    project: Project, add_photo: AddPhoto, tmp_path: Path
) -> None:
    add_photo("sub/a.png")
    outside = tmp_path / "far.png"
    outside.write_bytes((project.folder / "photos/sub/a.png").read_bytes())
    with project.change() as change:
        change.add_photo("far-away.png", outside, copy=False)
    project.refresh()
    assert key_of(project, project.folder / "photos/sub/a.png") == "sub/a.png"
    assert key_of(project, outside) == "far-away.png"
    assert key_of(project, project.folder / "photos/none.png") is None
    assert key_of(project, tmp_path / "else.png") is None

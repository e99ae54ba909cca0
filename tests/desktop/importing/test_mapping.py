"""What becomes of labels; plain values, no window."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

import pytest

from segstudio.desktop.importing.history import told_when
from segstudio.desktop.importing.label_book import LabelBook
from segstudio.desktop.importing.mapping import (
    Choices,
    Kind,
    LabelRow,
    Target,
    aimed,
    aimed_in_order,
    all_new,
    carried,
    draw_order,
    label_rows,
    moved,
    named_target,
    new_target,
    options_of,
    order_change,
    put_on_top,
)
from segstudio.desktop.importing.report_words import headline, sections
from segstudio.desktop.importing.rows import vanishing
from segstudio.formats.examine import Examined, Outcome
from segstudio.formats.labels import LabelUse, label_uses
from segstudio.formats.places import PhotoFile
from segstudio.formats.plan import PlannedPhoto
from segstudio.project.classes import ClassList

JUMPS = ClassList.from_names(["sky", "ground", "person"])


def _use(name: str, colour: str = "") -> LabelUse:
    return LabelUse(name, 3, 2, "a.xml", colour)


def _labels(rows: tuple[LabelRow, ...]) -> list[str]:
    return [row.label for row in rows]


def test_labels_are_the_classes_of_their_name_in_the_projects_order() -> None:
    rows = label_rows([_use("Person"), _use(" sky "), _use("void")], JUMPS)
    assert [(row.label, row.target) for row in rows] == [
        (" sky ", Target(Kind.CLASS, "sky")),
        ("Person", Target(Kind.CLASS, "person")),
        ("void", Target(Kind.VOID)),
    ]


def test_what_a_table_may_mean_is_proposed() -> None:
    uses = [
        LabelUse("_sky_", 3, 2, "a", plain="sky"),
        LabelUse("ignore", 3, 2, "a", plain="void"),
        LabelUse("_ground_", 3, 2, "a", plain="ground", rivals=("ground",)),
    ]
    found = {row.label: row.target for row in label_rows(uses, JUMPS)}
    assert found == {
        "_sky_": Target(Kind.CLASS, "sky"),
        "ignore": Target(Kind.VOID),
        "_ground_": Target(Kind.OPEN),
    }


def test_the_object_of_masks_is_asked_for_among_many_classes_and_called_so_as_a_new_one() -> None:
    (row,) = label_rows([LabelUse("255", 3, 2, "a", role="object")], JUMPS)
    assert row.target.kind is Kind.OPEN
    assert new_target(row, (row,), JUMPS).name == "object"
    two = ClassList.from_names(["background", "car"])
    (row,) = label_rows([LabelUse("255", 3, 2, "a", role="object")], two)
    assert row.target == Target(Kind.CLASS, "car")


def test_what_is_only_declared_is_left_out_unless_the_project_has_no_classes_yet() -> None:
    unused = LabelUse("rope", 0, 0, "", "#010203")
    (row,) = label_rows([unused], JUMPS)
    assert row.target == Target(Kind.OUT)
    (row,) = label_rows([unused], ClassList())
    assert row.target == Target(Kind.NEW, "rope", "#010203")


def test_void_is_not_the_class_that_is_called_so() -> None:
    classes = ClassList.from_names(["sky", "void"])
    rows = label_rows([LabelUse("ignore", 3, 2, "a", plain="void")], classes)
    options = options_of(rows, classes, Choices(), only_photos=False)
    assert label_uses([_use("ignore")], classes, options).values == {"ignore": 255}


def test_what_the_project_does_not_know_is_open_with_what_is_alike() -> None:
    (row,) = label_rows([_use("persn")], JUMPS)
    assert (row.target.kind, row.hint) == (Kind.OPEN, "person")
    options = options_of((row,), JUMPS, Choices(), only_photos=False)
    assert options.hold_unknown
    assert not options.new_classes
    assert not options.renames


def test_a_project_without_classes_takes_those_of_the_files_in_depth() -> None:
    uses = [_use("person", "#FF0000"), _use("sky", "#ff0000"), _use("")]
    rows = label_rows(uses, ClassList(), depth_of={"person": 10.0, "sky": 900.0})
    assert _labels(rows) == ["sky", "person", ""]
    colours = [row.target.colour for row in rows[:2]]
    assert "#FF0000" in colours
    assert len(set(colours)) == 2
    assert rows[2].target.kind is Kind.OPEN


def test_what_is_unknown_lies_over_what_is_larger_and_below_what_is_smaller() -> None:
    depth_of = {"sky": 500.0, "person": 10.0, "cloud": 300.0, "himmel": 900.0, "rope": 1.0}
    uses = [_use(name) for name in ("rope", "person", "cloud", "sky", "himmel", "unheard")]
    rows = label_rows(uses, JUMPS, depth_of=depth_of)
    assert _labels(rows) == ["himmel", "sky", "cloud", "person", "rope", "unheard"]
    assert _labels(label_rows(uses[1:4], JUMPS)) == ["sky", "person", "cloud"]


def test_a_new_class_takes_the_name_that_is_there_already() -> None:
    rows = label_rows([_use("a"), _use("b")], ClassList())
    assert named_target(rows[1], "A", rows, ClassList()) == rows[0].target
    assert named_target(rows[1], " ", rows, ClassList()) == Target(Kind.NEW, " ", rows[1].target.colour)
    assert named_target(rows[1], "SKY", rows, JUMPS) == Target(Kind.CLASS, "sky")


def test_labels_that_differ_in_case_are_one() -> None:
    (row,) = label_rows([_use("Sky"), _use("sky")], JUMPS)
    assert (row.label, row.shapes) == ("Sky", 6)


def test_choices_and_order_stay_when_more_is_given() -> None:
    before = label_rows([_use("person"), _use("rope")], JUMPS)
    before = moved(aimed(before, "rope", Target(Kind.OUT)), 1, 0)
    after = label_rows([_use("person"), _use("rope"), _use("sky")], JUMPS, before)
    assert [(row.label, row.target.kind) for row in after] == [
        ("rope", Kind.OUT),
        ("person", Kind.CLASS),
        ("sky", Kind.CLASS),
    ]
    gone = label_rows([_use("person")], ClassList.from_names(["rope"]), after)
    assert gone[0].target.kind is Kind.OPEN


def test_an_open_label_carries_its_colour_into_the_new_class() -> None:
    rows = label_rows([_use("#800000", "#800000"), _use("rope", JUMPS.named("sky").colour)], JUMPS)
    assert [row.colour for row in rows] == ["#800000", JUMPS.named("sky").colour]
    colours = [row.target.colour for row in all_new(rows, JUMPS)]
    assert colours[0] == "#800000"
    assert colours[1] not in ("", JUMPS.named("sky").colour)  # that is in use


@pytest.mark.parametrize(
    ("start", "end", "expected"), [(0, 2, "bca"), (2, 0, "cab"), (1, 1, "abc"), (0, 9, "bca")]
)
def test_a_row_is_moved(start: int, end: int, expected: str) -> None:
    rows = tuple(LabelRow(name, 1, 1, Target(Kind.OPEN)) for name in "abc")
    assert "".join(row.label for row in moved(rows, start, end)) == expected


def test_only_the_classes_found_change_places_in_the_draw_order() -> None:
    rows = label_rows([_use("sky"), _use("person")], JUMPS)
    assert draw_order(rows, JUMPS) == ("sky", "ground", "person")
    assert draw_order(moved(rows, 0, 1), JUMPS) == ("person", "ground", "sky")
    more = label_rows([_use("sky"), _use("rope")], JUMPS)
    more = aimed(more, "rope", new_target(more[1], more, JUMPS))
    assert draw_order(more, JUMPS) == ("sky", "ground", "person", "rope")
    assert draw_order(moved(more, 1, 0), JUMPS) == ("rope", "ground", "person", "sky")


def test_saying_what_a_label_means_keeps_the_projects_draw_order() -> None:
    rows = label_rows([_use("himmel"), _use("Mensch"), _use("ground")], JUMPS, depth_of={"Mensch": 9.0})
    for label, name in (("himmel", "sky"), ("Mensch", "person")):
        rows = aimed_in_order(rows, label, Target(Kind.CLASS, name), JUMPS)
    assert _labels(rows) == ["himmel", "ground", "Mensch"]
    assert draw_order(rows, JUMPS) == ("sky", "ground", "person")
    assert order_change(rows, JUMPS) == ""
    rows = moved(rows, 2, 0)  # only dragging changes it, and that is said
    assert order_change(rows, JUMPS) == "The project's draw order becomes: person, sky, ground"
    twice = aimed_in_order(
        label_rows([_use("sky"), _use("cloud")], JUMPS), "cloud", Target(Kind.CLASS, "sky"), JUMPS
    )
    assert _labels(twice) == ["cloud", "sky"]
    assert aimed_in_order(rows, "Mensch", Target(Kind.OUT), JUMPS)[0].target.kind is Kind.OUT


def test_choices_outlive_another_class_list() -> None:
    book, uses = LabelBook(), [_use(name) for name in ("himmel", "ground", "rope", "person")]
    book.fill(uses, JUMPS, {})
    book.aim("himmel", Target(Kind.CLASS, "sky"), JUMPS)
    book.aim("rope", Target(Kind.OUT), JUMPS)
    renamed = JUMPS.renamed("sky", "heaven").added("tree")
    assert book.renew(uses, JUMPS, {}) == ""
    told = book.renew(uses, renamed, {})
    assert (
        told == "The class list was changed: the import goes on with the new one, and what you chose is kept."
    )
    kinds = {row.label: (row.target.kind, row.target.name) for row in book.rows}
    assert kinds["himmel"] == (Kind.CLASS, "heaven")
    assert kinds["rope"] == (Kind.OUT, "")
    without = renamed.removed("heaven")
    assert book.renew(uses, without, {}).startswith(
        "The class list was changed: say anew what becomes of “himmel”;"
    )
    assert carried(book.rows, without, without) == book.rows


def test_an_order_that_nobody_chose_follows_the_project() -> None:
    book, uses = LabelBook(), [_use("sky"), _use("person")]
    book.fill(uses, JUMPS, {})
    turned = JUMPS.drawn_in_order(["sky"])
    book.renew(uses, turned, {})
    assert _labels(book.rows) == ["person", "sky"]
    book.move(0, 1)
    book.renew(uses, turned.renamed("person", "people"), {})
    assert _labels(book.rows) == ["sky", "person"]


def test_of_two_labels_of_one_class_the_later_decides() -> None:
    rows = label_rows([_use("sky"), _use("ground"), _use("cloud")], JUMPS)
    rows = aimed(rows, "cloud", Target(Kind.CLASS, "sky"))
    assert draw_order(rows, JUMPS) == ("ground", "sky", "person")


def test_a_new_class_without_a_name_is_none() -> None:
    rows = (LabelRow("rope", 1, 1, Target(Kind.NEW, " ", "#112233")),)
    options = options_of(rows, JUMPS, Choices(), only_photos=False)
    assert not options.new_classes
    assert not options.renames


def test_photos_alone_are_taken_unless_the_person_says_no() -> None:
    assert options_of((), JUMPS, Choices(), only_photos=True).keep_unlabelled
    assert not options_of((), JUMPS, Choices(keep_unlabelled=False), only_photos=True).keep_unlabelled
    assert not options_of((), JUMPS, Choices(), only_photos=False).keep_unlabelled


def test_every_list_of_a_report_has_its_place() -> None:
    report = {
        "imported": ["a"],
        "unlabelled": ["b"],
        "unknown": [{"name": "", "shapes": 1}],
        "hidden": {"a": ["sky"]},
        "skipped": {"points": 2},
        "deleted": 3,
        "boxes": 2,
        **{
            name: ["x"]
            for name in [
                "added_classes",
                "already_there",
                "without_photo",
                "outdone",
                "without_annotation",
                "blank",
                "by_file_name",
                "by_stem",
                "other_folder",
                "not_read",
                "held",
                "other_size",
                "doubtful",
                "damaged",
                "name_taken",
                "label_images",
                "doubles",
                "greys",
                "renamed",
                "oddities",
            ]
        },
        "clipped": {"a": 1},
        "empty": {"a": 1},
        "shapes": {"sky": 4},
    }
    found = sections(report, ["a"])
    assert len(found) == len(report) + 1
    assert all(section.count and section.meaning for section in found)
    assert headline(report) == "1 photo imported with mask, 1 without"
    assert sections({}) == ()


def test_times_are_told_as_people_say_them() -> None:
    assert told_when("2026-11-20-143205") == "20 November 2026, 14:32:05"
    assert told_when("2026-11-20-143205-2") == "20 November 2026, 14:32:05"
    assert told_when("2026-11-20T14:32:05+01:00") == "20 November 2026, 14:32:05"
    assert told_when("yesterday") == "yesterday"


def test_nobody_relies_on_the_order_of_a_project_in_which_nothing_is_painted() -> None:
    depth_of = {"person": 8.0, "ground": 113.0, "sky": 518.0}
    uses = [_use(name) for name in ("person", "ground", "sky")]
    classes = ClassList.from_names(["person", "ground", "sky"])
    assert _labels(label_rows(uses, classes, depth_of=depth_of)) == ["person", "ground", "sky"]
    rows = label_rows(uses, classes, depth_of=depth_of, is_fresh=True)
    assert _labels(rows) == ["sky", "ground", "person"]
    assert draw_order(rows, classes) == ("sky", "ground", "person")
    assert _labels(label_rows(uses, classes, is_fresh=True)) == ["person", "ground", "sky"], "no depths told"


def test_what_is_hidden_is_put_on_top_with_the_smallest_uppermost() -> None:
    rows = label_rows([_use("sky"), _use("ground"), _use("person")], JUMPS)
    depth_of = {"sky": 9.0, "ground": 5.0, "person": 1.0}
    assert _labels(put_on_top(rows[::-1], ("person", "ground"), depth_of)) == ["sky", "ground", "person"]


def test_a_class_is_lost_that_is_hidden_in_half_of_its_photos() -> None:
    def examined(hidden: tuple[int, ...], values: tuple[int, ...]) -> Examined:
        planned = PlannedPhoto("a.jpg", PhotoFile(Path("a.jpg"), PurePosixPath("a.jpg"), "a.jpg"))
        return Examined(planned, Outcome.IMPORT, hidden=hidden, values=values)

    sky, ground, person = 0, 1, 2
    photos = [examined((person,), (sky, ground)), examined((person,), (sky,)), examined((sky,), (ground,))]
    assert vanishing(photos) == {person}
    assert vanishing([examined((person, 255), (sky,)), examined((), (person,))]) == {person}
    assert vanishing([]) == frozenset()

from __future__ import annotations

from collections import Counter
from itertools import combinations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from segstudio.project.splits import BURST_GAP, Grouping, group_photos, one_group_told, split_photos

_Classes = dict[str, set[int]]

_projects = st.lists(st.sets(st.integers(0, 4), max_size=3), min_size=1, max_size=7).map(
    lambda photos: {f"p{number * 10}.jpg": classes for number, classes in enumerate(photos)}
)


@st.composite
def _foldered(draw: st.DrawFn) -> _Classes:
    count = draw(st.integers(1, 30))
    names = st.sampled_from(["a/IMG_{}.jpg", "a/DSC{}x.jpg", "b/{}.png", "c{}.png"])
    keys = [draw(names).format(draw(st.integers(0, 60))) for _ in range(count)]
    return {key: draw(st.sets(st.integers(0, 5), max_size=4)) for key in keys}


def _parts(classes_of: _Classes, seed: int = 0, fraction: float = 0.2) -> tuple[set[int], set[int]]:
    splits = split_photos(classes_of, seed=seed, fraction=fraction)
    train, val = (
        set().union(*(classes for key, classes in classes_of.items() if splits[key] == part))
        for part in ("train", "val")
    )
    return train, val


def _can_be_perfect(classes_of: _Classes) -> bool:
    """Whether some split has every class in training and those of two photos or more in both parts."""
    photos = list(classes_of.values())
    counts = Counter(index for classes in photos for index in classes)
    shared = {index for index, count in counts.items() if count > 1}
    for size in range(1, len(photos)):
        for drawn in combinations(range(len(photos)), size):
            val = set().union(*(photos[i] for i in drawn))
            train = set().union(*(photos[i] for i in range(len(photos)) if i not in drawn))
            if shared <= val and set(counts) <= train:
                return True
    return False


@given(_projects, st.integers(0, 5))
@example({"a": {1, 4}, "b": {0, 4}, "c": {2, 3}, "d": {0, 2, 3}}, 0)  # a plain greedy draw blocks itself here
@example({"a": {0, 3}, "b": {1, 4}, "c": {1, 2, 4}, "d": {2, 3, 4}}, 0)
@settings(max_examples=150, deadline=None)
def test_every_shared_class_is_in_both_parts_whenever_a_split_can_have_it(
    classes_of: _Classes, seed: int
) -> None:
    train, val = _parts(classes_of, seed)
    counts = Counter(index for classes in classes_of.values() for index in classes)
    if _can_be_perfect(classes_of):
        assert train == set(counts)
        assert val >= {index for index, count in counts.items() if count > 1}


@given(_foldered(), st.integers(0, 9), st.sampled_from(["none", "folder", "burst"]), st.floats(0.05, 0.6))
@settings(deadline=None)
def test_groups_are_torn_only_where_there_is_one_and_both_parts_are_never_empty(
    classes_of: _Classes, seed: int, grouping: Grouping, fraction: float
) -> None:
    splits = split_photos(classes_of, seed=seed, grouping=grouping, fraction=fraction)
    assert set(splits) == set(classes_of)
    groups = group_photos(list(classes_of), grouping)
    for group in groups if len(groups) > 1 else ():
        assert len({splits[key] for key in group}) == 1
    assert set(splits.values()) == ({"train", "val"} if len(classes_of) > 1 else {"train"})
    assert bool(one_group_told(list(classes_of), grouping)) == (len(groups) == 1 and len(classes_of) > 1)


@given(_foldered(), st.integers(0, 9))
@settings(deadline=None)
def test_the_same_seed_gives_the_same_split_whatever_the_order(classes_of: _Classes, seed: int) -> None:
    backwards = dict(reversed(list(classes_of.items())))
    assert split_photos(classes_of, seed=seed) == split_photos(backwards, seed=seed)


def test_another_seed_gives_another_split() -> None:
    classes_of = {f"{number}.jpg": {0, 1} for number in range(40)}
    assert len({tuple(split_photos(classes_of, seed=seed).items()) for seed in range(5)}) == 5


@pytest.mark.parametrize("fraction", [0.1, 0.2, 0.35, 0.5])
def test_the_fraction_is_kept(fraction: float) -> None:
    classes_of = {f"{number}.jpg": {number % 3, 7} for number in range(100)}
    splits = split_photos(classes_of, fraction=fraction)
    assert Counter(splits.values())["val"] == round(100 * fraction)


def test_no_photo_is_the_validation_of_nothing() -> None:
    assert split_photos({}) == {}
    assert split_photos({"a": {0}}) == {"a": "train"}
    assert set(split_photos({"a": {0}, "b": {0}}, fraction=0).values()) == {"train"}


def test_a_single_burst_is_divided_between_runs_of_neighbours() -> None:
    classes_of = {f"a/{number}.png": {0, 1} for number in range(1, 37)}
    splits = split_photos(classes_of, grouping="burst")
    drawn = [number for number in range(1, 37) if splits[f"a/{number}.png"] == "val"]
    assert len(drawn) == 6
    assert sum(number + 1 in drawn for number in drawn) >= 4
    assert one_group_told(list(classes_of), "burst") == (
        "All photos are of one burst, which therefore had to be divided"
    )
    assert one_group_told([*classes_of, "b.png"], "burst") == one_group_told(["a"], "burst") == ""


def test_a_single_folder_is_divided_between_its_bursts() -> None:
    classes_of = {f"a/{number}.png": {0} for number in (1, 2, 3, 20, 21, 22)}
    splits = split_photos(classes_of, grouping="folder")
    assert len({splits[f"a/{number}.png"] for number in (1, 2, 3)}) == 1
    assert set(splits.values()) == {"train", "val"}


def test_a_class_of_one_photo_stays_in_training() -> None:
    classes_of = {f"{number}.jpg": {0} | ({1} if number == 3 else set()) for number in range(10)}
    for seed in range(20):
        assert split_photos(classes_of, seed=seed, fraction=0.5)["3.jpg"] == "train"


def test_when_every_draw_costs_a_class_the_cheapest_is_drawn() -> None:
    classes_of: _Classes = {"a": {0, 1, 2}, "b": {0, 3}, "c": {4, 5}}
    for seed in range(10):
        splits = split_photos(classes_of, seed=seed)
        assert [key for key in splits if splits[key] == "val"] == ["b"]


def test_a_rare_class_is_in_both_parts_of_a_large_project() -> None:
    classes_of = {f"{number}.jpg": {0} | ({1} if number in (17, 1600) else set()) for number in range(3000)}
    train, val = _parts(classes_of, fraction=0.1)
    assert train == val == {0, 1}


def test_bursts_are_names_that_rise_by_little() -> None:
    keys = [
        "a/IMG_001.jpg",
        "a/IMG_002.jpg",
        "a/IMG_005.jpg",
        "a/IMG_009.jpg",
        "b/IMG_003.jpg",
        "a/DSC_003.jpg",
    ]
    assert group_photos(keys, "burst") == [
        ("a/DSC_003.jpg",),
        ("a/IMG_001.jpg", "a/IMG_002.jpg", "a/IMG_005.jpg"),
        ("a/IMG_009.jpg",),
        ("b/IMG_003.jpg",),
    ]
    assert BURST_GAP == 3


def test_numbers_of_a_burst_are_numbers_not_text() -> None:
    assert group_photos(["f9.jpg", "f10.jpg", "f11.jpg"], "burst") == [("f9.jpg", "f10.jpg", "f11.jpg")]
    assert group_photos(["a1_left.jpg", "a2_left.jpg"], "burst") == [("a1_left.jpg", "a2_left.jpg")]
    assert len(group_photos(["sky.jpg", "ground.jpg"], "burst")) == 2


def test_folders_and_single_photos() -> None:
    keys = ["b/1.jpg", "a/2.jpg", "a/1.jpg", "3.jpg"]
    assert group_photos(keys, "folder") == [("3.jpg",), ("a/1.jpg", "a/2.jpg"), ("b/1.jpg",)]
    assert group_photos(keys, "none") == [("3.jpg",), ("a/1.jpg",), ("a/2.jpg",), ("b/1.jpg",)]

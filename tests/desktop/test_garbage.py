"""What stays is made without looking for garbage, and no garbage stays with it."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator

import pytest

from segstudio.desktop.garbage import no_collection


class _Round:
    """Refers to itself, so that only the collector can free it."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture(autouse=True)
def thawed() -> Iterator[None]:
    yield
    gc.unfreeze()


@pytest.mark.parametrize("of_many", [True, False])
def test_garbage_of_before_does_not_stay_for_ever(of_many: bool) -> None:
    pending = weakref.ref(_Round())
    before = gc.get_freeze_count()
    with no_collection(of_many=of_many):
        stays = [[number] for number in range(10_000)]
    assert gc.isenabled()
    assert gc.get_freeze_count() - before > len(stays)
    gc.collect()
    assert pending() is None


def test_few_objects_are_collected_as_ever() -> None:
    before = gc.get_freeze_count()
    with no_collection(of_many=False):
        assert not gc.isenabled()
    assert gc.get_freeze_count() == before
    assert gc.isenabled()

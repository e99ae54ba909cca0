from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from segstudio.project.project import Project
from segstudio.runs.recipe import Recipe
from segstudio.training.augmentation import Augmentation
from segstudio.training.photos import LabelledPhoto, PhotoStore
from segstudio.training.sampling import CropKey, CropPlan, _Crops, _loaded, _LoaderLostError, crop_batches
from tests.training.conftest import MakeProject


@given(photos=st.integers(1, 30), crops=st.integers(1, 4), batch=st.integers(1, 9), seed=st.integers(0, 99))
def test_an_epoch_uses_every_photo_equally(photos: int, crops: int, batch: int, seed: int) -> None:
    plan = CropPlan(photos=photos, crops_per_photo=crops, crops_per_step=batch, seed=seed)
    steps = plan.epoch(3)
    assert len(steps) == plan.steps_per_epoch
    assert Counter(key.photo for step in steps for key in step) == dict.fromkeys(range(photos), crops)
    assert all(len(step) == batch for step in steps[:-1])
    seeds = [key.seed for step in steps for key in step]
    assert len(set(seeds)) == len(seeds)


def test_epochs_differ_and_repeat_by_seed() -> None:
    plan = CropPlan(photos=20, crops_per_photo=1, crops_per_step=4, seed=7)
    again = CropPlan(photos=20, crops_per_photo=1, crops_per_step=4, seed=7)
    other = CropPlan(photos=20, crops_per_photo=1, crops_per_step=4, seed=8)
    assert plan.epoch(0) == again.epoch(0)
    assert plan.epoch(0) != plan.epoch(1)
    assert plan.epoch(0) != other.epoch(0)


@given(
    photos=st.integers(1, 9), batch=st.integers(1, 7), processes=st.integers(1, 4), crops=st.integers(1, 3)
)
def test_processes_share_each_step(photos: int, batch: int, processes: int, crops: int) -> None:
    """Together they have the crops of one process, each as many as the others; what fills up does not count."""

    def plan(process: int, of: int) -> CropPlan:
        return CropPlan(
            photos=photos,
            crops_per_photo=crops,
            crops_per_step=batch,
            seed=5,
            process=process,
            processes=of,
        )

    whole = plan(0, 1).epoch(2)
    parts = [plan(process, processes).epoch(2) for process in range(processes)]
    for number, step in enumerate(whole):
        of_step = [part[number] for part in parts]
        assert len({len(part) for part in of_step}) == 1
        assert sorted(key for part in of_step for key in part if key.counts) == sorted(step)


def test_photos_of_rare_classes_come_more_often() -> None:
    factors = np.array([1.0, 1.0, 1.0, 3.0])
    plan = CropPlan(photos=4, crops_per_photo=3, crops_per_step=4, seed=1, factors=factors)
    epochs = [Counter(key.photo for step in plan.epoch(e) for key in step) for e in range(200)]
    assert all(sum(counted.values()) == 12 for counted in epochs)
    assert {counted[3] for counted in epochs} == {6}
    assert np.mean([counted[0] for counted in epochs]) == pytest.approx(2)


def store_of(project: Project, *, shared: bool) -> PhotoStore:
    photos = [LabelledPhoto(p.key, p.path, project.mask_path(p), p.size) for p in project.photos()]
    store = PhotoStore(
        photos, classes=project.classes, channels=[[0], [1]], max_side_px=0, cache_mb=100, shared=shared
    )
    store.load()
    return store


def batches(store: PhotoStore, *, first_step: int, workers: int) -> list[tuple[torch.Tensor, torch.Tensor]]:
    plan = CropPlan(photos=len(store), crops_per_photo=1, crops_per_step=2, seed=3)
    return list(
        crop_batches(
            store,
            Augmentation(Recipe(crop_px=32)),
            plan,
            first_step=first_step,
            epochs=2,
            workers=workers,
            pin_memory=False,
        )
    )


@pytest.mark.parametrize("workers", [0, 2])
def test_going_on_in_mid_epoch_gives_the_same_batches(make_project: MakeProject, workers: int) -> None:
    store = store_of(make_project(), shared=workers > 0)
    whole = batches(store_of(make_project(name="other"), shared=False), first_step=0, workers=0)
    before = torch.get_rng_state()
    rest = batches(store, first_step=3, workers=workers)
    assert torch.equal(before, torch.get_rng_state()), "cutting crops must not draw from the global generator"
    assert len(whole) == 8
    assert len(rest) == 5
    for (images, labels), (same_images, same_labels) in zip(whole[3:], rest, strict=True):
        assert torch.equal(images, same_images)
        assert torch.equal(labels, same_labels)
    store.close()


def test_a_crop_that_does_not_count_has_no_label(make_project: MakeProject) -> None:
    store = store_of(make_project(), shared=False)
    crops = _Crops(store, Augmentation(Recipe(crop_px=32)))
    counted, uncounted = crops.__getitems__([CropKey(0, 7), CropKey(0, 7, counts=False)])
    assert torch.equal(counted[0], uncounted[0])
    assert (counted[1] != 255).any()
    assert (uncounted[1] == 255).all()
    assert (store[0][1] != 255).any(), "the photo's own labels stay"


class _Loader:
    """A loader with processes whose next batch fails."""

    num_workers = 2

    def __init__(self, error: Exception) -> None:
        self._error = error

    def __iter__(self) -> Iterator[object]:
        return map(self._batch, range(3))

    def _batch(self, number: int) -> object:
        raise self._error


@pytest.mark.parametrize(
    "error",
    [
        RuntimeError("DataLoader worker (pid 7) is killed by signal: Killed."),
        EOFError(),
        ConnectionResetError(104, "Connection reset by peer"),
        FileNotFoundError(2, "No such file or directory"),
    ],
)
def test_a_dead_loader_process_is_known_however_it_shows(error: Exception) -> None:
    """Its crops lie in memory that is handed over when they are taken."""
    with pytest.raises(_LoaderLostError):
        next(_loaded(_Loader(error)))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "error", [RuntimeError("size mismatch"), OSError("Caught OSError in DataLoader worker")]
)
def test_what_went_wrong_in_a_living_loader_process_is_no_death(error: Exception) -> None:
    with pytest.raises(type(error), match=str(error)):
        next(_loaded(_Loader(error)))  # type: ignore[arg-type]

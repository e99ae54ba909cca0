from __future__ import annotations

import numpy as np

from segstudio.project.project import Project
from segstudio.project.splitting import split_project
from tests.project.conftest import AddPhoto


def test_labelled_photos_are_split_and_it_is_remembered(project: Project, add_photo: AddPhoto) -> None:
    for number in range(10):
        add_photo(f"{number}.png", np.full((60, 80), number % 2, dtype=np.uint8))
    add_photo("bare.png")
    told: list[tuple[int, int]] = []
    counts = split_project(project, fraction=0.3, progress=lambda done, total: told.append((done, total)))
    assert counts == {"train": 7, "val": 3}
    assert told[-1] == (10, 10)
    photos = Project.open(project.folder).photos()
    assert sum(photo.split == "val" for photo in photos) == 3
    assert project.photo("bare.png").split is None
    for split in ("train", "val"):
        masks = [project.read_mask(photo) for photo in photos if photo.split == split]
        assert {int(mask[0, 0]) for mask in masks if mask is not None} == {0, 1}


def test_bursts_stay_together(project: Project, add_photo: AddPhoto) -> None:
    for number in (1, 2, 3, 20, 21, 40):
        add_photo(f"IMG_{number}.png", np.zeros((60, 80), dtype=np.uint8))
    split_project(project, grouping="burst", seed=3)
    split_of = {photo.key: photo.split for photo in project.photos()}
    assert len({split_of[f"IMG_{number}.png"] for number in (1, 2, 3)}) == 1
    assert split_of["IMG_20.png"] == split_of["IMG_21.png"]
    assert set(split_of.values()) == {"train", "val"}

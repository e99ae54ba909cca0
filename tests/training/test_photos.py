from __future__ import annotations

import pickle
import signal
from pathlib import Path

import numpy as np
import pytest

from segstudio.errors import SegStudioError
from segstudio.project.project import Project
from segstudio.training.photos import LabelledPhoto, PhotoStore, shrunk_size
from tests.training.conftest import MakeProject


def store_of(
    project: Project,
    *,
    channels: tuple[tuple[int, ...], ...] = ((0,), (1,)),
    max_side_px: int = 0,
    cache_mb: int = 100,
    shared: bool = False,
) -> PhotoStore:
    photos = [LabelledPhoto(p.key, p.path, project.mask_path(p), p.size) for p in project.photos()]
    return PhotoStore(
        photos,
        classes=project.classes,
        channels=channels,
        max_side_px=max_side_px,
        cache_mb=cache_mb,
        shared=shared,
    )


def test_gives_photo_and_channels(make_project: MakeProject) -> None:
    project = make_project()
    store = store_of(project, channels=((1,),))
    told: list[tuple[int, int]] = []
    store.load(lambda done, total: told.append((done, total)))
    assert told == [(n, 7) for n in range(1, 8)]
    photo = project.photos()[0]
    image, labels = store[0]
    assert np.array_equal(image.numpy().transpose(1, 2, 0), project.read_photo(photo))
    mask = project.read_mask(photo)
    assert mask is not None
    assert np.array_equal(labels.numpy(), np.where(mask == 1, 0, 255))


def test_cached_or_not_is_the_same(make_project: MakeProject) -> None:
    project = make_project()
    cached, bare, shared = (
        store_of(project, max_side_px=40, cache_mb=mb, shared=s)
        for mb, s in ((100, False), (0, False), (100, True))
    )
    for store in (cached, bare, shared):
        store.load()
    assert bare.megabytes == 0
    other = pickle.loads(pickle.dumps(shared))
    for position in range(len(cached)):
        for store in (bare, shared, other):
            for one, two in zip(cached[position], store[position], strict=True):
                assert np.array_equal(one.numpy(), two.numpy())
        assert cached[position][0].shape[1:] == (30, 40)
    shared.close()
    assert int(other[0][1].numpy().max()) == 255  # what is mapped stays readable


def test_a_bad_mask_value_is_named_with_its_file(make_project: MakeProject) -> None:
    project = make_project()
    photo = project.photos()[2]
    project.write_mask(photo, np.full(photo.size, 9, dtype=np.uint8))
    with pytest.raises(
        SegStudioError, match=r"photo_2\.png\.png: the mask holds the value 9, which is no class"
    ):
        store_of(project).load()
    with pytest.raises(SegStudioError, match="value 9"):
        store_of(project, cache_mb=0).load()


def test_a_photo_that_changed_its_size(make_project: MakeProject) -> None:
    project = make_project(size=(48, 64))
    other = make_project(size=(32, 32), name="other")
    first = project.photos()[0].path
    first.write_bytes(other.photos()[0].path.read_bytes())
    with pytest.raises(SegStudioError, match="it was changed after its import"):
        store_of(project).load()


def test_counts_pixels(make_project: MakeProject) -> None:
    project = make_project()
    store = store_of(project)
    store.load()
    masks = [project.read_mask(photo) for photo in project.photos()]
    expected = [[int((mask == value).sum()) for value in (0, 1)] for mask in masks if mask is not None]
    assert store.pixel_counts(2).tolist() == expected


def test_a_thin_stroke_stays_when_photos_are_shrunk(make_project: MakeProject) -> None:
    project = make_project()
    photo = project.photos()[0]
    mask = np.full(photo.size, 255, dtype=np.uint8)
    mask[:, 9] = 1
    project.write_mask(photo, mask)
    for cache_mb in (100, 0):
        store = store_of(project, max_side_px=8, cache_mb=cache_mb)
        store.load()
        labels = store[0][1]
        assert labels.shape[1] == 8
        assert (labels == 1).sum() == labels.shape[0]


def test_shrunk_size() -> None:
    assert shrunk_size((540, 960), 0) == (540, 960)
    assert shrunk_size((540, 960), 480) == (270, 480)
    assert shrunk_size((1, 3000), 100) == (1, 100)


def test_a_damaged_photo_beyond_the_cache_is_found_too(make_project: MakeProject) -> None:
    project = make_project()
    path = project.photos()[3].path
    path.write_bytes(path.read_bytes()[:300])
    with pytest.raises(SegStudioError, match=r"photo_3\.png"):
        store_of(project, cache_mb=0).load()


def test_no_room_for_the_shared_cache_is_a_sentence(
    make_project: MakeProject, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not a hole in a full disk, which would end the process when it is written through the mapping."""
    resource = pytest.importorskip("resource")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    project = make_project()
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, before[1]))
        with pytest.raises(SegStudioError, match="no room for 1 MB of decoded photos"):
            store_of(project, shared=True)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
    assert not list(tmp_path.glob("segstudio-photos-*"))

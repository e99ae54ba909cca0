"""Which crops make which step: a pure function of seed, epoch and place, so that a run can go on anywhere."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager, nullcontext
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset, Sampler

from segstudio.project.classes import VOID
from segstudio.training.augmentation import Augmentation
from segstudio.training.balance import Shares, drawn_counts
from segstudio.training.photos import PhotoStore

Batch = tuple[Tensor, Tensor]
"""uint8 (N, 3, crop, crop) images and uint8 (N, crop, crop) labels."""

_DEATHS = ("DataLoader worker (pid", "Pin memory thread exited")
"""How torch begins to tell that a loader process has died."""


class CropKey(NamedTuple):
    """One crop: the photo's position and the seed of all chance in cutting it. One that does not count has no label: it
    fills up the part of a process that would have fewer crops than the others.
    """

    photo: int
    seed: int
    counts: bool = True


class CropPlan:
    """The crops of every step of a run.

    In each epoch every photo is used `crops_per_photo` times, in an order drawn anew; with `factors` (floats, one for each
    photo) those with a higher one more often, in an epoch of the same length. The last step of an epoch may be smaller.
    Of several `processes` each takes its part of every step, all of the same number of crops.
    """

    def __init__(
        self,
        *,
        photos: int,
        crops_per_photo: int,
        crops_per_step: int,
        seed: int,
        factors: Shares | None = None,
        process: int = 0,
        processes: int = 1,
    ) -> None:
        self._photos = photos
        self._crops = photos * crops_per_photo
        self._crops_per_step = crops_per_step
        self._seed = seed
        self._factors = factors
        self._process, self._processes = process, processes

    @property
    def steps_per_epoch(self) -> int:
        """Steps in one epoch."""
        return -(-self._crops // self._crops_per_step)

    def crops_in(self, part: int) -> int:
        """Return about how many crops a step has of which this process has `part`."""
        return part * self._processes

    def epoch(self, epoch: int) -> list[list[CropKey]]:
        """Return the crops of all steps of `epoch`, which counts from 0."""
        generator = np.random.default_rng([self._seed, epoch])
        order = generator.permutation(self._crops)
        seeds = generator.integers(0, 2**63 - 1, size=self._crops)
        if self._factors is None:
            photos = order % self._photos
        else:
            counts = drawn_counts(self._factors, self._crops, float(generator.random()))
            photos = np.repeat(np.arange(self._photos), counts)[order]
        keys = [CropKey(int(photo), int(seed)) for photo, seed in zip(photos, seeds, strict=True)]
        length = self._crops_per_step
        return [self._part(keys[start : start + length]) for start in range(0, len(keys), length)]

    def _part(self, step: list[CropKey]) -> list[CropKey]:
        """Return the crops of this process, filled up to as many as the first one has."""
        part = step[self._process :: self._processes]
        missing = -(-len(step) // self._processes) - len(part)
        return part + [step[0]._replace(counts=False)] * missing


class _RemainingSteps(Sampler[list[CropKey]]):
    """Yields the crops of step `first_step` (from 0) and of all that follow, through the last epoch."""

    def __init__(self, plan: CropPlan, *, first_step: int, epochs: int) -> None:
        self._plan = plan
        self._first_step = first_step
        self._epochs = epochs

    def __iter__(self) -> Iterator[list[CropKey]]:
        first_epoch, skipped = divmod(self._first_step, self._plan.steps_per_epoch)
        for epoch in range(first_epoch, self._epochs):
            yield from self._plan.epoch(epoch)[skipped if epoch == first_epoch else 0 :]


class _Crops(Dataset[Batch]):
    """Cuts the crops of one step; the global generator is left as it was found."""

    def __init__(self, store: PhotoStore, augmentation: Augmentation) -> None:
        self._store = store
        self._augmentation = augmentation

    def __getitems__(self, keys: list[CropKey]) -> list[Batch]:
        # The default generator by hand: torch.random.fork_rng and manual_seed also look after
        # every kind of accelerator, at a cost like that of the crop itself.
        before = torch.default_generator.get_state()
        try:
            return [self._cut(key) for key in keys]
        finally:
            torch.default_generator.set_state(before)

    def _cut(self, key: CropKey) -> Batch:
        torch.default_generator.manual_seed(key.seed)
        image, labels = self._augmentation(*self._store[key.photo])
        return image, labels if key.counts else labels.fill_(VOID)


def crop_batches(
    store: PhotoStore,
    augmentation: Augmentation,
    plan: CropPlan,
    *,
    first_step: int,
    epochs: int,
    workers: int,
    pin_memory: bool,
    told: Callable[[str], None] = lambda _: None,
) -> Generator[Batch]:
    """Yield the batches of all steps from `first_step` on; the same ones for any number of `workers`.

    The loader processes are spawned, not forked (a fork of a process with CUDA or Qt threads can deadlock),
    and live for the whole run. A Ctrl-C, which a terminal sends to them too, does not end them: whoever iterates
    decides. When one of them dies, half as many take the place of all, in the end none: `told` gets the sentence.
    """
    step = first_step
    while True:
        loader = DataLoader(
            _Crops(store, augmentation),
            batch_sampler=_RemainingSteps(plan, first_step=step, epochs=epochs),
            num_workers=workers,
            collate_fn=_stack,
            pin_memory=pin_memory,
            multiprocessing_context="spawn" if workers else None,
            prefetch_factor=4 if workers else None,
            generator=torch.Generator(),  # else making the iterator would draw from the global one
            worker_init_fn=_ignore_interrupts,
        )
        try:
            for batch in _loaded(loader):
                yield batch
                step += 1
            return
        except _LoaderLostError:
            told(_told_lost(workers))
            workers //= 2


class _LoaderLostError(Exception):
    """A process that prepares crops has died."""


def _loaded(loader: DataLoader[Batch]) -> Generator[Batch]:
    """Yield the batches of a loader; raises _LoaderLostError when one of its processes has died."""
    with _interrupts_held_back() if loader.num_workers else nullcontext(), _deaths_seen_when_waiting():
        batches = iter(loader)  # starts the processes, which inherit that
    try:
        yield from batches
    except RuntimeError as error:
        if loader.num_workers and str(error).startswith(_DEATHS):
            raise _LoaderLostError from error
        raise
    except (EOFError, OSError) as error:  # the memory of a crop was to be had from a process that has died
        if loader.num_workers and not str(error).startswith(
            "Caught "
        ):  # which is what went wrong in a process
            raise _LoaderLostError from error
        raise


def _told_lost(workers: int) -> str:
    left = workers // 2
    how = f"with {left} of them" if left else "without them, which may be slower"
    return (
        "A process that prepares crops was ended from outside, as the system does where memory is short:"
        f" training goes on {how}."
    )


@contextmanager
def _deaths_seen_when_waiting() -> Iterator[None]:
    """Take back what torch does about the death of a loader process: it raises an error wherever the program is by then,
    in the middle of a step too, whose weights would be half moved. Whoever waits for crops learns of it all the same,
    within seconds.
    """
    child_ended = getattr(signal, "SIGCHLD", None)  # Windows has none
    if child_ended is None or threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.getsignal(child_ended)
    try:
        yield
    finally:
        signal.signal(child_ended, signal.SIG_DFL if before is None else before)


@contextmanager
def _interrupts_held_back() -> Iterator[None]:
    """Block Ctrl-C, so that processes started meanwhile do too, from their first moment on; one that comes is
    delivered to this process at the end. (Windows has no such thing; there `_ignore_interrupts` must do.)
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    from multiprocessing import resource_tracker  # there is none on Windows

    # The first process of all starts the resource tracker, and that unblocks what it finds blocked: not later.
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _ignore_interrupts(_worker: int) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _stack(crops: list[Batch]) -> Batch:
    return torch.stack([image for image, _ in crops]), torch.stack([labels for _, labels in crops])

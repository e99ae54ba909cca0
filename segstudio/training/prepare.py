"""From a project and a recipe to a trainer: everything that can go wrong before the first step goes wrong here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.metadata import PackageNotFoundError, version

import numpy as np
import torch
from torch import nn

from segstudio.errors import SegStudioError
from segstudio.networks.build import build
from segstudio.networks.devices import pick_device
from segstudio.networks.freezing import BACKBONE
from segstudio.networks.norms import norms_are_folded
from segstudio.networks.weights import load_initial
from segstudio.project.learnt_classes import LearntClass, learnt_classes
from segstudio.project.photos import Photo
from segstudio.project.project import Project
from segstudio.runs.folder import RunFolder
from segstudio.runs.heads import head_named
from segstudio.runs.model_card import ModelCard, ModelClass
from segstudio.runs.patience import told_of_waiting
from segstudio.runs.recipe import Recipe, recipe_from
from segstudio.runs.resuming import check_processes
from segstudio.training.balance import class_weights, repeat_factors
from segstudio.training.checkpoints import Checkpoint, load_checkpoint
from segstudio.training.devices import keep_freed_memory, worker_count
from segstudio.training.photos import LabelledPhoto, PhotoStore, Progress
from segstudio.training.task import Task
from segstudio.training.team import ALONE, Team
from segstudio.training.trainer import Trainer

_DECIDED_AT_START = frozenset({"freeze_batch_norm", "backbone_learning_rate"})
"""What follows from the first weights, whatever the recipe says."""


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """A trainer that is ready to run. Close it to give the memory of its photos back."""

    trainer: Trainer
    opened: ExitStack

    def close(self) -> None:
        """Give back what the photos hold."""
        self.opened.close()


def prepare(
    project: Project,
    recipe: Recipe,
    folder: RunFolder,
    *,
    device: str = "auto",
    resume: bool = False,
    progress: Progress | None = None,
    fetching: Progress | None = None,
    team: Team = ALONE,
) -> Prepared:
    """Build network and photo stores for a run, or for going on with the one in `folder`.

    `progress` counts photos that are read, `fetching` bytes of weights that are downloaded. Nothing is written into
    `folder`. Raises SegStudioError for anything that would end the run later: an unknown head or class, bad mask
    values, damaged files, missing weights, a checkpoint of another number of processes.
    """
    if resume:
        check_processes(folder, team.size)
    chosen = pick_device(device)
    keep_freed_memory(chosen)
    # A run that died before its first checkpoint begins anew: the same seed leads the same way.
    checkpoint = load_checkpoint(folder.last) if resume and folder.last.exists() else None
    with team.one_after_the_first():
        if checkpoint is None:
            start = _fresh(project, recipe, folder, fetching)
        else:
            start = _resumed(project, checkpoint, folder)
    with ExitStack() as opened:
        train, val = _stores(project, start, device=chosen, opened=opened, progress=progress)
        if not train.has_labels:
            raise SegStudioError(
                "no pixel of the photos for training is labelled with a class that is learnt",
                where=str(project.folder),
                fix="Label some, or give labelled photos to training",
            )
        recipe, card = start.recipe, start.card
        counts = cache(lambda: train.pixel_counts(len(card.classes)))
        shown = counts() > 0 if recipe.oversample_rare else np.zeros((0, 0), dtype=np.bool_)
        task = Task(
            recipe=recipe,
            card=card,
            train=train,
            val=val,
            weights=class_weights(
                recipe.class_weights, card.class_names, counts, beta=recipe.effective_number_beta
            ),
            factors=repeat_factors(shown, recipe.oversample_rare),
            device=chosen,
            notices=(*start.notices, *(() if checkpoint else _told_of_validation(recipe, val))),
            team=team,
        )
        trainer = Trainer(start.network, task, folder, checkpoint)
        return Prepared(trainer, opened.pop_all())


@dataclass(frozen=True, slots=True, eq=False)
class _Start:
    """What a run starts from; `recipe` has nothing left to decide."""

    network: nn.Module
    recipe: Recipe
    card: ModelCard
    classes: tuple[LearntClass, ...]
    photos: tuple[Sequence[LabelledPhoto], Sequence[LabelledPhoto]]
    notices: tuple[str, ...]


def _fresh(project: Project, recipe: Recipe, folder: RunFolder, fetching: Progress | None) -> _Start:
    labelled = [photo for photo in project.photos() if photo.is_labelled]
    train = [_labelled(project, photo) for photo in labelled if photo.split != "val"]
    val = _subset([_labelled(project, photo) for photo in labelled if photo.split == "val"], recipe)
    if not train:
        raise SegStudioError(
            "no labelled photo is for training", where=str(project.folder), fix="Run `segstudio check` on it"
        )
    classes = _classes(project, recipe)
    network = _network(recipe, len(classes))
    names = [learnt.entry.name for learnt in classes]
    report = load_initial(network, recipe.head, recipe.weights, classes=names, progress=fetching)
    notices = [f"Weights: {report.told()}."]
    if recipe.freeze_batch_norm == "auto":
        folded = report.is_whole_backbone and norms_are_folded(network.get_submodule("backbone"))
        recipe = recipe.model_copy(update={"freeze_batch_norm": folded})
        if folded:
            notices.append(
                "Their batch-norms were folded into the convolutions: those of the backbone stay frozen."
            )
    knows = any(key.startswith(f"{BACKBONE}.") for key in report.matched)
    if not knows:
        notices += _told_of_random_backbone(recipe)
        rate = max(1.0, recipe.backbone_learning_rate)
        recipe = recipe.model_copy(update={"backbone_learning_rate": rate})
    card = ModelCard(
        head=recipe.head,
        classes=tuple(map(_model_class, classes)),
        max_side_px=recipe.max_side_px,
        recipe=recipe.model_dump(mode="json"),
        project=project.name,
        run=folder.name,
        train_photos=tuple(photo.key for photo in train),
        val_photos=tuple(photo.key for photo in val),
        weights_from=report.source,
        weights_licence=report.licence,
        created=datetime.now().astimezone().isoformat(timespec="seconds"),
        segstudio=_version(),
    )
    return _Start(network, recipe, card, classes, (train, val), tuple(notices))


def _told_of_random_backbone(recipe: Recipe) -> list[str]:
    """Say when a backbone that knows nothing learns; nothing where the recipe's own rate for it holds."""
    if not recipe.freeze_backbone:
        slow = recipe.backbone_learning_rate < 1
        return ["The backbone starts at random and learns at the classifier's rate."] if slow else []
    learns = 0 < recipe.unfreeze_after < recipe.epochs
    when = f"learns nothing before epoch {recipe.unfreeze_after + 1}" if learns else "never learns"
    return [
        f"Warning: the backbone starts at random and is frozen, so that it {when}. Set freeze_backbone=false, or start from"
        " weights that know something."
    ]


def _told_of_validation(recipe: Recipe, val: PhotoStore) -> list[str]:
    """Say what will not be scored, and what waits for scores in vain."""
    told = []
    if len(val) and not val.has_labels:
        told.append(
            "no pixel of the photos for validation is labelled with a class that is learnt: there will be no score"
        )
    told += told_of_waiting(recipe, validates=val.has_labels)
    return [f"Warning: {each}." for each in told]


def _subset(val: list[LabelledPhoto], recipe: Recipe) -> list[LabelledPhoto]:
    """Return as many photos as the recipe validates on, in their order."""
    if not recipe.validation_photos or recipe.validation_photos >= len(val):
        return val
    chosen = np.random.default_rng(recipe.seed).choice(len(val), recipe.validation_photos, replace=False)
    return [val[position] for position in sorted(chosen)]


def _resumed(project: Project, checkpoint: Checkpoint, folder: RunFolder) -> _Start:
    """Start from a checkpoint: with its recipe, its photos and its classes, which must still be the project's."""
    card = checkpoint.card
    recipe = recipe_from(card.recipe, where=str(folder.last))
    now = _classes(project, recipe)
    if _told(map(_model_class, now)) != _told(card.classes):
        raise SegStudioError(
            "the run cannot go on: the project's classes have changed since it stopped",
            where=str(folder.path),
            fix="Start a new run",
        )
    train, val = (
        [_labelled(project, _still_there(project, key, folder)) for key in keys]
        for keys in (card.train_photos, card.val_photos)
    )
    told = _told_of_changes(folder, recipe)
    return _Start(_network(recipe, len(card.classes)), recipe, card, now, (train, val), told)


def _still_there(project: Project, key: str, folder: RunFolder) -> Photo:
    try:
        return project.photo(key)
    except SegStudioError as error:
        raise SegStudioError(
            f'the run cannot go on: its photo "{key}" is gone',
            where=str(project.folder),
            fix=f"Bring it back, or start a new run with --init-from {folder.name}",
        ) from error


def _told_of_changes(folder: RunFolder, recipe: Recipe) -> tuple[str, ...]:
    """Say that a recipe file which was changed since changes nothing; what was decided at the start is not told."""
    now = folder.recipe()
    others = [
        name
        for name in Recipe.model_fields
        if name not in _DECIDED_AT_START and getattr(now, name) != getattr(recipe, name)
    ]
    if not others:
        return ()
    return (
        f"recipe.toml was changed since ({', '.join(others)}): the run goes on with the recipe that it began with. For"
        f" other choices start a new one, with --init-from {folder.name}.",
    )


def _network(recipe: Recipe, classes: int) -> nn.Module:
    info = head_named(recipe.head)
    if recipe.auxiliary and not info.has_auxiliary:
        raise SegStudioError(
            f"{recipe.head} has no auxiliary classifier", fix="Train it with --set auxiliary=false"
        )
    torch.manual_seed(recipe.seed)
    network = build(recipe.head, classes, auxiliary=recipe.auxiliary)
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.momentum = recipe.batch_norm_momentum
    return network


def _classes(project: Project, recipe: Recipe) -> tuple[LearntClass, ...]:
    learnt = learnt_classes(project.classes, ignored=recipe.ignore_classes, merged=recipe.merge)
    if len(learnt) < 2:
        raise SegStudioError(
            "a model needs at least two classes to tell apart",
            where=str(project.folder),
            fix="Add classes to the project, or ignore and merge fewer",
        )
    return learnt


def _model_class(learnt: LearntClass) -> ModelClass:
    entry = learnt.entry
    includes = tuple(each.name for each in learnt.includes)
    return ModelClass(index=entry.index, name=entry.name, colour=entry.colour, includes=includes)


def _told(classes: Iterable[ModelClass]) -> list[tuple[int, str, tuple[str, ...]]]:
    """Return what must be the same for a run to go on; a colour may change."""
    return [(entry.index, entry.name, entry.includes) for entry in classes]


def _labelled(project: Project, photo: Photo) -> LabelledPhoto:
    return LabelledPhoto(photo.key, photo.path, project.mask_path(photo), photo.size)


def _stores(
    project: Project,
    start: _Start,
    *,
    device: torch.device,
    opened: ExitStack,
    progress: Progress | None,
) -> tuple[PhotoStore, PhotoStore]:
    """Return the loaded stores of training and validation photos; closing them is left to `opened`."""
    recipe, count, done = start.recipe, sum(map(len, start.photos)), 0

    def told(position: int, _total: int) -> None:
        if progress is not None:
            progress(done + position, count)

    stores = []
    budget = recipe.cache_mb
    for photos, shared in zip(start.photos, (worker_count(recipe, device) > 0, False), strict=True):
        store = PhotoStore(
            photos,
            classes=project.classes,
            channels=[each.values for each in start.classes],
            max_side_px=recipe.max_side_px,
            cache_mb=budget,
            shared=shared,
        )
        opened.callback(store.close)
        store.load(told)
        done += len(photos)
        budget = max(0, budget - store.megabytes)
        stores.append(store)
    return stores[0], stores[1]


def _version() -> str:
    try:
        return version("segstudio")
    except PackageNotFoundError:  # running from the tree
        return ""

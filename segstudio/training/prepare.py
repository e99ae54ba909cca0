"""From a project and a recipe to a trainer: everything that can go wrong before the first step goes wrong here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version

import torch
from torch import nn

from segstudio.errors import SegStudioError
from segstudio.networks.build import build
from segstudio.networks.devices import pick_device
from segstudio.networks.norms import norms_are_folded
from segstudio.networks.weights import load_initial
from segstudio.networks.weights_report import WeightsReport
from segstudio.project.classes import LabelClass
from segstudio.project.photos import Photo
from segstudio.project.project import Project
from segstudio.runs.folder import RunFolder
from segstudio.runs.heads import head_named
from segstudio.runs.model_card import ModelCard, ModelClass
from segstudio.runs.recipe import Recipe, recipe_from
from segstudio.training.checkpoints import Checkpoint, load_checkpoint
from segstudio.training.devices import worker_count
from segstudio.training.losses import class_weights
from segstudio.training.photos import LabelledPhoto, PhotoStore, Progress
from segstudio.training.trainer import Task, Trainer

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """A trainer that is ready to run. Close it to give the memory of its photos back."""

    trainer: Trainer
    stores: tuple[PhotoStore, ...]

    def close(self) -> None:
        """Give back what the photos hold."""
        for store in self.stores:
            store.close()


def prepare(
    project: Project,
    recipe: Recipe,
    folder: RunFolder,
    *,
    device: str = "auto",
    resume: bool = False,
    say: Say = lambda text: None,
    progress: Progress | None = None,
    fetching: Progress | None = None,
) -> Prepared:
    """Build network and photo stores for a run, or for going on with the one in `folder`.

    `progress` counts photos that are read, `fetching` bytes of weights that are downloaded. `say` is told what a person should know: where the weights come from, what was left out. Raises
    SegStudioError for anything that would end the run later: an unknown head or class, bad mask values,
    damaged files, missing weights.
    """
    chosen = pick_device(device)
    info = head_named(recipe.head)
    if recipe.auxiliary and not info.has_auxiliary:
        raise SegStudioError(
            f"{recipe.head} has no auxiliary classifier", fix="Train it with --set auxiliary=false"
        )
    # A run that died before its first checkpoint begins anew: the same seed leads the same way.
    checkpoint = load_checkpoint(folder.last) if resume and folder.last.exists() else None
    if checkpoint is not None:
        recipe = recipe_from(checkpoint.card.recipe, where=str(folder.last))
    classes = _classes(project, recipe)
    train, val = _photos(project, checkpoint)
    if not train:
        raise SegStudioError(
            "no labelled photo is for training", where=str(project.folder), fix="Run `segstudio check` on it"
        )
    torch.manual_seed(recipe.seed)
    network = build(recipe.head, len(classes), auxiliary=recipe.auxiliary)
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.momentum = recipe.batch_norm_momentum
    report = None
    if checkpoint is None:
        report = load_initial(network, recipe.head, recipe.weights, progress=fetching)
        say(f"Weights: {report.told()}.")
        recipe = _with_norms_decided(recipe, network, report, say)
    card = _card(project, recipe, folder, classes=classes, train=train, val=val)
    if report is not None:
        card = card.model_copy(update={"weights_from": report.source, "weights_licence": report.licence})
    if checkpoint is not None:
        _check_same(checkpoint, card, folder)
        card = checkpoint.card
    stores = _stores(project, recipe, device=chosen, classes=classes, photos=(train, val), progress=progress)
    counts = stores[0].pixel_counts(len(classes))
    task = Task(
        recipe=recipe,
        card=card,
        train=stores[0],
        val=stores[1],
        weights=class_weights(recipe.class_weights, counts, card.class_names),
        device=chosen,
    )
    return Prepared(Trainer(network, task, folder, checkpoint), stores)


def _with_norms_decided(recipe: Recipe, network: nn.Module, report: WeightsReport, say: Say) -> Recipe:
    """Return the recipe with freeze_batch_norm true or false instead of auto."""
    if recipe.freeze_batch_norm != "auto":
        return recipe
    folded = report.is_whole_backbone and norms_are_folded(network.get_submodule("backbone"))
    if folded:
        say("Their batch-norms were folded into the convolutions: the backbone's batch-norms stay frozen.")
    return recipe.model_copy(update={"freeze_batch_norm": folded})


def _classes(project: Project, recipe: Recipe) -> tuple[LabelClass, ...]:
    ignored = {project.classes.named(name).index for name in recipe.ignore_classes}
    kept = tuple(entry for entry in project.classes.classes if entry.index not in ignored)
    if len(kept) < 2:
        raise SegStudioError(
            "a model needs at least two classes to tell apart",
            where=str(project.folder),
            fix="Add classes to the project, or ignore fewer",
        )
    return kept


def _photos(
    project: Project, checkpoint: Checkpoint | None
) -> tuple[list[LabelledPhoto], list[LabelledPhoto]]:
    """Return the photos to train and to validate on: those of the run that goes on, else by their split
    (photos of no split train).
    """
    if checkpoint is not None:
        card = checkpoint.card
        return (
            [_labelled(project, project.photo(key)) for key in card.train_photos],
            [_labelled(project, project.photo(key)) for key in card.val_photos],
        )
    labelled = [photo for photo in project.photos() if photo.has_mask]
    return (
        [_labelled(project, photo) for photo in labelled if photo.split != "val"],
        [_labelled(project, photo) for photo in labelled if photo.split == "val"],
    )


def _labelled(project: Project, photo: Photo) -> LabelledPhoto:
    return LabelledPhoto(photo.key, photo.path, project.mask_path(photo), photo.size)


def _card(
    project: Project,
    recipe: Recipe,
    folder: RunFolder,
    *,
    classes: Sequence[LabelClass],
    train: Sequence[LabelledPhoto],
    val: Sequence[LabelledPhoto],
) -> ModelCard:
    return ModelCard(
        head=recipe.head,
        classes=tuple(ModelClass(index=c.index, name=c.name, colour=c.colour) for c in classes),
        max_side_px=recipe.max_side_px,
        recipe=recipe.model_dump(mode="json"),
        project=project.name,
        run=folder.name,
        train_photos=tuple(photo.key for photo in train),
        val_photos=tuple(photo.key for photo in val),
        created=datetime.now().astimezone().isoformat(timespec="seconds"),
        segstudio=_version(),
    )


def _check_same(checkpoint: Checkpoint, card: ModelCard, folder: RunFolder) -> None:
    old = [(entry.index, entry.name) for entry in checkpoint.card.classes]
    new = [(entry.index, entry.name) for entry in card.classes]
    if checkpoint.card.head != card.head or old != new:
        raise SegStudioError(
            "the run cannot go on: the project's classes or the recipe's head have changed since it stopped",
            where=str(folder.path),
            fix="Start a new run",
        )


def _stores(
    project: Project,
    recipe: Recipe,
    *,
    device: torch.device,
    classes: Sequence[LabelClass],
    photos: tuple[Sequence[LabelledPhoto], Sequence[LabelledPhoto]],
    progress: Progress | None,
) -> tuple[PhotoStore, PhotoStore]:
    count = len(photos[0]) + len(photos[1])
    done = 0

    def told(position: int, _total: int) -> None:
        if progress is not None:
            progress(done + position, count)

    stores = []
    budget = recipe.cache_mb
    for part, shared in zip(photos, (worker_count(recipe, device) > 0, False), strict=True):
        store = PhotoStore(
            part,
            classes=project.classes,
            channels=[entry.index for entry in classes],
            max_side_px=recipe.max_side_px,
            cache_mb=budget,
            shared=shared,
        )
        store.load(told)
        done += len(part)
        budget = max(0, budget - store.megabytes)
        stores.append(store)
    return stores[0], stores[1]


def _version() -> str:
    try:
        return version("segstudio")
    except PackageNotFoundError:  # running from the tree
        return ""

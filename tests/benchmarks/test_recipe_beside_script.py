"""Our default recipe beside that of the skydiving script: the same network, first weights, photos and processor time.

DeepLabV3 on MobileNetV2 from ImageNet weights, on the twelve skydiving photos (200 s of one core for each training, two
photos held out) and on 148 photos of MSRC (480 s, 30 held out). The default is `quick-cpu`, all but its network, first weights
and epochs: its schedule is laid out for the time by its pace. Both are scored as they are at the end, so that neither
profits from a choice among its epochs. What is told is the mIoU of all photos that were held out, its bootstrap interval over photos,
and that of the difference, in which both are scored on the same draws of photos.

    SEGSTUDIO_BENCH_PART=1 SEGSTUDIO_BENCH_SEEDS=0,1,2 SEGSTUDIO_TEST_DATA=… OMP_NUM_THREADS=1 \\
        python -m pytest -m benchmark -n 0 -s tests/benchmarks/test_recipe_beside_script.py

is all of it: an hour and a half of one core. Otherwise it is a quarter of the time, and seed 0. SEGSTUDIO_BENCH_FOLDS says how
many of the six folds of skydiving each seed trains (2: three seeds hold out every photo once; 6: every seed does). With
SEGSTUDIO_BENCH_KEEP=FILE outcomes are kept there, and what is kept is not trained again.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import torch

from segstudio.project.project import Project
from segstudio.runs.photo_scores import PhotoCounts, miou_interval
from segstudio.runs.recipe import Recipe, load_recipe, recipe_to_toml
from tests.benchmarks import recipe_race
from tests.benchmarks.recipe_race import Confusion, Outcome

DATA = Path(os.environ.get("SEGSTUDIO_TEST_DATA", "missing"))
WEIGHTS = DATA / "weights" / "mobilenet_v2_imagenet.pth"
SEEDS = [int(seed) for seed in os.environ.get("SEGSTUDIO_BENCH_SEEDS", "0").split(",")]
FOLDS_EACH = int(os.environ.get("SEGSTUDIO_BENCH_FOLDS", "2"))
KEPT = os.environ.get("SEGSTUDIO_BENCH_KEEP")
PART = float(os.environ.get("SEGSTUDIO_BENCH_PART", "0.25"))
STEPS = (0, 3, 1, 4, 2, 5)
RECIPES = ("ours", "script")

pytestmark = [
    pytest.mark.benchmark,
    pytest.mark.skipif(not WEIGHTS.is_file(), reason="SEGSTUDIO_TEST_DATA is not set"),
]


@dataclass(frozen=True, slots=True)
class Race:
    """A set, the time for each training on it, and its folds: every `every`th photo is held out, from the fold's own on."""

    name: str
    make: Callable[[Path, Path], Project]
    budget_s: float
    every: int
    folds_each: int

    def trainings(self) -> list[tuple[int, int]]:
        """Return seeds and folds; three seeds with two folds each take all six of skydiving once."""
        return [(seed, (seed + step) % self.every) for step in STEPS[: self.folds_each] for seed in SEEDS]


RACES = (
    Race("skydiving", recipe_race.skydiving, 200 * PART, every=6, folds_each=FOLDS_EACH),
    Race("msrc", recipe_race.msrc, 480 * PART, every=5, folds_each=1),
)


@pytest.mark.parametrize("race", RACES, ids=[race.name for race in RACES])
def test_our_default_beside_the_script(race: Race, tmp_path: Path) -> None:
    torch.set_num_threads(1)
    project = race.make(DATA, tmp_path / "project")
    outcomes: dict[str, list[tuple[int, Outcome]]] = {recipe: [] for recipe in RECIPES}
    for seed, fold in race.trainings():
        keys = sorted(photo.key for photo in project.photos())
        recipe_race.hold_out(project, keys[fold :: race.every])
        for number, recipe in enumerate(RECIPES):
            folder = tmp_path / f"{seed}-{fold}-{number}"
            outcome = kept_or_trained(race, project, folder, recipe=recipe, seed=seed, fold=fold)
            outcomes[recipe].append((seed, outcome))
    tell(race, outcomes)
    low, _ = interval_of_difference(*(by_photo(out for _, out in outcomes[each]) for each in RECIPES))
    assert low > 0, "another draw of photos could turn it round"


def default_recipe(seed: int) -> Recipe:
    changes = [f"head={recipe_race.HEAD}", f"weights={json.dumps(str(WEIGHTS))}", f"seed={seed}"]
    return load_recipe("quick-cpu", changes)


def kept_or_trained(
    race: Race, project: Project, folder: Path, *, recipe: str, seed: int, fold: int
) -> Outcome:
    ours = default_recipe(seed)
    choices = sha256(recipe_to_toml(ours).encode()).hexdigest()[:8] if recipe == "ours" else ""
    key = f"{race.name} {race.budget_s:.0f} s, seed {seed}, fold {fold}, {recipe} {choices}"
    if key in (kept := read_kept()):
        return kept[key]
    if recipe == "ours":
        outcome = recipe_race.train_with(project, ours, folder, budget_s=race.budget_s)
    else:
        outcome = recipe_race.train_as_the_script(project, WEIGHTS, budget_s=race.budget_s, seed=seed)
    keep(key, outcome)
    print(f"\n{key}: {outcome.steps} steps, {outcome.seconds:.0f} s, mIoU {miou([outcome]):.3f}", end="")  # noqa: T201
    return outcome


def read_kept() -> Mapping[str, Outcome]:
    if KEPT is None or not Path(KEPT).is_file():
        return {}
    kept = {}
    for line in Path(KEPT).read_text(encoding="utf-8").splitlines():
        entry = json.loads(line)
        confusions = {key: np.array(rows) for key, rows in entry["confusions"].items()}
        kept[entry["key"]] = Outcome(entry["steps"], entry["seconds"], confusions)
    return kept


def keep(key: str, outcome: Outcome) -> None:
    if KEPT is None:
        return
    confusions = {photo: matrix.tolist() for photo, matrix in outcome.confusions.items()}
    entry = {"key": key, "steps": outcome.steps, "seconds": outcome.seconds, "confusions": confusions}
    with Path(KEPT).open("a", encoding="utf-8") as stream:
        stream.write(json.dumps(entry) + "\n")


def by_photo(outcomes: Iterable[Outcome]) -> PhotoCounts:
    """Return the counts of each photo, added up over the trainings that held it out, in the photos' order."""
    sums: dict[str, Confusion] = {}
    for outcome in outcomes:
        for photo, confusion in outcome.confusions.items():
            sums[photo] = sums[photo] + confusion if photo in sums else confusion
    return PhotoCounts.of(np.array([sums[photo] for photo in sorted(sums)]))


def miou(outcomes: Iterable[Outcome]) -> float:
    counts = by_photo(outcomes)
    return float(drawn_mious(counts, np.ones((1, len(counts.hits)), dtype=np.int64))[0])


def drawn_mious(counts: PhotoCounts, draws: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """Return the mIoU of the classes with support in each draw (draws, photos) of so many of each photo."""
    hits, truth, predicted = (draws @ part for part in (counts.hits, counts.truth, counts.predicted))
    scores = np.where(truth > 0, hits / np.maximum(1, truth + predicted - hits), np.nan)
    means: npt.NDArray[np.float64] = np.nanmean(scores, axis=1)
    return means


def interval_of_difference(ours: PhotoCounts, theirs: PhotoCounts) -> tuple[float, float]:
    """Return the 95 % interval of ours − theirs, each draw of photos scored with both (paired bootstrap)."""
    photos = len(ours.hits)
    draws = np.random.default_rng(0).multinomial(photos, np.full(photos, 1 / photos), size=4000)
    low, high = np.quantile(drawn_mious(ours, draws) - drawn_mious(theirs, draws), [0.025, 0.975])
    return float(low), float(high)


def tell(race: Race, outcomes: Mapping[str, list[tuple[int, Outcome]]]) -> None:
    lines = [
        f"\n{race.name}, {race.budget_s:.0f} s of one core for each of {len(race.trainings())} trainings"
    ]
    for recipe, made in outcomes.items():
        counts = by_photo(outcome for _, outcome in made)
        interval = miou_interval(counts)
        between = "too few photos" if interval is None else f"{interval[0]:.3f}–{interval[1]:.3f}"
        by_seed = [miou(outcome for each, outcome in made if each == seed) for seed in SEEDS]
        steps = [outcome.steps for _, outcome in made]
        lines.append(
            f"  {recipe:7} mIoU {miou(outcome for _, outcome in made):.3f} ({between})"
            f" of {len(counts.hits)} photos; by seed {', '.join(f'{each:.3f}' for each in by_seed)};"
            f" {min(steps)}–{max(steps)} steps"
        )
    ours, theirs = (by_photo(outcome for _, outcome in outcomes[recipe]) for recipe in RECIPES)
    low, high = interval_of_difference(ours, theirs)
    lines.append(f"  ours − script: {low:+.3f} to {high:+.3f}")
    print("\n".join(lines))  # noqa: T201

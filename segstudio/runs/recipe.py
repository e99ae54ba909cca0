"""Recipe: every training choice in one validated value, kept as a TOML file."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

import tomli_w
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from segstudio.errors import SegStudioError, did_you_mean, inside
from segstudio.resource_files import resource_path
from segstudio.runs.heads import head_named

Fraction = Annotated[float, Field(ge=0, le=1)]


class Recipe(BaseModel):
    """Every choice of one training. Fields are grouped in the order in which a training meets them."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    description: str = Field("", description="What the recipe is good for, in one sentence.")

    head: str = Field("lraspp_mobilenet_v3_large", description="The network: see `segstudio heads`.")
    weights: str = Field(
        "auto",
        description="Where the weights start: coco, imagenet, none (random), auto (the best that is here or can"
        " be fetched), or the path of a weights file.",
    )
    auxiliary: bool = Field(False, description="Train an auxiliary classifier on an inner layer too.")
    auxiliary_weight: Annotated[float, Field(ge=0, le=10)] = Field(
        0.5, description="How much the auxiliary classifier's loss counts."
    )
    freeze_backbone: bool = Field(
        False, description="Train the classifier only; the backbone stays as it is."
    )
    freeze_batch_norm: bool | Literal["auto"] = Field(
        "auto",
        description="Keep the backbone's batch-norms as they are: helps with batches of four and fewer. auto does so"
        " where the weights' batch-norms were folded into the convolutions, and not otherwise.",
    )
    batch_norm_momentum: Annotated[float, Field(gt=0, le=1)] = Field(
        0.1,
        description="How fast batch-norm statistics follow; torchvision's MobileNetV3 has 0.01, too slow for short"
        " trainings.",
    )

    ignore_classes: tuple[str, ...] = Field(
        (), description="Classes whose pixels are left out of training, with commas between them."
    )
    merge: dict[str, str] = Field(
        default_factory=dict,
        description="Classes that are learnt as others, for example rope=person, with commas between them; the masks"
        " stay as they are.",
    )
    class_weights: (
        Literal["none", "inverse", "median-frequency"] | dict[str, Annotated[float, Field(ge=0)]]
    ) = Field(
        "none",
        description="Weight of each class in the loss: none, inverse (of its pixel share),"
        " median-frequency (Eigen & Fergus 2015), or a table of names and weights.",
    )

    max_side_px: Annotated[int, Field(ge=0, le=65536)] = Field(
        1024, description="Photos with a longer side (pixels) are shrunk to it first; 0 keeps every pixel."
    )
    crop_px: Annotated[int, Field(ge=32, le=4096)] = Field(
        320, description="Side (pixels) of the square that is cut out of a photo at each step."
    )
    crops_per_photo: Annotated[int, Field(ge=1, le=10000)] = Field(
        1, description="How often each photo is used in one epoch: raise it for a handful of photos."
    )
    scale_min: Annotated[float, Field(gt=0, le=10)] = Field(0.5, description="Smallest random enlargement.")
    scale_max: Annotated[float, Field(gt=0, le=10)] = Field(2.0, description="Largest random enlargement.")
    flip_horizontal: Fraction = Field(0.5, description="Probability of mirroring left and right.")
    flip_vertical: Fraction = Field(0.0, description="Probability of turning upside down.")
    brightness: Fraction = Field(0.3, description="Largest random change of brightness, as a fraction.")
    contrast: Fraction = Field(0.3, description="Largest random change of contrast, as a fraction.")
    saturation: Fraction = Field(0.3, description="Largest random change of saturation, as a fraction.")
    hue: Annotated[float, Field(ge=0, le=0.5)] = Field(
        0.0, description="Largest random turn of the hue, as a fraction of the colour circle."
    )
    blur: Fraction = Field(0.1, description="Probability of a slight Gaussian blur.")

    epochs: Annotated[int, Field(ge=1, le=1_000_000)] = Field(
        60, description="How often all photos are used."
    )
    batch_size: Annotated[int, Field(ge=1, le=4096)] = Field(8, description="Crops per step.")
    optimizer: Literal["sgd", "adamw"] = Field("adamw", description="What moves the weights.")
    learning_rate: Annotated[float, Field(gt=0, le=10)] = Field(5e-4, description="Largest step size.")
    backbone_learning_rate: Annotated[float, Field(ge=0, le=10)] = Field(
        1.0, description="The backbone's learning rate as a multiple of the classifier's."
    )
    auxiliary_learning_rate: Annotated[float, Field(ge=0, le=100)] = Field(
        1.0, description="The auxiliary classifier's learning rate as a multiple of the classifier's."
    )
    momentum: Annotated[float, Field(ge=0, lt=1)] = Field(0.9, description="Momentum of SGD.")
    weight_decay: Annotated[float, Field(ge=0, le=1)] = Field(
        0.01, description="Pull of the weights to zero."
    )
    decay_norms: bool = Field(False, description="Decay the scales, offsets and biases too.")
    schedule: Literal["poly", "cosine", "step", "constant"] = Field(
        "poly", description="How the learning rate falls."
    )
    poly_power: Annotated[float, Field(gt=0, le=10)] = Field(
        0.9, description="Exponent of the poly schedule."
    )
    step_epochs: Annotated[int, Field(ge=1)] = Field(
        20, description="Epochs between falls of the step schedule."
    )
    step_factor: Annotated[float, Field(gt=0, le=1)] = Field(0.5, description="Factor of each such fall.")
    warmup_steps: Annotated[int, Field(ge=0)] = Field(
        20, description="Steps in which the rate rises from zero."
    )
    clip_gradient: Annotated[float, Field(ge=0)] = Field(
        1.0,
        description="Largest gradient norm; it keeps small batches from upsetting a network. 0: no limit.",
    )

    precision: Literal["auto", "fp32", "bf16", "fp16"] = Field(
        "auto",
        description="Number format of the forward pass: auto takes bf16 or fp16 on a GPU, fp32 on a CPU.",
    )
    channels_last: bool = Field(True, description="Memory order that most processors prefer.")
    workers: Annotated[int, Field(ge=-1, le=256)] = Field(
        -1, description="Processes that prepare crops; -1 chooses by device, 0 uses the training process."
    )
    cache_mb: Annotated[int, Field(ge=0)] = Field(
        4096, description="Memory (MB) for decoded photos; those beyond it are decoded at each use."
    )
    seed: Annotated[int, Field(ge=0, lt=2**31)] = Field(0, description="Start of all random numbers.")
    validate_every: Annotated[int, Field(ge=1)] = Field(1, description="Epochs between validations.")
    checkpoint_every: Annotated[int, Field(ge=0)] = Field(
        0, description="Epochs between checkpoints that are kept for good; 0 keeps only best and last."
    )
    previews: Annotated[int, Field(ge=0, le=64)] = Field(
        3, description="Validation photos that are drawn anew after each validation."
    )

    @field_validator("ignore_classes", mode="before")
    @classmethod
    def _split_at_commas(cls, value: object) -> object:
        """Take `--set ignore_classes=sky,ground`, which needs no quotes in a shell."""
        if isinstance(value, str):
            return tuple(name.strip() for name in value.split(",") if name.strip())
        return value

    @field_validator("merge", mode="before")
    @classmethod
    def _split_pairs(cls, value: object) -> object:
        """Take `--set merge=rope=person,strap=person` too."""
        if not isinstance(value, str):
            return value
        pairs = [part.partition("=") for part in value.split(",") if part.strip()]
        if any(not name.strip() or not into.strip() for name, _, into in pairs):
            raise ValueError("write it like rope=person, with commas between several")
        return {name.strip(): into.strip() for name, _, into in pairs}

    @model_validator(mode="after")
    def _is_consistent(self) -> Recipe:
        if self.scale_min > self.scale_max:
            raise ValueError("scale_min must not be above scale_max")
        if problem := _merge_problem(self.merge, self.ignore_classes):
            raise ValueError(problem)
        return self


def load_recipe(name_or_path: str, changes: Sequence[str] = ()) -> Recipe:
    """Return a named recipe of `resources/recipes` or the one in a TOML file, with `KEY=VALUE` changes.

    Raises SegStudioError for an unknown name, key or value; close names are suggested.
    """
    path = _find(name_or_path)
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SegStudioError(f"the recipe cannot be read ({error})", where=str(path)) from error
    changed = _parsed(changes)
    return recipe_from({**values, **changed}, where=path.name, changed=changed)


def recipe_from(values: Mapping[str, Any], *, where: str, changed: Collection[str] = ()) -> Recipe:
    """Return the Recipe of plain values; raises SegStudioError that names `where` and the first bad field.

    For a field among `changed` it names `--set FIELD` instead: that is where its value came from.
    """

    def place_of(field: str) -> str:
        return f"--set {field}" if field in changed else where

    unknown = [key for key in values if key not in Recipe.model_fields]
    if unknown:
        raise SegStudioError(
            f'unknown recipe field "{unknown[0]}"{did_you_mean(unknown[0], Recipe.model_fields)}',
            where=place_of(unknown[0]),
            fix="`segstudio recipes --fields` lists them all",
        )
    try:
        recipe = Recipe.model_validate(dict(values))
    except ValidationError as error:
        first = error.errors()[0]
        place = str(first["loc"][0]) if first["loc"] else "the recipe"
        message = first["msg"].removeprefix("Value error, ")
        raise SegStudioError(
            f"{place} = {first['input']!r}: {message[:1].lower()}{message[1:]}"
            if first["loc"]
            else f"{message[:1].lower()}{message[1:]}",
            where=place_of(place),
            fix="Correct the value" if not first["loc"] else _help_of(place),
        ) from error
    with inside(place_of("head")):
        head_named(recipe.head)
    return recipe


def recipe_to_toml(recipe: Recipe) -> str:
    """Return the whole recipe as TOML, every field written out."""
    return tomli_w.dumps(recipe.model_dump(mode="json"))


def recipe_names() -> tuple[str, ...]:
    """Return the names of the packaged recipes."""
    return tuple(sorted(path.stem for path in resource_path("recipes").glob("*.toml")))


def _merge_problem(merge: Mapping[str, str], ignored: Sequence[str]) -> str:
    """Say what does not go together in what is merged and what is left out; nothing where all does."""
    sources, left_out = {_key(name) for name in merge}, {_key(name) for name in ignored}
    if len(sources) < len(merge):
        return "merge names a class twice"
    for name, into in merge.items():
        if _key(name) == _key(into):
            return f'merge takes the class "{name}" as itself'
        if _key(into) in sources:
            return f'merge takes "{name}" as "{into}", which is itself taken as another class'
        for each in (name, into):
            if _key(each) in left_out:
                return f'"{each}" stands both in merge and in ignore_classes'
    return ""


def _key(name: str) -> str:
    """Return a class's name as names are compared."""
    return " ".join(name.split()).casefold()


def _find(name_or_path: str) -> Path:
    if name_or_path in recipe_names():
        return resource_path(f"recipes/{name_or_path}.toml")
    path = Path(name_or_path)
    if path.suffix == ".toml" or path.is_file():
        if not path.is_file():
            raise SegStudioError("there is no such recipe file", where=name_or_path)
        return path
    raise SegStudioError(
        f'there is no recipe "{name_or_path}"{did_you_mean(name_or_path, recipe_names())}',
        fix=f"Choose one of {', '.join(recipe_names())}, or give the path of a TOML file",
    )


def _parsed(changes: Sequence[str]) -> dict[str, Any]:
    parsed: dict[str, Any] = {}
    for change in changes:
        key, separator, text = change.partition("=")
        if not separator or not key.strip():
            raise SegStudioError(f'"{change}" is not KEY=VALUE', fix="Write for example --set epochs=20")
        parsed[key.strip()] = _value(text.strip())
    return parsed


def _value(text: str) -> Any:
    """Read a TOML value; what is none is a plain string, so that `weights=none` needs no quotes."""
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text


def _help_of(field: str) -> str:
    described = Recipe.model_fields[field].description if field in Recipe.model_fields else None
    return f"{field}: {described}" if described else "Correct the value"

"""ModelCard: what a model file says of itself."""

from __future__ import annotations

import hashlib
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from segstudio.errors import SegStudioError
from segstudio.wrong_values import wrong_value

IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_STD = (0.229, 0.224, 0.225)

CARD_VERSION = 1


_Positive = Annotated[float, Field(gt=0)]


class ModelClass(BaseModel):
    """A class that a model tells apart: its mask value, name and colour (`#RRGGBB`), and the names of those classes of
    its project that it was taught to take for it.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    index: Annotated[int, Field(ge=0, lt=255)]
    name: str
    colour: Annotated[str, Field(pattern=r"^#[0-9A-Fa-f]{6}$")]
    includes: tuple[str, ...] = ()


class _Versioned(BaseModel):
    version: int = 0


class ModelCard(BaseModel):
    """Everything needed to use a model without its project, and to know where it came from.

    The network's output channel `i` stands for `classes[i]`. `mean` and `std` apply to RGB scaled to 0–1.
    Photos whose longer side exceeds `max_side_px` are shrunk to it first (0: never).
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    version: int = CARD_VERSION
    head: str
    classes: Annotated[tuple[ModelClass, ...], Field(min_length=1, max_length=255)]
    mean: tuple[float, float, float] = IMAGENET_MEAN
    std: tuple[_Positive, _Positive, _Positive] = IMAGENET_STD
    max_side_px: Annotated[int, Field(ge=0, le=65536)] = 0
    recipe: dict[str, Any] = Field(default_factory=dict)
    scores: dict[str, Any] = Field(default_factory=dict)
    epoch: int = 0
    step: int = 0
    project: str = ""
    run: str = ""
    train_photos: tuple[str, ...] = ()
    val_photos: tuple[str, ...] = ()
    weights_from: str = ""
    weights_licence: str = ""
    created: str = ""
    segstudio: str = ""

    @classmethod
    def from_json(cls, text: str, *, where: str) -> ModelCard:
        """Read a card back; raises SegStudioError that names `where` when it is not one."""
        if _version_of(text) > CARD_VERSION:
            raise SegStudioError(
                "the model was made by a newer SegStudio", where=where, fix="Update SegStudio to use it"
            )
        try:
            return cls.model_validate_json(text)
        except ValidationError as error:
            raise SegStudioError(
                f"the model's description is damaged ({wrong_value(error)})",
                where=where,
                fix="Use another model, or a copy of this one",
            ) from error

    @property
    def class_names(self) -> tuple[str, ...]:
        """Names by output channel."""
        return tuple(entry.name for entry in self.classes)

    @property
    def identity(self) -> str:
        """What tells this model apart from others, wherever its file lies."""
        return "\n".join((self.head, self.project, self.run, self.created, *self.class_names))

    @property
    def model_id(self) -> str:
        """The same in short: 16 hexadecimal digits. A run that is renamed or goes on keeps it."""
        digest = hashlib.sha1(self.identity.encode("utf-8", "surrogatepass"), usedforsecurity=False)
        return digest.hexdigest()[:16]

    @property
    def merged(self) -> dict[str, str]:
        """The classes that were learnt as others: name → name of the model's class."""
        return {name: entry.name for entry in self.classes for name in entry.includes}

    @property
    def left_out(self) -> tuple[str, ...]:
        """The classes whose pixels the training was told to leave out."""
        told = self.recipe.get("ignore_classes", ())
        return tuple(str(name) for name in told) if isinstance(told, list | tuple) else ()


def _version_of(text: str) -> int:
    """Return the version that a card tells, before the rest of it is looked at; 0 for none."""
    try:
        return _Versioned.model_validate_json(text).version
    except ValidationError:
        return 0

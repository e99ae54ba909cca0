"""Recipe: every training choice in one validated value, kept as a TOML file."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

import tomli_w
from pydantic import ValidationError, field_validator, model_validator
from pydantic_core import PydanticCustomError

from segstudio.errors import SegStudioError, did_you_mean, inside
from segstudio.files import read_small
from segstudio.resource_files import resource_path
from segstudio.runs.choices import MachineChoices
from segstudio.runs.heads import head_named

_SMALLEST_PX = 32
"""Of a photo that is shrunk further nothing can be seen: such a number is a slip."""

_MOST_BYTES, _MOST_DOTS = 1 << 20, 1000
"""Of the file, and in one line of it."""


class Recipe(MachineChoices):
    """Every choice of one training; the fields stand in `choices`."""

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
        return _by_name(pairs, like="rope=person")

    @field_validator("class_weights", mode="before")
    @classmethod
    def _split_weights(cls, value: object) -> object:
        """Take `--set class_weights=sky=0,car=5` too."""
        if not isinstance(value, str) or "=" not in value:
            return value
        pairs = [part.rpartition("=") for part in value.split(",") if part.strip()]
        return _by_name(pairs, like="sky=0,car=5")

    @model_validator(mode="after")
    def _is_consistent(self) -> Recipe:
        if self.scale_min > self.scale_max:
            raise _beside(self, "scale_min", "must not be above scale_max", "scale_max")
        if 0 < self.max_side_px < _SMALLEST_PX:
            raise _beside(self, "max_side_px", f"must be 0, for every pixel, or {_SMALLEST_PX} and more")
        if problem := _merge_problem(self.merge, self.ignore_classes):
            raise PydanticCustomError(
                "merge", "{problem}", {"problem": problem, "fields": "merge,ignore_classes"}
            )
        return self


def _beside(recipe: Recipe, field: str, problem: str, other: str = "") -> PydanticCustomError:
    """Return the error of a field beside another, `other`, with its name among the facts: a form shows it there.

    `fields` names both, with a comma: either may be the one to correct.
    """
    facts = {"field": field, "value": getattr(recipe, field), "problem": problem, "fields": field}
    if not other:
        return PydanticCustomError("not_beside", "{field} = {value}: {problem}", facts)
    facts |= {"fields": f"{field},{other}", "than": getattr(recipe, other)}
    return PydanticCustomError("not_beside", "{field} = {value}: {problem} = {than}", facts)


def load_recipe(name_or_path: str, changes: Sequence[str] = ()) -> Recipe:
    """Return a named recipe of `resources/recipes` or the one in a TOML file, with `KEY=VALUE` changes.

    Raises SegStudioError for an unknown name, key or value; close names are suggested.
    """
    path = _find(name_or_path)
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise SegStudioError("the file is too large for a recipe", where=str(path))
        values = _toml(read_small(path).decode("utf-8-sig"))
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise SegStudioError(f"the recipe cannot be read ({reason})", where=str(path)) from error
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
    for field, value in values.items():
        if isinstance(value, bool) and Recipe.model_fields[field].annotation in {int, float}:
            raise SegStudioError(
                f"{field} = {str(value).lower()}: input should be a number",
                where=place_of(field),
                fix=_help_of(field),
            )
    try:
        recipe = Recipe.model_validate(dict(values))
    except ValidationError as error:
        raise _told(error, place_of) from error
    with inside(place_of("head")):
        head_named(recipe.head)
    return recipe


def _told(error: ValidationError, place_of: Callable[[str], str]) -> SegStudioError:
    """Return the sentence for the first bad field; of the kinds of value that it may have, for the one that was meant."""
    errors = error.errors()
    path = errors[0]["loc"]
    first = max((each for each in errors if each["loc"][:1] == path[:1]), key=lambda each: len(each["loc"]))
    message = first["msg"].removeprefix("Value error, ")
    message = f"{message[:1].lower()}{message[1:]}"
    if not path:
        fields = str(errors[0].get("ctx", {}).get("fields", "")).split(",")
        field = next((each for each in fields if place_of(each) != place_of("")), fields[0])
        return SegStudioError(message, where=place_of(field), fix=_help_of(field))
    field = str(path[0])
    name = f"{field}.{first['loc'][-1]}" if isinstance(errors[0]["input"], dict) else field
    return SegStudioError(
        f"{name} = {first['input']!r}: {message}", where=place_of(field), fix=_help_of(field)
    )


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


def _by_name(pairs: Sequence[tuple[str, str, str]], *, like: str) -> dict[str, str]:
    """Return the table that somebody wrote as pairs of a class and what is said of it."""
    if any(not name.strip() or not told.strip() for name, _, told in pairs):
        raise ValueError(f"write it like {like}, with commas between several")
    names = [_key(name) for name, _, _ in pairs]
    if len(set(names)) < len(names):
        raise ValueError("a class is named twice")
    return {name.strip(): told.strip() for name, _, told in pairs}


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
        return _toml(f"value = {text}")["value"]
    except ValueError:
        return text


def _toml(text: str) -> dict[str, Any]:
    """Read TOML; raises ValueError for anything else, and for what is deeper or longer than any recipe."""
    if any(line.count(".") > _MOST_DOTS for line in text.splitlines()):
        raise ValueError("a line has too many dots")  # each part of a key a.b.c takes more time and memory
    try:
        return tomllib.loads(text)
    except RecursionError as error:
        raise ValueError("it is nested too deep") from error


def _help_of(field: str) -> str:
    described = Recipe.model_fields[field].description if field in Recipe.model_fields else None
    return f"{field}: {described}" if described else "Correct the value"

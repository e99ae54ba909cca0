from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segstudio.errors import SegStudioError
from segstudio.runs.heads import HEADS
from segstudio.runs.recipe import Recipe, load_recipe, recipe_from, recipe_names, recipe_to_toml

_ANY_CHARACTER = st.characters(exclude_categories=["Cs"])  # no half of a pair: TOML is UTF-8


def _refused(name: str, *changes: str) -> str:
    with pytest.raises(SegStudioError) as caught:
        load_recipe(name, changes)
    assert len(str(caught.value).splitlines()) == 1
    return str(caught.value)


@pytest.mark.parametrize("name", recipe_names())
def test_every_named_recipe_comes_back_from_toml_as_it_was(name: str, tmp_path: Path) -> None:
    recipe = load_recipe(name)
    assert recipe.description
    assert recipe.head in HEADS
    assert not recipe.auxiliary or HEADS[recipe.head].has_auxiliary
    path = tmp_path / "recipe.toml"
    path.write_text(recipe_to_toml(recipe), encoding="utf-8")
    assert load_recipe(str(path)) == recipe
    assert set(tomllib.loads(path.read_text(encoding="utf-8"))) == set(Recipe.model_fields)


def test_the_named_recipes_of_the_documentation_are_there() -> None:
    assert {"quick-cpu", "balanced"} <= set(recipe_names())
    assert load_recipe("quick-cpu").head == "lraspp_mobilenet_v3_large"
    assert load_recipe("balanced").head == "deeplabv3_resnet50"


def test_every_field_is_explained() -> None:
    for name, field in Recipe.model_fields.items():
        assert field.description, name
        assert field.description.endswith("."), name


@given(
    st.builds(
        Recipe,
        head=st.sampled_from(sorted(HEADS)),
        ignore_classes=st.lists(st.text(_ANY_CHARACTER, max_size=8), max_size=3).map(tuple),
        class_weights=st.sampled_from(["none", "inverse"])
        | st.dictionaries(st.text(_ANY_CHARACTER, max_size=6), st.floats(0, 100), max_size=3),
        learning_rate=st.floats(1e-9, 10),
        epochs=st.integers(1, 10**6),
        clip_gradient=st.floats(0, 1e9),
    )
)
def test_any_recipe_comes_back_from_toml_as_it_was(recipe: Recipe) -> None:
    assert recipe_from(tomllib.loads(recipe_to_toml(recipe)), where="x") == recipe


@pytest.mark.parametrize(
    ("change", "field", "value"),
    [
        ("epochs=20", "epochs", 20),
        (" epochs = 20 ", "epochs", 20),
        ("learning_rate=1e-3", "learning_rate", 0.001),
        ("weights=none", "weights", "none"),
        ("weights=/a b/c=d.pth", "weights", "/a b/c=d.pth"),
        ('weights="coco"', "weights", "coco"),
        ("auxiliary=true", "auxiliary", True),
        ("ignore_classes=['sky', 'a,b']", "ignore_classes", ("sky", "a,b")),
        ("ignore_classes=sky, ground", "ignore_classes", ("sky", "ground")),
        ("ignore_classes=", "ignore_classes", ()),
        ("class_weights={sky = 2, 'a b' = 0.5}", "class_weights", {"sky": 2.0, "a b": 0.5}),
        ("class_weights=median-frequency", "class_weights", "median-frequency"),
        (
            "class_weights=Sky=0, hot air balloon = 2.5,a=b=1",
            "class_weights",
            {"Sky": 0.0, "hot air balloon": 2.5, "a=b": 1.0},
        ),
        ("merge={rope = 'person'}", "merge", {"rope": "person"}),
        ("merge=rope=person, safety line = person", "merge", {"rope": "person", "safety line": "person"}),
        ("merge=", "merge", {}),
        ("description=", "description", ""),
        ("seed=0x10", "seed", 16),
    ],
)
def test_one_field_is_changed_from_the_command_line(change: str, field: str, value: object) -> None:
    recipe = load_recipe("quick-cpu", [change])
    assert getattr(recipe, field) == value
    assert recipe == load_recipe("quick-cpu").model_copy(update={field: value})


def test_the_last_of_two_changes_counts() -> None:
    assert load_recipe("quick-cpu", ["epochs=2", "epochs=3"]).epochs == 3


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("epoch=3", '--set epoch: unknown recipe field "epoch" (did you mean "epochs"?)'),
        ("zzz=3", '--set zzz: unknown recipe field "zzz". '),
        ("epochs", '"epochs" is not KEY=VALUE'),
        ("=3", '"=3" is not KEY=VALUE'),
        ("epochs=0", "--set epochs: epochs = 0: input should be greater than or equal to 1"),
        ("epochs=many", "--set epochs: epochs = 'many'"),
        ("epochs=2.5", "--set epochs: epochs = 2.5"),
        ("crop_px=31", "--set crop_px"),
        ("crop_px=4097", "--set crop_px"),
        ("learning_rate=0", "--set learning_rate"),
        ("learning_rate=nan", "--set learning_rate"),
        ("clip_gradient=inf", "--set clip_gradient"),
        ("class_weights={sky=-1}", "class_weights.sky = -1: input should be greater than or equal to 0"),
        ("class_weights={sky=inf}", "--set class_weights: class_weights.sky = inf: input should be a finite"),
        ("epochs=true", "--set epochs: epochs = true: input should be a number"),
        ("learning_rate=false", "--set learning_rate: learning_rate = false: input should be a number"),
        (
            "max_side_px=1",
            "--set max_side_px: max_side_px = 1: must be 0, for every pixel, or 32 and more. max_side",
        ),
        ("class_weights=most", "--set class_weights"),
        (
            "class_weights=sky",
            "effective-number (Cui and others 2019), or weights by name: --set class_weights=sky=0,car=5",
        ),
        ("class_weights=sky=,car=2", "'sky=,car=2': write it like sky=0,car=5, with commas between several"),
        ("class_weights=sky=1,SKY=2", "'sky=1,SKY=2': a class is named twice"),
        (
            "class_weights=sky=x",
            "--set class_weights: class_weights.sky = 'x': input should be a valid number",
        ),
        ("optimizer=adm", "--set optimizer: optimizer = 'adm'"),
        ("scale_min=3", "--set scale_min: scale_min = 3.0: must not be above scale_max = 2.0. scale_min: "),
        ("head=lraspp", "--set head: unknown head"),
        ("head=../../x", "--set head: unknown head"),
        ("ignore_classes=3", "--set ignore_classes"),
        ("merge=rope", "--set merge: merge = 'rope': write it like rope=person"),
        ("merge={rope = 3}", "--set merge"),
        ("merge=Person=person", '--set merge: merge takes the class "Person" as itself'),
        ("merge=a=b,b=c", 'merge takes "a" as "b", which is itself taken as another class'),
        ("merge=a=b,A=c", "merge = 'a=b,A=c': a class is named twice"),
        ("merge={'rope' = 'b', ' ROPE' = 'c'}", "merge names a class twice"),
    ],
)
def test_a_bad_change_is_told_by_its_key(change: str, told: str) -> None:
    assert told in _refused("quick-cpu", change)


@pytest.mark.parametrize("ignored", ["rope", "PERSON"])
def test_a_class_is_merged_or_left_out(ignored: str) -> None:
    told = _refused("quick-cpu", "merge=rope=person", f"ignore_classes={ignored}")
    assert f'"{ignored.lower()}" stands both in merge and in ignore_classes' in told


def test_of_two_fields_that_do_not_go_together_the_changed_one_is_told(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text('scale_min = 0.5\nmerge = {a = "b"}\n', encoding="utf-8")
    assert _refused(str(path), "scale_max=0.1").startswith(
        "--set scale_max: scale_min = 0.5: must not be above scale_max = 0.1. scale_max: "
    )
    assert _refused(str(path), "ignore_classes=a").startswith('--set ignore_classes: "a" stands both')
    path.write_text("scale_min = 3\n", encoding="utf-8")
    assert _refused(str(path), "epochs=2").startswith(
        "mine.toml: scale_min = 3.0: must not be above scale_max"
    )


def test_the_meaning_of_a_field_stands_beside_its_bad_value() -> None:
    assert _refused("quick-cpu", "flip_vertical=2").endswith("Probability of turning upside down.")


def test_a_bad_field_of_a_file_is_told_by_the_file(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text("epohcs = 3\n", encoding="utf-8")
    assert _refused(str(path)).startswith('mine.toml: unknown recipe field "epohcs" (did you mean "epochs"?)')
    path.write_text("batch_size = 0\n", encoding="utf-8")
    assert _refused(str(path), "epochs=2").startswith("mine.toml: batch_size = 0: ")


@pytest.mark.parametrize(
    "content",
    [
        b"epochs = ",
        b"\xff\xfe",
        b"[epochs",
        b"a = 1\na = 2",
        b"epochs = " + b"[" * 10_000,
        b"epochs = " + b"{a=" * 10_000,
        b"epochs = " + b"9" * 5000,
        b"a" + b".a" * 50_000 + b" = 1",
    ],
    ids=range(8),
)
def test_a_file_that_is_no_toml_is_told(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.toml").write_bytes(content)
    assert _refused(str(tmp_path / "a.toml")).startswith(f"{tmp_path / 'a.toml'}: the recipe cannot be read")


@pytest.mark.parametrize("value", ["[" * 10_000, "9" * 5000, "{a.a" + ".a" * 50_000 + "=1}"], ids=len)
def test_a_value_made_to_do_harm_is_told(value: str) -> None:
    assert "epochs" in _refused("balanced", f"epochs={value}")


def test_a_file_that_is_far_too_large_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_bytes(b"#" * (2 << 20))
    assert "too large for a recipe" in _refused(str(tmp_path / "a.toml"))


def test_an_editor_may_leave_a_byte_order_mark(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_bytes(b"\xef\xbb\xbfepochs = 3\n")
    assert load_recipe(str(tmp_path / "a.toml")).epochs == 3


def test_an_unknown_recipe_is_told_with_the_closest_and_all_names(tmp_path: Path) -> None:
    told = _refused("quickcpu")
    assert '(did you mean "quick-cpu"?)' in told
    assert "balanced" in told
    assert "no such recipe file" in _refused(str(tmp_path / "nothing.toml"))
    (tmp_path / "folder.toml").mkdir()
    assert "no such recipe file" in _refused(str(tmp_path / "folder.toml"))


def test_a_file_needs_no_suffix(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("epochs = 3\n", encoding="utf-8")
    assert load_recipe(str(tmp_path / "mine")).epochs == 3


def test_a_recipe_never_changes() -> None:
    recipe = load_recipe("quick-cpu")
    with pytest.raises(ValueError, match="frozen"):
        recipe.epochs = 3  # type: ignore[misc]

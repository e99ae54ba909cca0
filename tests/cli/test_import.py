import hashlib
import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from segstudio.cli.main import main
from segstudio.project.masks import read_mask
from segstudio.project.project import Project

DATA = Path(os.environ.get("SEGSTUDIO_TEST_DATA", "/nonexistent"))
real_data = pytest.mark.skipif(not DATA.is_dir(), reason="SEGSTUDIO_TEST_DATA is not set")

Run = Callable[..., tuple[int, str, str]]
SQUARE = "".join(f"<pt><x>{x}</x><y>{y}</y></pt>" for x, y in ((2, 2), (8, 2), (8, 8), (2, 8)))
POLYGON = f"<object><name>sky</name><polygon>{SQUARE}</polygon></object>"


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Return a function that runs the command line and gives exit status, standard output and error."""

    def call(*words: object) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as caught:
            main([str(word) for word in words])
        told = capsys.readouterr()
        return int(caught.value.code or 0), told.out, told.err

    return call


@pytest.fixture
def project(tmp_path: Path, run: Run) -> Path:
    classes = ("no-label", "person", "airplane", "ground", "sky")
    words = [word for name in classes for word in ("--class", name)]
    assert run("new", tmp_path / "project", *words)[0] == 0
    return tmp_path / "project"


@pytest.fixture
def given(tmp_path: Path) -> Path:
    """A folder with one photo of 30 × 20 and its LabelMe XML."""
    folder = tmp_path / "given"
    folder.mkdir()
    pixels = np.random.default_rng(0).integers(0, 256, (20, 30, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(folder / "a.jpg", quality=95)
    _write(folder / "a.xml", POLYGON)
    return folder


def _write(path: Path, objects: str, size: tuple[int, int] = (20, 30)) -> None:
    told = f"<imagesize><nrows>{size[0]}</nrows><ncols>{size[1]}</ncols></imagesize>"
    text = f"<annotation><filename>a.jpg</filename><folder/>{told}{objects}</annotation>"
    path.write_text(text, encoding="utf-8")


def _fingerprint(folder: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        digest.update(str(path.relative_to(folder)).encode() + b"\0")
        if path.is_file():
            digest.update(path.read_bytes())
    return digest.hexdigest()


def test_an_import_writes_and_tells(run: Run, given: Path, project: Path) -> None:
    status, out, _ = run("import", given, "--project", project, "--split", "val", "--json")
    assert status == 0
    told = json.loads(out.splitlines()[-1])
    assert told["imported"] == ["a.jpg"]
    assert told["shapes"] == {"sky": 1}
    assert Project.open(project).photo("a.jpg").split == "val"


def test_a_dry_run_only_tells(run: Run, given: Path, project: Path) -> None:
    before = _fingerprint(project)
    status, out, _ = run("import", given, "--project", project, "--dry-run")
    assert status == 0
    assert "matched" in out
    assert "Nothing was written." in out
    _write(given / "a.xml", POLYGON.replace("sky", "skye"))
    status, out, _ = run("import", given, "--project", project, "--dry-run", "--json")
    assert status == 1
    assert 'unknown class "skye" (did you mean "sky"?)' in json.loads(out.splitlines()[-1])["refusal"]
    assert _fingerprint(project) == before


def test_what_is_not_read_is_told_once_for_each_kind(run: Run, given: Path, project: Path) -> None:
    for number in range(5):
        (given / f"{number}.xml").write_text("<annotation><size/></annotation>", encoding="utf-8")
    status, out, err = run("import", given, "--project", project)
    told = [line for line in (out + err).splitlines() if "Not read" in line]
    assert (status, len(told)) == (0, 1)
    assert "0.xml" in told[0]
    assert "(4 more like it.)" in " ".join((out + err).split())


PERSON = "<object><name>person</name><polygon>" + "".join(
    f"<pt><x>{x}</x><y>{y}</y></pt>" for x, y in ((3, 3), (6, 3), (6, 6), (3, 6))
)
SMALL_BELOW = f"{PERSON}</polygon></object>{POLYGON}"  # in the list of classes, sky comes after person


def test_while_nothing_is_painted_what_is_small_lies_on_top(run: Run, given: Path, project: Path) -> None:
    _write(given / "a.xml", SMALL_BELOW)
    status, out, _ = run("import", given, "--project", project, "--dry-run")
    assert status == 0
    assert "Painted from bottom to top: sky, person. --order says otherwise." in out
    assert "painted over wholly" not in out
    status, out, _ = run("import", given, "--project", project, "--json")
    assert json.loads(out.splitlines()[-1])["proposed_order"] == ["sky", "person"]
    opened = Project.open(project)
    assert read_mask(opened.mask_path(opened.photo("a.jpg")))[4, 4] == opened.classes.named("person").index
    assert [opened.classes.at(value).name for value in opened.classes.draw_order[-2:]] == ["sky", "person"]  # type: ignore[union-attr]


def test_run_lengths_that_do_not_add_up_are_warned_of(run: Run, given: Path, project: Path) -> None:
    mask = '<mask label="sky" rle="0,{}" left="0" top="0" width="5" height="5"/>'
    image = '<annotations><image name="a.jpg" width="30" height="20">{}</image></annotations>'
    runs = "".join(mask.format(length) for length in (3, 99, 25, 1, 1, 1, 1))
    (given / "a.xml").write_text(image.format(runs), encoding="utf-8")
    status, out, err = run("import", given, "--project", project)
    told = " ".join((out + err).split())
    assert status == 0
    assert (
        'given/a.xml, image "a.jpg", mask 1: its run lengths end 22 pixels before its 5 × 5 pixels do' in told
    )
    assert "mask 2: its run lengths go on after its 5 × 5 pixels" in told
    assert "1 more shape is odd in such a way (--json tells all)." in told
    assert "mask 7" not in told


def test_boxes_are_told_and_left_out_or_taken(run: Run, given: Path, project: Path) -> None:
    shapes = (
        '<box label="sky" xtl="2" ytl="2" xbr="8" ybr="8"/><polygon label="person" points="20,2;25,2;25,8"/>'
    )
    text = f'<annotations><image name="a.jpg" width="30" height="20">{shapes}</image></annotations>'
    (given / "a.xml").write_text(text, encoding="utf-8")
    _, out, _ = run("import", given, "--project", project, "--dry-run")
    assert "A box is no outline: all that it covers counts as its class." in " ".join(out.split())
    _, out, _ = run("import", given, "--project", project, "--boxes", "leave-out", "--json")
    told = json.loads(out.splitlines()[-1])
    assert (told["boxes"], told["skipped"], told["shapes"]) == (0, {"box": 1}, {"person": 1})


def test_how_masks_of_0_and_255_are_read_is_told(run: Run, tmp_path: Path) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (20, 30, 3), dtype=np.uint8)
    for folder in ("images", "masks"):
        (tmp_path / "set" / folder).mkdir(parents=True)
    Image.fromarray(pixels).save(tmp_path / "set/images/a.jpg")
    Image.fromarray(np.where(pixels[..., 0] > 99, 255, 0).astype(np.uint8)).save(tmp_path / "set/masks/a.png")
    assert run("new", tmp_path / "cars", "--class", "background", "--class", "car")[0] == 0
    status, out, _ = run("import", tmp_path / "set", "--project", tmp_path / "cars")
    assert status == 0
    told = '1 mask holds 0 and 255 alone: 0 is "background", 255 is "car". --map says otherwise.'
    assert told in " ".join(out.split())


def test_what_photos_are_for_is_told(run: Run, given: Path, project: Path) -> None:
    labels = "<annotations><image name='a.jpg' width='30' height='20' subset='Validation'>"
    shape = "<box label='sky' xtl='2' ytl='2' xbr='8' ybr='8'/></image></annotations>"
    (given / "a.xml").write_text(labels + shape, encoding="utf-8")
    _, told, _ = run("import", given, "--project", project, "--dry-run")
    assert "The files say what photos are for: 1 val; --split auto takes that over." in " ".join(told.split())
    _, told, _ = run("import", given, "--project", project, "--split", "auto")
    assert "1 val and that holds." in " ".join(told.split())
    assert Project.open(project).photo("a.jpg").split == "val"


def test_an_order_that_holds_is_kept(run: Run, given: Path, project: Path) -> None:
    _write(given / "a.xml", SMALL_BELOW)
    status, out, _ = run("import", given, "--project", project, "--order", "person,sky")
    assert status == 0
    assert "Painted from" not in out
    assert "a.jpg: person" in out  # painted over wholly
    status, out, _ = run("import", given, "--project", project, "--replace")  # now something is painted
    assert status == 0
    assert "Painted from" not in out
    status, out, _ = run("import", given, "--project", project, "--replace", "--layers", "file", "--dry-run")
    assert "Painted from" not in out


def _cut_xml(given: Path) -> Path:
    data = (given / "a.xml").read_bytes()
    (given / "a.xml").write_bytes(data[: len(data) // 2])
    return given


def _bomb(given: Path) -> Path:
    levels = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    bomb = f'<!DOCTYPE a [<!ENTITY e0 "boom">{levels}]>'
    (given / "a.xml").write_text(
        f"{bomb}<annotation><filename>&e11;</filename></annotation>", encoding="utf-8"
    )
    return given


def _climbing_zip(given: Path) -> Path:
    with zipfile.ZipFile(given / "a.zip", "w") as archive:
        archive.write(given / "a.xml", "a.xml")
        archive.write(given / "a.jpg", "../../a.jpg")
    return given / "a.zip"


def _cut_zip(given: Path) -> Path:
    with zipfile.ZipFile(given / "a.zip", "w") as archive:
        archive.write(given / "a.jpg", "a.jpg")
    (given / "a.zip").write_bytes((given / "a.zip").read_bytes()[:-30])
    return given / "a.zip"


def _cut_photo(given: Path) -> Path:
    data = (given / "a.jpg").read_bytes()
    (given / "a.jpg").write_bytes(data[: len(data) // 2])
    return given


def _other_size(given: Path) -> Path:
    _write(given / "a.xml", POLYGON, size=(40, 60))
    return given


def _mask_of_another_size(given: Path) -> Path:
    Image.fromarray(np.full((10, 10), 255, dtype=np.uint8)).save(given / "m.png")
    _write(given / "a.xml", "<object><name>sky</name><segm><mask>m.png</mask></segm></object>")
    return given


def _unknown_class(given: Path) -> Path:
    _write(given / "a.xml", POLYGON.replace("sky", "skye"))
    return given


def _negative_runs(given: Path) -> Path:
    (given / "a.xml").write_text(
        '<annotations><image name="a.jpg" width="30" height="20">'
        '<mask label="sky" rle="0,-3" left="0" top="0" width="5" height="5"/></image></annotations>',
        encoding="utf-8",
    )
    return given


def _pascal_voc(given: Path) -> Path:
    (given / "a.xml").write_text(
        "<annotation><size/><object><bndbox/></object></annotation>", encoding="utf-8"
    )
    return given / "a.xml"


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (_cut_xml, "given/a.xml: the XML is damaged or cut off"),
        (_bomb, "given/a.xml: the XML "),
        (_climbing_zip, 'a.zip: the ZIP member "../../a.jpg" would be written outside its folder'),
        (_cut_zip, "a.zip: the ZIP file is damaged or cut off"),
        (_cut_photo, "given/a.jpg: the photo is damaged or cut off"),
        (_other_size, "given/a.xml: annotated on 60 × 40 pixels, but the photo has 30 × 20"),
        (_mask_of_another_size, "given/a.xml, object 1: its mask has 10 × 10 pixels, the photo 30 × 20"),
        (_unknown_class, 'given/a.xml, object 1: unknown class "skye" (did you mean "sky"?)'),
        (_negative_runs, 'given/a.xml, image "a.jpg", mask 1: one of its run lengths is negative'),
        (_pascal_voc, "given/a.xml: this is Pascal VOC XML: it holds boxes only"),
    ],
)
def test_hostile_input_is_one_sentence_and_changes_nothing(
    run: Run, given: Path, project: Path, spoil: Callable[[Path], Path], sentence: str
) -> None:
    source = spoil(given)
    before = _fingerprint(project), _fingerprint(given.parent)
    status, _, err = run("import", source, "--project", project)
    assert status == 1
    assert sentence in err
    assert len(err.splitlines()) == 1
    assert (_fingerprint(project), _fingerprint(given.parent)) == before


def test_wrong_words_are_told(run: Run, given: Path, project: Path) -> None:
    assert "Write --map OLD=NEW" in run("import", given, "--project", project, "--map", "sky")[2]
    assert 'did you mean "sky"' in run("import", given, "--project", project, "--order", "skyy")[2]
    assert 'no format "cvta"' in run("import", given, "--project", project, "--format", "cvta")[2]
    assert run("import", given, "--project", project, "--split", "test")[0] == 2


def test_the_formats_are_listed(run: Run) -> None:
    status, out, _ = run("formats", "--json")
    assert status == 0
    assert {row["name"] for row in json.loads(out.splitlines()[-1])["formats"]} >= {"cvat", "labelme-xml"}


@pytest.mark.parametrize("verb", ["import", "formats"])
def test_neither_torch_nor_qt_is_imported(verb: str) -> None:
    code = (
        "import sys\nfrom segstudio.cli.main import main\n"
        f"try:\n    main([{verb!r}, '--help'])\nexcept SystemExit:\n    pass\n"
        "sys.exit(sum(name.split('.')[0] in ('torch', 'torchvision', 'PySide6') for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False, capture_output=True).returncode == 0


@real_data
def test_the_skydiving_photos_give_their_published_masks(run: Run, project: Path) -> None:
    for split in ("train", "val"):
        part = DATA / "skydiving" / split
        words = ("--photos", part / "Images", "--split", split, "--order", "sky,ground,airplane,person")
        assert run("import", part / "Annotations", *words, "--project", project)[0] == 0
    opened = Project.open(project)
    differing = {}
    for photo in opened.photos():
        assert photo.split is not None
        published = read_mask(DATA / "skydiving" / photo.split / "Labels" / f"{Path(photo.key).stem}.png")
        mask = opened.read_mask(photo)
        assert mask is not None
        if different := int((mask != published).sum()):
            differing[photo.key] = different
    assert len(opened.photos()) == 12
    assert set(differing) <= {"000077.jpg"}
    assert sum(differing.values()) <= 2


@real_data
@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("one-content-many-formats/cvat1.1", {"matched": 4, "skipped": {"polyline": 2}, "deleted": 0}),
        ("one-content-many-formats/labelme3.0", {"matched": 4, "skipped": {}, "deleted": 0}),
        ("mit-labelme-tool/w55-e04-images1", {"matched": 20, "skipped": {}, "deleted": 4}),
        (
            "datumaro/cvat_dataset/for_images/export_project",
            {"matched": 6, "skipped": {"polyline": 3, "points": 3}, "deleted": 0},
        ),
        ("datumaro/labelme_dataset", {"matched": 1, "skipped": {}, "deleted": 0}),
        ("cuboid", {"matched": 0, "skipped": {"cuboid": 2}, "deleted": 0}),
        ("cvat-masks", {"matched": 0, "skipped": {}, "deleted": 0}),
    ],
)
def test_real_exports_are_read(run: Run, project: Path, source: str, expected: dict[str, object]) -> None:
    words = ["--photos", DATA / "annotations/mit-labelme-tool/images"] if "mit" in source else []
    status, out, _ = run(
        "import",
        DATA / "annotations" / source,
        *words,
        "--add-classes",
        "--dry-run",
        "--json",
        "--project",
        project,
    )
    told = json.loads(out.splitlines()[-1])
    assert status == (1 if told["refusal"] else 0)
    assert {name: told[name] for name in expected} == expected
    assert told["damaged"] == []


def _photos(folder: Path, count: int, damaged: tuple[int, ...] = ()) -> Path:
    folder.mkdir(exist_ok=True)
    for number in range(count):
        pixels = np.random.default_rng(number).integers(0, 256, (20, 30, 3), dtype=np.uint8)
        path = folder / f"{number:02}.jpg"
        Image.fromarray(pixels).save(path)
        if number in damaged:
            path.write_bytes(path.read_bytes()[:400])
    return folder


def test_a_folder_of_photos_alone_comes_in_to_be_painted(run: Run, project: Path, tmp_path: Path) -> None:
    folder = _photos(tmp_path / "photos", 10, damaged=(1, 4))
    status, out, _ = run("import", folder, "--project", project)
    assert status == 0
    assert "photos/01.jpg: the photo is damaged" in out
    assert "photos/04.jpg: the photo is damaged" in out
    opened = Project.open(project)
    assert len(opened.keys()) == 8
    assert not any(photo.has_mask for photo in opened.photos())


def test_where_every_photo_is_damaged_they_are_named_and_counted(
    run: Run, project: Path, tmp_path: Path
) -> None:
    folder = _photos(tmp_path / "photos", 8, damaged=tuple(range(8)))
    status, _, err = run("import", folder, "--project", project)
    assert status == 1
    assert len(err.splitlines()) == 1
    assert all(f"photos/{number:02}.jpg" in err for number in range(5))
    assert "photos/04.jpg and 3 more: the photo is damaged" in err
    assert run("import", folder, "--project", project, "--dry-run")[0] == 1


def test_annotations_that_are_not_read_are_told_beside_photos(
    run: Run, project: Path, tmp_path: Path
) -> None:
    folder = _photos(tmp_path / "photos", 2)
    (folder / "00.csv").write_text("filename,region_shape_attributes\n", encoding="utf-8")
    status, out, _ = run("import", folder / "00.jpg", folder / "01.jpg", "--project", project)
    assert status == 0
    assert "photos/00.csv: this is VIA's table of regions, which is not read" in out
    assert len(Project.open(project).keys()) == 2
    status, _, err = run("import", folder, "--project", project, "--under", "again")
    assert status == 1  # a folder of annotated photos was given: it is not taken for photos alone
    assert "VIA's table" in err
    assert "--keep-unlabelled" in err
    assert run("import", folder, "--project", project, "--keep-unlabelled", "--under", "again")[0] == 0


def test_ending_an_import_removes_what_was_unpacked(project: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for path in sorted(_photos(tmp_path / "photos", 3).iterdir()):
            archive.write(path, path.name)
    unpacked = tmp_path / "unpacked"
    unpacked.mkdir()
    code = (
        "import os, signal, sys\nfrom segstudio.cli import import_\nfrom segstudio.cli.main import main\n"
        "import_.prepare = lambda *_, **__: os.kill(os.getpid(), signal.SIGTERM)\n"
        "main(sys.argv[1:])"
    )
    words = [sys.executable, "-c", code, "import", str(tmp_path / "a.zip"), "--project", str(project)]
    ended = subprocess.run(words, check=False, env={**os.environ, "TMPDIR": str(unpacked)})
    assert ended.returncode == 143
    assert not list(unpacked.iterdir())


@pytest.mark.parametrize(
    ("place", "name", "call", "whole"),
    [
        ("change:Change", "put_state", 5, False),  # while files are staged, in a worker
        ("change", "write_list", 1, False),  # when all are
        ("moving", "_replace", 11, True),  # when it is decided, and ten of 25 files have taken their places
    ],
)
def test_ctrl_c_while_an_import_is_written_leaves_nothing_half(
    project: Path, tmp_path: Path, *, place: str, name: str, call: int, whole: bool
) -> None:
    photos = _photos(tmp_path / "photos", 12)
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    before = _fingerprint(project)
    code = (
        "import os, pkgutil, signal, sys\nfrom segstudio.cli.main import main\n"
        f"place, calls = pkgutil.resolve_name('segstudio.project.{place}'), []\n"
        f"real = place.{name}\n"
        "def pressed(*told):\n"
        "    calls.append(told)\n"
        f"    if len(calls) == {call}:\n"
        "        os.kill(os.getpid(), signal.SIGINT)\n"
        "    return real(*told)\n"
        f"place.{name} = pressed\n"
        "main(sys.argv[1:])"
    )
    words = [sys.executable, "-c", code, "import", str(photos), "--project", str(project)]
    ended = subprocess.run(
        words,
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
        env={**os.environ, "TMPDIR": str(temporary)},
    )
    assert ended.returncode == 130, ended.stderr
    assert "Traceback" not in ended.stderr
    assert not list(temporary.iterdir())
    if not whole:
        assert _fingerprint(project) == before
    opened = Project.open(project)
    assert len(opened.photos()) == (12 if whole else 0)
    assert not (project / ".staging").exists()
    assert all(photo.path.read_bytes() for photo in opened.photos())


def test_the_last_import_is_taken_back(run: Run, given: Path, project: Path) -> None:
    before = Project.open(project).classes
    _write(given / "a.xml", POLYGON.replace("sky", "rope"))
    assert run("import", given, "--project", project, "--add-classes")[0] == 0
    status, out, _ = run("import", "--undo", "--project", project, "--json")
    assert status == 0
    assert json.loads(out.splitlines()[-1])["gone"] == ["a.jpg"]
    opened = Project.open(project)
    assert opened.keys() == ()
    assert opened.classes.names == before.names
    status, _, err = run("import", "--undo", "--project", project)
    assert (status, "there is no import to take back" in err) == (1, True)
    assert run("import", "--undo", given, "--project", project)[0] == 2
    assert run("import", "--project", project)[0] == 2


def test_told_masks_come_in_and_label_images_tell_how(run: Run, tmp_path: Path) -> None:
    assert run("new", tmp_path / "p", "--class", "background,sky")[0] == 0
    pixels = np.random.default_rng(0).integers(0, 256, (20, 30, 3), dtype=np.uint8)
    for folder in ("photos", "x"):
        (tmp_path / folder).mkdir()
    Image.fromarray(pixels).save(tmp_path / "photos/a.jpg")
    Image.fromarray((pixels[..., 0] > 99).astype(np.uint8)).save(tmp_path / "x/a.png")
    given = ("import", tmp_path / "photos", tmp_path / "x", "--project", tmp_path / "p")
    status, out, _ = run(*given, "--dry-run")
    assert status == 0
    assert "--format index-png" in " ".join(out.split())
    maps = ("--map", "0=background", "--map", "1=sky")
    status, out, _ = run(*given, *maps, "--format", "index-png", "--json")
    assert status == 0
    assert json.loads(out)["imported"] == ["a.jpg"]


def test_a_map_of_no_label_and_a_file_that_only_goes_along_are_told(
    run: Run, project: Path, given: Path
) -> None:
    status, out, _ = run("import", given, "--project", project, "--map", "skj=sky")
    assert status == 0
    assert '--map: nothing is called "skj" (did you mean "sky"?)' in " ".join(out.split())
    (given / "data.yaml").write_text("names: [sky]", encoding="utf-8")
    status, _, told = run("import", given / "data.yaml", "--project", project)
    assert status == 1
    assert "holds none. Give the folder in which it lies" in told

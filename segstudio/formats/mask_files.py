"""Mask files: pictures that tell the class of each pixel of one photo, found by their place and their name.

A picture is taken for a mask when one of its folders is called like it (`SegmentationClass`, `GroundTruth`, `masks`,
`Train_Labels`, `trainannot` …), or when its name says so (`1_1_s_GT.bmp`, `0001TP_006690_L.png`, `photo_mask.png`).
Its photo has the same name without that ending. What the pixels mean stands in a table of labels beside or above it,
or in one that everybody knows; numbers and colours that no table has are labels of their own, such as `3` and
`#800000`, for the person to name.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from pathlib import PurePosixPath

from segstudio.errors import SegStudioError
from segstudio.formats.label_picture import (
    PictureLook,
    codes_in,
    hex_colour,
    look_at,
    read_codes,
)
from segstudio.formats.label_tables import LabelTable, numbered
from segstudio.formats.places import PHOTO_FOLDERS, SourceFile, photo_after, subset_of
from segstudio.formats.shapes import Annotation, LabelPicture, PicturePart

MASK_SUFFIXES = frozenset({".png", ".bmp", ".tif", ".tiff", ".gif"})

LOSSY_SUFFIXES = frozenset({".jpg", ".jpeg", ".jpe", ".jfif"})
"""Masks saved like this are known by their place, and refused."""

MAX_LABELS = 256
"""More numbers or colours than this are no labels."""

_FOLDER = re.compile(
    r"(?P<before>.*?)[_\- ]?(segmentationclass\w*|ground[_ -]?truths?|gt|masks?|labels?|label[_-]?ids|annot|annotations?"
    r"|labeled\w*|lbls?|seg(mentations?)?|semantic\w*|index|colou?r[_-]?masks?)",
    re.IGNORECASE,
)
_ENDING = re.compile(
    r"(?P<photo>.+?)[_\-.](gt|l|masks?|labels?|seg(mentation)?|annot|(gtfine_)?labelids|gtcoarse_labelids|semantic|lbl)",
    re.IGNORECASE,
)
_NO_MASK = re.compile(
    r".*(_gtfine_color|_instanceids|_labeltrainids|_gtcoarse_color|_mask_\d+)", re.IGNORECASE
)
_NO_FOLDER = frozenset({"segmentationobject", "scribbles"})
_CITY = re.compile(r".*_gt(fine|coarse)_labelids", re.IGNORECASE)
_CITY_PHOTO = "_leftImg8bit"
_PHOTO_FOLDERS = ("{}", "{}_RGB", "{}_images", "{}_img", "{}images", "{}_photos")


def is_mask_place(inner: PurePosixPath) -> bool:
    """Tell whether a picture at this place, relative to the folder given, is no photo but a mask: by the innermost of
    its folders that is called like one of masks or of photos.
    """
    if inner.suffix.lower() not in MASK_SUFFIXES | LOSSY_SUFFIXES:
        return False
    for folder in reversed(inner.parts[:-1]):
        if folder.lower() in PHOTO_FOLDERS:
            return False
        if is_mask_folder(folder):
            return True
    return False


def tells_mask(inner: PurePosixPath) -> bool:
    """Tell whether the name of a picture, wherever it lies, says that it is a mask."""
    return inner.suffix.lower() in MASK_SUFFIXES and _ENDING.fullmatch(inner.stem) is not None


def is_beside_photos(inner: PurePosixPath) -> bool:
    """Tell whether it is a picture of another kind that comes with masks: of single objects, scribbles, colours."""
    return bool(_NO_MASK.fullmatch(inner.stem)) or any(
        part.lower() in _NO_FOLDER for part in inner.parts[:-1]
    )


def photo_stem(stem: str) -> str:
    """Return the name of a mask's photo without extension: what tells the mask is taken off."""
    found = _ENDING.fullmatch(stem)
    return found["photo"] if found else stem


def photo_names(file: SourceFile) -> tuple[str, ...]:
    """Return the possible names of a mask's photo, the likeliest first.

    In a folder of masks that is the mask's own name (`a_mask.png` may be the mask of the photo `a_mask.jpg`), then the
    one without what tells a mask, and of `a.jpg.png` at last `a.jpg`. What the folders around tell goes before all.
    """
    stem = photo_stem(file.path.stem)
    own: tuple[str, ...] = (file.photo,) if file.photo else ()
    if stem != file.path.stem and any(map(is_mask_folder, file.folders.parts)):
        own += _names_of(file, file.path.stem)
    return tuple(dict.fromkeys((*own, *_names_of(file, stem))))


def _names_of(file: SourceFile, stem: str) -> tuple[str, ...]:
    suffix = (
        file.path.suffix if "." in stem else ""
    )  # else what follows the last dot would count as extension
    folders = [part for part in file.folders.parts if not is_mask_folder(part)]
    befores = [
        found["before"]
        for part in file.folders.parts
        if (found := _FOLDER.fullmatch(part)) and found["before"]
    ]
    names = []
    for ending in (_CITY_PHOTO, "") if _CITY.fullmatch(file.path.stem) else ("",):
        name = f"{stem}{ending}{suffix}"
        names += [
            PurePosixPath(*folders, form.format(before), name)
            for before in befores
            for form in _PHOTO_FOLDERS
        ]
        names += [PurePosixPath(*folders, name), PurePosixPath(name)]
    if (photo := photo_after(PurePosixPath(f"{stem}{file.path.suffix}"))) is not None:
        names += [PurePosixPath(*folders, photo), photo]
    return tuple(dict.fromkeys(map(str, names)))


def mask_annotation(file: SourceFile, table: LabelTable | None) -> Annotation:
    """Return the annotation that a mask file is, its pixels named by `table`.

    Raises SegStudioError when it is damaged, lossy, or holds more values than any set has classes.
    """
    look = look_at(file.path)
    picture = LabelPicture(file.path, look.coding, look.size)
    counts = codes_in(read_codes(picture))
    if len(counts) > MAX_LABELS:
        what = "colours" if look.coding == "colour" else "values"
        raise SegStudioError(
            f"it holds {len(counts)} {what}, which no set of classes has",
            fix="Give the masks as they were made, not scaled, smoothed or saved as JPEG",
        )
    named = label_names(look, tuple(counts), table)
    codes: dict[str, list[int]] = {}
    for code, label in named.items():
        codes.setdefault(label, []).append(code)
    return Annotation(
        names=photo_names(file),
        size=look.size,
        shapes=tuple(
            PicturePart(
                label=label,
                where=f"label {label}",
                picture=picture,
                codes=tuple(some),
                area=sum(counts[code] for code in some),
            )
            for label, some in codes.items()
        ),
        file=file.path,
        place=file.shown,
        subset=next(filter(None, (subset_of(PurePosixPath(name)) for name in photo_names(file))), ""),
        parts=(table.path,) if table is not None and table.path is not None else (),
        plain=table.plain if table is not None else None,
    )


def label_names(look: PictureLook, codes: tuple[int, ...], table: LabelTable | None) -> Mapping[int, str]:
    """Return the label of each pixel code: from the table by colour (of a palette picture too, when the table has
    all its colours), else by number; what the table has not is named by its own number or colour. Greys of three equal
    channels are numbers where the table has no colours and numbers them all.
    """
    by_colour = table.by_colour if table is not None else {}
    by_number = numbered(table.by_number) if table is not None else {}
    if look.coding == "colour":
        greys = {code: code & 0xFF for code in codes if code == (code & 0xFF) * 0x010101}
        if not by_colour and len(greys) == len(codes) and all(grey in by_number for grey in greys.values()):
            return {code: by_number[grey] for code, grey in greys.items()}
        if table is not None:
            _check_one_name_each(codes, table)
        return {code: by_colour.get(code, hex_colour(code)) for code in codes}
    painted = {code: look.palette[code] for code in codes if code < len(look.palette)}
    if by_colour and len(painted) == len(codes) and all(colour in by_colour for colour in painted.values()):
        return {code: by_colour[painted[code]] for code in codes}
    return {code: by_number.get(code, str(code)) for code in codes}


def _check_one_name_each(colours: Collection[int], table: LabelTable) -> None:
    """Raise SegStudioError when the table has two names for one of these colours."""
    names: dict[int, str] = {}
    for row in table.rows:
        if (
            row.colour is not None
            and row.colour in colours
            and names.setdefault(row.colour, row.name) != row.name
        ):
            where = f'"{table.path.name}"' if table.path is not None else "the table of colours"
            raise SegStudioError(
                f'the colour {hex_colour(row.colour)} has two names in {where}: "{names[row.colour]}" and "{row.name}"',
                fix="Leave one of them in the table",
            )


def is_mask_folder(name: str) -> bool:
    """Tell whether a folder of that name is one of masks."""
    return _FOLDER.fullmatch(name) is not None and name.lower() not in _NO_FOLDER

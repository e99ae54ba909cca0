"""Tables of labels that everybody knows: those of published sets that do not bring them as a file."""

from __future__ import annotations

from segstudio.formats.label_tables import VOID_LABEL, LabelRow, LabelTable

_MSRC = {
    "building": 0x800000,
    "grass": 0x008000,
    "tree": 0x808000,
    "cow": 0x000080,
    "horse": 0x800080,
    "sheep": 0x008080,
    "sky": 0x808080,
    "mountain": 0x400000,
    "aeroplane": 0xC00000,
    "water": 0x408000,
    "face": 0xC08000,
    "car": 0x400080,
    "bicycle": 0xC00080,
    "flower": 0x408080,
    "sign": 0xC08080,
    "bird": 0x004000,
    "book": 0x804000,
    "chair": 0x00C000,
    "road": 0x804080,
    "cat": 0x00C080,
    "dog": 0x80C080,
    "body": 0x404000,
    "boat": 0xC04000,
    VOID_LABEL: 0x000000,
}

_VOC = (
    *("background", "aeroplane", "bicycle", "bird", "boat", "bottle", "bus", "car", "cat", "chair", "cow"),
    *(
        "diningtable",
        "dog",
        "horse",
        "motorbike",
        "person",
        "pottedplant",
        "sheep",
        "sofa",
        "train",
        "tvmonitor",
    ),
)


def _voc_colour(number: int) -> int:
    """Return Pascal VOC's colour of a class: the bits of its number, dealt to red, green and blue from the top."""
    packed = 0
    for place in range(8):
        for channel in range(3):
            bit = number >> (3 * place + channel) & 1
            packed |= bit << (7 - place + 8 * (2 - channel))
    return packed


def with_voc_colours(table: LabelTable) -> LabelTable:
    """Return a table that tells no colours with those that Pascal VOC gives to its numbers; any other as it is."""
    if table.by_colour:
        return table
    numbered = table.by_number.items()
    return LabelTable(
        tuple(LabelRow(name, number, _voc_colour(number)) for number, name in numbered),
        table.path,
        table.is_exact,
    )


MSRC = LabelTable(tuple(LabelRow(name, colour=colour) for name, colour in _MSRC.items()))
"""Microsoft Research Cambridge's 23 classes; black is void."""

VOC = LabelTable(
    (
        *(LabelRow(name, number, _voc_colour(number)) for number, name in enumerate(_VOC)),
        LabelRow(VOID_LABEL, 255, _voc_colour(255)),
    )
)
"""Pascal VOC's 20 classes and background; the border of objects, 255, is void."""

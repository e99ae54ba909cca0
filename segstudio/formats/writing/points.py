"""Points as text: thousands of them, so that formatting is left to one call."""

from __future__ import annotations

import re

from lxml import etree

from segstudio.formats.shapes import Points

_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def points_text(points: Points, *, pair: str = "%.2f,%.2f", between: str = ";") -> str:
    """Return the points, each written as `pair`, with `between` between them."""
    return between.join([pair] * len(points)) % tuple(points.ravel().tolist())


def element(tag: str, text: str = "", **attributes: str) -> etree._Element:
    """Return an XML element; what no XML can hold is left out of its texts."""
    made = etree.Element(tag, {name: _NO_XML.sub("", value) for name, value in attributes.items()})
    made.text = _NO_XML.sub("", text) or None
    return made


def xml_text(root: etree._Element, *, level: int = 0) -> str:
    """Return an element over several lines, two spaces for each level, as CVAT writes it; it begins at `level`."""
    etree.indent(root, space="  ", level=level)
    return "  " * level + etree.tostring(root, encoding="unicode") + "\n"

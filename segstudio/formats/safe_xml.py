"""XML from strangers: read piece by piece, without entities, without network, within bounds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO

from lxml import etree

from segstudio.errors import SegStudioError

MAX_DEPTH = 32
MAX_ELEMENTS = 50_000_000
MAX_IN_ONE_RECORD = 1_000_000
"""Elements below one child of the root: all that is in memory at a time."""

_PEEK = 64
_OTHER_ENCODING = (etree.ErrorTypes.ERR_INVALID_ENCODING, etree.ErrorTypes.ERR_UNSUPPORTED_ENCODING)


@dataclass(frozen=True, slots=True)
class Peek:
    """The look at the beginning of an XML file: the root's tag, the tags of its first children, and the tags
    inside the first `object`.
    """

    root: str
    children: frozenset[str]
    in_object: frozenset[str]


def records(path: Path) -> Iterator[tuple[str, etree._Element]]:
    """Yield the root's tag with each child of the root, complete; the child is emptied when the next is asked for.

    Raises SegStudioError (its place is left to the caller) when the file is missing, damaged, declares
    entities or a document type, is nested too deep or holds too much.
    """
    try:
        with path.open("rb") as stream:
            yield from _records(stream)
    except etree.XMLSyntaxError as error:
        line = error.lineno if error.lineno else 1
        if getattr(error, "code", None) in _OTHER_ENCODING:  # which lxml's stubs do not know
            raise SegStudioError(
                f"the XML is not written in the encoding that it tells, or UTF-8, at line {line}",
                fix="Save it as UTF-8",
            ) from error
        raise SegStudioError(
            f"the XML is damaged or cut off at line {line}", fix="Export or copy the file again"
        ) from error
    except OSError as error:
        raise SegStudioError(
            f"the file cannot be read ({error.strerror or error})", fix="Check that it is there and readable"
        ) from error


def peek(path: Path) -> Peek:
    """Return what the beginning of the file shows; raises SegStudioError like `records`."""
    status = path.stat() if path.exists() else None
    return _peek(path, status.st_mtime_ns if status else 0, status.st_size if status else 0)


def text_of(element: etree._Element, path: str) -> str:
    """Return the text of the first descendant at `path`, without outer spaces; empty when there is none."""
    return (element.findtext(path) or "").strip()


def _records(stream: BinaryIO) -> Iterator[tuple[str, etree._Element]]:
    events = etree.iterparse(
        stream,
        events=("start", "end"),
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    depth = total = in_record = 0
    root = ""
    for event, element in events:
        if event == "start":
            depth += 1
            total += 1
            in_record += 1
            if depth == 1:
                root = str(element.tag)
                _check_declarations(element)
            _check_bounds(depth, total, in_record)
            continue
        depth -= 1
        if depth == 1:
            yield root, element
            in_record = 0
            element.clear()
            _forget_before(element)


def _forget_before(element: etree._Element) -> None:
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]


def _check_declarations(root: etree._Element) -> None:
    if root.getroottree().docinfo.internalDTD is not None:
        raise SegStudioError(
            "the XML declares entities or a document type, which an annotation file never needs",
            fix="Do not trust this file; export it again from the annotation tool",
        )


def _check_bounds(depth: int, total: int, in_record: int) -> None:
    if depth > MAX_DEPTH:
        raise SegStudioError(
            f"the XML is nested more than {MAX_DEPTH} deep", fix="This is not an annotation file"
        )
    if in_record > MAX_IN_ONE_RECORD or total > MAX_ELEMENTS:
        raise SegStudioError("the XML holds too many elements", fix="Export it in several smaller files")


@lru_cache(maxsize=256)
def _peek(path: Path, _modified_ns: int, _size: int) -> Peek:
    root = ""
    children: set[str] = set()
    inside: set[str] = set()
    for count, (tag, element) in enumerate(records(path)):
        root = tag
        children.add(str(element.tag))
        if element.tag == "object":
            inside = {str(child.tag) for child in element}
        if element.tag in ("object", "image", "track") or count >= _PEEK:
            break
    return Peek(root, frozenset(children), frozenset(inside))

"""The few shapes of YAML in which YOLO's `data.yaml` is written: words, lists and numbered lists of words, each on one level.

No library is asked: what it would make of `no`, `1e3` or a tag is not what stands there.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence

_TOP = re.compile(r"([A-Za-z_][\w-]*)\s*:\s*(.*)")
_DASHED = re.compile(r"-\s*(.+)")
_NUMBERED = re.compile(r"[\"']?(\d{1,5})[\"']?\s*:\s*(.+)")
_FLOW = re.compile(r"""\s*(?:(\d{1,5})\s*:\s*)?("(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^,"'][^,]*)\s*(?:,|$)""")


def list_in_yaml(text: str, key: str) -> dict[int, str]:
    """Return the words of the list under a key of the outermost level, by number or place; empty when there is none."""
    word, rest = _member(text, key)
    if word[:1] in ("[", "{"):
        return _in_brackets(_joined(word, rest))
    return {} if word else _in_block(rest)


def word_in_yaml(text: str, key: str) -> str:
    """Return the one word that stands under a key of the outermost level; empty when there is none, or a list."""
    word, _ = _member(text, key)
    return "" if word[:1] in ("[", "{") else _unquoted(word)


def _member(text: str, key: str) -> tuple[str, Sequence[str]]:
    """Return what stands behind a key, and the lines below it."""
    lines = [_without_comment(line) for line in text.splitlines()]
    for place, line in enumerate(lines):
        found = _TOP.fullmatch(line)
        if found and found[1] == key:
            return found[2], lines[place + 1 :]
    return "", ()


def _joined(first: str, rest: Sequence[str]) -> str:
    """Return a list in brackets that may go on in the lines that follow."""
    closing = {"[": "]", "{": "}"}.get(first[0], "")
    text = first
    for line in rest:
        if not closing or text.rstrip().endswith(closing):
            break
        text += " " + line.strip()
    return text.strip()


def _in_brackets(text: str) -> dict[int, str]:
    if text[:1] + text[-1:] not in ("[]", "{}"):
        return {}
    inner = text[1:-1].strip()
    names: dict[int, str] = {}
    at = 0
    while at < len(inner):
        found = _FLOW.match(inner, at)
        if found is None or found.end() == at:
            break
        names[int(found[1]) if found[1] else len(names)] = _unquoted(found[2])
        at = found.end()
    return names


def _in_block(lines: Sequence[str]) -> dict[int, str]:
    names: dict[int, str] = {}
    for line in lines:
        entry = line.strip()
        if not entry:
            continue
        if found := _DASHED.fullmatch(entry):
            names[len(names)] = _unquoted(found[1])
        elif line[:1].isspace() and (found := _NUMBERED.fullmatch(entry)):
            names[int(found[1])] = _unquoted(found[2])
        else:
            break
    return names


def _without_comment(line: str) -> str:
    cut = re.search(r"(?:^|\s)#", line)
    return (line[: cut.start()] if cut and "'" not in line and '"' not in line else line).rstrip()


def _unquoted(text: str) -> str:
    text = text.strip()
    if len(text) >= 2 and text[0] == text[-1] == '"':
        try:
            found = ast.literal_eval(text)
        except (ValueError, SyntaxError):
            return text[1:-1]
        return str(found)
    if len(text) >= 2 and text[0] == text[-1] == "'":
        return text[1:-1].replace("''", "'")
    return text

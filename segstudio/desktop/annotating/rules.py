"""Painting rules in words, and what choosing in their menu makes of them; pure."""

from __future__ import annotations

from collections.abc import Mapping

from segstudio.painting.rules import EVERYWHERE, Rule, RuleKind
from segstudio.project.classes import VOID, ClassList

VOID_NAME = "not labelled"


def names_by_value(classes: ClassList) -> dict[int, str]:
    """Return the name of each mask value, void included."""
    return {**{entry.index: entry.name for entry in classes.classes}, VOID: VOID_NAME}


def toggled(rule: Rule, kind: RuleKind, value: int) -> Rule:
    """Return the rule after a class was ticked or unticked below `kind`; with none left it is everywhere."""
    values = rule.values if rule.kind == kind else frozenset()
    values = values ^ {value}
    return Rule(kind, values) if values else EVERYWHERE


def known_only(rule: Rule, values: frozenset[int]) -> Rule:
    """Return the rule without mask values that are no longer there; with none left it is everywhere."""
    if rule.kind in ("everywhere", "only void"):
        return rule
    kept = rule.values & values
    return Rule(rule.kind, kept) if kept else EVERYWHERE


def told(rule: Rule, names: Mapping[int, str]) -> str:
    """Return the rule in a few words."""
    match rule.kind:
        case "everywhere":
            return "everywhere"
        case "only void":
            return "only void"
        case "only over" | "never over":
            count = len(rule.values)
            what = names.get(next(iter(rule.values)), "?") if count == 1 else f"{count} classes"
            return f"{rule.kind} {what}"

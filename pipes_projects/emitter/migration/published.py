"""Partitions and rules that components declare inline: names that an owner's class publishes."""

# Dagster reads annotations at run time: no `from __future__ import annotations` here.

import ast
import re
from collections.abc import Mapping
from typing import Any, Final

import dagster as dg

from pipes_projects.emitter.migration.templates import is_template
from pipes_projects.emitter.owner.published.partitions import described
from pipes_projects.manifest.contract import Partitions
from pipes_projects.scaffold.importing.imported import PublishedCode

_RULE: Final = re.compile(
    r"\{\{\s*(?:automation_condition|dg\.AutomationCondition)\.(.+?)\s*\}\}", re.DOTALL
)
_CLASSES: Final = {
    "hourly": "HourlyPartitionsDefinition",
    "daily": "DailyPartitionsDefinition",
    "weekly": "WeeklyPartitionsDefinition",
    "time_window": "TimeWindowPartitionsDefinition",
    "static": "StaticPartitionsDefinition",
}
_ARGUMENTS: Final = {"start_date": "start", "end_date": "end"}
_LONGEST: Final = 40


class Names:
    """The names for what components declare: equal things have one name."""

    def __init__(self) -> None:
        self.partitions: dict[str, str] = {}
        self.rules: dict[str, str] = {}
        self.described: dict[str, Partitions] = {}

    def of_partitions(self, written: Any, definition: dg.PartitionsDefinition) -> str | None:
        """The name of a partitions definition; None if it is not written out."""
        if not isinstance(written, Mapping) or any(map(is_template, _leaves(written))):
            return None
        kind = written.get("type")
        if kind not in _CLASSES:
            return None
        code = f"dg.{_CLASSES[kind]}({_arguments(kind, written)})"
        first = written.get("start_date") or "_".join(written.get("partition_keys") or ())
        name = _named(f"{kind}_{first}", code, self.partitions)
        self.described[name] = described(definition)
        return name

    def of_rule(self, written: Any) -> str | None:
        """The name of an automation condition; None if it is not an expression of Dagster's."""
        found = _RULE.fullmatch(written.strip()) if isinstance(written, str) else None
        if found is None or not _is_plain(found[1]):
            return None
        code = f"dg.AutomationCondition.{found[1]}"
        return _named(found[1], code, self.rules)

    def copy(self) -> "Names":
        """For what may have to be taken back."""
        made = Names()
        made.take(self)
        return made

    def take(self, other: "Names") -> None:
        """All names of a copy."""
        self.partitions, self.rules = dict(other.partitions), dict(other.rules)
        self.described = dict(other.described)

    def code(self) -> PublishedCode:
        """What the owner's class has to publish."""
        return PublishedCode(self.partitions, self.rules, self.described)


def _leaves(written: Mapping[str, Any]) -> list[Any]:
    parts = (part if isinstance(part, list) else [part] for part in written.values())
    return [leaf for part in parts for leaf in part]


def _arguments(kind: str, written: Mapping[str, Any]) -> str:
    names = _ARGUMENTS if kind == "time_window" else {}
    given = ((names.get(name, name), value) for name, value in written.items() if name != "type")
    return ", ".join(f"{name}={_literal(value)}" for name, value in given if value is not None)


def _literal(value: Any) -> str:
    """A Python literal, with the quotes of our formatter."""
    if isinstance(value, list):
        return f"[{', '.join(map(_literal, value))}]"
    if isinstance(value, str) and value.isprintable() and '"' not in value and "\\" not in value:
        return f'"{value}"'
    return repr(value)


def _is_plain(expression: str) -> bool:
    """Whether it is only calls of methods with literals: the same in a template and in Python."""
    try:
        tree = ast.parse(f"_.{expression}", mode="eval")
    except (SyntaxError, ValueError, RecursionError):
        return False
    allowed = (ast.Expression, ast.Call, ast.Attribute, ast.Constant, ast.Load, ast.keyword)
    return all(
        isinstance(node, allowed) or (isinstance(node, ast.Name) and node.id in ("_", "dg"))
        for node in ast.walk(tree)
    )


def _named(text: str, code: str, taken: dict[str, str]) -> str:
    name = plain = re.sub(r"[^A-Za-z0-9]+", "_", text).strip("_")[:_LONGEST].strip("_") or "rule"
    number = 2
    while taken.get(name, code) != code:
        name, number = f"{plain}_{number}", number + 1
    taken[name] = code
    return name

"""Names that the platform owner publishes: whether those in a document exist.

Each function yields problems as data; `validation` alone knows where they are in the text.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from pipes_projects.codes import Code
from pipes_projects.manifest.contract import Contract
from pipes_projects.manifest.model.marks import ANY, Pattern
from pipes_projects.manifest.model.problems import Path, Problem
from pipes_projects.spelling import first_few, obvious, similar

_UNPUBLISHED = "the platform owner's {} are known after `pipes-projects schema`"


def doubt(contract: Contract, plural: str) -> str:
    """Why a name that is not in the contract may still be right, for a help line."""
    return contract.suspicion or ("" if contract.published else _UNPUBLISHED.format(plural))


class _Names(NamedTuple):
    """One sort of published names, and how an unknown one is reported."""

    code: Code
    one: str
    plural: str
    known: Collection[str]


ALL: frozenset[str] = frozenset()
"""Where the owner leaves the names to the authors."""


def name_problems(data: Mapping[str, Any], contract: Contract, path: Path) -> Iterator[Problem]:
    """Names in a document, or under one of its assets, that nobody publishes."""
    for field, names in _FIELDS.items():
        if field in data:
            yield from _unknown(data[field], names(contract), contract, (*path, field))
    deps = data.get("deps")
    for index, dep in enumerate(deps if isinstance(deps, list) else ()):
        if isinstance(dep, dict) and "partition_mapping" in dep:
            where = (*path, "deps", index, "partition_mapping")
            yield from _unknown(dep["partition_mapping"], _mappings(contract), contract, where)
    for kind in contract.connecting.keys() & data.keys():
        for pattern in contract.connecting[kind]:
            for where, name in _at(pattern, data[kind], (*path, kind)):
                yield from _unknown(name, _connections(contract), contract, where)


def _at(pattern: Pattern, value: Any, path: Path) -> Iterator[tuple[Path, Any]]:
    """What a document has at the places that a pattern describes."""
    if not pattern:
        yield path, value
        return
    step, rest = pattern[0], pattern[1:]
    pairs: Iterable[tuple[str | int, Any]] = ()
    if isinstance(value, dict):
        pairs = value.items() if step == ANY else [(step, value[step])] if step in value else ()
    elif isinstance(value, list) and step == ANY:
        pairs = enumerate(value)
    for key, part in pairs:
        yield from _at(rest, part, (*path, key))


def _unknown(name: Any, names: _Names, contract: Contract, path: Path) -> Iterator[Problem]:
    if not isinstance(name, str) or names.known is ALL or name in names.known:
        return
    if names.code is Code.INVALID_POOL and not re.fullmatch(r"\S+", name):
        return  # the document's model reports it
    message = f"no {names.one.partition(' ')[2]} is called `{name}`"
    help_ = similar(name, names.known, names.one) or _all(names)
    if unsure := doubt(contract, names.plural):
        help_ = "; ".join([*([help_] if names.known else []), unsure])
    yield Problem(path, names.code, message, help_, right=obvious(name, names.known))


def _all(names: _Names) -> str:
    known = first_few(sorted(names.known))
    return f"there are {known}" if known else "the platform owner publishes none"


def _partitions(contract: Contract) -> _Names:
    code = Code.UNKNOWN_PARTITIONS_DEF
    known = contract.partitions_defs
    return _Names(code, "a partitions definition", "partitions definitions", known)


def _pools(contract: Contract) -> _Names:
    return _Names(Code.INVALID_POOL, "a pool", "pools", contract.pools or ALL)


def _rules(contract: Contract) -> _Names:
    code = Code.UNKNOWN_AUTOMATION_CONDITION
    known = contract.automation_conditions
    return _Names(code, "an automation condition", "automation conditions", known)


def _connections(contract: Contract) -> _Names:
    code = Code.UNKNOWN_CONNECTION
    return _Names(code, "a connection", "connections", contract.connections)


def _mappings(contract: Contract) -> _Names:
    code = Code.UNKNOWN_PARTITION_MAPPING
    return _Names(code, "a partition mapping", "partition mappings", contract.partition_mappings)


_FIELDS = {"partitions_def": _partitions, "pool": _pools, "automation_condition": _rules}

"""An expression and a graph → keys, as Dagster answers it."""

from __future__ import annotations

import re
from collections.abc import Callable
from fnmatch import translate
from functools import reduce
from typing import Final

from pipes_projects.analysis.selection.expressions import (
    ALL_LAYERS,
    AllOf,
    AnyOf,
    Around,
    EndsOf,
    Everything,
    Expression,
    Having,
    Not,
)
from pipes_projects.analysis.selection.graph import (
    KIND_TAG,
    Candidate,
    Graph,
    around,
    without_steps_into,
)

Keys = frozenset[str]


def resolve(expression: Expression, graph: Graph) -> Keys:
    """The keys of all assets that an expression selects, including those of Python definitions."""
    match expression:
        case Everything() | Not():
            return graph.running - _excluded(expression, graph)
        case Having():
            return having(expression, graph)
        case Around():
            return _around(expression, graph)
        case EndsOf():
            return _ends(expression, graph)
        case AllOf() | AnyOf():
            return _joined(expression, graph)


def _excluded(expression: Everything | Not, graph: Graph) -> Keys:
    return resolve(expression.of, graph) if isinstance(expression, Not) else Keys()


def _joined(expression: AllOf | AnyOf, graph: Graph) -> Keys:
    join = Keys.intersection if isinstance(expression, AllOf) else Keys.union
    return reduce(join, (resolve(part, graph) for part in expression.parts))


def having(asked: Having, graph: Graph) -> Keys:
    """The assets with an attribute; for tags, badges and groups, only those that Dagster runs."""
    test = _TESTS[asked.attribute](asked)
    candidates = graph.running if asked.attribute in _OF_RUNNING else graph.nodes
    return frozenset(key for key in candidates if test(graph.nodes[key]))


def _around(asked: Around, graph: Graph) -> Keys:
    """Upstream, external assets are passed through but left out."""
    keys = resolve(asked.of, graph)
    found = Keys()
    if asked.up is not None:
        found |= around(keys, graph.upstream, asked.up) & graph.running
    if asked.down is not None:
        found |= around(keys, graph.downstream, asked.down)
    return found


def _ends(asked: EndsOf, graph: Graph) -> Keys:
    """No other selected asset is downstream of a sink, or upstream of a root, at any distance."""
    keys = resolve(asked.of, graph)
    # A sink is not upstream of any other selected asset.
    back = graph.upstream if asked.end == "sinks" else graph.downstream
    return without_steps_into(keys, back, ALL_LAYERS)


Test = Callable[[Candidate], bool]


def _of_key(asked: Having) -> Test:
    matches = glob(asked.value or "")
    return lambda node: matches(node.key)


def _of_owner(asked: Having) -> Test:
    return lambda node: asked.value in node.owners


def _of_group(asked: Having) -> Test:
    if asked.value and "*" in asked.value:
        matches = glob(asked.value)
        return lambda node: matches(node.group)
    return lambda node: bool(asked.value) and node.group == asked.value


def _of_tag(asked: Having) -> Test:
    return lambda node: node.tags.get(asked.value or "") == asked.tag_value


def _of_kind(asked: Having) -> Test:
    if asked.value is None:
        return lambda node: not any(tag.startswith(KIND_TAG) for tag in node.tags)
    return lambda node: f"{KIND_TAG}{asked.value}" in node.tags


def _of_being(asked: Having) -> Test:
    return lambda node: node.runs == (asked.value == "materializable")


def _of_partitions(asked: Having) -> Test:
    return lambda node: node.partitions == (asked.value or "none")


def glob(pattern: str) -> Callable[[str], bool]:
    """A test of names, in which `*` matches anything, including slashes."""
    literal = "".join(f"[{letter}]" if letter in "?[" else letter for letter in pattern)
    compiled = re.compile(translate(literal))
    return lambda name: compiled.match(name) is not None


_OF_RUNNING: Final = frozenset({"group", "tag", "kind"})
_TESTS: Final[dict[str, Callable[[Having], Test]]] = {
    "key": _of_key,
    "owner": _of_owner,
    "group": _of_group,
    "tag": _of_tag,
    "kind": _of_kind,
    "is": _of_being,
    "partitions": _of_partitions,
}

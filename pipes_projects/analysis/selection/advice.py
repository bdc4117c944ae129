"""Why an expression selects nothing, or names an unknown asset; with the nearest name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Final

from pipes_projects.analysis.selection.expressions import (
    AllOf,
    AnyOf,
    Around,
    EndsOf,
    Expression,
    Having,
    Not,
    SelectionProblem,
)
from pipes_projects.analysis.selection.graph import KIND_TAG, Graph
from pipes_projects.analysis.selection.resolving import having
from pipes_projects.project import Project
from pipes_projects.spelling import similar

_MOST: Final = 5
"""How many names are listed."""
UNREAD: Final = "a manifest of this group cannot be read: see `pipes-projects check`"
_LIST: Final = "`pipes-projects list` shows them"
_EXTERNALS: Final = "`*`, `not` and `+` leave out assets that nothing here runs (`is:external`)"


def unknown_keys(
    expression: Expression, graph: Graph, project: Project
) -> Iterator[SelectionProblem]:
    """Every key without `*` that no asset has: a typo after `not` would select too much."""
    for asked in _questions(expression):
        key = asked.value or ""
        if asked.attribute == "key" and "*" not in key and key not in graph.nodes:
            message, help_ = f"no asset is called `{key}`", _help_for_key(key, graph, project)
            yield SelectionProblem(message, help_, asked.offset)


def _help_for_key(key: str, graph: Graph, project: Project) -> str:
    if key.partition("/")[0] in project.opaque_groups:
        return UNREAD
    return similar(key, graph.nodes, "an asset") or _LIST


def why_nothing(
    expression: Expression, text: str, graph: Graph, project: Project
) -> SelectionProblem:
    """Which part of an expression without a result is the reason."""
    for asked in _questions(expression, inside_not=False):
        if not having(asked, graph):
            message, help_ = _ADVICE[asked.attribute](asked, graph, project)
            return SelectionProblem(message, help_, asked.offset)
    offset = len(text) - len(text.lstrip())
    return SelectionProblem(f"`{text.strip()}` selects no assets", _help(expression), offset)


def _help(expression: Expression) -> str:
    parts = list(_parts(expression, inside_not=False))
    if any(isinstance(part, AllOf | Not) for part in parts):
        return "each part selects some assets, but no asset is in all of them"
    return _EXTERNALS


def _parts(expression: Expression, *, inside_not: bool) -> Iterator[Expression]:
    pending = [expression]
    while pending:
        part = pending.pop()
        yield part
        match part:
            case AllOf() | AnyOf():
                pending += reversed(part.parts)
            case Not():
                pending += [part.of] if inside_not else []
            case Around() | EndsOf():
                pending.append(part.of)
            case _:
                pass


def _questions(expression: Expression, *, inside_not: bool = True) -> Iterator[Having]:
    parts = _parts(expression, inside_not=inside_not)
    return (part for part in parts if isinstance(part, Having))


_Advice = tuple[str, str]


def _of_key(asked: Having, graph: Graph, project: Project) -> _Advice:
    pattern = asked.value or ""
    return f"no asset's key matches `{pattern}`", _help_for_key(pattern, graph, project)


def _of_owner(asked: Having, graph: Graph, _: Project) -> _Advice:
    if asked.value is None:
        return "`owner:<null>` selects nothing, in Dagster too", "name an owner"
    owners = {owner for node in graph.nodes.values() for owner in node.owners}
    return _none("owner", asked.value, owners, "an owner")


def _of_group(asked: Having, graph: Graph, project: Project) -> _Advice:
    name = asked.value or ""
    if name in project.opaque_groups:
        return f"no asset is in the group `{name}`", UNREAD
    if name in {node.group for node in graph.nodes.values()}:
        return f"all assets of the group `{name}` are external", _BY_KEY.format(f"{name}/*")
    groups = {node.group for node in graph.nodes.values() if node.runs}
    return _none("group", name, groups, "a group")


def _of_tag(asked: Having, graph: Graph, _: Project) -> _Advice:
    name, value = asked.value or "", asked.tag_value
    running = [graph.nodes[key].tags for key in sorted(graph.running)]
    values = {tags[name] for tags in running if name in tags}
    if not values:
        names = {tag for tags in running for tag in tags if not tag.startswith(KIND_TAG)}
        return _none("tag", name, names, "a tag")
    if value:
        message = f"no asset has the tag `{name}` with the value `{value}`"
        return message, similar(value, sorted(values), "a value") or _known(values, "value")
    help_ = f"write `tag:{name}={min(values)}`; {_known(values, 'value')}"
    return f"`tag:{name}` is that tag without a value, which no asset has", help_


def _of_kind(asked: Having, graph: Graph, project: Project) -> _Advice:
    badges = {
        tag.removeprefix(KIND_TAG)
        for node in graph.nodes.values()
        for tag in node.tags
        if node.runs and tag.startswith(KIND_TAG)
    }
    if asked.value is None:
        return "every asset has a kind", _known(badges, "kind")
    message, help_ = _none("kind", asked.value, badges, "a kind")
    if asked.value in project.kinds and asked.value not in badges:
        return message, f"kinds are badges here, from `kinds:`; {help_}"
    return message, help_


def _of_being(asked: Having, *_: object) -> _Advice:
    return f"no asset is {asked.value}", _LIST


def _of_partitions(asked: Having, *_: object) -> _Advice:
    what = "`none`, `time`, `static`, `dynamic` or `multipartitions`"
    return f"no asset has partitions of the type `{asked.value or 'none'}`", f"types are {what}"


def _none(noun: str, value: str, known: Iterable[str], a_noun: str) -> _Advice:
    names = {name for name in known if name}
    help_ = similar(value, sorted(names), a_noun) or _known(names, noun)
    belongs = "is in" if noun == "group" else "has"
    return f"no asset {belongs} the {noun} `{value}`", help_


def _known(names: Iterable[str], noun: str) -> str:
    shown = [f"`{name}`" for name in sorted(names)]
    if not shown:
        return f"no asset that Dagster runs has {'an' if noun == 'owner' else 'a'} {noun}"
    if len(shown) == 1:
        return f"the only {noun} is {shown[0]}"
    more = f", and {len(shown) - _MOST} more" if len(shown) > _MOST else ""
    return f"the {noun}s are {', '.join(shown[:_MOST])}{more}"


_BY_KEY: Final = 'external assets are selected by key or owner: `key:"{}"`'
_ADVICE: Final[dict[str, Callable[[Having, Graph, Project], _Advice]]] = {
    "key": _of_key,
    "owner": _of_owner,
    "group": _of_group,
    "tag": _of_tag,
    "kind": _of_kind,
    "is": _of_being,
    "partitions": _of_partitions,
}

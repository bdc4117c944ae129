"""What each error is about: a manifest, or some of its assets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from pipes_projects.compiler.graph import cycles, knots
from pipes_projects.compiler.names import is_defaults
from pipes_projects.diagnostics import Code, Diagnostic
from pipes_projects.project import Project
from pipes_projects.source import Location

# Codes whose related places are as wrong as the place itself.
_OF_ALL_PLACES = frozenset({Code.DUPLICATE_MANIFEST, Code.DEPENDENCY_CYCLE})


@dataclass(frozen=True)
class Blame:
    """Why each manifest, or asset, cannot be used."""

    manifests: dict[str, list[Diagnostic]] = field(default_factory=dict)
    """By path."""
    assets: dict[str, list[Diagnostic]] = field(default_factory=dict)
    """By key."""
    edges: set[tuple[str, str]] = field(default_factory=set)
    """Dependencies that close a cycle: an asset, and what it would be made from."""


def blamed(project: Project, errors: Iterable[Diagnostic]) -> Blame:
    """What the errors are about."""
    blame = Blame(edges=set(_closing(project)))
    about = {**_declarations(project), **_on_cycles(project)}
    for error in errors:
        keys = _keys(error, about) if error.code in _OF_ASSETS else ()
        for key in keys:
            blame.assets.setdefault(key, []).append(error)
        for path in () if keys else _paths(project, error):
            blame.manifests.setdefault(path, []).append(error)
    return blame


_OF_ASSETS = frozenset({Code.DUPLICATE_ASSET, Code.DEPENDENCY_CYCLE})


def _keys(error: Diagnostic, about: dict[tuple[Code, Location], tuple[str, ...]]) -> list[str]:
    """The assets that an error is about, each once."""
    places = (error.location, *(it.location for it in error.related))
    return list(dict.fromkeys(key for it in places for key in about.get((error.code, it), ())))


def _declarations(project: Project) -> dict[tuple[Code, Location], tuple[str, ...]]:
    return {(Code.DUPLICATE_ASSET, it.location): (it.key,) for it in project.assets()}


def _on_cycles(project: Project) -> dict[tuple[Code, Location], tuple[str, ...]]:
    """All members of a cycle, by the places of its dependencies."""
    found: dict[tuple[Code, Location], tuple[str, ...]] = {}
    for members in knots(_graph(project)):
        for asset in project.assets():
            if asset.key in members:
                for dep in asset.deps:
                    if dep.key in members:
                        found[Code.DEPENDENCY_CYCLE, dep.location] = tuple(sorted(members))
    return found


def _paths(project: Project, error: Diagnostic) -> Iterator[str]:
    """The manifests that an error makes unusable: of defaults, all that inherit them."""
    related = error.related if error.code in _OF_ALL_PLACES else ()
    for path in dict.fromkeys(it.path for it in (error.location, *(r.location for r in related))):
        yield path
        if is_defaults(path):
            below = path.rpartition("/")[0] + "/"
            paths = dict.fromkeys(script.location.path for script in project.scripts)
            yield from (it for it in paths if it.startswith(below))


def _graph(project: Project) -> dict[str, list[str]]:
    graph: dict[str, list[str]] = {}
    for asset in project.assets():
        graph.setdefault(asset.key, []).extend(dep.key for dep in asset.deps)
    return graph


def _closing(project: Project) -> Iterator[tuple[str, str]]:
    """An edge of each cycle, until none is left."""
    graph = _graph(project)
    while found := list(cycles(graph)):
        for cycle in found:
            last, first = cycle[-1], cycle[0]
            yield last, first
            graph[last] = [key for key in graph[last] if key != first]
